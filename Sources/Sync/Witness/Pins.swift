internal import Foundation
package import Merkle
internal import SealedReporters

/// The public keys that agencies have exchanged outside the service. What the service itself lists is never trusted.
///
/// A file has a key a line: `log VKEY` for the record, `witness AGENCY VKEY` for each agency, `sealing AGENCY KEY` for each
/// key by which an agency's reporters are sealed, and `sealing-ended AGENCY KEY` for one by which they were. What stands
/// behind `#` is a comment. The key of the record may have the record's name or that of any of its epochs.
public struct Pins: Sendable {
  /// A witness and its key.
  public struct Witness: Sendable {
    public let agency: String
    package let key: NoteVerifier
  }

  /// Keys of the record, under its name without an epoch. There are two while a signing key is replaced.
  package let logs: [NoteVerifier]
  public let witnesses: [Witness]
  /// The keys that seal reporters, by agency; none of an agency whose keys nobody has pinned.
  let sealing: [String: Sealing]

  /// The keys by which the reporters of an agency are sealed, and those by which they were.
  struct Sealing {
    var active: [SealingPublicKey] = []
    var ended: [SealingPublicKey] = []
  }

  /// Reads the file.
  ///
  /// - Throws: `WitnessFailure.refused` with the line that is wrong.
  public init(path: String) throws(WitnessFailure) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .refused("\(path): cannot be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else { throw .refused("\(path): is no text") }
    do {
      try self.init(text)
    } catch {
      throw .refused("\(path): \(error)")
    }
  }

  /// - Throws: `WitnessFailure.refused` with the line that is wrong.
  package init(_ text: String) throws(WitnessFailure) {
    var (logs, witnesses): ([NoteVerifier], [Witness]) = ([], [])
    var sealing: [String: Sealing] = [:]
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      switch (words.first, words.count) {
      case (nil, _): continue
      case ("log", 2): logs.append(try Self.log(words[1], number + 1))
      case ("witness", 3):
        let key = try Self.key(words[2], .cosignature, number + 1)
        // An agency that is counted twice would make a quorum of one.
        guard !witnesses.contains(where: { $0.agency == words[1] || $0.key.publicKey == key.publicKey }) else {
          throw .refused("line \(number + 1): this agency or this key has a line already")
        }
        witnesses.append(Witness(agency: words[1], key: key))
      case ("sealing", 3), ("sealing-ended", 3):
        guard let key = try? SealingPublicKey(words[2]) else {
          throw .refused("line \(number + 1): is no sealing key: 32 bytes in base64")
        }
        let state = words[0] == "sealing" ? \Sealing.active : \Sealing.ended
        sealing[words[1], default: Sealing()][keyPath: state].append(key)
      default:
        throw .refused(
          "line \(number + 1): write 'log VKEY', 'witness AGENCY VKEY', 'sealing AGENCY KEY' or 'sealing-ended AGENCY KEY'"
        )
      }
    }
    guard let name = logs.first?.name else { throw .refused("no line 'log VKEY' names the key of the record") }
    guard logs.allSatisfy({ $0.name.utf8.elementsEqual(name.utf8) }) else {
      throw .refused("the lines 'log VKEY' name more than one record")
    }
    (self.logs, self.witnesses, self.sealing) = (logs, witnesses, sealing)
  }

  static let notSigned = WitnessFailure.refused("it is not signed by the key of the record that is pinned")

  /// Reads a note that says it is a checkpoint of the record.
  ///
  /// - Throws: `WitnessFailure.refused` for what is not the one spelling of a checkpoint of this record, signed by a key
  ///   that is pinned.
  package func read(_ bytes: [UInt8]) throws(WitnessFailure) -> AnnouncedCheckpoint {
    guard let announced = try read(bytes, by: logs) else { throw Self.notSigned }
    return announced
  }

  /// The same by other keys of this record.
  ///
  /// - Returns: nil when it does not say that one of them has signed it.
  func read(_ bytes: [UInt8], by keys: [NoteVerifier]) throws(WitnessFailure) -> AnnouncedCheckpoint? {
    let (note, announced) = try parse(bytes)
    do {
      for key in keys where try note.isSigned(by: key.renamed(announced.checkpoint.origin)) { return announced }
      return nil
    } catch {
      throw .refused("it is no signed checkpoint (\(error))")
    }
  }

  /// Reads a checkpoint, whoever has signed it.
  ///
  /// - Throws: `WitnessFailure.refused` for what is not the one spelling of a checkpoint of this record.
  func parse(_ bytes: [UInt8]) throws(WitnessFailure) -> (note: SignedNote, announced: AnnouncedCheckpoint) {
    let (note, checkpoint): (SignedNote, Checkpoint)
    do {
      note = try SignedNote(bytes)
      guard note.bytes == bytes else { throw NoteError.invalidText }
      checkpoint = try Checkpoint(text: note.text)
    } catch {
      throw .refused("it is no signed checkpoint (\(error))")
    }
    guard let announced = AnnouncedCheckpoint(note: bytes, checkpoint: checkpoint), let log = logs.first,
      announced.name.utf8.elementsEqual(log.name.utf8)
    else { throw .refused("it is a checkpoint of another record than the one that is pinned") }
    return (note, announced)
  }

  private static func log(_ text: String, _ line: Int) throws(WitnessFailure) -> NoteVerifier {
    let key = try key(text, .ed25519, line)
    do {
      guard let name = AnnouncedCheckpoint.parts(of: key.name)?.name else { throw NoteError.invalidName }
      return try key.renamed(name)
    } catch {
      throw .refused("line \(line): the key has no name of a record")
    }
  }

  private static func key(_ text: String, _ type: NoteKeyType, _ line: Int) throws(WitnessFailure) -> NoteVerifier {
    do {
      let key = try NoteVerifier(text)
      guard key.type == type, key.text == text else { throw NoteError.wrongKeyType }
      return key
    } catch {
      throw .refused("line \(line): is no public key of a \(type == .ed25519 ? "record" : "witness") (\(error))")
    }
  }
}
