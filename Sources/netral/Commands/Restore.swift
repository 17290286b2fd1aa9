internal import ArgumentParser
internal import Foundation
internal import Storage

/// `netral restore`
struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a new database file of a backup, or proves that one could be made.",
    discussion: """
      It checks the SHA-256 beside the backup, every page, index and reference, and that no sequence is missing. It never \
      changes a file that exists: put the new one in place of the old while no server runs. With --verify alone it restores \
      into a temporary file, opens that as a server would, and deletes it: a drill. A backup whose SHA-256 is missing is \
      refused, unless --without-sum is given. With --keys it opens every value that is sealed, and puts a copy of keys and \
      master key beside the new file; without, what is sealed is only held against what was committed to. The record of the new file begins a new epoch when it is opened.
      """)

  @Option(help: "The backup, or a folder of backups, of which the newest is taken.")
  var from: String
  @Option(help: "The new file.")
  var into: String?
  @Option(
    help: """
      A file of keys, or the folder of their backups, of which the newest is taken: opens what is sealed \
      (NETRAL_KEYS_BACKUP_FOLDER).
      """)
  var keys: String?
  @Option(help: "The file of the master key (NETRAL_MASTER_KEY_FILE; default beside the file of keys).")
  var masterKey: String?
  @Option(
    help: """
      The newest list of erasures (FILE.erasures), or a replica that `netral sync` keeps; default the one beside the \
      backup; `none` where nothing was erased since. What it names is erased again.
      """)
  var erasures: String?
  @Flag(help: "Opens what was restored as a server would, which brings an older schema up to date.")
  var verify = false

  @Option(help: "The last checkpoint of the record that anybody has, as `netral witness show` prints it.")
  var lastCheckpoint: String?

  @Flag(help: "Takes a backup also when no SHA-256 lies beside it: then an altered value may go unseen.")
  var withoutSum = false

  func validate() throws {
    if into == nil, !verify { throw ValidationError("give --into, --verify, or both") }
  }

  func run() throws {
    do {
      if let into {
        try restore(into)
      } else {
        try withTemporaryFolder { try restore($0 + "/netral.sqlite") }
      }
    } catch let failure as OpenFailure {
      throw ExitFailure("\(failure)")
    } catch let failure as BackupFailure {
      throw ExitFailure("\(from): not restored: \(failure)")
    }
  }

  private func restore(_ target: String) throws {
    let environment = ProcessInfo.processInfo.environment
    let keys = (keys ?? environment["NETRAL_KEYS_BACKUP_FOLDER"]).map {
      KeySource($0, master: masterKey ?? environment["NETRAL_MASTER_KEY_FILE"])
    }
    let restoration = try Restoration(
      from: from, into: target, opening: verify ? StoreSettings() : nil, withoutSum: withoutSum, keys: keys,
      erasures: erasures, lastCheckpoint: try lastCheckpoint.map { try String(contentsOfFile: $0, encoding: .utf8) })
    let schema =
      switch restoration.schema {
      case .older(let pending) where !verify: "older: the first start makes \(pending) migrations"
      case .older(let pending): "older: \(pending) migrations were made"
      case .current, .newer: "of this program"
      }
    let rows = restoration.content.rows.sorted { $0.key < $1.key }.map { "rows of \($0.key)\t\($0.value)" }
    try printLines(
      [
        "backup\t\(restoration.source)", "sha256\t\(restoration.sumWasChecked ? "checked" : "none beside the backup")",
        "sequence\t\(restoration.content.head)", "schema\t\(schema)", "keys\t\(Self.keys(restoration, target))",
        "erasures\t\(restoration.erasureCount)", "files\t\(restoration.evidenceCount)",
      ] + rows)
  }

  private static func keys(_ restoration: Restoration, _ target: String) -> String {
    if !restoration.isSealed { return "none are needed: nothing is sealed in it yet" }
    if restoration.keysWereUsed { return "each sealed value was opened" }
    return "none given: what is sealed was not opened, and the file starts only with its keys in \(target).keys"
  }

  /// A folder that only its owner may enter, and that goes away whatever happens.
  private func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/netral-drill-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ExitFailure("a temporary folder cannot be made: \(String(cString: strerror(errno)))")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      do {
        try FileManager.default.removeItem(atPath: path)
      } catch {
        FileHandle.standardError.write(Data("Error: \(path): cannot be deleted, and holds personal data\n".utf8))
      }
    }
    try body(path)
  }
}
