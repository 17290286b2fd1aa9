/// Why the personal values of a case are erased before their time (UU 27/2022 Pasal 43 (1)).
public enum ErasureGround: String, Sendable, CaseIterable {
  /// They are needed no longer for what they were collected for.
  case noLongerNeeded = "no_longer_needed"
  /// Who gave them has withdrawn consent.
  case consentWithdrawn = "consent_withdrawn"
  /// Whom they are about asks for it.
  case subjectRequest = "subject_request"
  /// They were obtained or processed against the law.
  case unlawful

  /// What people are told.
  public var label: LocalizedText {
    switch self {
    case .noLongerNeeded: LocalizedText(en: "No longer needed", inIndonesian: "Tidak diperlukan lagi")
    case .consentWithdrawn: LocalizedText(en: "Consent withdrawn", inIndonesian: "Persetujuan ditarik")
    case .subjectRequest: LocalizedText(en: "Asked for by the person", inIndonesian: "Permintaan subjek data")
    case .unlawful: LocalizedText(en: "Unlawful", inIndonesian: "Melawan hukum")
    }
  }
}

/// The erasure of the personal values of a case: who has decided it, and why.
public enum Erasure {
  /// The names of what its event tells.
  public static let (groundName, outcomeName, yearsName, dueName, backupName) =
    ("ground", "outcome", "years", "due_on", "keys_gone_from")
  /// The ground of an erasure at the end of retention, and of one that a restored file is to repeat.
  public static let (retention, repetition) = ("retention", "repetition")

  /// At the end of retention, by the service itself.
  ///
  /// - Parameter keysGoneFrom: the first day on which no backup of its keys is left.
  public static func event(_ retention: Retention, keysGoneFrom: LegalDate) -> EventDraft {
    event(
      ground: Self.retention,
      [
        (outcomeName, retention.rule.outcome), (yearsName, String(retention.rule.years)),
        (dueName, retention.dueOn.description),
      ], by: service, keysGoneFrom)
  }

  /// Of a case that was erased before the file was restored from an older backup.
  public static func repetition(keysGoneFrom: LegalDate) -> EventDraft {
    event(ground: repetition, [], by: service, keysGoneFrom)
  }

  /// Before time.
  fileprivate static func event(_ ground: ErasureGround, by actor: Actor, keysGoneFrom: LegalDate) -> EventDraft {
    event(ground: ground.rawValue, [], by: actor, keysGoneFrom)
  }

  private static let service = Actor(agency: .operator, importedBy: nil, keyID: "retention")

  private static func event(
    ground: String, _ details: [(name: String, value: String)], by actor: Actor, _ keysGoneFrom: LegalDate
  ) -> EventDraft {
    EventDraft(
      what: .erasure, actor: actor,
      details: [(groundName, ground)] + details + [(backupName, keysGoneFrom.description)])
  }
}

extension Lifecycle {
  /// Judges the erasure of a case before its time. Its owner decides, once it has ended or is disputed, and nobody holds it.
  ///
  /// - Throws: `not_owner`, `agency_ended`; `case_erased`, `stage_conflict`, `retention_held`.
  public static func erase(
    _ record: Case, because ground: ErasureGround, holds: [RetentionHold], keysGoneFrom: LegalDate, _ context: Context
  ) throws(Failure) -> EventDraft {
    try context.requireOffice()
    guard context.reference.owns(context.actor.agency, record.facts, on: context.today) else { throw Failure.notEraser }
    if record.erasedOn != nil { throw Failure.caseErased }
    guard record.progress.stage.isFinal || record.provenance.isDisputed else { throw Failure.caseGoesOn }
    if holds.contains(where: { $0.isBinding(on: context.today) }) { throw Failure.retentionHeld }
    return Erasure.event(ground, by: context.actor, keysGoneFrom: keysGoneFrom)
  }
}

extension Case {
  /// The value of a fact; none of one that was erased.
  public func value(of field: CaseField) -> FieldValue {
    erasedOn != nil && field.isErasable ? .none : field.value(facts)
  }
}

extension CaseField {
  /// Whether it goes when personal values are erased.
  public var isErasable: Bool { group != .core || leadsToPerson }
}

extension Failure {
  public static let caseErased = Failure(
    .caseErased, en: "The personal values of this case were erased: it changes no more.",
    inIndonesian: "Data pribadi kasus ini telah dihapus: kasus tidak berubah lagi.")

  public static let reportErased = Failure(
    .reportErased, en: "This report was on record, and its personal values were erased.",
    inIndonesian: "Laporan ini pernah tercatat, dan data pribadinya telah dihapus.")

  fileprivate static let notEraser = Failure(
    .notOwner, en: "The agency that reported the case decides on its erasure.",
    inIndonesian: "Penghapusan diputuskan oleh lembaga pelapor kasus.")

  static let retentionHeld = Failure(
    .retentionHeld, en: "An agency holds this case: it is erased when the hold is released or over.",
    inIndonesian: "Kasus ini ditahan oleh suatu lembaga: penghapusan menunggu penahanan dilepas atau berakhir.")

  static let caseGoesOn = Failure(
    .stageConflict, en: "A case that goes on is not erased: end it first.",
    inIndonesian: "Kasus yang masih berjalan tidak dihapus: akhiri dahulu.", allowedActions: [])
}
