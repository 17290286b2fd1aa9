internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Reconciliations: whether an agency holds what it should, and the certificates that say so.
enum ReconciliationRoutes {
  /// POST /v1/reconciliations: the caller's manifest in, differences and certificate out.
  static func compare(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let format = try exchange.format(query)
    let dryRun = try query.flag("dry_run") ?? false
    let wanted = try FeedRoutes.sequence(query, "seq")
    try exchange.requireMediaType(["application/x-ndjson"])
    let agency = try exchange.agency()
    let slot = try exchange.takeStream()
    let (head, isLost) = try exchange.read { reads in (try reads.head(), try wanted.map(reads.isLost) ?? false) }
    if isLost { throw Failure.sequenceGone }
    guard wanted ?? 0 <= head else { throw Failure.sequenceAhead }
    var manifest = Manifest(
      source: try DecodedBody(exchange.request, bytesMax: exchange.api.settings.decodedBytesMax),
      reconciliation: Reconciliation(agency: agency, seq: wanted ?? head), dryRun: dryRun)
    var answer = Answer(contentType: format.contentType)
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    if format == .json {
      answer.body = .bytes(try await document(&manifest, exchange))
      slot.keep()
    } else {
      // What is wrong at the beginning is answered as a problem and not inside a 200.
      _ = try await manifest.advance(exchange)
      answer.body = .stream { [manifest] stream in
        var manifest = manifest
        try await write(&manifest, exchange, to: stream)
        slot.keep()
      }
    }
    return answer
  }

  /// Every difference as a line, and the certificate or the problem as the last one.
  private static func write(_ manifest: inout Manifest, _ exchange: Exchange, to stream: ResponseStream) async throws {
    do {
      var goesOn = true
      while true {
        var writer = JSONWriter()
        for difference in manifest.takeDifferences() { write(difference, asLine: true, to: &writer) }
        try await stream.write(writer.bytes)
        guard goesOn else { break }
        goesOn = try await manifest.advance(exchange)
      }
      let certificate = try await manifest.certify(exchange)
      var writer = JSONWriter()
      writer.beginObject()
      writer.name("certificate")
      write(certificate, to: &writer)
      writer.endObject()
      writer.bytes.append(UInt8(ascii: "\n"))
      try await stream.write(writer.bytes)
    } catch let failure as Failure {
      try await stream.write(exchange.lastLine(failure))
    }
  }

  /// Differences that a document lists of each kind; lines list them all.
  private static let listedMax = 1_000

  private static func document(_ manifest: inout Manifest, _ exchange: Exchange) async throws -> [UInt8] {
    var lists: [[Reconciliation.Difference]] = [[], [], []]
    var goesOn = true
    while goesOn {
      goesOn = try await manifest.advance(exchange)
      for difference in manifest.takeDifferences() where lists[difference.kind].count < listedMax {
        lists[difference.kind].append(difference)
      }
    }
    let certificate = try await manifest.certify(exchange)
    var writer = JSONWriter()
    writer.beginObject()
    for (name, list) in zip(Reconciliation.Difference.kinds, lists) {
      writer.name(name)
      writer.beginArray()
      for difference in list { write(difference, asLine: false, to: &writer) }
      writer.endArray()
    }
    writer.name("counts")
    writer.beginObject()
    writer.member("missing", certificate.missing)
    writer.member("outdated", certificate.outdated)
    writer.member("unknown", certificate.unknown)
    writer.endObject()
    writer.name("certificate")
    write(certificate, to: &writer)
    writer.endObject()
    return writer.bytes
  }

  private static func write(
    _ difference: Reconciliation.Difference, asLine: Bool, to writer: inout JSONWriter
  ) {
    if asLine {
      writer.beginObject()
      writer.name(Reconciliation.Difference.kinds[difference.kind])
    }
    writer.beginObject()
    switch difference {
    case .missing(let id, let version, let etag), .outdated(let id, let version, let etag):
      writer.member("id", id.description)
      writer.member("version", version)
      writer.member("etag", etag)
    case .unknown(let id):
      writer.member("id", id.description)
    }
    writer.endObject()
    if asLine {
      writer.endObject()
      writer.bytes.append(UInt8(ascii: "\n"))
    }
  }

  private static func write(_ certificate: Certificate, seesCounts: Bool = true, to writer: inout JSONWriter) {
    writer.beginObject()
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
    writer.endObject()
  }

  /// GET /v1/reconciliations: who agreed at which sequence and when, newest first. Every key may know; what was
  /// counted is for those who see as much.
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let list = try NumberedList(
      query, named: "reconciliations", filteredBy: "agency", limitMax: 200, limitDefault: 50, exchange)
    let agency = list.filter.flatMap { $0.isEmpty ? nil : AgencyCode(rawValue: $0) }
    if let agency, exchange.api.store.reference.agencies[agency.rawValue] == nil {
      throw Failure.parameter("agency", FieldErrorCode.unknownCode.standardDetail)
    }
    let found = try exchange.read { try $0.certificates(of: agency, before: list.start, limit: list.limit + 1) }
    var (page, last) = (ListPage(), found.count > list.limit ? found[list.limit - 1].number : nil)
    for (index, certificate) in found.prefix(list.limit).enumerated() {
      let seesCounts = seesCounts(of: certificate.agency, exchange.caller)
      if !page.add({ write(certificate, seesCounts: seesCounts, to: &$0) }) {
        last = found[index - 1].number
        break
      }
    }
    return try list.answer(page, after: last)
  }

  /// Who sees fewer cases than another agency would learn from its numbers how many are hidden, and from its digest
  /// whether a guess about them is right. The operator sees none.
  private static func seesCounts(of agency: AgencyCode, _ caller: Caller?) -> Bool {
    guard let asking = caller?.agency else { return false }
    return asking == agency || Visibility.row(asking).rows.contains(.always)
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
private struct Manifest {
  private var source: DecodedBody
  private var splitter = LineSplitter(lineBytesMax: 1_024)
  private var reconciliation: Reconciliation
  private let dryRun: Bool

  init(source: DecodedBody, reconciliation: Reconciliation, dryRun: Bool) {
    self.source = source
    self.reconciliation = reconciliation
    self.dryRun = dryRun
  }

  mutating func takeDifferences() -> [Reconciliation.Difference] {
    defer { reconciliation.differences = [] }
    return reconciliation.differences
  }

  /// Compares some more; false when everything is compared.
  mutating func advance(_ exchange: Exchange) async throws -> Bool {
    try exchange.requireKey()
    if !reconciliation.hasWork {
      let piece = try await source.next()
      reconciliation.add(splitter.feed(piece))
      if piece == nil { reconciliation.add(nil) }
    }
    if reconciliation.hasWork {
      reconciliation = try await exchange.readPart { [reconciliation] reads in
        var reconciliation = reconciliation
        try reconciliation.step(reads)
        return reconciliation
      }
    }
    return !reconciliation.isComplete
  }

  func certify(_ exchange: Exchange) async throws -> Certificate {
    let certificate = reconciliation.certificate(at: exchange.api.settings.now())
    let keyID = exchange.caller?.key.id ?? ""
    let certified = try await exchange.api.store.write(by: exchange.owner(), spending: nil, dryRun: dryRun) {
      try $0.certify(certificate, by: keyID)
    }
    if certified.inAgreement, !dryRun { exchange.api.metrics.note(certified.agency, reached: certified.seq) }
    return certified
  }
}
