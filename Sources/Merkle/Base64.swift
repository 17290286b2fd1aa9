internal import Foundation

/// Base64 with padding (RFC 4648, 4), one spelling for each value.
enum Base64 {
  static func encode(_ bytes: some Collection<UInt8>) -> String { Data(bytes).base64EncodedString() }

  /// - Returns: nil for what is not the one spelling of some bytes.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    guard let data = Data(base64Encoded: String(text)), encode(data).utf8.elementsEqual(text.utf8) else { return nil }
    return [UInt8](data)
  }
}
