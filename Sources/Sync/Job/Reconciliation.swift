internal import Foundation
internal import JSON

/// Has the service compare the replica with what the agency should hold, and keeps what it finds.
struct Reconciliation {
  let job: SyncJob
  let replica: Replica

  /// - Throws: `SyncFault`, `ReplicaFailure`, what `job.tell` throws.
  func run() throws -> SyncJob.Verdict {
    let state = try replica.state()
    guard let seq = state.seq else { throw job.unexpected("no sequence") }
    let certificate = try job.asking { try ask(at: seq) }
    guard certificate.agency == state.origin.agency, certificate.seq == seq else {
      throw job.unexpected("a certificate for another agency or sequence")
    }
    try replica.keep(certificate)
    try printDifferences()
    let isSame = certificate.digest == certificate.replicaDigest
    if certificate.inAgreement, !isSame {
      job.progress.warn("the digest of the replica, \(certificate.replicaDigest), is not that of the certificate")
    }
    let isInAgreement = certificate.inAgreement && isSame
    let summary = [
      "cases         \(try replica.caseCount())", "sequence      \(seq)",
      "certificate   \(certificate.id), issued \(certificate.issuedAt)", "digest        \(certificate.digest)",
      "in agreement  \(isInAgreement ? "yes" : "no")",
    ]
    return SyncJob.Verdict(replica: replica, isInAgreement: isInAgreement, summary: summary)
  }

  /// Sends the manifest, keeps the differences that come back, and gives the certificate.
  ///
  /// - Parameter seq: the sequence at which both are compared; nil: the service as it is now.
  func ask(at seq: Int64?) throws -> ReplicaCertificate {
    try replica.forgetDifferences()
    let total = try replica.caseCount()
    var (last, sent) = ("", 0)
    job.progress.begin("reconciliation", of: total)
    let request = CurlTransport.Request(target: "/v1/reconciliations" + (seq.map { "?seq=\($0)" } ?? "")) {
      let entries = try replica.entries(after: last, limit: 500)
      guard let end = entries.last else { return nil }
      var writer = JSONWriter()
      for entry in entries { entry.write(to: &writer) }
      last = end.id
      sent += entries.count
      job.progress.advance(to: sent)
      return writer.bytes
    }
    let answer = try job.transport.send(request)
    var found: [ReplicaDifference] = []
    while let line = try answer.nextObject() {
      if let certificate = try line.object("certificate") {
        try replica.keep(found)
        job.progress.end()
        return try read(certificate, line)
      }
      found.append(try difference(line))
      if found.count == 1_000 {
        try replica.keep(found)
        found.removeAll(keepingCapacity: true)
      }
    }
    throw try answer.cut()
  }

  private func difference(_ line: JSONSource) throws -> ReplicaDifference {
    for kind in ReplicaDifference.Kind.allCases {
      guard let found = try line.object(kind.rawValue) else { continue }
      let isKnown = kind != .unknown
      return ReplicaDifference(
        kind: kind, id: try found.text("id"), version: isKnown ? try found.int("version") : nil,
        etag: isKnown ? try found.text("etag") : nil)
    }
    throw job.unexpected("a difference of a kind that is not known")
  }

  private func read(_ certificate: JSONSource, _ line: JSONSource) throws -> ReplicaCertificate {
    ReplicaCertificate(
      id: try certificate.text("id"), agency: try certificate.text("agency"), seq: try certificate.int64("seq"),
      cases: try certificate.int("cases"), inAgreement: try certificate.flag("in_agreement"),
      digest: try certificate.text("digest"), issuedAt: try certificate.text("issued_at"),
      replicaDigest: try replica.digest(),
      json: line.bytes(of: "certificate").map { String(decoding: $0, as: UTF8.self) } ?? "")
  }

  private func printDifferences() throws {
    var last: ReplicaDifference?
    while case let page = try replica.differences(after: last, limit: 1_000), !page.isEmpty {
      try job.tell(
        page.map { difference in
          let version = difference.version.map { ": the service has version \($0), \(difference.etag ?? "")" }
          return "\(difference.kind.rawValue) \(difference.id)\(version ?? "")"
        })
      last = page.last
    }
  }
}
