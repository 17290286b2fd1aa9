/// Why a file cannot be served; one line each.
public enum OpenFailure: Error, Sendable, CustomStringConvertible {
  case locked(String)
  case unreadable(String, reason: String)
  case foreign(String)
  case newer(String)
  case exists(String)
  case migrationFailed(String, reason: String)
  case record(String, reason: String)
  /// Of the keys beside a database, or of the master key.
  case keys(String, reason: String)

  public var description: String {
    switch self {
    case .locked(let path): "\(path): another process is writing to this database"
    case .unreadable(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .foreign(let path): "\(path): is not a Netral database"
    case .newer(let path): "\(path): was written by a newer version of netral; upgrade the program"
    case .exists(let path): "\(path): already exists"
    case .migrationFailed(let path, let reason): "\(path): cannot be migrated: \(reason)"
    case .record(let path, let reason): "\(path): its record cannot go on: \(reason)"
    case .keys(let path, let reason): "\(path): its keys cannot be used: \(reason)"
    }
  }
}
