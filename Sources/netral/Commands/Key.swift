internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import Web

/// `netral key`
struct Key: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Manages access keys in the file; while the server runs, use /v1/admin/keys.",
    subcommands: [Create.self, List.self, Revoke.self])

  /// `netral key create`: prints only the key on standard output.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes a key and prints it, once.")

    @OptionGroup var options: DatabaseOptions
    @Option(help: "The agency the key belongs to.")
    var agency: String?
    @Flag(help: "Makes an operator's key (scope admin alone; sees no case).")
    var `operator` = false
    @Option(help: "What the key is for.")
    var label: String
    @Option(help: "Scopes separated by commas: cases:read, cases:write, imports, migration, sync, statistics, admin.")
    var scopes: String
    @Option(
      help:
        "When the key ends: a date (its first moment in Jakarta), an RFC 3339 time, or never; default after 365 days.")
    var expires: String?
    @Option(help: "Networks the key may be used from: CIDR blocks separated by commas.")
    var networks: String?
    @Option(help: "Bytes that a key with scope migration may store in its life; default 16 GiB.")
    var bytesMax: Int?
    @Option(
      parsing: .upToNextOption,
      help:
        "Identities of client certificates the key is bound to, one argument each: subjects as RFC 2253 writes them.")
    var identities: [String] = []

    func run() async throws {
      let config = try Config(options)
      let now = config.store.now()
      let token = Token(random: { UInt64.random(in: .min ... .max) })
      let store = try openStore(config, instead: "POST /v1/admin/keys")
      do {
        let key = try key(token, now, store.reference)
        try warn(of: key, now, store.reference)
        try await store.write(by: .operator, dryRun: false) { transaction in
          try transaction.insert(key, by: AccessKey.commandLine)
        }
        try store.close()
      } catch {
        try store.close()
        throw error
      }
      try printLines([token.text])
      if `operator` && identities.isEmpty { printHint() }
    }

    private func printHint() {
      let hint = """
        This key opens nothing to who comes by a proxy, such as nginx of deploy/: there an operator's key needs \
        --identities, the subject of a client certificate.

        """
      FileHandle.standardError.write(Data(hint.utf8))
    }

    /// Says what a key of an agency that does not record today will open.
    private func warn(of key: AccessKey, _ now: Timestamp, _ reference: Reference) throws {
      guard case .agency(let code) = key.owner else { return }
      let today = LegalDate(inJakarta: now)
      let standing = reference.standing(of: code, on: today)
      if let note = AgencyStanding.note(on: code, standing, reference.term(of: code, on: today)) {
        try FileHandle.standardError.write(contentsOf: Data("note: \(note)\n".utf8))
      }
    }

    private func key(_ token: Token, _ now: Timestamp, _ reference: Reference) throws -> AccessKey {
      let owner = try owner(reference)
      let granted = try scopes.split(separator: ",").map { name -> Scope in
        guard let scope = Scope(rawValue: String(name)), scope.suits(owner) else {
          throw ValidationError("--scopes: '\(name)' is no scope such a key can have")
        }
        return scope
      }
      let blocks = networks?.split(separator: ",").map(String.init) ?? []
      if let wrong = blocks.first(where: { Network($0) == nil }) {
        throw ValidationError("--networks: '\(wrong)' is no CIDR block")
      }
      if let wrong = identities.first(where: { !CertificateIdentity.isValid($0) }) {
        throw ValidationError(
          "--identities: '\(wrong)' is not 1 to \(CertificateIdentity.bytesMax) printable characters")
      }
      guard identities.count <= CertificateIdentity.countMax else {
        throw ValidationError("--identities: give at most \(CertificateIdentity.countMax)")
      }
      guard !granted.isEmpty else { throw ValidationError("--scopes: name at least one") }
      guard (1...100).contains(label.count) else { throw ValidationError("--label: give 1 to 100 characters") }
      let isMigration = granted.contains(.migration)
      if let bytesMax, !isMigration || !AccessKey.migrationBytesRange.contains(bytesMax) {
        throw ValidationError("--bytes-max: give 1 MiB to 1 TiB in bytes, with scope migration alone")
      }
      return AccessKey(
        id: token.keyID, owner: owner, label: label, scopes: Set(granted), createdAt: now,
        expiresAt: try expiry(Set(granted), now), revokedAt: nil, networks: blocks, identities: identities,
        secretDigest: token.digest, madeBy: AccessKey.commandLine,
        bytesMax: isMigration ? bytesMax.map { Int64($0) } ?? AccessKey.migrationBytes : nil)
    }

    private func owner(_ reference: Reference) throws -> KeyOwner {
      guard (agency != nil) != `operator` else { throw ValidationError("give --agency or --operator") }
      guard let agency else { return .operator }
      guard reference.agencies[agency] != nil else { throw ValidationError("--agency: there is no agency '\(agency)'") }
      return .agency(AgencyCode(rawValue: agency))
    }

    private func expiry(_ scopes: Set<Scope>, _ now: Timestamp) throws -> Timestamp? {
      do throws(KeyEnd.Fault) {
        guard let end else { throw .past }
        return try end.instant(for: scopes, from: now)
      } catch {
        switch error {
        case .past: throw ValidationError("--expires: give a date or an RFC 3339 time that lies ahead, or never")
        case .tooLong(let days): throw ValidationError("--expires: a key with these scopes ends within \(days) days")
        }
      }
    }

    /// Nil when it cannot be read.
    private var end: KeyEnd? {
      guard let expires else { return .standard }
      if expires == "never" { return .never }
      return (Timestamp(expires) ?? Timestamp("\(expires)T00:00:00+07:00")).map { .at($0) }
    }
  }

  /// `netral key list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the keys, without secrets.")

    @OptionGroup var options: DatabaseOptions

    func run() async throws {
      let store = try openStore(try Config(options), instead: "GET /v1/admin/keys")
      let keys = store.keys.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
      try store.close()
      let lines = keys.map { key in
        let owner = if case .agency(let code) = key.owner { code.rawValue } else { "operator" }
        let scopes = key.scopes.map(\.rawValue).sorted().joined(separator: ",")
        let ends = [key.expiresAt, key.revokedAt].compactMap { $0 }.min()?.description ?? "open"
        let bound = key.identities.joined(separator: "; ")
        return [key.id, owner, scopes, key.createdAt.description, ends, key.label, bound].joined(separator: "\t")
      }
      try printLines(lines)
    }
  }

  /// `netral key revoke`
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ends a key now.")

    @OptionGroup var options: DatabaseOptions
    @Argument(help: "The identifier of the key: the 12 characters after ntk_.")
    var id: String

    func run() async throws {
      // A whole key given by mistake must not be repeated on the screen.
      guard id.count == 12 else { throw ValidationError("give the key's identifier: the 12 characters after ntk_") }
      let config = try Config(options)
      let now = config.store.now()
      let store = try openStore(config, instead: "DELETE /v1/admin/keys/{id}")
      let (known, id) = (store.keys[id] != nil, id)
      if known {
        try await store.write(by: .operator, dryRun: false) { transaction in
          try transaction.revoke(id, at: now, by: AccessKey.commandLine)
        }
      }
      try store.close()
      if !known { throw ExitFailure("there is no key \(id)") }
    }
  }
}
