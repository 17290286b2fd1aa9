internal import GRDB

@testable internal import Storage

/// The keys of a file, as whoever only looks at it opens them.
func keys(of path: String, _ database: Database) throws -> Vault? {
  try VaultOpening(path: path, settings: StoreSettings()).openForReading(database)
}
