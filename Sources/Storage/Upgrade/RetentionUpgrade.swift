internal import Domain
internal import GRDB

/// Brings the rules of retention into a file that was made before there were any.
enum RetentionUpgrade {
  static func addRules(_ database: Database, _ vault: Vault?) throws {
    let transaction = Transaction(database, vault)
    let kind = ReferenceKind.retentionRules.rawValue
    let isThere = try transaction.fetchOne("SELECT 1 FROM reference WHERE kind = ? LIMIT 1", [kind]) { _ in true }
    if isThere == true { return }
    transaction.now = try transaction.lastRecordedAt()
    try transaction.put(try Seed.entries().filter { $0.kind == .retentionRules }, by: "migration")
  }
}
