internal import Domain
internal import Foundation

/// The fields of a case that hold unmistakable text, each with the group it belongs to by the policy.
enum Planted: String, CaseIterable {
  case name, title, nip, nik
  case place, story, url, witness, wcontact, summary, reason, deviation, cancel, pause, resume
  case reporter, rcontact

  enum Group { case subject, narrative, reporter }

  var group: Group {
    switch self {
    case .name, .title, .nip, .nik: .subject
    case .reporter, .rcontact: .reporter
    default: .narrative
    }
  }

  /// True for what the record of the case holds; the rest stands in its history alone.
  var isFact: Bool { ![.summary, .reason, .deviation, .cancel, .pause, .resume].contains(self) }

  /// Witnesses do not fit a spreadsheet.
  var isInCSV: Bool { isFact && self != .witness && self != .wcontact }
}

/// What a caller may see of a case: domain.md's table, written again by hand and not taken from the product.
struct Sight: Equatable {
  var subject: Bool
  var narrative: Bool
  var evidence: Bool
  var reporter: Bool

  /// Nil when the case does not exist for the caller.
  static func of(_ plan: CanaryPlan, for agency: AgencyCode) -> Sight? {
    of(
      owner: plan.owner, isRegional: plan.isRegional, verified: plan.road.verified, recommended: plan.road.recommended,
      for: agency)
  }

  static func of(owner: AgencyCode, isRegional: Bool, verified: Bool, recommended: Bool, for agency: AgencyCode)
    -> Sight?
  {
    let own = owner == agency
    switch agency {
    case .bawaslu, .bkn:
      return Sight(subject: true, narrative: true, evidence: true, reporter: own)
    case .kasn:
      let open = own || verified
      return Sight(subject: open, narrative: open, evidence: open, reporter: own)
    case .kemendagri:
      guard own || isRegional else { return nil }
      let open = own || recommended
      return Sight(subject: open, narrative: open, evidence: own, reporter: own)
    case .panrb:
      return Sight(subject: own || recommended, narrative: own, evidence: own, reporter: own)
    default: return nil
    }
  }

  func shows(_ group: Planted.Group) -> Bool {
    switch group {
    case .subject: subject
    case .narrative: narrative
    case .reporter: reporter
    }
  }

  var redacted: [String] {
    [(subject, "subject"), (narrative, "narrative"), (evidence, "evidence"), (reporter, "reporter")]
      .filter { !$0.0 }.map(\.1)
  }
}

/// The acts that lead a case to a stage.
struct Road: Sendable {
  let name: String
  let stage: String
  /// Acts as JSON without agency where the owner acts; `@` stands for the mark of the case.
  let steps: [String]
  let verified: Bool
  let recommended: Bool

  private static let verify =
    #"{"action":"verifications","agency":"BKN","occurred_on":"2024-01-17","outcome":"accepted","reason":"@reasonqz"}"#
  private static let reject =
    #"{"action":"verifications","agency":"BKN","occurred_on":"2024-01-17","outcome":"rejected","reason":"@reasonqz"}"#
  private static let pause =
    #"{"action":"clock-pauses","agency":"BKN","occurred_on":"2024-01-16","clock":"verification","#
    + #""until":"2024-01-20","ground":"other","#
    + #""reason":"@pauseqz"}"#
  private static let resume =
    #"{"action":"clock-resumptions","agency":"BAWASLU","occurred_on":"2024-01-17","clock":"verification","#
    + #""reason":"@resumeqz"}"#
  private static let study =
    #"{"action":"studies","agency":"BAWASLU","occurred_on":"2024-01-22","outcome":"violation","summary":"@summaryqz"}"#
  private static let acquit =
    #"{"action":"studies","agency":"BAWASLU","occurred_on":"2024-01-22","outcome":"no_violation","#
    + #""summary":"@summaryqz"}"#
  private static let recommend =
    #"{"action":"recommendations","agency":"KASN","occurred_on":"2024-01-30","outcome":"recommended","#
    + #""letter_number":"R-1","proposed_sanction":"BER-1"}"#
  private static let decide =
    #"{"action":"decisions","agency":"BKN","occurred_on":"2024-02-05","outcome":"sanctioned","#
    + #""decree_number":"SK-1","sanction":"SED-1","deviation_reason":"@deviationqz"}"#
  private static let dismiss =
    #"{"action":"decisions","agency":"BKN","occurred_on":"2024-02-05","outcome":"not_proven","#
    + #""decree_number":"SK-1","deviation_reason":"@deviationqz"}"#
  private static let block =
    #"{"action":"blocks","agency":"BKN","occurred_on":"2024-02-15","letter_number":"B-1"}"#
  private static let appeal = #"{"action":"appeals","agency":"BKN","occurred_on":"2024-02-12","route":"objection"}"#
  private static let annul = #"{"action":"rulings","agency":"PANRB","occurred_on":"2024-02-20","outcome":"annulled"}"#
  private static let close = #"{"action":"closures","agency":"BKN","occurred_on":"2024-02-25","idis_reference":"I-1"}"#
  private static let cancel = #"{"action":"cancellations","occurred_on":"2024-03-01","reason":"@cancelqz"}"#
  private static let lapse = #"{"action":"lapses","agency":"BKN","occurred_on":"2024-03-01","reason":"retired"}"#

  private init(_ name: String, _ stage: String, _ steps: [String]) {
    (self.name, self.stage, self.steps) = (name, stage, steps)
    verified = steps.contains(Self.verify)
    recommended = steps.contains(Self.recommend)
  }

  private static let toDecision = [verify, study, recommend]

  /// Every stage, and the final ones by more than one road.
  static let all: [Road] = [
    Road("received", "received", []), Road("paused", "received", [pause]),
    Road("resumed", "verified", [pause, resume, verify]), Road("verified", "verified", [verify]),
    Road("rejected", "rejected", [reject]),
    Road("studied", "studied", [verify, study]), Road("acquitted", "not_proven", [verify, acquit]),
    Road("recommended", "recommended", toDecision), Road("dismissed", "not_proven", toDecision + [dismiss]),
    Road("sanctioned", "sanctioned", toDecision + [decide]), Road("blocked", "blocked", toDecision + [block]),
    Road("appealed", "appealed", toDecision + [decide, appeal]),
    Road("exonerated", "exonerated", toDecision + [decide, appeal, annul]),
    Road("closed", "closed", toDecision + [decide, close]), Road("cancelled early", "cancelled", [cancel]),
    Road("cancelled late", "cancelled", toDecision + [cancel]), Road("lapsed early", "lapsed", [lapse]),
    Road("lapsed late", "lapsed", toDecision + [lapse]),
  ]
}

/// One case of the world of canaries.
struct CanaryPlan: Sendable, CustomStringConvertible {
  let index: Int
  let owner: AgencyCode
  let isRegional: Bool
  let road: Road

  /// Every road of every owner, regional and central.
  static let all: [CanaryPlan] = {
    var plans: [CanaryPlan] = []
    for owner in agencies {
      for isRegional in [true, false] {
        for road in Road.all {
          plans.append(CanaryPlan(index: plans.count, owner: owner, isRegional: isRegional, road: road))
        }
      }
    }
    return plans
  }()

  var digits: String { String(1_000 + index).suffix(3).description }
  /// Every planted text of this case begins so.
  var mark: String { "zq\(digits)" }
  var nip: String { "198609262015051\(String(1_001 + index).suffix(3))" }
  var nik: String { "167101260986\(1_000 + index)" }
  var reference: String { "R-\(index)" }
  var description: String { "\(index): \(owner), \(isRegional ? "regional" : "central"), \(road.name)" }

  /// Agencies for which the case exists write a note on it.
  var noting: [AgencyCode] { agencies.filter { Sight.of(self, for: $0) != nil } }

  var caseJSON: String {
    """
    {"election":"pemilu-2024","contest":"pemilu-2024/presidential","region":"16.71",\
    "institution":"\(isRegional ? "16.71" : "kemenag")",\
    "subject":{"name":"\(mark)nameqz","nip":"\(nip)","nik":"\(nik)","position_level":"pelaksana",\
    "position_title":"\(mark)titleqz"},"violation":"DS-06",\
    "act":{"occurred_on":"2024-01-10","place":"\(mark)placeqz","narrative":"\(mark)storyqz",\
    "urls":["https://contoh.test/\(mark)urlqz"],\
    "witnesses":[{"name":"\(mark)witnessqz","contact":"\(mark)wcontactqz"}]},\
    "source":{"kind":"laporan","agency":"\(owner)","agency_ref":"\(reference)","received_on":"2024-01-15"},\
    "reporter":{"mode":"named","name":"\(mark)reporterqz","contact":"\(mark)rcontactqz"}}
    """
  }

  var line: String {
    let steps = road.steps.map { step in
      let named = step.contains(#""agency""#) ? step : "{\"agency\":\"\(owner)\",\(step.dropFirst())"
      return named.replacing("@", with: mark)
    }
    let notes = noting.map { agency in
      """
      {"action":"notes","agency":"\(agency)","occurred_on":"2024-03-05","text":"\(mark)note\(agency)qz"}
      """
    }
    return "{\"case\":\(caseJSON),\"actions\":[\((steps + notes).joined(separator: ","))]}"
  }

  /// Some cases are corrected after they came in: by the owner, and on others' request.
  var isCorrected: Bool { ["received", "verified", "recommended", "closed"].contains(road.name) }

  /// The texts an agency must find in the record, by name of the planted field; `first`: before any correction.
  func facts(for agency: AgencyCode, inCSV: Bool = false, first: Bool = false) -> Set<String> {
    guard let sight = Sight.of(self, for: agency) else { return [] }
    let fields = Planted.allCases.filter { (inCSV ? $0.isInCSV : $0.isFact) && sight.shows($0.group) }
    return Set(
      fields.map { field in
        let isNew = isCorrected && !first && (field == .place || field == .story)
        return "\(digits) \(field.rawValue)\(isNew ? "two" : "")"
      })
  }

  /// The texts an agency must find in the history.
  func told(for agency: AgencyCode) -> Set<String> {
    guard let sight = Sight.of(self, for: agency) else { return [] }
    let all = road.steps.joined()
    let texts: [Planted] = [.summary, .reason, .deviation, .cancel, .pause, .resume].filter {
      all.contains("@\($0.rawValue)qz")
    }
    var found = Set(texts.filter { sight.shows($0.group) }.map { "\(digits) \($0.rawValue)" })
    found.insert("\(digits) note\(agency.rawValue.lowercased())")
    if isCorrected && sight.narrative {
      found.formUnion(["patchreason", "refusal", "accept"].map { "\(digits) \($0)" })
    }
    return found
  }

  /// Who asks for the three corrections: one stays open, one is refused, one is accepted.
  var requesters: (open: AgencyCode, refused: AgencyCode, accepted: AgencyCode) {
    (owner == .panrb ? .bawaslu : .panrb, owner == .bkn ? .bawaslu : .bkn, owner == .bawaslu ? .bkn : .bawaslu)
  }

  /// The texts an agency must find in the list of correction requests: its own, or all when it owns the case.
  func wishes(for agency: AgencyCode) -> Set<String> {
    guard isCorrected, Sight.of(self, for: agency) != nil else { return [] }
    let owns = agency == owner || owner == .kasn && agency == .bkn
    var found: [String] = []
    if owns || requesters.open == agency { found += ["wanted", "wish"] }
    if owns || requesters.refused == agency { found += ["wantedb", "wishb", "refusal"] }
    if owns || requesters.accepted == agency { found += ["storytwo", "wishc", "accept"] }
    return Set(found.map { "\(digits) \($0)" })
  }
}

/// Finds planted text wherever it stands, whatever its case.
enum Canaries {
  private static let nip = Array("198609262015051".utf8)
  private static let nik = Array("167101260986".utf8)

  /// `"017 name"` and so on, for everything planted that occurs in `text`.
  static func found(in text: String) -> Set<String> {
    let bytes = text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
    var found: Set<String> = []
    for start in bytes.indices where bytes[start] == UInt8(ascii: "z") || bytes[start] == UInt8(ascii: "1") {
      if let planted = word(at: start, bytes) ?? number(at: start, bytes) { found.insert(planted) }
    }
    return found
  }

  /// `zq017nameqz`
  private static func word(at start: Int, _ bytes: [UInt8]) -> String? {
    guard bytes[start...].starts(with: Array("zq".utf8)), start + 5 < bytes.count, bytes[start + 2] < 58 else {
      return nil
    }
    let digits = String(decoding: bytes[(start + 2)..<(start + 5)], as: UTF8.self)
    let letters = bytes[(start + 5)...].prefix { (97...122).contains($0) }
    let word = String(decoding: letters, as: UTF8.self)
    guard Int(digits) != nil, let end = word.range(of: "qz") else { return nil }
    return "\(digits) \(word[..<end.lowerBound])"
  }

  private static func number(at start: Int, _ bytes: [UInt8]) -> String? {
    for (prefix, length, offset, name) in [(nip, 3, 1, "nip"), (nik, 4, 1_000, "nik")] {
      let end = start + prefix.count
      guard end + length <= bytes.count, bytes[start..<end].elementsEqual(prefix) else { continue }
      guard let value = Int(String(decoding: bytes[end..<(end + length)], as: UTF8.self)) else { continue }
      return "\(String(1_000 + value - offset).suffix(3)) \(name)"
    }
    return nil
  }
}
