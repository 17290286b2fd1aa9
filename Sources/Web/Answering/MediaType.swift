internal import Domain
internal import Foundation

/// Chooses a representation by the `Accept` field (RFC 9110, 12.5.1).
enum MediaType {
  /// - Throws: `not_acceptable` when none of `offered` is wanted.
  static func choose(_ accept: String?, from offered: [String]) throws(Failure) -> String {
    guard let accept, let first = offered.first else { return offered.first ?? "application/json" }
    var best: (type: String, quality: Double)?
    for type in offered {
      let quality = quality(of: type, in: accept)
      if quality > (best?.quality ?? 0) { best = (type, quality) }
    }
    if let best { return best.type }
    if accept.isEmpty { return first }
    throw Failure(
      .notAcceptable, en: "This resource can be had as \(offered.joined(separator: ", ")).",
      inIndonesian: "Sumber daya ini tersedia sebagai \(offered.joined(separator: ", ")).")
  }

  private static func quality(of type: String, in accept: String) -> Double {
    var found: (specificity: Int, quality: Double) = (-1, 0)
    for range in accept.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let name = parts.first else { continue }
      let group = type.split(separator: "/").first.map { "\($0)/*" } ?? ""
      let specificity = name == type ? 2 : name == group ? 1 : name == "*/*" ? 0 : -1
      guard specificity > found.specificity else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      found = (specificity, weight)
    }
    return found.quality
  }

  /// The type of a `Content-Type` field without its parameters.
  static func bare(_ field: String) -> String {
    field.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
  }
}
