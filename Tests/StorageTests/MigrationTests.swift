internal import Foundation
internal import Migrations
internal import Testing

@Suite struct MigrationTests {
  /// SHA-256 of each file in migrations/sql, as `sha256sum migrations/sql/*.sql` prints it.
  ///
  /// A released migration is never changed: what it made exists in files out there. A new step is a new file, a new
  /// line in migrations/Migrations.swift and a new line here.
  private static let released = [
    "m0001_initial": "2467765cd6b077098d89930ba3cc8df7edb097a099e89dbcfe622ffaead5f820",
    "m0002_synchronisation": "70a2e0b62d43b7e2f1fb4c175d45baab8c532d5cbaef9d71a5f4a4bc4a5d57f9",
  ]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("migrations/sql")

  @Test func `the files are the ones that were released`() throws {
    let lines = try Shell.output("cd '\(Self.folder.path)' && sha256sum *.sql").split(separator: "\n")
    let sums = lines.map { line in
      let parts = line.split(separator: " ")
      return (String(parts[1].dropLast(4)), String(parts[0]))
    }
    #expect(Dictionary(uniqueKeysWithValues: sums) == Self.released)
  }

  @Test func `the program embeds every file, in order`() throws {
    #expect(migrations.map(\.name) == Self.released.keys.sorted())
    for migration in migrations {
      let file = Self.folder.appendingPathComponent(migration.name + ".sql")
      #expect(try String(contentsOf: file, encoding: .utf8) == migration.sql)
    }
  }
}
