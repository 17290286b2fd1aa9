internal import Domain
internal import JSON

/// A clock as a case shows it, or as its leaf holds it (docs/stored-form.md).
struct ShownClock: Equatable {
  private var kind: String
  private var startedOn: String
  private var dueOn: String
  private var unit: String
  private var state: String
  /// "-" for none, as the day below.
  private var stoppedOn: String
  private var recordedOn: String
  private var isRecordedLate: Bool
  /// `from/until/ground` of each, as far as there are such.
  private var pauses: [String]

  /// The clocks that the leaf of a version discloses: `kind start due unit stop pauses;`, and a word for each day on which a
  /// stop was recorded.
  static func all(of core: JSONObject) -> [ShownClock] {
    guard case .object(let progress)? = core["progress"] else { return [] }
    let days = progress.text("clocks_recorded").split(separator: " ").map(String.init)
    return progress.text("clocks").split(separator: ";").enumerated().map { number, clock in
      let words = clock.split(separator: " ").map(String.init)
      func word(_ place: Int) -> String { place < words.count ? words[place] : "-" }
      let pauses = words.dropFirst(5).first?.split(separator: ",").map { pause in
        pause.split(separator: "/").prefix(3).joined(separator: "/")
      }
      let (due, stop, recorded) = (word(2), word(4), number < days.count ? days[number] : "-")
      // Days of the calendar in ISO 8601 are in the order of their letters.
      let isMet = stop != "-" && stop <= due
      let standsStill = stop == "-" && pauses?.last?.split(separator: "/").dropFirst().first == "-"
      let state: ClockState = stop == "-" ? standsStill ? .paused : .running : isMet ? .met : .late
      return ShownClock(
        kind: word(0), startedOn: word(1), dueOn: due, unit: word(3), state: state.rawValue, stoppedOn: stop,
        recordedOn: recorded, isRecordedLate: isMet && recorded != "-" && recorded > due, pauses: pauses ?? [])
    }
  }

  /// The clocks that a case shows.
  static func all(in record: JSONObject) -> [ShownClock] {
    objects(record["clocks"]).map { clock in
      let pauses = objects(clock["pauses"]).map { pause in
        let days = "\(pause.text("from"))/\(day("until", of: pause))"
        return pause["ground"].map { $0 == .null ? days : "\(days)/\(pause.text("ground"))" } ?? days
      }
      return ShownClock(
        kind: clock.text("kind"), startedOn: clock.text("started_on"), dueOn: clock.text("due_on"),
        unit: clock.text("unit"), state: clock.text("state"), stoppedOn: day("stopped_on", of: clock),
        recordedOn: day("recorded_on", of: clock), isRecordedLate: clock["recorded_late"] == .bool(true), pauses: pauses
      )
    }
  }

  private static func day(_ name: String, of object: JSONObject) -> String {
    object[name] == nil || object[name] == .null ? "-" : object.text(name)
  }

  private static func objects(_ value: JSONValue?) -> [JSONObject] {
    guard case .array(let items)? = value else { return [] }
    return items.map { if case .object(let object) = $0 { object } else { JSONObject() } }
  }
}
