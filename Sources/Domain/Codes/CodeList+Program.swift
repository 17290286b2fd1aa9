/// The lists that are a part of the program: a release adds to them.
extension CodeList {
  public static let ofProgram: [CodeList] = [
    CodeList("stages", en: "Stages", inIndonesian: "Tahap", Stage.self, \.label),
    CodeList(
      "categories", en: "Categories of breaches", inIndonesian: "Kategori pelanggaran",
      Violation.categories.compactMap { code in Reference.categoryLabel(of: code).map { Item(code, $0) } }),
    CodeList(
      "sanction-levels", en: "Levels of sanctions", inIndonesian: "Tingkat sanksi",
      SanctionOutcome.levels.map { Item($0, SanctionOutcome.label(of: $0)) }),
    CodeList("employments", en: "Kinds of employment", inIndonesian: "Status kepegawaian", Employment.self, label),
    CodeList(
      "institution-kinds", en: "Kinds of institutions", inIndonesian: "Jenis instansi", InstitutionKind.self, \.label),
    CodeList("source-kinds", en: "Kinds of sources", inIndonesian: "Jenis sumber", SourceKind.self, label),
    CodeList("act-channels", en: "Channels of acts", inIndonesian: "Sarana perbuatan", ActChannel.self, label),
    CodeList("supported", en: "Whom an act supports", inIndonesian: "Pihak yang didukung", Supports.self, label),
    CodeList(
      "reporter-modes", en: "How a reporter is known", inIndonesian: "Keterbukaan pelapor", ReporterMode.self, label),
    CodeList("evidence-kinds", en: "Kinds of evidence", inIndonesian: "Jenis bukti", EvidenceKind.self, \.label),
    CodeList(
      "verification-outcomes", en: "Outcomes of a verification", inIndonesian: "Hasil verifikasi",
      VerificationOutcome.self, label),
    CodeList("study-outcomes", en: "Outcomes of a study", inIndonesian: "Hasil kajian", StudyOutcome.self, label),
    CodeList(
      "recommendation-outcomes", en: "Outcomes of a recommendation", inIndonesian: "Hasil rekomendasi",
      RecommendationOutcome.self, label),
    CodeList(
      "decision-outcomes", en: "Outcomes of a decision", inIndonesian: "Hasil keputusan", DecisionOutcome.self, label),
    CodeList(
      "not-proven-grounds", en: "Why nothing was proven", inIndonesian: "Alasan tidak terbukti", NotProvenGround.self,
      \.label),
    CodeList("lapse-reasons", en: "Why a case lapsed", inIndonesian: "Sebab gugur", LapseReason.self, \.label),
    CodeList(
      "block-extents", en: "Extents of a block", inIndonesian: "Cakupan pemblokiran", BlockExtent.self, \.label),
    CodeList(
      "appeal-routes", en: "Routes of an appeal", inIndonesian: "Jalur upaya administratif", AppealRoute.self, label),
    CodeList("ruling-outcomes", en: "Outcomes of a ruling", inIndonesian: "Hasil putusan", RulingOutcome.self, label),
    CodeList("clock-kinds", en: "Statutory clocks", inIndonesian: "Jenis tenggat", ClockKind.self, \.label),
    CodeList("clock-states", en: "States of a clock", inIndonesian: "Keadaan tenggat", ClockStanding.self, label),
    CodeList("clock-units", en: "Units of a clock", inIndonesian: "Satuan tenggat", ClockUnit.self, label),
    CodeList(
      "pause-grounds", en: "Why a clock is paused", inIndonesian: "Alasan penghentian sementara tenggat",
      PauseGround.self, \.label),
    CodeList("link-relations", en: "Ties of cases", inIndonesian: "Kaitan antarkasus", LinkRelation.self, label),
    CodeList(
      "confirmations", en: "Standing of what others recorded", inIndonesian: "Status catatan atas nama lembaga lain",
      EventStanding.self, label),
    CodeList(
      "field-groups", en: "Groups of fields that may be withheld",
      inIndonesian: "Kelompok data yang dapat dirahasiakan",
      FieldGroup.self, label),
  ]
}

private func text(_ en: String, _ indonesian: String) -> LocalizedText {
  LocalizedText(en: en, inIndonesian: indonesian)
}

private func label(_ code: Employment) -> LocalizedText {
  switch code {
  case .pns: text("Civil servant (PNS)", "Pegawai negeri sipil (PNS)")
  case .cpns: text("Candidate civil servant (CPNS)", "Calon pegawai negeri sipil (CPNS)")
  case .pppk: text("Government employee with a contract (PPPK)", "Pegawai pemerintah dengan perjanjian kerja (PPPK)")
  }
}

private func label(_ code: SourceKind) -> LocalizedText {
  switch code {
  case .laporan: text("Report", "Laporan")
  case .temuan: text("The agency's own finding", "Temuan")
  case .pelimpahan: text("Passed on by somebody else", "Pelimpahan")
  }
}

private func label(_ code: ActChannel) -> LocalizedText {
  switch code {
  case .socialMedia: text("Social media", "Media sosial")
  case .inPerson: text("In person", "Langsung")
  case .print: text("Print", "Media cetak")
  case .broadcast: text("Broadcast", "Media penyiaran")
  case .officeDecision: text("Decision in office", "Keputusan jabatan")
  case .other: text("Other", "Lainnya")
  }
}

private func label(_ code: Supports) -> LocalizedText {
  switch code {
  case .prospectiveCandidate: text("Prospective candidate", "Bakal calon")
  case .candidate: text("Candidate", "Calon")
  case .party: text("Party", "Partai politik")
  }
}

private func label(_ code: ReporterMode) -> LocalizedText {
  switch code {
  case .named: text("Named", "Disebutkan")
  case .confidential: text("Confidential", "Dirahasiakan")
  case .anonymous: text("Anonymous", "Anonim")
  }
}

private func label(_ code: VerificationOutcome) -> LocalizedText {
  switch code {
  case .accepted: text("Accepted", "Diterima")
  case .rejected: text("Rejected", "Ditolak")
  }
}

private func label(_ code: StudyOutcome) -> LocalizedText {
  switch code {
  case .violation: text("Violation", "Pelanggaran")
  case .noViolation: text("No violation", "Tidak ada pelanggaran")
  }
}

private func label(_ code: RecommendationOutcome) -> LocalizedText {
  switch code {
  case .recommended: text("Recommended for a sanction", "Direkomendasikan")
  case .notProven: text("Not proven", "Tidak terbukti")
  }
}

private func label(_ code: DecisionOutcome) -> LocalizedText {
  switch code {
  case .sanctioned: text("Sanctioned", "Dijatuhi sanksi")
  case .notProven: text("Not proven", "Tidak terbukti")
  }
}

private func label(_ code: AppealRoute) -> LocalizedText {
  switch code {
  case .objection: text("Objection", "Keberatan")
  case .bpasn: text("Appeal board (BPASN)", "Banding administratif (BPASN)")
  case .court: text("Court", "Pengadilan")
  }
}

private func label(_ code: RulingOutcome) -> LocalizedText {
  switch code {
  case .upheld: text("Upheld", "Dikuatkan")
  case .reduced: text("Of a lower level", "Diringankan")
  case .increased: text("Of a higher level", "Diperberat")
  case .changed: text("Another sanction", "Diubah")
  case .annulled: text("Annulled", "Dibatalkan")
  }
}

private func label(_ code: ClockStanding) -> LocalizedText {
  switch code {
  case .running: text("Running", "Berjalan")
  case .paused: text("Paused", "Dihentikan sementara")
  case .overdue: text("Overdue", "Terlewat")
  case .met: text("Met", "Tepat waktu")
  case .late: text("Late", "Terlambat")
  }
}

private func label(_ code: ClockUnit) -> LocalizedText {
  switch code {
  case .days: text("Days", "Hari kalender")
  case .workingDays: text("Working days", "Hari kerja")
  }
}

private func label(_ code: LinkRelation) -> LocalizedText {
  switch code {
  case .sameAct: text("The same act", "Perbuatan yang sama")
  case .samePerson: text("The same person", "Orang yang sama")
  }
}

private func label(_ code: EventStanding) -> LocalizedText {
  switch code {
  case .unconfirmed: text("Waits for a confirmation", "Menunggu konfirmasi")
  case .confirmed: text("Confirmed", "Dikonfirmasi")
  case .disputed: text("Disputed", "Dibantah")
  case .void: text("Void", "Batal")
  }
}

private func label(_ code: FieldGroup) -> LocalizedText {
  switch code {
  case .core: text("Coded values, numbers and dates", "Kode, angka, dan tanggal")
  case .subject: text("The person", "Identitas terlapor")
  case .narrative: text("The narrative", "Uraian")
  case .evidence: text("Evidence", "Bukti")
  case .reporter: text("The reporter", "Pelapor")
  case .notes: text("Notes and reasons", "Catatan dan alasan")
  }
}
