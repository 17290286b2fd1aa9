internal import Domain
internal import HTTPTypes

/// Operations on acts on a case.
extension Operation {
  static func act(_ kind: ActionKind) -> Operation {
    Operation(
      "record\(TypeName.one(of: kind.rawValue))", .acts, summary(kind), details: details(kind), query: [.dryRun],
      body: .json(named: "\(TypeName.one(of: kind.rawValue))Draft") { _ = ActionBody.action(kind, $0) },
      needs: [.entityTag, .optionalIdempotencyKey],
      replies: [
        .json(
          .caseAfterChange, "The case as it now is.", .created,
          fields: [
            (.eTag, "Representation, version and projection."), (.idempotencyReplayed, "true when this is a retry."),
            (.dryRun, "true when nothing was stored."),
          ])
      ],
      refusals: [.mandateMissing, .notOwner, .stageConflict, .clockRunning, .clockConflict, .confirmationConflict],
      mandate: kind.mandate,
      example: example(kind))
  }

  static func summary(_ kind: ActionKind) -> LocalizedText {
    switch kind {
    case .verifications: .init(en: "Verify", inIndonesian: "Verifikasi")
    case .studies: .init(en: "Record the study", inIndonesian: "Catat kajian")
    case .recommendations: .init(en: "Recommend", inIndonesian: "Rekomendasikan")
    case .decisions: .init(en: "Record the PPK's decision", inIndonesian: "Catat keputusan PPK")
    case .blocks: .init(en: "Block personnel services", inIndonesian: "Blokir layanan kepegawaian")
    case .blockReleases: .init(en: "Release a block", inIndonesian: "Buka blokir")
    case .appeals: .init(en: "Record an appeal", inIndonesian: "Catat upaya administratif")
    case .rulings: .init(en: "Record a ruling", inIndonesian: "Catat putusan")
    case .closures: .init(en: "Close", inIndonesian: "Tutup kasus")
    case .cancellations: .init(en: "Cancel", inIndonesian: "Batalkan")
    case .lapses: .init(en: "Record a lapse", inIndonesian: "Catat gugur")
    case .escalations: .init(en: "Escalate to the PPK's superior", inIndonesian: "Teruskan ke atasan PPK")
    case .clockPauses: .init(en: "Pause a clock", inIndonesian: "Hentikan sementara tenggat")
    case .clockResumptions: .init(en: "Resume a clock", inIndonesian: "Lanjutkan tenggat")
    case .notes: .init(en: "Write a note", inIndonesian: "Tulis catatan")
    }
  }

  static func details(_ kind: ActionKind) -> String {
    let stages = kind.stages.map(\.rawValue).sorted().joined(separator: ", ")
    let mandate =
      switch kind {
      case .cancellations: "For the agency that owns the case."
      case .clockPauses:
        """
        For whoever holds the mandate of the clock. `until` is the day on which the clock runs again by itself: at most \
        pause_days_max days after occurred_on, and \(ClockPause.daysMax) days of a clock in all.
        """
      case .clockResumptions: "For whoever holds the mandate of the clock, while it is paused: it shortens the pause."
      case .notes: "For any agency that sees the case; nobody else sees the note, and the version stays."
      default: "For an agency with the mandate \(kind.mandate?.rawValue ?? "-") on the day of the act."
      }
    return "\(mandate) Possible from: \(stages)."
  }

  /// On the case that the example of `createCase` has made, in this order, as far as one case can take them all.
  static func example(_ kind: ActionKind) -> Example {
    let today = #""occurred_on":"$(today)""#
    return switch kind {
    case .verifications: Example("BKN", path: ["$id"], body: #"{\#(today),"outcome":"accepted"}"#)
    case .studies:
      Example("BAWASLU", path: ["$id"], body: #"{\#(today),"outcome":"violation","summary":"Kajian contoh."}"#)
    case .recommendations:
      Example(
        "BKN", path: ["$id"],
        body: #"{\#(today),"outcome":"recommended","letter_number":"R-1","proposed_sanction":"BER-1"}"#)
    case .clockPauses:
      Example(
        "BKN", path: ["$id"],
        body:
          #"{\#(today),"clock":"ppk_follow_up","until":"$(later 14)","ground":"court_case","reason":"Gugatan di pengadilan."}"#
      )
    case .clockResumptions:
      Example("BKN", path: ["$id"], body: #"{\#(today),"clock":"ppk_follow_up","reason":"Putusan terbit."}"#)
    case .decisions:
      Example(
        "KEMENDAGRI", path: ["$id"],
        body: #"{\#(today),"outcome":"sanctioned","decree_number":"SK-1","sanction":"BER-1"}"#)
    case .appeals: Example("BKN", path: ["$id"], body: #"{\#(today),"route":"bpasn"}"#)
    case .rulings: Example("BKN", path: ["$id"], body: #"{\#(today),"outcome":"upheld"}"#)
    case .closures: Example("BKN", path: ["$id"], body: #"{\#(today),"idis_reference":"IDIS-1"}"#)
    case .notes: Example("BKN", path: ["$id"], body: #"{\#(today),"text":"Catatan."}"#)
    case .blocks:
      Example(
        "BKN", setup: "overdue=$(some recommended overdue=true)", path: ["$overdue"],
        body: #"{\#(today),"letter_number":"B-1"}"#)
    case .blockReleases:
      Example(
        "BKN", setup: "blocked=$(some blocked)", path: ["$blocked"], body: #"{\#(today),"proof":"SK-2"}"#)
    case .escalations:
      Example(
        "KEMENDAGRI",
        setup: """
          overdue=$(curl -s "$api/clocks?kind=ppk_follow_up&overdue=true&limit=200" -H "$(as KEMENDAGRI)" | jq -r \
          '[.items[] | select(.escalate_to.agency == "KEMENDAGRI")][0].case_id')
          """,
        path: ["$overdue"], body: #"{\#(today),"letter_number":"E-1","addressee":"Gubernur"}"#)
    case .cancellations:
      Example(
        "BAWASLU", setup: "received=$(some received reported_by=BAWASLU)", path: ["$received"],
        body: #"{\#(today),"reason":"Laporan ganda."}"#)
    case .lapses:
      Example(
        "BKN", setup: "received=$(some received)", path: ["$received"], body: #"{\#(today),"reason":"retired"}"#)
    }
  }

  static let allowedActions = Operation(
    "getAllowedActions", .cases, .init(en: "What may be done now", inIndonesian: "Tindakan yang dapat dilakukan"),
    details: "What this key may do with the case today, and why not the rest.",
    replies: [.json(.allowedActions, "Every action.")], example: Example("BKN", path: ["$id"]))
}
