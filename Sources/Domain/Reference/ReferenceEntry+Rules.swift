internal import JSON

/// What must hold of single rows, each field by its name.
extension ReferenceEntry {
  /// Errors in the fields of the row, with pointers from `place` on.
  func fieldErrors(at place: String) -> [FieldError] {
    switch kind {
    case .violations, .sanctions, .institutions, .positions, .mandates, .motives, .sourceChannels: codeErrors(place)
    case .regions: regionErrors(place)
    case .elections: electionErrors(place)
    case .agencies: agencyErrors(place)
    case .clockRules: clockRuleErrors(place)
    case .retentionRules: retentionRuleErrors(place)
    case .holidays: holidayErrors(place)
    }
  }

  /// The fields by which recorded cases were judged and figures are counted.
  var settledFields: [String] { kind.columns.filter(\.isSettled).map(\.name) }

  /// True when a field has the same value in another row; an absent one is null.
  public func agrees(with other: ReferenceEntry, in name: String) -> Bool {
    (fields[name] ?? .null) == (other.fields[name] ?? .null)
  }

  private func regionErrors(_ place: String) -> [FieldError] {
    let errors = codeErrors(place)
    guard let region = RegionCode(code) else {
      return errors + [FieldError(pointer: "\(place)/code", .format, Hint.region)]
    }
    let isAlone = text("level") == "province"
    if errors.isEmpty && region.isProvince != isAlone {
      return [FieldError(pointer: "\(place)/level", .inconsistent)]
    }
    if errors.isEmpty && text("province") != (isAlone ? nil : region.province) {
      return [FieldError(pointer: "\(place)/province", .inconsistent)]
    }
    return errors
  }

  /// Access goes on after the end, and never ends before it.
  private func agencyErrors(_ place: String) -> [FieldError] {
    guard let access = text("access_until") else { return [] }
    let pointer = "\(place)/access_until"
    if LegalDate(access) == nil { return [FieldError(pointer: pointer, .format, Hint.date)] }
    guard let last = until, last <= access else { return [FieldError(pointer: pointer, .inconsistent)] }
    return []
  }

  private func electionErrors(_ place: String) -> [FieldError] {
    let errors = dates(["voting_on"], of: fields, place)
    guard case .array(let contests)? = fields["contests"], !contests.isEmpty else {
      return errors + [FieldError(pointer: "\(place)/contests", .required)]
    }
    var keys: Set<String> = []
    return errors
      + contests.enumerated().flatMap { index, contest in
        contestErrors(contest, &keys, "\(place)/contests/\(index)")
      }
  }

  private func contestErrors(_ contest: JSONValue, _ keys: inout Set<String>, _ place: String) -> [FieldError] {
    guard case .object(let members) = contest else { return [FieldError(pointer: place, .type)] }
    var errors: [FieldError] = []
    if case .string(let key)? = members["key"], !key.isEmpty {
      if !keys.insert(key).inserted { errors.append(FieldError(pointer: "\(place)/key", .duplicate)) }
    } else {
      errors.append(FieldError(pointer: "\(place)/key", .required))
    }
    errors += dates(["determined_on", "campaign_from", "campaign_until", "voting_on"], of: members, place)
    if errors.isEmpty, case .string(let from)? = members["campaign_from"],
      case .string(let until)? = members["campaign_until"], until < from
    {
      errors.append(FieldError(pointer: "\(place)/campaign_until", .inconsistent))
    }
    return errors
  }

  /// Fields that must be dates.
  private func dates(_ names: [String], of members: JSONObject, _ place: String) -> [FieldError] {
    names.compactMap { name in
      guard let value = members[name], value != .null else { return nil }
      if case .string(let text) = value, LegalDate(text) != nil { return nil }
      return FieldError(pointer: "\(place)/\(name)", .format, Hint.date)
    }
  }

  /// Fields whose value is none of the closed set that their column names.
  private func codeErrors(_ place: String) -> [FieldError] {
    let fields = fields
    return kind.columns.compactMap { column in
      guard case .code(let codes) = column.form else { return nil }
      let value = fields[column.name]
      if case .string(let text)? = value, codes.contains(text) { return nil }
      if !column.isRequired && (value ?? .null) == .null { return nil }
      return FieldError(
        pointer: "\(place)/\(column.name)", value == nil ? .required : .unknownCode,
        Self.only(codes.joined(separator: ", ")))
    }
  }

  private func clockRuleErrors(_ place: String) -> [FieldError] {
    var errors = missing(["legal_basis"], place)
    guard let clock = ClockKind(rawValue: code) else {
      return errors + [FieldError(pointer: "\(place)/kind", .unknownCode, Self.oneOf(ClockKind.self))]
    }
    let length = fields["length"]
    if case .number(let number)? = length, number.int.map({ (1...365).contains($0) }) ?? false {
    } else {
      errors.append(FieldError(pointer: "\(place)/length", length == nil ? .required : .range, Self.lengths))
    }
    switch fields["pause_days_max"] {
    case nil, .null?: break
    case .number(let number)? where number.int.map({ (1...ClockPause.daysMax).contains($0) }) ?? false: break
    default: errors.append(FieldError(pointer: "\(place)/pause_days_max", .range, Self.pauseLengths))
    }
    if text("unit").flatMap({ ClockUnit(rawValue: $0) }) == nil {
      errors.append(FieldError(pointer: "\(place)/unit", .unknownCode, Self.oneOf(ClockUnit.self)))
    }
    if text("starts_at") != clock.startsAt.rawValue {
      errors.append(FieldError(pointer: "\(place)/starts_at", .inconsistent, Self.only(clock.startsAt.rawValue)))
    }
    let stops = clock.stopsAt.map(\.rawValue).sorted()
    if Set(texts("stops_at")) != Set(stops) {
      errors.append(
        FieldError(pointer: "\(place)/stops_at", .inconsistent, Self.only(stops.joined(separator: ", "))))
    }
    if text("time_zone") != Self.timeZone {
      errors.append(FieldError(pointer: "\(place)/time_zone", .notAllowed, Self.only(Self.timeZone)))
    }
    return errors
  }

  private func retentionRuleErrors(_ place: String) -> [FieldError] {
    var errors = codeErrors(place) + missing(["legal_basis", "reason"], place)
    if case .number(let number)? = fields["years"],
      number.int.map({ RetentionRule.yearsRange.contains($0) }) ?? false
    {
    } else {
      errors.append(FieldError(pointer: "\(place)/years", fields["years"] == nil ? .required : .range, Self.years))
    }
    return errors
  }

  private func holidayErrors(_ place: String) -> [FieldError] {
    var errors = missing(["name_id", "source"], place)
    if LegalDate(code) == nil { errors.append(FieldError(pointer: "\(place)/date", .format, Hint.date)) }
    if !(text("kind").map { Holiday.kinds.contains($0) } ?? false) {
      let kinds = Holiday.kinds.sorted().joined(separator: ", ")
      errors.append(FieldError(pointer: "\(place)/kind", .unknownCode, Self.only(kinds)))
    }
    if let confidence = fields["confidence"], confidence != .string("full"), confidence != .string("unsure") {
      errors.append(FieldError(pointer: "\(place)/confidence", .unknownCode, Self.only("full, unsure")))
    }
    return errors
  }

  /// Texts that must be there and say something.
  private func missing(_ names: [String], _ place: String) -> [FieldError] {
    names.filter { text($0)?.allSatisfy(\.isWhitespace) ?? true }
      .map { FieldError(pointer: "\(place)/\($0)", .required) }
  }

  private var fields: JSONObject {
    guard case .object(let members)? = try? JSONValue.parse(Array(json.utf8)) else { return JSONObject() }
    return members
  }

  private func text(_ name: String) -> String? {
    if case .string(let text)? = fields[name] { return text }
    return nil
  }

  private func texts(_ name: String) -> [String] {
    guard case .array(let items)? = fields[name] else { return [] }
    return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  /// All dates of the law are judged there.
  private static let timeZone = "Asia/Jakarta"
  private static let lengths = LocalizedText(
    en: "Give a number in 1...365.", inIndonesian: "Isi bilangan dalam 1...365.")

  private static let years = LocalizedText(
    en: "Give a number in \(RetentionRule.yearsRange.lowerBound)...\(RetentionRule.yearsRange.upperBound).",
    inIndonesian:
      "Isi bilangan dalam \(RetentionRule.yearsRange.lowerBound)...\(RetentionRule.yearsRange.upperBound).")

  private static let pauseLengths = LocalizedText(
    en: "Give a number in 1...\(ClockPause.daysMax).", inIndonesian: "Isi bilangan dalam 1...\(ClockPause.daysMax).")

  private static func only(_ value: String) -> LocalizedText {
    LocalizedText(en: "Possible here: \(value).", inIndonesian: "Yang mungkin di sini: \(value).")
  }

  private static func oneOf<Code: RawRepresentable & CaseIterable>(_ type: Code.Type) -> LocalizedText
  where Code.RawValue == String { only(Code.allCases.map(\.rawValue).joined(separator: ", ")) }
}

/// The years of a holiday table.
struct HolidayYears {
  /// Years between the first and the last one with a holiday that have none.
  let gaps: Set<Int>

  init(_ entries: [ReferenceEntry]) {
    let years = Set(entries.compactMap { Self.year(ofHoliday: $0) })
    guard let first = years.min(), let last = years.max() else {
      gaps = []
      return
    }
    gaps = Set(first...last).subtracting(years)
  }

  /// A national holiday's year. Collective leave alone fills none: it is decreed in addition.
  private static func year(ofHoliday entry: ReferenceEntry) -> Int? {
    guard entry.kind == .holidays, let date = LegalDate(entry.code),
      let row = try? Reference.decode([entry.json], as: Holiday.self).first, row.kind == "holiday"
    else { return nil }
    return date.year
  }

  /// The row that opens a gap: one of the year itself, which takes its holiday away, else the nearest one after it, else
  /// before it.
  static func opener(of gap: Int, in rows: [ReferenceEntry]) -> Int {
    let years = rows.enumerated().compactMap { index, row in LegalDate(row.code).map { (index: index, year: $0.year) } }
    let inside = years.first { $0.year == gap }
    let after = years.filter { $0.year > gap }.min { $0.year < $1.year }
    let before = years.filter { $0.year < gap }.max { $0.year < $1.year }
    return (inside ?? after ?? before)?.index ?? 0
  }
}
