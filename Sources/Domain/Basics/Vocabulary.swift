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
    case .courtCase: LocalizedText(en: "A case before a court", inIndonesian: "Perkara di pengadilan")
    case .awaitingDocument: LocalizedText(en: "A document is awaited", inIndonesian: "Menunggu dokumen")
    case .personUnavailable:
      LocalizedText(
        en: "A person who must be heard is unavailable", inIndonesian: "Pihak yang harus didengar berhalangan")
    case .forceMajeure: LocalizedText(en: "Force majeure", inIndonesian: "Keadaan kahar")
    case .other:
      LocalizedText(en: "Another ground, told in the reason", inIndonesian: "Sebab lain, diuraikan dalam alasan")
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
