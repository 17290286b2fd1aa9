/// Code of a province (`PP`) or of a regency or city (`PP.KK`), after the Ministry of Home Affairs.
public struct RegionCode: Hashable, Sendable, CustomStringConvertible {
  /// The code.
  public let text: String

  /// Parses `PP` or `PP.KK`; nil for anything else. Whether the region exists is for `Reference.regions` to say.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 2 || bytes.count == 5 else { return nil }
    for (index, byte) in bytes.enumerated() {
      guard index == 2 ? byte == UInt8(ascii: ".") : (byte >= 48 && byte <= 57) else { return nil }
    }
    self.text = text
  }

  /// A code that was checked when it was stored.
  public init(stored text: String) { self.text = text }

  /// The province this region is or lies in: two digits.
  public var province: String { String(text.prefix(2)) }
  /// True for a province.
  public var isProvince: Bool { text.utf8.count == 2 }
  public var description: String { text }
}
