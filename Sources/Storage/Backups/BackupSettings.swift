/// How backups are made.
public struct BackupSettings: Sendable {
  /// Where they go; nil: there are none.
  public var folder: String?
  /// How many are kept. Default 14: two weeks of nights.
  public var keep = 14
  /// Where backups of the keys go; nil: there are none, and who loses the file of the keys has lost what they seal.
  public var keysFolder: String?
  /// How many days backups of the keys are kept. Default 30: by then nothing that was erased can be read from any of them.
  public var keysDays = 30
  /// How fast pages are copied. Default 64 MiB/s: a third of what a slow solid-state disk writes.
  public var bytesPerSecond = 64 << 20

  /// The defaults.
  public init() {}
}
