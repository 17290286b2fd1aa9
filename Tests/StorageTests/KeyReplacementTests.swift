internal import Foundation
internal import GRDB
internal import Merkle
internal import Service
internal import TestSupport
internal import Testing

@testable internal import Storage

/// The key of a record is replaced, and a run that is cut off at any point leaves a file that starts.
@Suite struct KeyReplacementTests {
  private func open(_ path: String, _ body: (SQLiteStore) throws -> Void) throws {
    let store = try SQLiteStore(path: path, readerCount: 1, settings: StoreSettings())
    do {
      try body(store)
    } catch {
      try store.close()
      throw error
    }
    try store.close()
  }

  private func read(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func write(_ data: Data, to path: String) throws {
    try data.write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  private func expectRefused(_ words: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("not refused: \(words)")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
    }
  }

  /// That a file is signed by a key, names it, has handed over to it so often, and is sound.
  private func expectSigned(
    _ path: String, by key: NoteVerifier, handovers count: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try open(path) { store in
      let logKey = try #require(store.logKey, sourceLocation: sourceLocation)
      #expect(try logKey == key.renamed("\(key.name)/1"), sourceLocation: sourceLocation)
      let checkpoint = try #require(store.checkpoint, sourceLocation: sourceLocation)
      #expect(try checkpoint.isSigned(by: logKey), sourceLocation: sourceLocation)
      #expect(try Checkpoint(text: checkpoint.text).origin == logKey.name, sourceLocation: sourceLocation)
      let handovers = try store.read(on: 0) { try $0.handovers() }
      #expect(handovers.count == count, sourceLocation: sourceLocation)
      if let last = handovers.last {
        let terms = try KeyHandover(text: SignedNote(Array(last.utf8)).text)
        #expect(terms.successor == key, sourceLocation: sourceLocation)
      }
    }
    #expect(!exists(path + ".record-key.next"), sourceLocation: sourceLocation)
    let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
    defer { try? queue.close() }  // It was only read.
    _ = try queue.inDatabase { try RecordCheck.prove($0, try keys(of: path, $0)) }
  }

  @Test func `the old key hands over to a new one, which signs from then on`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      expectRefused("No such file") { _ = try KeyReplacement.run(on: path) }
      try open(path) { _ in expectRefused("another process is writing") { _ = try KeyReplacement.run(on: path) } }
      let old = try #require(try RecordKey.load(of: path))
      let new = try KeyReplacement.run(on: path)
      #expect(new.name == old.name && new != old.verifier)
      #expect(try RecordKey.load(of: path)?.verifier == new)
      let attributes = try FileManager.default.attributesOfItem(atPath: path + ".record-key")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try expectSigned(path, by: new, handovers: 1)
      try open(path) { store in
        let handover = try #require(try store.read(on: 0) { try $0.handovers() }.first)
        let note = try SignedNote(Array(handover.utf8))
        #expect(try note.isSigned(by: old.verifier.renamed("\(old.name)/1")))
      }
      let newer = try KeyReplacement.run(on: path)
      try expectSigned(path, by: newer, handovers: 2)
    }
  }

  @Test func `a run that was cut off leaves a file that starts, and is ended by the next one`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try open(path) { _ in }
      let key = path + ".record-key"
      let (oldKey, oldCheckpoint) = (try read(key), try read(path + ".checkpoint"))
      let old = try #require(try RecordKey.load(of: path)).verifier

      // Before the log names the new key.
      let next = try RecordKey.create(of: path, named: old.name, .next).verifier
      let oldName = try old.renamed("\(old.name)/1")
      try open(path) { store in #expect(store.logKey == oldName) }
      #expect(exists(key + ".next"))
      #expect(try KeyReplacement.run(on: path) == next)
      let newKey = try read(key)

      // After it, with the old checkpoint or the new one.
      let checkpoints = [oldCheckpoint, try read(path + ".checkpoint")]
      for checkpoint in checkpoints {
        for runsAgain in [false, true] {
          try write(oldKey, to: key)
          try write(newKey, to: key + ".next")
          try write(checkpoint, to: path + ".checkpoint")
          if runsAgain { #expect(try KeyReplacement.run(on: path) == next) }
          try expectSigned(path, by: next, handovers: 1)
        }
      }
      // A checkpoint of the old key that is newer than its handover is none of this record.
      let signer = try #require(
        try? NoteSigner(String(decoding: oldKey, as: UTF8.self).trimmingCharacters(in: .newlines)))
      let newest = try Checkpoint(text: SignedNote([UInt8](read(path + ".checkpoint"))).text)
      var note = try SignedNote(text: newest.text)
      try note.sign(with: signer.renamed(newest.origin))
      try write(Data(note.bytes), to: path + ".checkpoint")
      expectRefused("is no checkpoint signed by the key of this record") { try open(path) { _ in } }
    }
  }

  @Test func `another key without a handover is refused`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try open(path) { _ in }
      let old = try #require(try RecordKey.load(of: path)).verifier
      let next = try RecordKey.create(of: path, named: old.name, .next).verifier
      let queue = try DatabaseQueue(path: path)
      try queue.write { database in
        try database.execute(
          sql: "UPDATE setting SET value = ? WHERE name = 'record_key'", arguments: [Data(next.text.utf8)])
      }
      try queue.close()
      expectRefused("is no checkpoint signed by the key of this record") { try open(path) { _ in } }
    }
  }
}
