internal import Foundation
package import Merkle
internal import Storage

/// The private key that an agency cosigns with, in a file for its owner alone. It never leaves the agency.
public struct WitnessKey: Sendable {
  package let signer: NoteSigner

  /// The public key, for the pins of others.
  public var text: String { signer.verifier.text }

  package init(_ signer: NoteSigner) { self.signer = signer }

  /// Reads a key.
  ///
  /// - Throws: `WitnessFailure.refused` when others may read the file, or it holds no key of a witness.
  public init(path: String) throws(WitnessFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .refused("\(path): \(String(cString: strerror(errno)))") }
    // systemd gives a service its credentials through an access list, which shows as a right of the group.
    let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    let others: mode_t = credentials.map { path.hasPrefix($0 + "/") } == true ? 0o037 : 0o077
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & others == 0 else {
      throw .refused("\(path): the key is for its owner alone: chmod 600")
    }
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    do {
      signer = try NoteSigner(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines))
      guard signer.type == .cosignature else { throw NoteError.wrongKeyType }
    } catch {
      throw .refused("\(path): holds no private key of a witness")
    }
  }

  /// Reads a key, or draws one and writes it when there is no file.
  ///
  /// - Parameter name: of the new key, such as `bkn.go.id`; nil: one that is drawn.
  /// - Throws: `WitnessFailure.refused`.
  public static func make(path: String, named name: String?) throws(WitnessFailure) -> WitnessKey {
    if access(path, F_OK) == 0 {
      let key = try WitnessKey(path: path)
      guard name == nil || key.signer.name == name else {
        throw .refused("\(path): there is a key of another name, \(key.signer.name)")
      }
      return key
    }
    let drawn = String(UInt32.random(in: .min ... .max), radix: 16)
    let name = name ?? "witness-" + String(repeating: "0", count: 8 - drawn.count) + drawn
    do {
      let signer = try NoteSigner.generate(name: name, type: .cosignature)
      try DurableFile.write(Array("\(signer.text)\n".utf8), to: path, replacing: false)
      return WitnessKey(signer)
    } catch {
      throw .refused("\(path): no key was made: \(error)")
    }
  }

  /// Adds the line of this key to a checkpoint. Whoever asks for this by hand answers for what the checkpoint says.
  ///
  /// - Parameters:
  ///   - note: a signed checkpoint.
  ///   - time: in seconds since 1970.
  /// - Throws: `WitnessFailure.refused` for what is no checkpoint.
  public func cosign(_ note: [UInt8], at time: Int64) throws(WitnessFailure) -> [UInt8] {
    do {
      var note = try SignedNote(note)
      try note.cosign(with: signer, at: time)
      return note.bytes
    } catch {
      throw .refused("it is no signed checkpoint (\(error))")
    }
  }
}
