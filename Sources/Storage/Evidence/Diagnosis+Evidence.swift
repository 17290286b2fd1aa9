internal import Foundation
internal import Service

extension Diagnosis {
  /// Every file that a case has is there; `--full` opens all of them.
  mutating func lookAtEvidence(_ transaction: Transaction, _ vault: Vault?, _ path: String) throws {
    let files = try transaction.namedFiles()
    let folder = EvidenceFolder(path: EvidenceFolder.path(of: path))
    var faults: [String] = []
    for file in files {
      do {
        try EvidenceCheck.prove(file, in: folder, vault, isFull: isFull)
      } catch let fault as EvidenceCheck.Fault {
        // A backup or an erasure beside a running server may take a file away while this looks.
        guard try transaction.evidenceNames().contains(file.name) else { continue }
        faults.append("\(file.name) of case \(file.holders.first.map { "\($0.id)" } ?? "") \(Self.words(fault))")
      }
    }
    guard let first = faults.first else {
      let orphans = Set(folder.names()).subtracting(files.map(\.name)).count
      let rest = orphans > 0 ? "; \(orphans) files that no case has go with the next start" : ""
      return add("evidence", .ok, "\(files.count) files of evidence are there\(rest)")
    }
    let more = faults.count > 1 ? ", and \(faults.count - 1) more" : ""
    add("evidence", .fault, "the file \(first)\(more)", "bring it back from the folder \"files\" beside the backups")
  }

  private static func words(_ fault: EvidenceCheck.Fault) -> String {
    switch fault {
    case .missing: "is missing"
    case .length: "has another length"
    case .content: "is not what was sealed"
    }
  }
}
