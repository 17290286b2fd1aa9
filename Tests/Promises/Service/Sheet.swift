internal import Crypto
internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport

/// A file of evidence in a test.
struct Sheet {
  static let words = "Zqsbuktirahasia"
  let bytes: [UInt8]

  /// Plain text with a canary in it.
  init(_ mark: String = "", count: Int = 0) {
    bytes = Array("\(Self.words) \(mark)\n".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: count)
  }

  var sha256: String { SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension Visitor {
  func bring(
    _ sheet: Sheet, to path: String, as who: AgencyCode = .bawaslu, _ query: String = "kind=document",
    type: String = "text/plain", match: String? = nil, _ fields: [(String, String)] = []
  ) throws -> HTTPAnswer {
    let key = service.tokens[who.rawValue] ?? ""
    var all = [("Authorization", "Bearer \(key)"), ("Content-Type", type)] + fields
    if let tag = try match ?? get(path, as: who)["etag"] { all.append(("If-Match", tag)) }
    return try ask("POST", "\(path)/evidence?\(query)", all, bytes: sheet.bytes)
  }

  func mustBring(_ sheet: Sheet, to path: String, as who: AgencyCode = .bawaslu) throws {
    let answer = try bring(sheet, to: path, as: who)
    guard answer.status == 201 else { throw Unexpected(answer) }
  }

  /// The names of the files in `FILE.files`.
  var files: [String] {
    let root = service.file.path + ".files"
    return (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(root)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
    }
  }
}

extension Sheet {
  init(of text: String) { bytes = Array(text.utf8) }
}
