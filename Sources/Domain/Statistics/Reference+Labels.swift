/// What people read beside codes, in both languages.
extension Reference {
  /// The name of a group; nil when nothing is known of the code.
  public func label(of key: String, in grouping: StatisticGrouping, on date: LegalDate) -> LocalizedText? {
    func same(_ name: String?) -> LocalizedText? { name.map { LocalizedText(en: $0, id: $0) } }
    switch grouping {
    case .province, .region: return same((region(key, on: date) ?? regions[key]?.last)?.name)
    case .institution: return same((institution(key, on: date) ?? institutions[key]?.last)?.name)
    case .institutionKind: return InstitutionKind(rawValue: key).map(\.label)
    case .positionLevel, .reportingClass:
      return positions[key].map { LocalizedText(en: $0.labelEn, id: $0.labelId) }
    case .violation: return violations[key].map { LocalizedText(en: $0.labelEn, id: $0.labelId) }
    case .category: return Self.categories[key]
    case .reportedBy: return agencies[key].map { LocalizedText(en: $0.nameEn, id: $0.nameId) }
    case .cohort: return same(key)
    case .election: return elections[key].map { LocalizedText(en: $0.nameEn ?? $0.nameId, id: $0.nameId) }
    }
  }

  private static let categories = [
    "ethics": LocalizedText(en: "Code of ethics", id: "Kode etik"),
    "discipline": LocalizedText(en: "Discipline", id: "Disiplin"),
    "task_force": LocalizedText(en: "Decided by the task force", id: "Diputuskan satuan tugas"),
  ]
}

extension InstitutionKind {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .regional: LocalizedText(en: "Regional institutions", id: "Instansi daerah")
    case .central: LocalizedText(en: "Central institutions", id: "Instansi pusat")
    }
  }
}

extension FunnelMetric {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .reported: LocalizedText(en: "Reported (not rejected)", id: "Dilaporkan (tidak ditolak)")
    case .verified: LocalizedText(en: "Verified", id: "Terverifikasi")
    case .recommended: LocalizedText(en: "Recommended for a sanction", id: "Direkomendasikan")
    case .followedUp: LocalizedText(en: "Followed up by the PPK", id: "Ditindaklanjuti PPK")
    case .blocked: LocalizedText(en: "Blocked", id: "Diblokir")
    case .inProcess: LocalizedText(en: "Awaiting the PPK", id: "Menunggu tindak lanjut PPK")
    case .exonerated: LocalizedText(en: "Exonerated", id: "Dipulihkan")
    case .rejected: LocalizedText(en: "Rejected (outside the total)", id: "Ditolak (di luar jumlah)")
    }
  }
}

extension Stage {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .received: LocalizedText(en: "Awaiting verification", id: "Menunggu verifikasi")
    case .verified: LocalizedText(en: "Verified, awaiting study", id: "Terverifikasi, menunggu kajian")
    case .studied: LocalizedText(en: "Studied, awaiting recommendation", id: "Selesai dikaji, menunggu rekomendasi")
    case .recommended: LocalizedText(en: "Awaiting the PPK", id: "Menunggu tindak lanjut PPK")
    case .sanctioned: LocalizedText(en: "Sanctioned", id: "Dijatuhi sanksi")
    case .closed: LocalizedText(en: "Closed", id: "Selesai")
    case .rejected: LocalizedText(en: "Rejected", id: "Ditolak")
    case .notProven: LocalizedText(en: "Not proven", id: "Tidak terbukti")
    case .blocked: LocalizedText(en: "Blocked", id: "Diblokir")
    case .appealed: LocalizedText(en: "Under appeal", id: "Dalam upaya administratif")
    case .exonerated: LocalizedText(en: "Exonerated", id: "Dipulihkan")
    case .cancelled: LocalizedText(en: "Cancelled", id: "Dibatalkan")
    case .lapsed: LocalizedText(en: "Lapsed", id: "Gugur")
    }
  }
}

extension ClockKind {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .verification: LocalizedText(en: "Verification", id: "Verifikasi")
    case .study: LocalizedText(en: "Study", id: "Kajian")
    case .ppkFollowUp: LocalizedText(en: "Follow-up by the PPK", id: "Tindak lanjut PPK")
    case .appealFiling: LocalizedText(en: "Filing of an appeal", id: "Pengajuan upaya administratif")
    }
  }
}

extension ClockCount {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .running: LocalizedText(en: "running", id: "berjalan")
    case .paused: LocalizedText(en: "paused", id: "dihentikan sementara")
    case .met: LocalizedText(en: "met", id: "tepat waktu")
    case .recordedLate: LocalizedText(en: "recorded late", id: "terlambat dicatat")
    case .late: LocalizedText(en: "late", id: "terlambat")
    case .overdue: LocalizedText(en: "overdue", id: "terlewat")
    }
  }
}

extension TimelinessInterval {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .receivedToVerification: LocalizedText(en: "Receipt to verification", id: "Diterima sampai verifikasi")
    case .verificationToStudy: LocalizedText(en: "Verification to study", id: "Verifikasi sampai kajian")
    case .studyToRecommendation: LocalizedText(en: "Study to recommendation", id: "Kajian sampai rekomendasi")
    case .recommendationToDecision:
      LocalizedText(en: "Recommendation to decision", id: "Rekomendasi sampai keputusan")
    case .decisionToClosure: LocalizedText(en: "Decision to closure", id: "Keputusan sampai selesai")
    case .receivedToDecision: LocalizedText(en: "Receipt to decision", id: "Diterima sampai keputusan")
    }
  }
}

extension ReleaseBranch {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .notRecommended: LocalizedText(en: "Not recommended", id: "Tidak atau belum direkomendasikan")
    case .inExamination: LocalizedText(en: "In examination", id: "Dalam pemeriksaan")
    case .notFollowedUp: LocalizedText(en: "Not followed up", id: "Belum ditindaklanjuti")
    case .other: LocalizedText(en: "Other", id: "Lainnya")
    }
  }
}
