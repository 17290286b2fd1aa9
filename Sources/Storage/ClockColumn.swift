internal import Domain
internal import GRDB

/// The clocks of a case as one column: `kind start due unit stop;` for each, with `-` for a clock that is open. One that
/// was paused has a sixth word: `from/until` for each pause, joined by commas, with `-` for the end of an open one.
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
        text += clock.pauses.map { "\($0.from)/\($0.until?.description ?? "-")" }.joined(separator: ",")
      }
      text += ";"
    }
    return text
  }

  /// - Throws: `DatabaseError` when the text was not made by `text(_:)`.
  static func clocks(_ text: String) throws -> [Clock] {
    var clocks: [Clock] = []
    var words: [Substring] = []
    words.reserveCapacity(6)
    var start = text.startIndex
    for index in text.utf8.indices {
      let byte = text.utf8[index]
      guard byte == UInt8(ascii: " ") || byte == UInt8(ascii: ";") else { continue }
      words.append(text[start..<index])
      start = text.utf8.index(after: index)
      if byte == UInt8(ascii: ";") {
        clocks.append(try clock(words))
        words.removeAll(keepingCapacity: true)
      }
    }
    return clocks
  }

  private static func clock(_ words: [Substring]) throws -> Clock {
    guard words.count == 5 || words.count == 6, let kind = ClockKind(rawValue: String(words[0])),
      let start = LegalDate(String(words[1])),
      let due = LegalDate(String(words[2])), let unit = ClockUnit(rawValue: String(words[3]))
    else { throw DatabaseError(message: "a stored clock is malformed") }
    return Clock(
      kind: kind, startedOn: start, dueOn: due, unit: unit, stoppedOn: LegalDate(String(words[4])),
      pauses: words.count == 6 ? try words[5].split(separator: ",").map(pause) : [])
  }

  private static func pause(_ text: Substring) throws -> ClockPause {
    let days = text.split(separator: "/")
    guard days.count == 2, let from = LegalDate(String(days[0])) else {
      throw DatabaseError(message: "a stored pause of a clock is malformed")
    }
    return ClockPause(from: from, until: LegalDate(String(days[1])))
  }
}
