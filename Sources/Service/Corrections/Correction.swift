public import Domain
public import JSON

/// Reads the facts of a report as they are after a merge patch.
///
/// It is given the patch and the facts on record, which may stay as they are whatever rules say today; errors point into
/// the body that the patch would make.
public typealias FactsMerge = @Sendable (JSONValue, Facts) throws(Failure) -> CaseDraft

/// What a merge patch makes of a case's facts.
struct Correction: Sendable {
  let merge: FactsMerge

  /// - Throws: `invalid` with `withheld` when the patch names a value of a group the caller may not see: else a guess
  ///   could be tested by patching.
  static func requireOpen(_ patch: JSONValue, _ projection: Projection) throws(Failure) {
    guard case .object(let members) = patch else { throw .invalid("", .type) }
    var errors: [FieldError] = []
    for member in members.members {
      guard case .object(let inner) = member.value, member.name == "subject" || member.name == "act" else {
        if !projection.shows(group(member.name)) { errors.append(FieldError(pointer: "/\(member.name)", .withheld)) }
        continue
      }
      for field in inner.members where !projection.shows(group("\(member.name).\(field.name)")) {
        errors.append(FieldError(pointer: "/\(member.name)/\(field.name)", .withheld))
      }
    }
    // Another report number collides where the same person was reported under it: that tells who the person is.
    if case .object(let source)? = members["source"], source["agency_ref"] != nil, !projection.contains(.subject) {
      errors.append(FieldError(pointer: "/source/agency_ref", .withheld))
    }
    if !errors.isEmpty { throw .invalid(errors) }
  }

  /// What is asked for is stored as it came: no reporter in clear, where they are sealed.
  ///
  /// - Throws: `invalid` at the reporter of the patch.
  static func requireNoOpenReporter(_ patch: JSONValue, of record: Case, _ context: Lifecycle.Context) throws(Failure) {
    guard !context.reference.sealingKeys(for: record.facts.source.agency, on: context.today).isEmpty,
      case .object(let members) = patch,
      case .object(let reporter)? = members["reporter"]
    else { return }
    let open = ["name", "contact"].filter { (reporter[$0] ?? .null) != .null }
    guard !open.isEmpty else { return }
    throw .invalid(
      open.map { name in
        FieldError(
          pointer: "/patch/reporter/\(name)", .notAllowed,
          LocalizedText(
            en: "Correct the reporter yourself, or give it sealed.",
            inIndonesian: "Koreksi pelapor langsung, atau kirim dalam bentuk tersegel."))
      })
  }

  /// True when a stored patch names no value of a withheld group.
  static func isOpen(_ patch: String, _ projection: Projection) -> Bool {
    do throws(Failure) {
      try requireOpen(try stored(patch), projection)
      return true
    } catch {
      return false
    }
  }

  /// A patch as it is stored.
  static func stored(_ patch: String) throws(Failure) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(Array(patch.utf8))
    } catch {
      throw .invalid("", .format)
    }
  }

  /// True when a patch changes the day of receipt, and that is settled.
  ///
  /// - Parameter context: of the day on which it is judged.
  static func movesReceipt(_ patch: JSONValue, of record: Case, _ context: Lifecycle.Context) -> Bool {
    guard case .object(let members) = patch, case .object(let source)? = members["source"],
      let day = source["received_on"]
    else { return false }
    return day != .string(record.facts.source.receivedOn.description)
      && Lifecycle.receiptIsSettled(record, on: context.today)
  }

  /// What a patch carries beside the day of receipt, as pointers.
  static func besideReceipt(_ patch: JSONValue) -> [String] {
    guard case .object(let members) = patch else { return [""] }
    return members.members.flatMap { member -> [String] in
      guard member.name == "source", case .object(let source) = member.value else { return ["/\(member.name)"] }
      return source.members.filter { $0.name != "received_on" }.map { "/source/\($0.name)" }
    }
  }

  /// The case with corrected facts; clocks follow the corrected dates.
  ///
  /// - Parameters:
  ///   - copies: which copies of a reporter that the patch brings sealed are taken.
  ///   - movesReceipt: true when a settled day of receipt may change.
  func apply(
    _ patch: JSONValue, to record: Case, _ context: Lifecycle.Context, copies: SealedCopies = .ofActiveKeys,
    movesReceipt: Bool = false
  ) throws(Failure) -> Case {
    let draft = try merge(patch, record.facts)
    guard draft.facts.source.agency == record.facts.source.agency else { throw .invalid("/source/agency", .notAllowed) }
    let facts = try context.reference.facts(from: draft, before: record.facts, until: context.lastDay)
    let sealed = try context.reference.sealingReporter(
      of: facts, before: record.facts, isGiven: Self.givesReporter(patch), copies, on: context.today)
    return try Lifecycle.correct(record, to: sealed, context, movesReceipt: movesReceipt)
  }

  /// True when a patch says anew who has reported, be it the same.
  private static func givesReporter(_ patch: JSONValue) -> Bool {
    guard case .object(let members) = patch, case .object(let reporter)? = members["reporter"] else { return false }
    return ["name", "contact", "sealed"].contains { reporter[$0] != nil }
  }

  /// The names of the facts a patch that is asked for would change; errors point into `prefix`.
  ///
  /// - Throws: what applying it throws; `invalid` when it changes a settled day of receipt and carries anything else.
  func changes(_ patch: JSONValue, in record: Case, _ context: Lifecycle.Context, at prefix: String)
    throws(Failure) -> [String]
  {
    do throws(Failure) {
      let movesReceipt = Self.movesReceipt(patch, of: record, context)
      let others = movesReceipt ? Self.besideReceipt(patch) : []
      guard others.isEmpty else {
        throw Failure.invalid(others.map { FieldError(pointer: $0, .notAllowed, Self.receiptAlone) })
      }
      let corrected = try apply(patch, to: record, context, movesReceipt: movesReceipt)
      return Facts.changes(from: record.facts, to: corrected.facts)
    } catch {
      var failure = error
      failure.errors = failure.errors.map { FieldError(pointer: prefix + ($0.pointer ?? ""), $0.code, $0.detail) }
      throw failure
    }
  }

  private static let receiptAlone = LocalizedText(
    en: "Ask for another day of receipt by itself: another agency decides on it than on the rest.",
    inIndonesian: "Minta perubahan hari penerimaan secara terpisah: lembaga yang memutuskannya berbeda.")

  private static func group(_ name: String) -> FieldGroup {
    if name == "act" { return .narrative }
    // Whether an identifier is missing tells about the subject as its numbers do. Employment and cohort are core, but a
    // patch of them is judged against the NIP: the judgement would tell of it.
    let toldBySubject = ["subject", "subject.identifier_missing", "subject.employment", "subject.appointment_year"]
    if toldBySubject.contains(name) { return .subject }
    // What is no fact is left to the reader of the merged body, which knows every field.
    return Facts.isFact(name) ? Facts.group(of: name) : .core
  }
}
