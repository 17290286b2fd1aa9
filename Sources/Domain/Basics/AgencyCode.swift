/// The code of an agency that takes part, for example `BAWASLU`: upper-case letters, 2 to 20.
public struct AgencyCode: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The code.
  public let rawValue: String

  /// Wraps a code without asking whether the agency exists: `Reference.agencies` knows.
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let bawaslu = AgencyCode(rawValue: "BAWASLU")
  public static let bkn = AgencyCode(rawValue: "BKN")
  public static let kasn = AgencyCode(rawValue: "KASN")
  public static let kemendagri = AgencyCode(rawValue: "KEMENDAGRI")
  public static let panrb = AgencyCode(rawValue: "PANRB")
  /// Under this name the events stand that an operator's change of rules has led to; it sees no case.
  public static let `operator` = AgencyCode(rawValue: "OPERATOR")

  public static func < (left: AgencyCode, right: AgencyCode) -> Bool { left.rawValue < right.rawValue }
  public var description: String { rawValue }
}
