internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// POST /v1/imports: NDJSON in, NDJSON out, one result a line, in bounded memory: streamed both ways, or, through a proxy,
/// answered when the body has come.
enum ImportRoutes {
  static func run(_ call: Call, _ imports: ImportService) async throws -> Answer {
    let dryRun = call.dryRun
    let importer = try imports.importer(for: call.asker)
    let site = call.site
    let slot = try imports.begin(by: call.asker)
    let body = try DecodedBody(call.request, bytesMax: site.decodedBytesMax)
    var answer = Answer(contentType: "application/x-ndjson", body: .bytes([]))
    answer.tell(dryRun: dryRun)
    // The first lines are brought in before the answer begins: a store that takes no writes gives 503 and not half a 200.
    var source = LineSource(
      body: body, linesMax: site.importBatchLines, lineBytesMax: site.lineBytesMax, importer: importer)
    guard let first = try await source.next() else { return answer }
    var toll = imports.toll(for: call.asker, dryRun: dryRun)
    try toll.pay(first.count)
    let firstResults = try await results(of: first, importer, dryRun, call)
    let isProxied = call.request.comes(fromOneOf: site.trustedProxies)
    let rest = Rest(call: call, importer: importer, source: source, toll: toll, dryRun: dryRun)
    guard isProxied else {
      answer.body = .stream { stream in
        try await stream.write(firstResults)
        try await rest.bringIn { try await stream.write($0) }
        slot.keep()
      }
      return answer
    }
    // nginx passes no more of a body on when the answer has begun and the body had to wait once: both would wait for ever.
    var held = firstResults
    do {
      try await rest.bringIn(tellingBytesMax: resultBytesMax) { held += $0 }
      answer.body = .bytes(held)
    } catch {
      answer.body = .stream { [held] stream in
        try await stream.write(held)
        throw error
      }
    }
    slot.keep()
    return answer
  }

  /// Results, in bytes, that wait for the end of a body that comes through a proxy; beyond them the import ends.
  ///
  /// 8 MiB are some 90,000 lines, and 128 MiB with as many imports as run at the same time (`NETRAL_STREAMS_MAX`).
  private static let resultBytesMax = 8 << 20

  /// What is left of an import when its first lines were brought in.
  private struct Rest: Sendable {
    let call: Call
    let importer: Importer
    let source: LineSource
    let toll: LineToll
    let dryRun: Bool

    /// Brings in line after line and tells the results, at the end also what the import ends of.
    func bringIn(tellingBytesMax: Int = .max, _ tell: ([UInt8]) async throws -> Void) async throws {
      let linesMax = call.site.importBatchLines
      let ahead = ReadAhead(linesMax: linesMax)
      // Reads and judges while the lines before are being stored. When this ends early, so does the body, and with it
      // the task.
      Task { await ahead.fill(from: source) }
      defer { ahead.close() }
      do {
        var (toldBytes, toll) = (0, toll)
        while let lines = try await ahead.take() {
          try call.requireKey()
          try toll.pay(lines.count)
          let results = try await ImportRoutes.results(of: lines, importer, dryRun, call)
          try await tell(results)
          toldBytes += results.count
          if toldBytes > tellingBytesMax { throw Failure.tooManyLines }
        }
      } catch {
        if let failure = Failure(endOfStream: error) {
          try await tell(call.lastLine(failure))
        }
        throw error
      }
    }
  }

  private static func results(
    of lines: [JudgedLine], _ importer: Importer, _ dryRun: Bool, _ call: Call
  ) async throws -> [UInt8] {
    let outcomes = try await importer.keep(lines.map(\.judged), dryRun: dryRun)
    var writer = JSONWriter(reserving: lines.count * 128)
    for (line, kept) in zip(lines, outcomes) {
      write(kept, line: line.number, call, to: &writer)
      writer.bytes.append(UInt8(ascii: "\n"))
    }
    return writer.bytes
  }

  private static func write(
    _ kept: Importer.Kept, line: Int, _ call: Call, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("line", line)
      switch kept.outcome {
      case .created(let id):
        writer.member("status", "created")
        writer.member("id", id.description)
      case .duplicate(let id):
        writer.member("status", "duplicate")
        writer.member("id", id?.description)
      case .erased: writer.member("status", "erased")
      case .extended(let id):
        writer.member("status", "extended")
        writer.member("id", id.description)
      case .differs(let id, let failure):
        writer.member("status", "differs")
        writer.member("id", id.description)
        writer.name("problem")
        call.write(failure, to: &writer)
      case .invalid(let failure):
        writer.member("status", "invalid")
        writer.name("problem")
        call.write(failure, to: &writer)
      }
      if let files = kept.awaitedFiles { writer.member("awaited_files", strings: files) }
      if let leaf = kept.leaf { writer.member("leaf", leaf.text) }
    }
  }
}

extension Failure {
  static let tooManyLines = Failure(
    .contentTooLarge,
    en: "Through a proxy these are too many lines for one request; send those without a result again.",
    inIndonesian: "Melalui proksi, jumlah baris ini terlalu banyak; kirim ulang baris yang belum berhasil.")
}
