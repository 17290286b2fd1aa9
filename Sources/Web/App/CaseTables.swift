internal import Domain
internal import JSON

/// What answers about a case look like as tables.
struct CaseTables {
  private let app: AppCall
  private let text: PageText

  init(_ app: AppCall) { (self.app, text) = (app, app.text) }

  // MARK: Values

  /// A value as people read it; nil for none.
  func words(_ value: Shown, at path: [String]) -> String? {
    let member = Self.vocabulary(path)
    if let text = value.text {
      if let label = Words.label(of: text, in: member, app.reference, on: app.today) {
        let isLaw = ["violation", "sanction", "proposed_sanction", "region", "institution"].contains(member)
        return isLaw ? "\(self.text(label)) (\(text))" : self.text(label)
      }
      if text.utf8.count == 10, let date = LegalDate(text) { return self.text.date(date) }
      if let instant = Query.instant(text), text.utf8.count > 18 { return self.text.instant(instant) }
      return text
    }
    if let number = value.int { return path.last == "appointment_year" ? String(number) : text.number(number) }
    if let number = value.number { return text.decimal(number) }
    switch value.value {
    case .bool(let flag):
      return text(
        flag ? LocalizedText(en: "yes", inIndonesian: "ya") : LocalizedText(en: "no", inIndonesian: "tidak"))
    case .array:
      let items = value.items.compactMap { words($0, at: path) }
      return items.isEmpty ? nil : items.joined(separator: "; ")
    case .object:
      let parts = value.members.compactMap { name, value in words(value, at: path + [name]) }
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    default: return nil
    }
  }

  /// The vocabulary that codes at a place are of.
  private static func vocabulary(_ path: [String]) -> String {
    switch (path.first, path.last) {
    case ("source", "kind"): return "source_kind"
    case ("institution", "kind"): return "institution_kind"
    case ("clocks", "kind"): return "clock"
    case ("institution", "code"): return "institution"
    case ("violation", "code"): return "violation"
    case ("redacted", _): return "group"
    default: return path.last ?? ""
    }
  }

  private func name(_ path: [String]) -> String {
    let joined = path.joined(separator: ".")
    if let field = CaseField.all.first(where: { $0.name == joined }) { return text(field.label) }
    if path.count > 1, path[0] == "milestones" { return text(ColumnLabel.of("\(path[1])_on")) }
    if path.count > 1, path[0] == "clocks" {
      let clock = ClockKind(rawValue: path[1]).map { text($0.label) } ?? path[1]
      return path.count > 2 ? "\(clock): \(text(Words.name(of: path[path.count - 1])))" : clock
    }
    let last = text(Words.name(of: path.last ?? ""))
    guard path.count > 1 else { return last }
    return "\(text(Words.name(of: path[0]))): \(last)"
  }

  // MARK: Tables

  /// The facts that a case shows, with what acts have left in it.
  func facts(_ record: Shown) -> PageTable {
    var rows: [[PageTable.Cell]] = []
    for field in CaseField.all {
      let value = record.at(field.path)
      // The name of a thing and its code are one.
      if ["institution.code", "institution.kind", "violation.catalogue", "violation.aspect"].contains(field.name) {
        continue
      }
      if let sealed = sealed(field, value) {
        rows.append([PageTable.Cell(text(field.label)), sealed])
      } else if let words = words(value, at: field.path) {
        rows.append([PageTable.Cell(text(field.label)), PageTable.Cell(words)])
      }
    }
    for object in ["recommendation", "decision", "block", "appeal"] {
      for (member, value) in record[object].members {
        if let words = words(value, at: [object, member]) {
          rows.append([PageTable.Cell(name([object, member])), PageTable.Cell(words)])
        }
      }
    }
    for member in ["idis_reference", "lapse_reason", "ground", "imported_by", "unconfirmed", "erased_on"] {
      if let words = words(record[member], at: [member]) {
        rows.append([PageTable.Cell(name([member])), PageTable.Cell(words)])
      }
    }
    for member in ["created_at", "updated_at"] {
      rows.append([PageTable.Cell(name([member])), PageTable.Cell(words(record[member], at: [member]) ?? "–")])
    }
    return PageTable(
      caption: text(LocalizedText(en: "Facts of the case", inIndonesian: "Data kasus")),
      columns: [
        (text(LocalizedText(en: "Fact", inIndonesian: "Data")), false),
        (text(LocalizedText(en: "Value", inIndonesian: "Isi")), false),
      ], rows: rows, empty: "")
  }

  private func sealed(_ field: CaseField, _ value: Shown) -> PageTable.Cell? {
    guard field.name == "reporter.sealed", !value.items.isEmpty else { return nil }
    return PageTable.Cell(
      text(
        LocalizedText(
          en: "Sealed for its agency: netral open shows it.",
          inIndonesian: "Tersegel untuk lembaganya: netral open membukanya.")))
  }

  /// Clocks with what is left of them.
  func clocks(_ record: Shown) -> PageTable {
    let rows = record["clocks"].items.map { clock -> [PageTable.Cell] in
      let kind = clock["kind"].text.flatMap { ClockKind(rawValue: $0) }
      let due = clock["due_on"].text.flatMap { LegalDate($0) }
      let isOpen = clock["stopped_on"].isNull
      let pause = clock["pauses"].items.last?["until"].text.flatMap { LegalDate($0) }
      return [
        PageTable.Cell(kind.map { text($0.label) } ?? "–"),
        PageTable.Cell(words(clock["started_on"], at: ["started_on"]) ?? "–"),
        PageTable.Cell(
          due.map { text.date($0) } ?? "–", note: isOpen ? due.map { left($0, kind) } : nil),
        PageTable.Cell(
          words(clock["state"], at: ["state"]) ?? "–",
          note: isOpen ? pause.map { text(LocalizedText(en: "until ", inIndonesian: "sampai ")) + text.date($0) } : nil),
        PageTable.Cell(words(clock["stopped_on"], at: ["stopped_on"]) ?? "–"),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "Statutory periods", inIndonesian: "Tenggat menurut peraturan")),
      columns: [
        (text(LocalizedText(en: "Clock", inIndonesian: "Tenggat")), false),
        (text(LocalizedText(en: "Began", inIndonesian: "Mulai")), false),
        (text(LocalizedText(en: "Due", inIndonesian: "Jatuh tempo")), false),
        (text(LocalizedText(en: "State", inIndonesian: "Keadaan")), false),
        (text(LocalizedText(en: "Stopped", inIndonesian: "Selesai")), false),
      ], rows: rows, empty: text(LocalizedText(en: "No clock has begun.", inIndonesian: "Belum ada tenggat.")))
  }

  private func left(_ due: LegalDate, _ kind: ClockKind?) -> String {
    let days = due.day - app.today.day
    if days >= 0 {
      return text(LocalizedText(en: "\(text.number(days)) days left", inIndonesian: "sisa \(text.number(days)) hari"))
    }
    // Nobody is late who does not appeal.
    if kind == .appealFiling { return text(LocalizedText(en: "has ended", inIndonesian: "telah berakhir")) }
    return text(
      LocalizedText(en: "\(text.number(-days)) days over", inIndonesian: "lewat \(text.number(-days)) hari"))
  }

  /// Events with who has done what, and when.
  func timeline(_ events: [Shown], caption: String) -> PageTable {
    let rows = events.map { event -> [PageTable.Cell] in
      let what = event["what"].text ?? ""
      var notes = event["details"].members.compactMap { name, value in
        words(value, at: [what, name]).map { "\(text(Words.name(of: name))): \($0)" }
      }
      let changed = event["changed"].items.compactMap(\.text)
      if !changed.isEmpty { notes.append(changed.map { text(Words.name(of: $0)) }.joined(separator: ", ")) }
      var who = event["agency"].text ?? "–"
      if let predecessor = event["on_behalf_of"].text { who += " (\(predecessor))" }
      let importer = event["imported_by"].text.map {
        text(LocalizedText(en: "imported by \($0)", inIndonesian: "diimpor oleh \($0)"))
      }
      return [
        PageTable.Cell(words(event["occurred_on"], at: ["occurred_on"]) ?? "–"),
        PageTable.Cell(
          Words.event(what).map { text($0) } ?? what, note: notes.isEmpty ? nil : notes.joined(separator: ". ")),
        PageTable.Cell(who, note: importer),
        PageTable.Cell(words(event["recorded_at"], at: ["recorded_at"]) ?? "–"),
        PageTable.Cell(event["version"].int.map { String($0) } ?? "–", isNumber: true),
      ]
    }
    return PageTable(
      caption: caption,
      columns: [
        (text(LocalizedText(en: "Day", inIndonesian: "Tanggal")), false),
        (text(LocalizedText(en: "Act", inIndonesian: "Tindakan")), false),
        (text(LocalizedText(en: "Who", inIndonesian: "Oleh")), false),
        (text(LocalizedText(en: "Recorded", inIndonesian: "Dicatat")), false),
        (text(LocalizedText(en: "Version", inIndonesian: "Versi")), true),
      ], rows: rows, empty: text(LocalizedText(en: "Nothing yet.", inIndonesian: "Belum ada.")))
  }

  /// What a trial would change.
  func differences(_ old: Shown, _ new: Shown) -> PageTable {
    let rows = ShownDifference.between(old, new).compactMap { path, before, after -> [PageTable.Cell]? in
      let (then, now) = (words(before, at: path), words(after, at: path))
      if then == nil, now == nil { return nil }
      return [PageTable.Cell(name(path)), PageTable.Cell(then ?? "–"), PageTable.Cell(now ?? "–")]
    }
    return PageTable(
      caption: text(LocalizedText(en: "What this would change", inIndonesian: "Yang akan berubah")),
      columns: [
        (text(LocalizedText(en: "Fact", inIndonesian: "Data")), false),
        (text(LocalizedText(en: "Now", inIndonesian: "Sekarang")), false),
        (text(LocalizedText(en: "Then", inIndonesian: "Menjadi")), false),
      ], rows: rows,
      empty: text(
        LocalizedText(en: "Nothing that this key sees.", inIndonesian: "Tidak ada yang terlihat oleh kunci ini.")))
  }
}
