internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// The files that lines of imports have named.
enum EvidenceFileRoutes {
  /// PUT /v1/evidence-files/{sha256}: the file as the body, or the part of it that `Content-Range` names.
  static func put(_ call: Call, _ deliveries: DeliveryService) async throws -> Answer {
    let sha256 = try EvidenceRoutes.sha256(of: call)
    if call.dryRun {
      var answer = answer(try deliveries.standing(of: sha256, by: call.asker), sha256, call)
      answer.tell(dryRun: true)
      return answer
    }
    let body = try DecodedBody(call.request, bytesMax: deliveries.limits.fileBytesMax)
    let range = try DeliveredRange(call.request, isCompressed: body.isCompressed)
    guard (range.totalBytes ?? 0) <= deliveries.limits.fileBytesMax else { throw BodyFailure.tooLarge }
    // Before what has come of the file makes room.
    if range.start == 0, range.byteCount == 0 { throw Failure.invalid("", .length) }
    let part = DeliveryService.Part(start: range.start, totalBytes: range.totalBytes)
    guard let bringing = try await deliveries.begin(sha256, part, by: call.asker) else {
      return answer(try deliveries.standing(of: sha256, by: call.asker), sha256, call)
    }
    do {
      // One that ends where the file does may have nothing left to bring.
      if range.byteCount != 0 || range.start == 0 {
        try await take(body, range.byteCount ?? deliveries.limits.fileBytesMax, call) {
          try await deliveries.append($0, to: bringing)
        }
      }
      try call.requireKey()
    } catch {
      let mayTake = (try? call.requireKey()) != nil
      await deliveries.pause(
        bringing, isWrong: error as? BodyFailure == .tooLarge, mayTake: mayTake, by: call.asker)
      throw error
    }
    let standing = try await deliveries.finish(bringing, by: call.asker)
    var answer = answer(standing, sha256, call)
    answer.status = standing.isOver ? .created : .accepted
    return answer
  }

  /// Bytes that are handed on at a time.
  private static let pieceBytes = 256 << 10

  /// Hands a body on. Of one that is cut off, what has come is kept.
  ///
  /// - Parameter bytesMax: more than that is no part of the file.
  /// - Throws: `content_too_large`; `invalid` for nothing at all; what `append` throws.
  private static func take(
    _ body: DecodedBody, _ bytesMax: Int, _ call: Call, _ append: ([UInt8]) async throws -> Void
  ) async throws {
    var (body, piece, count): (DecodedBody, [UInt8], Int) = (body, [], 0)
    do {
      while let bytes = try await body.next() {
        count += bytes.count
        guard count <= bytesMax else { throw BodyFailure.tooLarge }
        piece += bytes
        guard piece.count >= pieceBytes else { continue }
        try call.requireKey()
        try await append(piece)
        piece.removeAll(keepingCapacity: true)
      }
    } catch {
      if !piece.isEmpty, count <= bytesMax { try? await append(piece) }
      throw error
    }
    guard count > 0 else { throw Failure.invalid("", .length) }
    if !piece.isEmpty { try await append(piece) }
  }

  /// GET /v1/evidence-files/{sha256}
  static func show(_ call: Call, _ deliveries: DeliveryService) throws -> Answer {
    let sha256 = try EvidenceRoutes.sha256(of: call)
    return answer(try deliveries.standing(of: sha256, by: call.asker), sha256, call)
  }

  private static func answer(_ standing: DeliveryService.Standing, _ sha256: String, _ call: Call) -> Answer {
    .object(in: call.language) { writer in
      writer.member("sha256", sha256)
      writer.member("received", standing.receivedBytes)
      writer.array("cases", of: standing.cases) { writer, item in
        writer.object { writer in
          writer.member("id", item.id.description)
          switch item.place {
          case .awaited: writer.member("status", "awaited")
          case .kept: writer.member("status", "kept")
          case .refused(let failure):
            writer.member("status", "refused")
            writer.name("problem")
            call.write(failure, to: &writer)
          }
        }
      }
    }
  }

  /// GET /v1/evidence-files, newest first; `limit` (1 to 1,000), `cursor`.
  static func list(_ call: Call, _ deliveries: DeliveryService) throws -> Answer {
    let list = try NumberedList(call, named: "evidence-files", limitMax: 1_000, limitDefault: 100)
    let found = try deliveries.list(before: list.start, limit: list.limit + 1, by: call.asker)
    var (page, last) = (ListPage(call), found.count > list.limit ? found[list.limit - 1].0.number : nil)
    for (index, (awaited, received)) in found.prefix(list.limit).enumerated() {
      let item = JSONWriter.object { writer in
        writer.member("sha256", awaited.file.sha256)
        writer.member("case", awaited.caseID.description)
        writer.member("received", received)
      }
      if !page.add(item) {
        last = found[index - 1].0.number
        break
      }
    }
    return try list.answer(page, after: last, call.query.presentationPart)
  }
}

/// Which part of a file a request brings (RFC 9110, 14.4 and 14.5).
struct DeliveredRange: Equatable {
  var start = 0
  /// Of the part; nil where nobody has said.
  var byteCount: Int?
  /// Of the file; nil where nobody has said.
  var totalBytes: Int?

  /// - Throws: `malformed_request` for a `Content-Range` that is none, or whose length is not that of the body.
  init(_ request: Request, isCompressed: Bool) throws(Failure) {
    let declared = isCompressed ? nil : request.body.declaredBytes
    guard let field = request.fields[.contentRange] else {
      (byteCount, totalBytes) = (declared, declared)
      return
    }
    // Where nothing is left, curl names no byte: from the last one's follower to the last one.
    guard !isCompressed, let (first, last, total) = Self.parsed(field), last < total, total > 0,
      first <= last || first == total && last == total - 1, declared == nil || declared == last - first + 1
    else { throw .malformedRange }
    (start, byteCount, totalBytes) = (first, last - first + 1, total)
  }

  private static func parsed(_ field: String) -> (first: Int, last: Int, total: Int)? {
    guard let match = field.wholeMatch(of: #/(?i)bytes +([0-9]{1,18})-([0-9]{1,18})\/([0-9]{1,18})/#),
      let first = Int(match.1), let last = Int(match.2), let total = Int(match.3)
    else { return nil }
    return (first, last, total)
  }
}

extension Failure {
  fileprivate static let malformedRange = Failure(
    .malformedRequest, en: "Give Content-Range: bytes FIRST-LAST/TOTAL, of as many bytes as the body has.",
    inIndonesian: "Isi Content-Range: bytes AWAL-AKHIR/JUMLAH, sebanyak byte dalam isi.",
    errors: [FieldError(parameter: "Content-Range", .format)])
}
