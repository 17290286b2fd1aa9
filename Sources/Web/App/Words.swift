internal import Domain
internal import JSON

/// What codes and members are called on a page. What the law's own types say of themselves is asked of them; the rest
/// stands here.
enum Words {
  /// What people read for a code.
  ///
  /// - Parameters:
  ///   - member: the name of the member or parameter that holds it.
  /// - Returns: nil where the value is no code of ours.
  static func label(of code: String, in member: String, _ reference: Reference, on day: LegalDate) -> LocalizedText? {
    switch member {
    case "stage", "from_stage": return Stage(rawValue: code)?.label
    case "clock": return ClockKind(rawValue: code)?.label
    case "what", "action": return event(code)
    case "violation", "violation_code": return reference.label(of: code, in: .violation, on: day)
    case "category": return reference.label(of: code, in: .category, on: day)
    case "sanction", "proposed_sanction":
      return reference.sanctions[code].map { LocalizedText(en: $0.labelEn, inIndonesian: $0.labelId) }
    case "sanction_level": return SanctionOutcome.label(of: code)
    case "election": return reference.label(of: code, in: .election, on: day)
    case "region": return reference.label(of: code, in: .region, on: day)
    case "institution", "recommended_to": return reference.label(of: code, in: .institution, on: day)
    case "position_level", "reporting_class": return reference.label(of: code, in: .positionLevel, on: day)
    case "institution_kind": return InstitutionKind(rawValue: code)?.label
    case "lapse_reason": return LapseReason(rawValue: code)?.label
    case "ground":
      return NotProvenGround(rawValue: code)?.label ?? PauseGround(rawValue: code)?.label
        ?? ErasureGround(rawValue: code)?.label
    case "motives": return motive(code, reference)
    case "statistic":
      return StatisticKind(rawValue: code).map { FigurePages.name($0) }
    case "extent": return BlockExtent(rawValue: code)?.label
    case "evidence_kind": return EvidenceKind(rawValue: code)?.label
    case "scan": return EvidenceScan(rawValue: code)?.label
    default:
      let known = lists[member]?.lazy.compactMap { listed[$0]?[code] }.first
      return known ?? (codes[member]?[code]).map { LocalizedText(en: $0.en, inIndonesian: $0.inIndonesian) }
    }
  }

  /// What an event of a case is called.
  static func event(_ what: String) -> LocalizedText? {
    events[what].map { LocalizedText(en: $0.en, inIndonesian: $0.inIndonesian) }
  }

  /// A motive, as reference data name it.
  private static func motive(_ code: String, _ reference: Reference) -> LocalizedText? {
    guard let entry = reference.entries.first(where: { $0.kind == .motives && $0.code == code }) else { return nil }
    do {
      let row = Shown(try JSONValue.parse(Array(entry.json.utf8)))
      guard let en = row["label_en"].text, let inIndonesian = row["label_id"].text else { return nil }
      return LocalizedText(en: en, inIndonesian: inIndonesian)
    } catch {
      // A row that cannot be read is shown by its code; whoever stored it was told.
      return nil
    }
  }

  /// What a member of a body or an answer is called.
  static func name(of member: String) -> LocalizedText {
    // The facts that a request for correction is about are called as everywhere else.
    if member.hasPrefix("patch.") { return name(of: String(member.dropFirst(6))) }
    if let said = names[member] { return LocalizedText(en: said.en, inIndonesian: said.inIndonesian) }
    for (suffix, en, inIndonesian) in [("_from", "from", "mulai"), ("_until", "until", "sampai")]
    where member.hasSuffix(suffix) {
      let stem = member.dropLast(suffix.count)
      let subject = spans[String(stem)] ?? pair(ColumnLabel.of("\(stem)_on"))
      return LocalizedText(en: "\(subject.en), \(en)", inIndonesian: "\(subject.inIndonesian), \(inIndonesian)")
    }
    return CaseField.all.first { $0.name == member }?.label ?? ColumnLabel.of(member)
  }

  private static func pair(_ text: LocalizedText) -> Pair { (text.en, text.inIndonesian) }

  /// What a span of days or time is about.
  private static let spans: [String: Pair] = [
    "occurred": ("Day of the act", "Tanggal perbuatan"), "updated": ("Changed", "Diubah"),
  ]

  private typealias Pair = (en: String, inIndonesian: String)

  /// The lists of codes that a member's values are of.
  private static let lists: [String: [String]] = [
    "employment": ["employments"], "channel": ["act-channels"], "supports": ["supported"],
    "source_kind": ["source-kinds"], "mode": ["reporter-modes"], "route": ["appeal-routes"],
    "relation": ["link-relations"], "unit": ["clock-units"], "group": ["field-groups"], "state": ["clock-states"],
    "outcome": [
      "verification-outcomes", "study-outcomes", "recommendation-outcomes", "decision-outcomes", "ruling-outcomes",
      "confirmations",
    ],
  ]

  private static let listed: [String: [String: LocalizedText]] = Dictionary(
    uniqueKeysWithValues: CodeList.ofProgram.map { list in
      (list.key, Dictionary(list.items.map { ($0.code, $0.label) }, uniquingKeysWith: { first, _ in first }))
    })

  private static let events: [String: Pair] = [
    "verifications": ("Verification", "Verifikasi"), "studies": ("Study", "Kajian"),
    "recommendations": ("Recommendation", "Rekomendasi"), "decisions": ("Decision of the PPK", "Keputusan PPK"),
    "blocks": ("Personnel services blocked", "Layanan kepegawaian diblokir"),
    "block-releases": ("Block released", "Blokir dibuka"), "appeals": ("Appeal", "Upaya administratif"),
    "rulings": ("Ruling", "Putusan"), "closures": ("Closed", "Kasus ditutup"),
    "cancellations": ("Cancelled", "Kasus dibatalkan"), "lapses": ("Lapsed", "Kasus gugur"),
    "escalations": ("Escalated", "Diteruskan ke atasan PPK"),
    "clock-pauses": ("Clock paused", "Tenggat dihentikan sementara"),
    "clock-resumptions": ("Clock resumed", "Tenggat dilanjutkan"), "notes": ("Note", "Catatan"),
    "created": ("Report recorded", "Laporan dicatat"), "correction": ("Facts corrected", "Data dikoreksi"),
    "correction_request": ("Correction asked for", "Koreksi diminta"),
    "correction_acceptance": ("Correction accepted", "Koreksi diterima"),
    "correction_refusal": ("Correction refused", "Koreksi ditolak"), "link": ("Cases tied", "Kasus dikaitkan"),
    "confirmation": ("Import answered", "Impor dikonfirmasi"),
    "clock_derivation": ("Clock derived anew", "Tenggat dihitung ulang"),
    "erasure": ("Personal values erased", "Data pribadi dihapus"),
    "retention_hold": ("Held beyond retention", "Retensi ditangguhkan"),
    "retention_release": ("Hold released", "Penangguhan retensi dicabut"),
    "evidence": ("Evidence added", "Bukti ditambahkan"), "evidence_withdrawal": ("Evidence withdrawn", "Bukti ditarik"),
    "evidence_scan": ("Evidence scanned", "Bukti diperiksa"), "evidence_view": ("Evidence fetched", "Bukti diambil"),
  ]

  private static let codes: [String: [String: Pair]] = [
    "reason": [
      "retired": ("Retired", "Pensiun"), "dismissed": ("Dismissed", "Diberhentikan"),
      "resigned": ("Resigned", "Mengundurkan diri"), "died": ("Died", "Meninggal dunia"),
    ],
    "unit": [
      "case": ("cases", "kasus"),
      "person": ("persons", "orang"), "report": ("reports", "laporan"),
    ],
    "basis": [
      "effective": ("what had happened, as known now", "yang telah terjadi, sebagaimana diketahui kini"),
      "recorded": ("what was recorded then", "yang tercatat saat itu"),
    ],
    "group_by": [
      "province": ("province", "provinsi"), "region": ("region", "wilayah"), "institution": ("institution", "instansi"),
      "institution_kind": ("kind of institution", "jenis instansi"),
      "position_level": ("position level", "jenjang jabatan"),
      "reporting_class": ("reporting class", "kelompok pelaporan"),
      "violation": ("form of violation", "bentuk pelanggaran"), "category": ("category", "kategori"),
      "reported_by": ("reporting agency", "lembaga pelapor"), "cohort": ("year of appointment", "tahun pengangkatan"),
      "election": ("election", "pemilihan"),
    ],
    "state": [
      "open": ("open", "menunggu keputusan"), "accepted": ("accepted", "diterima"), "refused": ("refused", "ditolak"),
    ],
    "of": ["decided": ("decided", "dijatuhkan"), "proposed": ("proposed", "diusulkan")],
    "sort": [
      "created": ("recorded, oldest first", "dicatat, terlama dahulu"),
      "-created": ("recorded, newest first", "dicatat, terbaru dahulu"),
      "updated": ("changed, oldest first", "diubah, terlama dahulu"),
      "-updated": ("changed, newest first", "diubah, terbaru dahulu"),
      "received": ("received, oldest first", "diterima, terlama dahulu"),
      "-received": ("received, newest first", "diterima, terbaru dahulu"),
    ],
  ]

  private static let names: [String: Pair] = [
    "recommendation": ("Recommendation", "Rekomendasi"), "decision": ("Decision", "Keputusan"),
    "block": ("Block", "Pemblokiran"), "appeal": ("Appeal", "Upaya administratif"),
    "milestones": ("Milestone", "Tonggak"), "figure_id": ("Figure", "Angka"), "definition": ("Definition", "Definisi"),
    "seq": ("Sequence", "Urutan"), "reference_revision": ("Reference data", "Revisi data referensi"),
    "issued_at": ("Issued at", "Terbit pada"), "statistic": ("Statistic", "Statistik"),
    "first": ("First figure", "Angka pertama"), "second": ("Second figure", "Angka kedua"),
    "days_overdue": ("Days over", "Lewat (hari)"), "due_on": ("Due on", "Jatuh tempo"),
    "started_on": ("Began on", "Mulai"), "stopped_on": ("Stopped on", "Selesai"),
    "institution.name": ("Institution", "Instansi"), "escalate_to.agency": ("Escalated by", "Diteruskan oleh"),
    "escalate_to.superior_id": ("Escalated to", "Diteruskan kepada"),
    "escalate_to.superior_en": ("Escalated to", "Diteruskan kepada"), "at": ("At", "Pada"), "what": ("Act", "Tindakan"),
    "share": ("Share", "Bagian"), "count": ("Count", "Jumlah"), "percentages": ("Percentages", "Persentase"),
    "percent": ("Percent", "Persen"), "intervals": ("Intervals", "Selang waktu"), "clocks": ("Clocks", "Tenggat"),
    "stages": ("Stages", "Tahap"), "overlap_hours": ("Overlap in hours", "Masa tumpang tindih (jam)"),
    "reporter": ("Reporter", "Pelapor"), "subject": ("Person", "Orang terlapor"), "act": ("Act", "Perbuatan"),
    "source": ("Source", "Sumber"),
    "occurred_on": ("Day of the act", "Tanggal tindakan"), "note": ("Note", "Catatan"),
    "outcome": ("Outcome", "Hasil"), "reason": ("Reason", "Alasan"), "summary": ("Summary", "Ringkasan"),
    "violation": ("Form of violation", "Bentuk pelanggaran"), "ground": ("Ground", "Dasar"),
    "letter_number": ("Number of the letter", "Nomor surat"), "institution": ("Institution", "Instansi"),
    "proposed_sanction": ("Proposed sanction", "Usulan sanksi"), "decree_number": ("Number of the decree", "Nomor SK"),
    "sanction": ("Sanction", "Sanksi"), "deviation_reason": ("Why it deviates", "Alasan penyimpangan"),
    "extent": ("Extent", "Cakupan"), "proof": ("Proof", "Bukti pembukaan"), "route": ("Route", "Jalur"),
    "idis_reference": ("I'DIS number", "Nomor I'DIS"), "addressee": ("Addressee", "Kepada"),
    "clock": ("Clock", "Tenggat"), "until": ("Until", "Sampai"), "text": ("Text", "Isi"),
    "on_behalf_of": ("On behalf of (agency)", "Atas nama (lembaga)"),
    "wrong_person": ("It was on record about the wrong person", "Tercatat atas orang yang salah"),
    "relation": ("Relation", "Hubungan"), "case_id": ("Other case (ID)", "Kasus lain (ID)"),
    "acts": ("Acts (sequences)", "Tindakan (urutan)"), "label": ("Label", "Label"), "scopes": ("Scopes", "Lingkup"),
    "expires_at": ("Ends at", "Berakhir pada"), "networks": ("Networks", "Jaringan"),
    "identities": ("Certificates", "Sertifikat"), "bytes_max": ("Bytes at most", "Bita paling banyak"),
    "agency": ("Agency", "Lembaga"), "operator": ("Of the operator", "Milik operator"),
    "number": ("Number", "Nomor"), "imported_by": ("Imported by", "Diimpor oleh"),
    "reported_by": ("Reporting agency", "Lembaga pelapor"), "region": ("Region", "Wilayah"),
    "category": ("Category", "Kategori"), "position_level": ("Position level", "Jenjang jabatan"),
    "agency_ref": ("Report number", "Nomor laporan"), "unconfirmed": ("Waits for confirmation", "Menunggu konfirmasi"),
    "overdue": ("Overdue", "Terlewat"), "recorded_late": ("Recorded late", "Terlambat dicatat"),
    "sort": ("Order", "Urutan"), "stage": ("Stage", "Tahap"), "election": ("Election", "Pemilihan"),
    "kind": ("Kind", "Jenis"), "state": ("State", "Keadaan"), "paused": ("Paused", "Dihentikan sementara"),
    "due_from": ("Due from", "Jatuh tempo mulai"), "due_before": ("Due before", "Jatuh tempo sebelum"),
    "nip": ("NIP", "NIP"), "nik": ("NIK", "NIK"), "name": ("Name", "Nama"), "q": ("Words", "Kata dalam uraian"),
    "as_of": ("As of", "Per tanggal"), "basis": ("Basis", "Dasar waktu"), "unit": ("Counted", "Satuan"),
    "group_by": ("Grouped by", "Menurut"), "of": ("Sanctions", "Sanksi yang dihitung"),
    "institution_kind": ("Kind of institution", "Jenis instansi"),
    "cohort": ("Year of appointment", "Tahun pengangkatan"),
    "reporting_class": ("Reporting class", "Kelompok pelaporan"), "limit": ("Per page", "Per halaman"),
    "subject.identifier_missing": ("Neither NIP nor NIK is known", "NIP dan NIK tidak diketahui"),
  ]
}
