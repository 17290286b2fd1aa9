/// What people read beside codes, in both languages.
extension Reference {
  /// The name of a group; nil when nothing is known of the code.
  public func label(of key: String, in grouping: StatisticGrouping, on date: LegalDate) -> LocalizedText? {
    func same(_ name: String?) -> LocalizedText? { name.map { LocalizedText(en: $0, inIndonesian: $0) } }
    switch grouping {
    case .province, .region: return same((region(key, on: date) ?? regions[key]?.last)?.name)
    case .institution: return same((institution(key, on: date) ?? institutions[key]?.last)?.name)
    case .institutionKind: return InstitutionKind(rawValue: key).map(\.label)
    case .positionLevel, .reportingClass:
      return positions[key].map { LocalizedText(en: $0.labelEn, inIndonesian: $0.labelId) }
    case .violation: return violations[key].map { LocalizedText(en: $0.labelEn, inIndonesian: $0.labelId) }
    case .category: return Self.categories[key]
    case .reportedBy: return agencies[key].map { LocalizedText(en: $0.nameEn, inIndonesian: $0.nameId) }
    case .cohort: return same(key)
    case .election: return elections[key].map { LocalizedText(en: $0.nameEn ?? $0.nameId, inIndonesian: $0.nameId) }
    }
  }

  /// The name of a category of breaches; nil when nothing is known of the code.
  static func categoryLabel(of code: String) -> LocalizedText? { categories[code] }

  private static let categories = [
    "ethics": LocalizedText(en: "Code of ethics", inIndonesian: "Kode etik"),
    "discipline": LocalizedText(en: "Discipline", inIndonesian: "Disiplin"),
    "task_force": LocalizedText(en: "Decided by the task force", inIndonesian: "Diputuskan satuan tugas"),
  ]
}

extension InstitutionKind {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .regional: LocalizedText(en: "Regional institutions", inIndonesian: "Instansi daerah")
    case .central: LocalizedText(en: "Central institutions", inIndonesian: "Instansi pusat")
    }
  }
}

extension FunnelMetric {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .reported: LocalizedText(en: "Reported (not rejected)", inIndonesian: "Dilaporkan (tidak ditolak)")
    case .verified: LocalizedText(en: "Verified", inIndonesian: "Terverifikasi")
    case .recommended: LocalizedText(en: "Recommended for a sanction", inIndonesian: "Direkomendasikan")
    case .followedUp: LocalizedText(en: "Followed up by the PPK", inIndonesian: "Ditindaklanjuti PPK")
    case .blocked: LocalizedText(en: "Blocked", inIndonesian: "Diblokir")
    case .inProcess: LocalizedText(en: "Awaiting the PPK", inIndonesian: "Menunggu tindak lanjut PPK")
    case .exonerated: LocalizedText(en: "Exonerated", inIndonesian: "Dipulihkan")
    case .rejected: LocalizedText(en: "Rejected (outside the total)", inIndonesian: "Ditolak (di luar jumlah)")
    }
  }
}

extension Stage {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .received: LocalizedText(en: "Awaiting verification", inIndonesian: "Menunggu verifikasi")
    case .verified: LocalizedText(en: "Verified, awaiting study", inIndonesian: "Terverifikasi, menunggu kajian")
    case .studied:
      LocalizedText(en: "Studied, awaiting recommendation", inIndonesian: "Selesai dikaji, menunggu rekomendasi")
    case .recommended: LocalizedText(en: "Awaiting the PPK", inIndonesian: "Menunggu tindak lanjut PPK")
    case .sanctioned: LocalizedText(en: "Sanctioned", inIndonesian: "Dijatuhi sanksi")
    case .closed: LocalizedText(en: "Closed", inIndonesian: "Selesai")
    case .rejected: LocalizedText(en: "Rejected", inIndonesian: "Ditolak")
    case .notProven: LocalizedText(en: "Not proven", inIndonesian: "Tidak terbukti")
    case .blocked: LocalizedText(en: "Blocked", inIndonesian: "Diblokir")
    case .appealed: LocalizedText(en: "Under appeal", inIndonesian: "Dalam upaya administratif")
    case .exonerated: LocalizedText(en: "Exonerated", inIndonesian: "Dipulihkan")
    case .cancelled: LocalizedText(en: "Cancelled", inIndonesian: "Dibatalkan")
    case .lapsed: LocalizedText(en: "Lapsed", inIndonesian: "Gugur")
    }
  }
}

extension ClockKind {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .verification: LocalizedText(en: "Verification", inIndonesian: "Verifikasi")
    case .study: LocalizedText(en: "Study", inIndonesian: "Kajian")
    case .ppkFollowUp: LocalizedText(en: "Follow-up by the PPK", inIndonesian: "Tindak lanjut PPK")
    case .appealFiling: LocalizedText(en: "Filing of an appeal", inIndonesian: "Pengajuan upaya administratif")
    }
  }
}

extension ClockCount {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .running: LocalizedText(en: "running", inIndonesian: "berjalan")
    case .paused: LocalizedText(en: "paused", inIndonesian: "dihentikan sementara")
    case .met: LocalizedText(en: "met", inIndonesian: "tepat waktu")
    case .recordedLate: LocalizedText(en: "recorded late", inIndonesian: "terlambat dicatat")
    case .late: LocalizedText(en: "late", inIndonesian: "terlambat")
    case .overdue: LocalizedText(en: "overdue", inIndonesian: "terlewat")
    }
  }
}

extension TimelinessInterval {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .receivedToVerification:
      LocalizedText(en: "Receipt to verification", inIndonesian: "Diterima sampai verifikasi")
    case .verificationToStudy: LocalizedText(en: "Verification to study", inIndonesian: "Verifikasi sampai kajian")
    case .studyToRecommendation: LocalizedText(en: "Study to recommendation", inIndonesian: "Kajian sampai rekomendasi")
    case .recommendationToDecision:
      LocalizedText(en: "Recommendation to decision", inIndonesian: "Rekomendasi sampai keputusan")
    case .decisionToClosure: LocalizedText(en: "Decision to closure", inIndonesian: "Keputusan sampai selesai")
    case .receivedToDecision: LocalizedText(en: "Receipt to decision", inIndonesian: "Diterima sampai keputusan")
    }
  }
}

extension ReleaseBranch {
  /// What people read.
  public var label: LocalizedText {
    switch self {
    case .notRecommended: LocalizedText(en: "Not recommended", inIndonesian: "Tidak atau belum direkomendasikan")
    case .inExamination: LocalizedText(en: "In examination", inIndonesian: "Dalam pemeriksaan")
    case .notFollowedUp: LocalizedText(en: "Not followed up", inIndonesian: "Belum ditindaklanjuti")
    case .other: LocalizedText(en: "Other", inIndonesian: "Lainnya")
    }
  }
}
