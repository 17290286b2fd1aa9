internal import Domain

/// The seam between what the service means and how it is kept: a port for each noun. Nothing else in Service or Web knows
/// of a database.
public protocol Store: RecordStore, KeyStore, ReferenceStore, StateStore, ChangeStore, BackupStore, LogStore,
  ErasureStore, EvidenceStore
{
  /// Secret of this database, from which cursors are signed. Never shown.
  var signingSecret: [UInt8] { get }

  /// How the store stands now. It asks the file system too: nothing for an event loop.
  func condition() -> StoreCondition
}
