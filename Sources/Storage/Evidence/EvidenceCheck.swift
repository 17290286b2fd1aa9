internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// A file of evidence as rows tell of it.
struct NamedFile {
  /// The case that has it, and the key of the file as that case wraps it.
  struct Holder {
    var caseKey: Int64
    var id: CaseID
    var dataKey: Int64
    var wrapped: Data
  }

  var key: Int64
  var name: String
  var digest: String
  var byteCount: Int
  var holders: [Holder]
}

extension Transaction {
  /// Every file that some case has.
  ///
  /// - Parameter digest: of one file alone; nil: of all.
  func namedFiles(of digest: String? = nil) throws -> [NamedFile] {
    // A file of the release before evidence has none.
    guard try database.tableExists("evidence_file") else { return [] }
    let rows = try fetch(
      """
      SELECT f.file_key, f.name, f.digest, f.bytes, c.case_key, r.id, c.data_key, c.wrapped FROM evidence_file f
      JOIN case_evidence c ON c.file_key = f.file_key JOIN case_record r ON r.case_key = c.case_key
      \(digest == nil ? "" : "WHERE f.digest = ?") ORDER BY f.file_key
      """, digest.map { [$0] } ?? []
    ) { row in
      NamedFile(
        key: row[0], name: row[1], digest: row[2], byteCount: Int(row[3] as Int64),
        holders: [
          NamedFile.Holder(
            caseKey: row[4], id: try row.identity(5), dataKey: row[6], wrapped: Data(row[7] as [UInt8]))
        ])
    }
    var files: [NamedFile] = []
    for row in rows {
      if files.last?.key == row.key { files[files.count - 1].holders += row.holders } else { files.append(row) }
    }
    return files
  }
}

/// Whether files of evidence are there, and what they were.
enum EvidenceCheck {
  /// What is wrong with a file.
  enum Fault: Error { case missing, length, content }

  /// - Parameters:
  ///   - vault: opens the file; nil: only its length is looked at.
  ///   - isFull: whether every byte is opened.
  /// - Throws: `Fault`; `DatabaseError` where keys cannot be read.
  static func prove(_ file: NamedFile, in folder: EvidenceFolder, _ vault: Vault?, isFull: Bool) throws {
    var status = stat()
    let path = folder.path(of: file.name)
    guard stat(path, &status) == 0 else { throw Fault.missing }
    guard status.st_size == FileCipher.sealedBytes(file.byteCount) else { throw Fault.length }
    guard isFull, let vault, let cipher = try cipher(of: file, vault) else { return }
    do {
      let sha256 = try sha256(of: path, byteCount: file.byteCount, cipher)
      guard vault.digests.digest(.file, sha256) == file.digest else { throw Fault.content }
    } catch is EvidenceFault {
      throw Fault.content
    }
  }

  /// The SHA-256 of what a sealed file holds.
  ///
  /// - Throws: `EvidenceFault`.
  static func sha256(of path: String, byteCount: Int, _ cipher: FileCipher) throws -> String {
    let opened = try BlockFile(path, byteCount: byteCount, cipher)
    var hash = SHA256()
    // Small pieces: many uploads may be compared at once.
    for start in stride(from: 0, to: byteCount, by: 1 << 17) {
      hash.update(data: try opened.readNow(start..<min(byteCount, start + 1 << 17)))
    }
    return hash.finalize().hexadecimal
  }

  /// What opens a file; nil where nobody has a key of it.
  ///
  /// - Throws: `Fault.content`.
  static func cipher(of file: NamedFile, _ vault: Vault) throws -> FileCipher? {
    for holder in file.holders {
      guard let key = try vault.key(holder.dataKey) else { continue }
      do {
        return try FileCipher(
          unwrapping: holder.wrapped, with: key, Transaction.binding(holder.id, file.digest))
      } catch is EvidenceFault {
        throw Fault.content
      }
    }
    return nil
  }
}
