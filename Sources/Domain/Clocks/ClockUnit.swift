/// How a clock counts.
public enum ClockUnit: String, Sendable, CaseIterable, Codable {
  case days
  case workingDays = "working_days"
}
