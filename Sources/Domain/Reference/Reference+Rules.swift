/// What must hold when an administrator changes reference data.
extension Reference {
  /// Checks new rows against the present ones and each other, and returns the reference data they would give.
  ///
  /// Rows are added, or replaced where kind, code and first day are the same; nothing is deleted. Of a mandate only the
  /// last day may change; what recorded cases were judged by stays. A clock has a rule on every day from its first one on;
  /// holidays leave out no year between the first and the last one.
  ///
  /// - Parameter lines: the line of each row in the file it came from, for texts that name another row; empty: none.
  /// - Throws: `invalid`, each error pointing at the row (`/3/valid_until`).
  public func adding(_ rows: [ReferenceEntry], lines: [Int] = []) throws(Failure) -> Reference {
    var errors: [FieldError] = []
    var merged = entries
    var positions: [String: Int] = [:]
    for (index, entry) in merged.enumerated() { positions[Self.identity(entry)] = index }
    var seen: [String: Int] = [:]
    for (index, row) in rows.enumerated() {
      errors += Self.check(row, at: index)
      let identity = Self.identity(row)
      if let first = seen[identity] {
        errors.append(FieldError(pointer: "/\(index)", .duplicate, Self.repeats(first, lines)))
      } else {
        seen[identity] = index
      }
      if let position = positions[identity] {
        if row.kind == .mandates && !Self.onlyEnds(merged[position], row) {
          errors.append(FieldError(pointer: "/\(index)", .notAllowed, Self.mandatesEnd))
        }
        merged[position] = row
      } else {
        if row.kind == .mandates && entries.contains(where: { $0.kind == .mandates && $0.code == row.code }) {
          errors.append(FieldError(pointer: "/\(index)/from", .notAllowed, Self.mandatesEnd))
        }
        merged.append(row)
      }
    }
    for (index, row) in rows.enumerated() where Self.overlaps(row, merged) {
      errors.append(FieldError(pointer: "/\(index)", .inconsistent, Self.overlapping))
    }
    if rows.contains(where: { $0.kind == .holidays }) {
      let opened = HolidayYears(merged).gaps.subtracting(HolidayYears(entries).gaps)
      errors += opened.sorted().map { year in
        FieldError(pointer: "/\(HolidayYears.opener(of: year, in: rows))/date", .inconsistent, Self.gap(year))
      }
    }
    errors += Self.rulelessErrors(rows, merged)
    if errors.isEmpty { errors = settledErrors(rows) }
    guard errors.isEmpty else { throw .invalid(errors) }
    return try Self.decoded(merged, rows)
  }

  /// Fields that would change what recorded cases were judged by. Violations and sanctions are looked up by their code
  /// alone when figures of the past are counted, institutions with the day.
  private func settledErrors(_ rows: [ReferenceEntry]) -> [FieldError] {
    func key(_ entry: ReferenceEntry) -> String {
      entry.kind == .institutions ? Self.identity(entry) : "\(entry.kind)\n\(entry.code)"
    }
    var settled: [String: ReferenceEntry] = [:]
    for entry in entries where !entry.settledFields.isEmpty { settled[key(entry)] = entry }
    return rows.enumerated().flatMap { index, row -> [FieldError] in
      guard !row.settledFields.isEmpty, let before = settled.updateValue(row, forKey: key(row)) else { return [] }
      let detail = row.kind == .institutions ? Self.needsNewDay : Self.needsNewCode
      return row.settledFields.filter { !row.agrees(with: before, in: $0) }
        .map { FieldError(pointer: "/\(index)/\($0)", .notAllowed, detail) }
    }
  }

  /// Days without a rule, of the clocks that are changed: open clocks that start there would be taken away.
  private static func rulelessErrors(_ rows: [ReferenceEntry], _ merged: [ReferenceEntry]) -> [FieldError] {
    let kinds = Set(rows.filter { $0.kind == .clockRules }.map(\.code))
    return kinds.sorted().flatMap { kind -> [FieldError] in
      let rules = merged.filter { $0.kind == .clockRules && $0.code == kind }.sorted { $0.from < $1.from }
      return rules.indices.compactMap { position -> FieldError? in
        let (rule, next) = (rules[position], rules.dropFirst(position + 1).first)
        guard let until = rule.until, let last = LegalDate(until) else { return nil }
        let start = next.flatMap { LegalDate($0.from) }
        // One that begins earlier overlaps, which is said elsewhere.
        if next != nil, start.map({ $0 <= last.adding(days: 1) }) ?? true { return nil }
        // The row that opens the gap, or else the nearest one of the request.
        let changed =
          rows.firstIndex(of: rule).map { "/\($0)/until" }
          ?? next.flatMap { rows.firstIndex(of: $0) }.map { "/\($0)/from" }
          ?? rows.firstIndex { $0.kind == .clockRules && $0.code == kind }.map { "/\($0)" }
        return FieldError(pointer: changed ?? "", .inconsistent, noRule(after: last, until: start))
      }
    }
  }

  /// The combined rows as rules read them; a row that does not decode is found by decoding each alone.
  private static func decoded(_ merged: [ReferenceEntry], _ rows: [ReferenceEntry]) throws(Failure) -> Reference {
    do {
      let reference = try Reference(entries: merged)
      let unknown = rows.enumerated().compactMap { index, row in reference.checkTies(row, at: index) }
      guard unknown.isEmpty else { throw Failure.invalid(unknown) }
      return reference
    } catch let failure as Failure {
      throw failure
    } catch {
      let broken = rows.indices.filter { (try? Reference(entries: [rows[$0]])) == nil }
      throw .invalid(
        broken.map {
          FieldError(
            pointer: "/\($0)", .format,
            LocalizedText(
              en: "The row lacks a field of its kind or has one of the wrong type.",
              inIndonesian: "Baris ini kekurangan isian atau tipe isiannya salah."))
        })
    }
  }

  private func checkTies(_ row: ReferenceEntry, at index: Int) -> FieldError? {
    switch row.kind {
    case .mandates:
      guard let mandate = mandates.first(where: { String($0.id) == row.code }) else { return nil }
      if agencies[mandate.agency] == nil { return FieldError(pointer: "/\(index)/agency", .unknownCode) }
      return mandate.legalBasis.isEmpty ? FieldError(pointer: "/\(index)/legal_basis", .required) : nil
    case .violations:
      let listed = (try? Self.decode([row.json], as: Violation.self).first)?.sanctions ?? []
      return listed.firstIndex { sanctions[$0] == nil }
        .map { FieldError(pointer: "/\(index)/sanctions/\($0)", .unknownCode) }
    case .sanctions:
      let substitute = (try? Self.decode([row.json], as: Sanction.self).first)?.interimSubstitute
      return substitute.map { sanctions[$0] == nil } ?? false
        ? FieldError(pointer: "/\(index)/interim_substitute", .unknownCode) : nil
    case .regions:
      let province = (try? Self.decode([row.json], as: Region.self).first)?.province
      return province.map { regions[$0] == nil } ?? false
        ? FieldError(pointer: "/\(index)/province", .unknownCode) : nil
    default: return nil
    }
  }

  private static func identity(_ entry: ReferenceEntry) -> String { "\(entry.kind)\n\(entry.code)\n\(entry.from)" }

  private static func check(_ row: ReferenceEntry, at index: Int) -> [FieldError] {
    var errors: [FieldError] = []
    if row.code.isEmpty { errors.append(FieldError(pointer: "/\(index)", .required)) }
    let isPlain = row.kind == .clockRules || row.kind == .mandates
    let (from, until) = isPlain ? ("from", "until") : ("valid_from", "valid_until")
    if !row.from.isEmpty && LegalDate(row.from) == nil {
      errors.append(FieldError(pointer: "/\(index)/\(from)", .format, Hint.date))
    }
    if let last = row.until {
      if LegalDate(last) == nil {
        errors.append(FieldError(pointer: "/\(index)/\(until)", .format, Hint.date))
      } else if last < row.from {
        errors.append(FieldError(pointer: "/\(index)/\(until)", .inconsistent))
      }
    }
    return errors + row.fieldErrors(at: "/\(index)")
  }

  /// True when the row overlaps another one of the same kind and code.
  private static func overlaps(_ row: ReferenceEntry, _ all: [ReferenceEntry]) -> Bool {
    all.contains { other in
      other.kind == row.kind && other.code == row.code && other.from != row.from
        && (other.until.map { row.from <= $0 } ?? true) && (row.until.map { other.from <= $0 } ?? true)
    }
  }

  private static func onlyEnds(_ old: ReferenceEntry, _ new: ReferenceEntry) -> Bool {
    guard var before = try? decode([old.json], as: Mandate.self).first,
      let after = try? decode([new.json], as: Mandate.self).first
    else { return false }
    before.until = after.until
    return before == after
  }

  private static let overlapping = LocalizedText(
    en: "This row overlaps another one with the same code.",
    inIndonesian: "Baris ini tumpang tindih dengan baris berkode sama.")
  /// That a row stands in the request twice; its own place is told by the pointer.
  private static func repeats(_ first: Int, _ lines: [Int]) -> LocalizedText {
    guard lines.indices.contains(first) else {
      return LocalizedText(en: "This row repeats row /\(first).", inIndonesian: "Baris ini mengulang baris /\(first).")
    }
    return LocalizedText(
      en: "This row repeats line \(lines[first]).", inIndonesian: "Baris ini mengulang baris \(lines[first]).")
  }

  private static func noRule(after last: LegalDate, until next: LegalDate?) -> LocalizedText {
    guard let next else {
      return LocalizedText(
        en: "After \(last) this clock would have no rule: leave the last row open, or add the next one.",
        inIndonesian:
          "Setelah \(last) tenggat ini tidak memiliki aturan: biarkan baris terakhir terbuka, atau tambahkan baris lain."
      )
    }
    return LocalizedText(
      en: "Between \(last) and \(next) this clock would have no rule.",
      inIndonesian: "Di antara \(last) dan \(next) tenggat ini tidak memiliki aturan.")
  }

  private static func gap(_ year: Int) -> LocalizedText {
    LocalizedText(
      en: "With this row the table would have no holiday in \(year), between years that have some.",
      inIndonesian: "Dengan baris ini tabel tidak memuat hari libur pada \(year), di antara tahun yang memuatnya.")
  }

  private static let needsNewDay = LocalizedText(
    en: "Recorded cases were judged by this: end this row and add one with a new first day.",
    inIndonesian:
      "Kasus yang tercatat dinilai menurut isian ini: akhiri baris ini dan tambahkan baris dengan hari pertama baru.")
  private static let needsNewCode = LocalizedText(
    en: "Recorded cases were judged and are counted by this: end this row and add one with a new code.",
    inIndonesian:
      "Kasus yang tercatat dinilai dan dihitung menurut isian ini: akhiri baris ini dan tambahkan kode baru.")

  private static let mandatesEnd = LocalizedText(
    en: "Of a mandate that exists only the last day may change.",
    inIndonesian: "Pada kewenangan yang sudah ada, hanya tanggal akhir yang dapat diubah.")
}
