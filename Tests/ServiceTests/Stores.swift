internal import Service
internal import Storage

extension StoreFactory {
  /// Every store there is. A second one needs a line here and keeps the contract as it is.
  static let all = [
    StoreFactory(testDescription: "SQLite") { folder, now in
      var settings = StoreSettings()
      settings.now = now
      let store = try SQLiteStore(path: folder + "/netral.sqlite", readerCount: 2, settings: settings)
      return Opened(store: store, close: { try store.close() })
    }
  ]
}
