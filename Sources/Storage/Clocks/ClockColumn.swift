internal import Domain
internal import GRDB

/// The clocks of a case as one column: `kind start due unit stop;` for each, with `-` for a clock that is open. One that
/// was paused has a sixth word: `from/until/ground` for each pause, joined by commas, with `/resumed` behind it where an act
/// has ended it. Pauses of earlier releases have no ground, and `-` for the end of one that nobody has resumed.
///
/// The days on which stops were recorded stand in a column of their own, which earlier releases had not: a word for each
/// clock, `-` where there is none; nothing at all when there is none of any clock.
///
/// A case is rendered from its row on the hottest path: this is read several times faster than JSON.
enum ClockColumn {
  static func text(_ clocks: [Clock]) -> String {
    var text = ""
    text.reserveCapacity(clocks.count * 64)
    for clock in clocks {
      // Interpolation showed in the profile of an import.
      text += clock.kind.rawValue
      text += " "
      text += clock.startedOn.description
      text += " "
      text += clock.dueOn.description
      text += " "
      text += clock.unit.rawValue
      text += " "
      text += clock.stoppedOn?.description ?? "-"
      if !clock.pauses.isEmpty {
        text += " "
        text += clock.pauses.map(pause).joined(separator: ",")
      }
      text += ";"
    }
    return text
  }

  /// The days on which stops were recorded.
  static func recorded(_ clocks: [Clock]) -> String {
    if clocks.allSatisfy({ $0.recordedOn == nil }) { return "" }
    return clocks.map { $0.recordedOn?.description ?? "-" }.joined(separator: " ")
  }

  /// - Throws: `DatabaseError` when the bytes were not made by `text(_:)` and `recorded(_:)`.
  static func clocks(_ bytes: UnsafeBufferPointer<UInt8>, recorded: UnsafeBufferPointer<UInt8>?) throws -> [Clock] {
    var clocks = try clocks(bytes)
    guard var rest = recorded?[...], !rest.isEmpty else { return clocks }
    for index in clocks.indices {
      let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
      clocks[index].recordedOn = LegalDate(utf8: UnsafeBufferPointer(rebasing: rest[..<end]))
      rest = rest[min(end + 1, rest.endIndex)...]
    }
    guard rest.isEmpty else { throw malformed }
    return clocks
  }

  private static func clocks(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [Clock] {
    var rest = bytes[...]
    var clocks: [Clock] = []
    while let end = rest.firstIndex(of: UInt8(ascii: ";")) {
      clocks.append(try clock(rest[..<end]))
      rest = rest[(end + 1)...]
    }
    guard rest.isEmpty else { throw malformed }
    return clocks
  }

  private static func clock(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws -> Clock {
    var rest = bytes
    func word() -> UnsafeBufferPointer<UInt8> {
      let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
      defer { rest = rest[min(end + 1, rest.endIndex)...] }
      return UnsafeBufferPointer(rebasing: rest[..<end])
    }
    guard let kind = kind(word()), let start = LegalDate(utf8: word()), let due = LegalDate(utf8: word()),
      let unit = unit(word())
    else { throw malformed }
    let stopped = LegalDate(utf8: word())
    return Clock(
      kind: kind, startedOn: start, dueOn: due, unit: unit, stoppedOn: stopped,
      pauses: rest.isEmpty ? [] : try rest.split(separator: UInt8(ascii: ",")).map(pause))
  }

  private static func pause(_ pause: ClockPause) -> String {
    let days = "\(pause.from)/\(pause.until?.description ?? "-")"
    return pause.ground.map { "\(days)/\($0.rawValue)\(pause.isResumed ? "/resumed" : "")" } ?? days
  }

  private static func pause(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws -> ClockPause {
    let parts = bytes.split(separator: UInt8(ascii: "/")).map { UnsafeBufferPointer(rebasing: $0) }
    guard (2...4).contains(parts.count), let from = LegalDate(utf8: parts[0]) else { throw malformed }
    var pause = ClockPause(from: from, until: LegalDate(utf8: parts[1]))
    guard parts.count > 2 else {
      pause.isResumed = pause.until != nil
      return pause
    }
    pause.ground = PauseGround(rawValue: String(decoding: parts[2], as: UTF8.self))
    pause.isResumed = parts.count == 4
    guard pause.ground != nil else { throw malformed }
    return pause
  }

  private static func kind(_ bytes: UnsafeBufferPointer<UInt8>) -> ClockKind? {
    kinds.first { bytes.elementsEqual($0.utf8) }?.kind
  }

  private static func unit(_ bytes: UnsafeBufferPointer<UInt8>) -> ClockUnit? {
    units.first { bytes.elementsEqual($0.utf8) }?.unit
  }

  // Compared by bytes: a text made of each would cost more than everything else here.
  private static let kinds = ClockKind.allCases.map { (kind: $0, utf8: Array($0.rawValue.utf8)) }
  private static let units = ClockUnit.allCases.map { (unit: $0, utf8: Array($0.rawValue.utf8)) }

  private static var malformed: DatabaseError { DatabaseError(message: "a stored clock is malformed") }
}
