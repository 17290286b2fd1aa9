internal import Domain
internal import Foundation
internal import JSON

/// The files of evidence that go back with the agency's own reports, from the folder that ``EvidenceFetch`` keeps.
struct EvidenceReturn {
  private let job: SyncJob
  private let folder: String

  init(_ job: SyncJob, from folder: String) { (self.job, self.folder) = (job, folder) }

  /// What a line of an import says of the files that the agency has brought to a case, and that stand.
  func files(of record: JSONObject, by agency: String) -> [JSONValue] {
    guard case .array(let items)? = record["evidence"] else { return [] }
    return items.compactMap { item in
      guard case .object(let item) = item, item.text("received_by") == agency, item["withdrawal"] == nil,
        item.text("scan") != EvidenceScan.infected.rawValue
      else { return nil }
      var file = JSONObject()
      for name in ["sha256", "kind", "media_type", "taken_on"] + EvidenceFacts.texts.map(\.name) {
        if let value = item[name], value != .null { file[name] = value }
      }
      return .object(file)
    }
  }

  /// Brings the files that the service awaits.
  ///
  /// - Returns: what has become of each, and whether nothing is left for people to do.
  /// - Throws: `SyncFault` where the service answers nothing.
  func bring(_ awaited: [String]) throws -> [(isDone: Bool, line: String)] {
    var seen: Set<String> = []
    return try awaited.filter { seen.insert($0).inserted }.map { sha256 in
      guard let path = path(of: sha256) else { return (false, "not here      file \(sha256): \(folder) has none") }
      do {
        let refusals = try job.asking { try put(sha256, path) }
        guard let refusal = refusals.first else { return (true, "given back    file \(sha256)") }
        return (false, "not taken     file \(sha256), by \(refusals.count) cases: \(refusal)")
      } catch SyncFault.refused(let reason, _) {
        return (false, "not taken     file \(sha256): \(reason)")
      }
    }
  }

  /// Where a file lies, whatever its name ends in.
  private func path(of sha256: String) -> String? {
    let part = "\(folder)/\(sha256.prefix(2))"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: part)) ?? []
    return names.first { $0.hasPrefix(sha256 + ".") && !$0.hasSuffix(".partial") }.map { "\(part)/\($0)" }
  }

  /// - Returns: why cases have not taken it.
  private func put(_ sha256: String, _ path: String) throws -> [String] {
    guard let file = FileHandle(forReadingAtPath: path), let count = try? file.seekToEnd(), count > 0 else {
      throw SyncFault.refused("\(path) cannot be read", code: nil)
    }
    defer { try? file.close() }
    try file.seek(toOffset: 0)
    var request = CurlTransport.Request(
      target: "/v1/evidence-files/\(sha256)", method: "PUT", accept: "application/json",
      contentType: "application/octet-stream"
    ) { try file.read(upToCount: 1 << 18).map { Array($0) } }
    request.contentRange = "bytes 0-\(count - 1)/\(count)"
    let answer = try job.transport.send(request)
    guard case .array(let cases)? = try answer.nextObject()?["cases"] else {
      throw job.unexpected("an answer to a file without its cases")
    }
    return cases.compactMap { one in
      guard case .object(let one) = one, one.text("status") != "kept" else { return nil }
      guard case .object(let problem)? = one["problem"] else { return "it has not taken the file yet" }
      return problem.text("detail")
    }
  }
}
