/// A correction that says that the case was on record about the wrong person, and which groups of what was on record
/// before it withholds for that.
public struct Withdrawal: Sendable, Equatable {
  /// The sequence of the correction.
  public let seq: Int64
  /// When it was recorded.
  public let recordedAt: Timestamp
  public let groups: Projection

  public init(seq: Int64, recordedAt: Timestamp, groups: Projection) {
    (self.seq, self.recordedAt, self.groups) = (seq, recordedAt, groups)
  }
}

/// What of the past of a case is withheld from an agency because somebody was named by mistake.
///
/// The one rule: who was named by mistake is withheld from everybody but the agency that owns the case, which has to answer
/// for the mistake, and BKN, which may put it right.
public struct Withdrawals: Sendable {
  /// The name of the mark, in bodies and in the details of events.
  public static let detail = "wrong_person"
  /// Nothing is withheld.
  public static let none = Withdrawals([], from: .bkn, isOwner: false)

  private let marks: [Withdrawal]

  /// - Parameters:
  ///   - marks: of the case.
  ///   - isOwner: whether `agency` owns the case.
  public init(_ marks: [Withdrawal], from agency: AgencyCode, isOwner: Bool) {
    self.marks = Self.areShown(to: agency, isOwner: isOwner) ? [] : marks
  }

  /// Whether persons who were named by mistake are shown to an agency.
  public static func areShown(to agency: AgencyCode, isOwner: Bool) -> Bool { isOwner || agency == .bkn }

  /// What is shown of the facts of the version at a sequence to who sees `projection`: nothing that a later correction has
  /// withdrawn.
  public func facts(_ projection: Projection, at seq: Int64) -> Projection {
    marks.reduce(projection) { $1.seq > seq ? $0.subtracting($1.groups) : $0 }
  }

  /// What is shown of the texts of the event at a sequence to who sees `projection`. No correction takes a name out of a
  /// text, and the reason of the correction itself may name whom it is not about: so all of them are withheld up to it.
  public func texts(_ projection: Projection, at seq: Int64) -> Projection {
    withholdsTexts(at: seq) ? [] : projection
  }

  /// Whether the texts of the event at a sequence are withheld.
  public func withholdsTexts(at seq: Int64) -> Bool { marks.contains { $0.seq >= seq } }

  /// Whether it is withheld that the case was about one person with another one, as somebody has said at an instant.
  public func withholdsTie(madeAt instant: Timestamp) -> Bool {
    marks.contains { $0.groups.contains(.subject) && $0.recordedAt >= instant }
  }

  /// Whether anything of the past is withheld.
  public var isEmpty: Bool { marks.isEmpty }
}

extension Projection {
  /// The groups of persons to which facts with these names belong.
  public init(groupsOf names: [String]) {
    let groups = Set(names.map { Facts.group(of: $0) })
    self = Projection.groups.reduce(into: []) { if groups.contains($1.0) { $0.insert($1.1) } }
  }

  /// Reads groups by name with blanks between them; names that nobody knows count for nothing.
  public init(names: String) {
    let names = names.split(separator: " ")
    self = Projection.groups.reduce(into: []) { if names.contains("\($1.0.rawValue)") { $0.insert($1.1) } }
  }

  /// The names of its groups with blanks between them, in the order of the policy.
  public var names: String { Projection.groups.filter { contains($0.1) }.map(\.0.rawValue).joined(separator: " ") }
}
