internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Logging
internal import Service
internal import Storage
internal import Web

/// `netral demo`
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fills a new database with synthetic cases in the published proportions and prints keys for it.")

  @OptionGroup var options: DatabaseOptions

  func run() async throws {
    let config = try Config(options)
    guard !FileManager.default.fileExists(atPath: config.database) else {
      throw ExitFailure("\(OpenFailure.exists(config.database)); demo data goes into a new file only")
    }
    let store = try openStore(config)
    do {
      let keys = try await fill(store, config)
      try store.close()
      try printLines(keys.map { "\($0.name)=\($0.token.text)" })
    } catch {
      // Half of the data is of no use, the less so as nobody has a key for it. A file that stays is met by the next run.
      try? store.close()  // It is thrown away.
      for suffix in ["", ".keys", ".words"].flatMap({ file in ["", "-wal", "-shm"].map { file + $0 } })
        + [".checkpoint", ".record-key", ".master"]
      {
        try? FileManager.default.removeItem(atPath: config.database + suffix)
      }
      let reason = (error as? Failure)?.detail.en ?? "\(error)"
      throw ExitFailure("\(config.database): cannot be filled: \(reason)")
    }
  }

  private func fill(_ store: SQLiteStore, _ config: Config) async throws -> [MadeKey] {
    let keys = try await makeKeys(store, config.store.now())
    guard let importing = keys.first(where: { $0.owner == .agency(.bawaslu) }) else { return keys }
    let keyIDs = Dictionary(
      uniqueKeysWithValues: keys.compactMap { key in
        if case .agency(let agency) = key.owner { (agency, key.token.keyID) } else { nil }
      })
    let origin = Importer.Origin(
      agency: .bawaslu, keyID: importing.token.keyID, reach: .eachItself(keyIDs: keyIDs))
    let importer = Importer(origin: origin, store: store, now: config.store.now)
    let lines = try DemoCases.lines(store.reference) + DemoPilkada2020.lines()
    for batch in lines.chunked(by: 200) {
      for outcome in try await importer.run(try batch.map { try ImportLine(json: $0) }, dryRun: false) {
        if case .invalid(let failure) = outcome {
          throw ExitFailure("demo data: \(failure.detail.en) \(failure.errors)")
        }
      }
    }
    try await register(try DemoFigures.all(), by: keys, in: store)
    try await release(store, config, by: keys.first { $0.owner == .operator }?.token.keyID ?? "")
    return keys
  }

  /// The operator's word: the history of both elections is in, so that their past months can be released.
  private func release(_ store: SQLiteStore, _ config: Config, by keyID: String) async throws {
    let now = config.store.now
    let maker = ReleaseMaker(store: store, now: now, logger: Logger(label: "netral"))
    for election in ["pilkada-2020", "pilkada-2024"] {
      _ = try await maker.make(election, until: LegalDate(inJakarta: now()), by: keyID)
    }
  }

  private func register(_ figures: [PublishedFigure], by keys: [MadeKey], in store: SQLiteStore) async throws {
    let keyIDs = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0.token.keyID) })
    try await store.write(by: .operator, dryRun: false) { transaction in
      for figure in figures { _ = try transaction.register(figure, by: keyIDs[figure.agency.rawValue] ?? "") }
    }
  }

  private struct MadeKey {
    let name: String
    let owner: KeyOwner
    let token: Token
  }

  private func makeKeys(_ store: SQLiteStore, _ now: Timestamp) async throws -> [MadeKey] {
    let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb]
    var made = agencies.map { agency in
      MadeKey(name: agency.rawValue, owner: .agency(agency), token: Token(random: { .random(in: .min ... .max) }))
    }
    made.append(MadeKey(name: "OPERATOR", owner: .operator, token: Token(random: { .random(in: .min ... .max) })))
    let keys = try made.map { item in
      let scopes = Set(Scope.allCases.filter { $0.suits(item.owner) && $0 != .migration })
      return AccessKey(
        id: item.token.keyID, owner: item.owner, label: "demo", scopes: scopes, createdAt: now,
        expiresAt: try KeyEnd.standard.instant(for: scopes, from: now), revokedAt: nil, networks: [],
        secretDigest: item.token.digest, madeBy: AccessKey.commandLine)
    }
    try await store.write(by: .operator, dryRun: false) { transaction in
      for key in keys { try transaction.insert(key, by: AccessKey.commandLine) }
    }
    return made
  }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
