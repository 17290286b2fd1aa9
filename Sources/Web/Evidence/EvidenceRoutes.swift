internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// The files that go with a case.
enum EvidenceRoutes {
  /// POST /v1/cases/{id}/evidence: one file as the body, its facts in the query.
  static func add(_ call: Call, _ visible: VisibleCase, _ evidence: EvidenceService) async throws -> Answer {
    let key = try Write.optionalKey(call)
    guard let type = FileType(declared: call.request.fields[.contentType] ?? "") else {
      throw Failure.notFound  // The description of the body has let nothing else through.
    }
    let declared = call.request.fields[.contentEncoding] == nil ? call.request.body.declaredBytes : nil
    let upload = EvidenceService.Upload(
      facts: try EvidenceQuery.facts(call), type: type, byteCount: declared)
    // Before the first byte of the file is taken.
    let isReplay = try evidence.require(
      upload, on: visible, matching: call.match, by: call.asker, key: call.dryRun ? nil : key)
    let bytesMax = evidence.limits.fileBytesMax
    if let declared, declared > bytesMax { throw BodyFailure.tooLarge }
    let (file, room) = try await evidence.begin(upload, by: call.asker, isReplay: isReplay)
    defer { room?.keep() }
    try await take(call, into: file, bytesMax: bytesMax) { try evidence.require($0, isOf: type) }
    var intent = Intent(key: key, dryRun: call.dryRun, digest: [], earlierDigest: { [] })
    let done = try await evidence.add(file, upload, to: visible, matching: call.match, by: call.asker) { brought in
      intent = Write.intent(call, key: key, about: brought.sha256)
      return intent
    }
    var answer = Answer.change(.created, done, call, intent)
    if !call.dryRun, let item = done.value.record.evidence.last {
      answer.fields.append(
        Response.Field(name: .location, value: "/v1/cases/\(visible.id)/evidence/\(item.sha256)"))
    }
    return answer
  }

  /// Bytes that are handed on at a time.
  private static let pieceBytes = 256 << 10

  /// - Parameter judge: judges the first bytes.
  private static func take(
    _ call: Call, into file: any IncomingFile, bytesMax: Int, judge: ([UInt8]) throws -> Void
  ) async throws {
    var isJudged = false
    var body = try DecodedBody(call.request, bytesMax: bytesMax)
    var (piece, count): ([UInt8], Int) = ([], 0)
    while let bytes = try await body.next() {
      count += bytes.count
      guard count <= bytesMax else { throw BodyFailure.tooLarge }
      piece += bytes
      if !isJudged, piece.count >= FileSignature.byteCount {
        try judge(Array(piece.prefix(FileSignature.byteCount)))
        isJudged = true
      }
      guard piece.count >= pieceBytes else { continue }
      try call.requireKey()
      try await file.append(piece)
      piece.removeAll(keepingCapacity: true)
    }
    guard count > 0 else { throw Failure.invalid("", .length) }
    if !piece.isEmpty { try await file.append(piece) }
  }

  /// GET /v1/cases/{id}/evidence: whole.
  static func list(_ call: Call, _ visible: VisibleCase, _ evidence: EvidenceService) throws -> Answer {
    let list = try WholeList(call, at: "/v1/cases/\(visible.id)/evidence")
    return try list.answer(try evidence.list(of: visible, by: call.asker)) { item in
      JSONWriter.object { EvidenceDocument.write(item, to: &$0) }
    }
  }

  /// GET /v1/cases/{id}/evidence/{sha256}: the file, or a part of it.
  static func file(_ call: Call, _ visible: VisibleCase, _ evidence: EvidenceService) async throws -> Answer {
    let (item, place) = try evidence.find(try sha256(of: call), of: visible, by: call.asker)
    var answer = Answer(contentType: item.type == .text ? "text/plain; charset=utf-8" : item.type.rawValue)
    answer.etag = "\"\(item.sha256)\""
    answer.fields = [
      Response.Field(name: .acceptRanges, value: "bytes"),
      Response.Field(name: .contentDisposition, value: disposition(of: item)),
      // Whatever opens it in a page gives it no rights there.
      Response.Field(name: .contentSecurityPolicy, value: "default-src 'none'; sandbox"),
    ]
    if answer.isKnown(to: call.request) { return answer }
    var range = 0..<item.byteCount
    switch ByteRange(
      call.request.method == .get ? call.request.fields[.range] : nil, if: call.request.fields[.ifRange],
      "\"\(item.sha256)\"", of: item.byteCount)
    {
    case .whole: break
    case .outside: throw Failure.outside(item.byteCount)
    case .part(let part):
      range = part
      answer.status = .partialContent
      answer.fields.append(
        Response.Field(
          name: .contentRange, value: "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(item.byteCount)"))
    }
    if call.request.method == .head {
      answer.body = .sized(range.count) { _ in }
      return answer
    }
    let file = try await evidence.open(item, at: place, of: visible, by: call.asker)
    // Damage there is told, and not found out by a connection that is cut.
    let first = try await file.read(part(of: range, at: range.lowerBound))
    answer.body = .sized(range.count) { [range] stream in
      try await send(range, beginningWith: first, of: file, call, to: stream) {
        _ = try evidence.find(item.sha256, of: visible, by: call.asker)
      }
    }
    return answer
  }

  /// Bytes that are opened at a time, while those before them go out.
  private static let openedBytes = 256 << 10

  /// Parts after which it is asked again whether the file may still be given out: 8 MiB.
  private static let trustedParts = 32

  /// A part of a range, up to the end of a block, so that none is opened twice.
  private static func part(of range: Range<Int>, at offset: Int) -> Range<Int> {
    offset..<min(range.upperBound, (offset / openedBytes + 1) * openedBytes)
  }

  private static func send(
    _ range: Range<Int>, beginningWith first: [UInt8], of file: any KeptFile, _ call: Call, to stream: ResponseStream,
    isGiven: () throws -> Void
  ) async throws {
    var (next, bytes, count) = (part(of: range, at: range.lowerBound), first, 0)
    while next.upperBound < range.upperBound {
      try call.requireKey()
      count += 1
      if count.isMultiple(of: trustedParts) { try isGiven() }
      let part = part(of: range, at: next.upperBound)
      async let following = file.read(part)
      try await stream.write(bytes)
      (bytes, next) = (try await following, part)
    }
    try await stream.write(bytes)
  }

  /// Always an attachment. The name is that of the digest, and beside it the one that it came with (RFC 6266; RFC 8187).
  private static func disposition(of item: EvidenceItem) -> String {
    let name = "attachment; filename=\"\(item.sha256.prefix(12)).\(item.type.suffix)\""
    guard let own = item.facts.name else { return name }
    let encoded = item.type.named(own).utf8.map { byte in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + [byte].hexadecimal.uppercased()
    }.joined()
    return name + "; filename*=UTF-8''\(encoded)"
  }

  /// GET /v1/cases/{id}/evidence/{sha256}/custody: whole.
  static func custody(_ call: Call, _ visible: VisibleCase, _ evidence: EvidenceService) async throws -> Answer {
    let sha256 = try sha256(of: call)
    let list = try WholeList(call, at: "/v1/cases/\(visible.id)/evidence/\(sha256)/custody")
    return try list.answer(try await evidence.custody(of: sha256, in: visible, by: call.asker)) { event in
      JSONWriter.object { writer in
        writer.member("seq", event.seq)
        writer.member("what", event.what.rawValue)
        writer.member("agency", event.agency.rawValue)
        writer.member("at", event.recordedAt.description)
        writer.member("reason", event.texts.first { $0.name == "reason" }?.text)
      }
    }
  }

  /// POST /v1/cases/{id}/evidence/{sha256}/withdrawal: `{"reason": "…"}`
  static func withdraw(_ call: Call, _ visible: VisibleCase, _ evidence: EvidenceService) async throws -> Answer {
    let sha256 = try sha256(of: call)
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let reason = readWithdrawal(reader)
    try reader.errors.check()
    let done = try await evidence.withdraw(
      sha256, of: visible, because: reason, matching: call.match, by: call.asker, write.intent)
    return Answer.change(.created, done, call, write.intent)
  }

  /// Errors are collected in the reader.
  static func readWithdrawal(_ reader: ObjectReader) -> String {
    defer { reader.finish() }
    return reader.prose("reason", max: 2_000, required: true) ?? ""
  }

  /// The digest in the path. What is none names no file.
  static func sha256(of call: Call) throws(Failure) -> String {
    guard let text = call.parameters.last, EvidenceBody.isDigest(text) else { throw .notFound }
    return String(text)
  }
}

/// What is said of a file in the query.
enum EvidenceQuery {
  static let parameters: [Parameter] =
    [
      Parameter.code("kind", EvidenceKind.self, "What the file shows.").required,
      .date("taken_on", "The day on which it was taken, written or captured."),
    ]
    + EvidenceFacts.texts.map { text in
      Parameter(text.name, .text(max: text.max, hasLines: text.name == "note"), "\(text.label.en).")
    }

  /// - Throws: `invalid_parameter`.
  static func facts(_ call: Call) throws(Failure) -> EvidenceFacts {
    let query = call.query
    guard let kind = try query.code("kind", EvidenceKind.self) else {
      throw .parameter("kind", FieldErrorCode.required.standardDetail, .required)
    }
    var facts = EvidenceFacts(kind: kind, takenOn: try query.date("taken_on"))
    if let day = facts.takenOn, day > call.asker.today { throw .parameter("taken_on", Hint.future, .range) }
    for text in EvidenceFacts.texts {
      guard let given = query[text.name] else { continue }
      let value = PlainText.normalized(given)
      guard PlainText.intruder(in: value, hasLines: text.name == "note") == nil else {
        throw .parameter(text.name, FieldErrorCode.format.standardDetail)
      }
      guard !value.isEmpty, value.unicodeScalars.count <= text.max else {
        throw .parameter(text.name, Hint.characters(text.max), .length)
      }
      text.set(&facts, value)
    }
    if let url = facts.sourceURL, !CaseBody.isAddress(url) {
      throw .parameter("source_url", CaseBody.address)
    }
    if let name = facts.name, !EvidenceBody.isName(name) { throw .parameter("name", EvidenceBody.noPath) }
    return facts
  }
}

extension Failure {
  fileprivate static func outside(_ byteCount: Int) -> Failure {
    var failure = Failure(
      .rangeNotSatisfiable, en: "The file has \(byteCount) bytes: none of the range lies in it.",
      inIndonesian: "Berkas ini \(byteCount) byte: rentang yang diminta di luarnya.")
    failure.byteCount = byteCount
    return failure
  }
}
