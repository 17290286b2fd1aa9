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

/// Whether an institution belongs to a regional government or to the centre.
public enum InstitutionKind: String, Sendable, CaseIterable, Codable {
  case regional, central
}

/// Kind of employment of a civil servant: PNS, candidate PNS, or contract (PPPK). UU 20/2023.
public enum Employment: String, Sendable, CaseIterable {
  case pns, cpns, pppk
}

/// Level of a post, from the highest (UU 20/2023; PP 11/2017).
public enum PositionLevel: String, Sendable, CaseIterable {
  case jptUtama = "jpt_utama"
  case jptMadya = "jpt_madya"
  case jptPratama = "jpt_pratama"
  case administrator, pengawas, pelaksana, fungsional
}

/// A class used in published figures that is not a level: heads of a district or an urban village (camat, lurah).
public enum ReportingClass: String, Sendable, CaseIterable {
  case kepalaWilayah = "kepala_wilayah"
}

/// How a case came to the agency that brought it in.
public enum SourceKind: String, Sendable, CaseIterable {
  /// A report.
  case laporan
  /// The agency's own finding.
  case temuan
  /// Passed on by somebody else.
  case pelimpahan
}

/// Where the act was done.
public enum ActChannel: String, Sendable, CaseIterable {
  case socialMedia = "social_media"
  case inPerson = "in_person"
  case print, broadcast
  case officeDecision = "office_decision"
  case other
}

/// Whom the act supports.
public enum Supports: String, Sendable, CaseIterable {
  case prospectiveCandidate = "prospective_candidate"
  case candidate, party
}

/// How the reporter is known.
public enum ReporterMode: String, Sendable, CaseIterable {
  case named, confidential, anonymous
}

/// Why a civil servant left the service while the case was open.
public enum LapseReason: String, Sendable, CaseIterable {
  case retired, dismissed, resigned, died
}

/// Why a clock is paused: told to everyone who sees the case. What more there is to say stands in the reason.
public enum PauseGround: String, Sendable, CaseIterable {
  case courtCase = "court_case"
  case awaitingDocument = "awaiting_document"
  case personUnavailable = "person_unavailable"
  case forceMajeure = "force_majeure"
  case other

  /// What people are told.
  public var label: LocalizedText {
    switch self {
    case .courtCase: LocalizedText(en: "A case before a court", id: "Perkara di pengadilan")
    case .awaitingDocument: LocalizedText(en: "A document is awaited", id: "Menunggu dokumen")
    case .personUnavailable:
      LocalizedText(en: "A person who must be heard is unavailable", id: "Pihak yang harus didengar berhalangan")
    case .forceMajeure: LocalizedText(en: "Force majeure", id: "Keadaan kahar")
    case .other: LocalizedText(en: "Another ground, told in the reason", id: "Sebab lain, diuraikan dalam alasan")
    }
  }
}

/// The way an appeal takes: objection (keberatan), the appeal board (BPASN), or a court. PP 79/2021.
public enum AppealRoute: String, Sendable, CaseIterable {
  case objection, bpasn, court
}

/// Outcome of an appeal.
public enum RulingOutcome: String, Sendable, CaseIterable {
  case upheld, changed, annulled
}
