internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// Reconciliations: whether an agency holds what it should, and the certificates that say so.
enum ReconciliationRoutes {
  /// POST /v1/reconciliations: the caller's manifest in, differences and certificate out.
  static func compare(_ call: Call, _ reconciliations: ReconciliationService, _ metrics: Metrics) async throws -> Answer
  {
    let dryRun = call.dryRun
    let wanted = try call.query.sequence("seq")
    let slot = try reconciliations.begin(by: call.asker)
    let comparison = try reconciliations.comparison(at: wanted, by: call.asker) { bytes throws(Failure) in
      try ManifestBody.line(bytes)
    }
    var manifest = Manifest(
      call: call, reconciliations: reconciliations, metrics: metrics, dryRun: dryRun,
      source: try DecodedBody(call.request, bytesMax: call.site.decodedBytesMax), reconciliation: comparison)
    var answer = Answer(contentType: call.format.contentType)
    answer.tell(dryRun: dryRun)
    if call.format == .json {
      answer.body = .bytes(try await document(&manifest))
      slot.keep()
    } else {
      // What is wrong at the beginning is answered as a problem and not inside a 200.
      _ = try await manifest.advance()
      answer.body = .stream { [manifest] stream in
        var manifest = manifest
        try await write(&manifest, to: stream)
        slot.keep()
      }
    }
    return answer
  }

  /// Every difference as a line, and the certificate or the problem as the last one.
  private static func write(_ manifest: inout Manifest, to stream: ResponseStream) async throws {
    do {
      var goesOn = true
      while true {
        var writer = JSONWriter()
        for difference in manifest.takeDifferences() { writeLine(difference, to: &writer) }
        try await stream.write(writer.bytes)
        guard goesOn else { break }
        goesOn = try await manifest.advance()
      }
      let certificate = try await manifest.certify()
      var writer = JSONWriter()
      writer.object { writer in
        writer.name("certificate")
        write(certificate, to: &writer)
      }
      writer.bytes.append(UInt8(ascii: "\n"))
      try await stream.write(writer.bytes)
    } catch let failure as Failure {
      try await stream.write(manifest.call.lastLine(failure))
    }
  }

  /// Differences that a document lists of each kind; lines list them all.
  private static let listedMax = 1_000

  private static func document(_ manifest: inout Manifest) async throws -> [UInt8] {
    var lists: [[Reconciliation.Difference]] = [[], [], []]
    var goesOn = true
    while goesOn {
      goesOn = try await manifest.advance()
      for difference in manifest.takeDifferences() where lists[difference.kind].count < listedMax {
        lists[difference.kind].append(difference)
      }
    }
    let certificate = try await manifest.certify()
    return JSONWriter.object { writer in
      for (name, list) in zip(Reconciliation.Difference.kinds, lists) {
        writer.array(name, of: list) { writer, difference in write(difference, to: &writer) }
      }
      writer.object("counts") { writer in
        writer.member("missing", certificate.missing)
        writer.member("outdated", certificate.outdated)
        writer.member("unknown", certificate.unknown)
      }
      writer.name("certificate")
      write(certificate, to: &writer)
    }
  }

  private static func writeLine(_ difference: Reconciliation.Difference, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name(Reconciliation.Difference.kinds[difference.kind])
      write(difference, to: &writer)
    }
    writer.bytes.append(UInt8(ascii: "\n"))
  }

  private static func write(_ difference: Reconciliation.Difference, to writer: inout JSONWriter) {
    writer.object { writer in
      switch difference {
      case .missing(let id, let version, let etag), .outdated(let id, let version, let etag):
        writer.member("id", id.description)
        writer.member("version", version)
        writer.member("etag", etag)
      case .unknown(let id):
        writer.member("id", id.description)
      }
    }
  }

  private static func write(_ certificate: Certificate, seesCounts: Bool = true, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", String(certificate.number))
      writer.member("agency", certificate.agency.rawValue)
      writer.member("seq", certificate.seq)
      if seesCounts { writer.member("cases", certificate.cases) }
      writer.member("in_agreement", certificate.inAgreement)
      if seesCounts {
        writer.member("missing", certificate.missing)
        writer.member("outdated", certificate.outdated)
        writer.member("unknown", certificate.unknown)
        writer.member("digest", certificate.digest.hexadecimal)
      }
      writer.member("issued_at", certificate.issuedAt.description)
    }
  }

  /// GET /v1/reconciliations: who agreed at which sequence and when, newest first. Every key may know; what was
  /// counted is for those who see as much.
  static func list(_ call: Call, _ reconciliations: ReconciliationService) throws -> Answer {
    let list = try NumberedList(
      call, named: "reconciliations", filteredBy: "agency", limitMax: 200,
      // Lines and rows come whole, or 4 MiB of them.
      limitDefault: call.format == .json ? 50 : 20_000)
    let agency = list.filter.flatMap { $0.isEmpty ? nil : AgencyCode(rawValue: $0) }
    let found = try reconciliations.certificates(
      of: agency, before: list.start, limit: list.limit + 1, by: call.asker)
    var (page, last) = (ListPage(call), found.count > list.limit ? found[list.limit - 1].number : nil)
    for (index, certificate) in found.prefix(list.limit).enumerated() {
      let seesCounts = reconciliations.seesCounts(of: certificate.agency, call.asker)
      if !page.add({ write(certificate, seesCounts: seesCounts, to: &$0) }) {
        last = found[index - 1].number
        break
      }
    }
    return try list.answer(page, after: last, call.query.presentationPart)
  }
}

extension Reconciliation.Difference {
  /// The names of the kinds, as the answer lists them.
  static let kinds: [StaticString] = ["missing", "outdated", "unknown"]

  var kind: Int {
    switch self {
    case .missing: 0
    case .outdated: 1
    case .unknown: 2
    }
  }
}

/// A manifest on its way through a comparison.
private struct Manifest: Sendable {
  let call: Call
  let reconciliations: ReconciliationService
  let metrics: Metrics
  let dryRun: Bool
  var source: DecodedBody
  var reconciliation: Reconciliation
  private var splitter = LineSplitter(lineBytesMax: 1_024)

  init(
    call: Call, reconciliations: ReconciliationService, metrics: Metrics, dryRun: Bool, source: DecodedBody,
    reconciliation: Reconciliation
  ) {
    (self.call, self.reconciliations, self.metrics, self.dryRun) = (call, reconciliations, metrics, dryRun)
    (self.source, self.reconciliation) = (source, reconciliation)
  }

  mutating func takeDifferences() -> [Reconciliation.Difference] { reconciliation.takeDifferences() }

  /// Compares some more; false when everything is compared.
  mutating func advance() async throws -> Bool {
    try call.requireKey()
    if !reconciliation.hasWork {
      let piece = try await source.next()
      reconciliation.add(splitter.feed(piece))
      if piece == nil { reconciliation.add(nil) }
    }
    if reconciliation.hasWork { reconciliation = try await reconciliations.step(reconciliation, by: call.asker) }
    return !reconciliation.isComplete
  }

  func certify() async throws -> Certificate {
    let certified = try await reconciliations.certify(reconciliation, by: call.asker, dryRun: dryRun)
    if certified.inAgreement, !dryRun { metrics.note(certified.agency, reached: certified.seq) }
    return certified
  }
}

/// The lines of a manifest.
enum ManifestBody {
  /// - Throws: `malformed_json`, or `invalid` with every wrong field.
  static func line(_ bytes: [UInt8]) throws(Failure) -> HeldCase {
    let reader = try ObjectReader(try JSONBody.parse(bytes))
    let (id, version, etag) = read(reader)
    try reader.errors.check()
    guard let id else { throw .invalid("/id", .format, Hint.identity) }
    guard let version else { throw .invalid("/version", .required) }
    return HeldCase(id: id, version: version, etag: etag ?? "")
  }

  /// Errors are collected in the reader.
  static func read(_ line: ObjectReader) -> (id: CaseID?, version: Int?, etag: String?) {
    defer { line.finish() }
    return (
      line.identity("id", required: true).flatMap { CaseID($0) },
      line.int("version", in: 1...Int(Int32.max), required: true), line.text("etag", max: 64, required: true)
    )
  }
}
