/// One step of the schema: forward only, run in one transaction, never changed once released.
public struct Migration: Sendable {
  /// Identifier under which the step is recorded in the file.
  public let name: String
  /// Plain SQL.
  public let sql: String
}

/// The steps in order. A new step is a new file in `sql/` and a new line here.
public let migrations: [Migration] = [
  Migration(name: "m0001_initial", sql: text(PackageResources.m0001_initial_sql)),
  Migration(name: "m0002_synchronisation", sql: text(PackageResources.m0002_synchronisation_sql)),
  Migration(name: "m0003_clocks", sql: text(PackageResources.m0003_clocks_sql)),
  Migration(name: "m0004_figures", sql: text(PackageResources.m0004_figures_sql)),
  Migration(name: "m0005_identities", sql: text(PackageResources.m0005_identities_sql)),
  Migration(name: "m0007_recording", sql: text(PackageResources.m0007_recording_sql)),
  Migration(name: "m0008_releases", sql: text(PackageResources.m0008_releases_sql)),
  Migration(name: "m0009_keys", sql: text(PackageResources.m0009_keys_sql)),
  Migration(name: "m0010_names", sql: text(PackageResources.m0010_names_sql)),
  Migration(name: "m0011_confirmations", sql: text(PackageResources.m0011_confirmations_sql)),
  Migration(name: "m0012_byte_use", sql: text(PackageResources.m0012_byte_use_sql)),
  Migration(name: "m0013_folding", sql: text(PackageResources.m0013_folding_sql)),
  Migration(name: "m0014_gaps", sql: text(PackageResources.m0014_gaps_sql)),
  Migration(name: "m0015_former_reports", sql: text(PackageResources.m0015_former_reports_sql)),
  Migration(name: "m0016_documents", sql: text(PackageResources.m0016_documents_sql)),
  Migration(name: "m0017_law_facts", sql: text(PackageResources.m0017_law_facts_sql)),
  Migration(name: "m0018_record", sql: text(PackageResources.m0018_record_sql)),
  Migration(name: "m0019_sealing", sql: text(PackageResources.m0019_sealing_sql)),
  Migration(name: "m0020_erasure", sql: text(PackageResources.m0020_erasure_sql)),
  Migration(name: "m0021_sealing_keys", sql: text(PackageResources.m0021_sealing_keys_sql)),
  Migration(name: "m0022_evidence", sql: text(PackageResources.m0022_evidence_sql)),
]

/// The reference data a new database starts with, by kind; regions are CSV, everything else JSON.
public enum InitialReference {
  public static let violations = PackageResources.violations_json
  public static let sanctions = PackageResources.sanctions_json
  public static let elections = PackageResources.elections_json
  public static let agencies = PackageResources.agencies_json
  public static let mandates = PackageResources.mandates_json
  public static let clockRules = PackageResources.clock_rules_json
  public static let holidays = PackageResources.holidays_json
  public static let positions = PackageResources.positions_json
  public static let motives = PackageResources.motives_json
  public static let sourceChannels = PackageResources.source_channels_json
  public static let retentionRules = PackageResources.retention_rules_json
  /// Central institutions; every region's government is derived from the regions.
  public static let institutions = PackageResources.institutions_json
  public static let regions = PackageResources.regions_csv
  /// Figures that agencies have published: no reference data, but what the demo is compared with.
  public static let publishedFigures = PackageResources.published_figures_csv
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
