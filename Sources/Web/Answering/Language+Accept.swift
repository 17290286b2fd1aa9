internal import Domain
internal import Foundation

extension Language {
  /// As in `Content-Language`.
  var tag: String { self == .indonesian ? "id" : "en" }

  /// Indonesian when the client prefers it to English, else English.
  init(acceptLanguage: String?) {
    guard let acceptLanguage else {
      self = .english
      return
    }
    var best: (language: Language, quality: Double) = (.english, 0)
    for range in acceptLanguage.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let tag = parts.first?.split(separator: "-").first else { continue }
      let language: Language? = tag == "id" ? .indonesian : tag == "en" ? .english : nil
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      if let language, weight > best.quality { best = (language, weight) }
    }
    self = best.language
  }
}
