import Domain
import JSON
import Merkle
import Service

@testable import HTTPServer
@testable import Web

/// A reader of hostile bytes, with what must hold whatever the bytes are. A breach ends the process, as a crash does.
///
/// libFuzzer drives it (`scripts/fuzz`), and so do the tests, without instrumentation: over the kept corpus and random
/// changes of it.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  /// A new reader of hostile bytes is a line here.
  static let all = [
    FuzzTarget(name: "request", run: readRequests),
    FuzzTarget(name: "chunks", run: readChunks),
    FuzzTarget(name: "fields", run: readFields),
    FuzzTarget(name: "json", run: readJSON),
    FuzzTarget(name: "body", run: readBodies),
    FuzzTarget(name: "lines", run: readLines),
    FuzzTarget(name: "csv", run: readCSV),
    FuzzTarget(name: "query", run: readQuery),
    FuzzTarget(name: "cursor", run: readCursor),
  ]
}

/// Ends the process when a promise is broken.
func mustHold(_ condition: @autoclosure () -> Bool, _ promise: String) {
  precondition(condition(), "broken: \(promise)")
}

/// The bytes in pieces: whole, one by one, and cut at places that the bytes themselves choose.
private func splits(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
  var chosen: [ArraySlice<UInt8>] = []
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + 1 + Int(bytes[start] & 31))
    chosen.append(bytes[start..<end])
    start = end
  }
  return [[bytes[...]], bytes.indices.map { bytes[$0...$0] }, chosen]
}

// MARK: HTTP

private func readRequests(_ bytes: [UInt8]) {
  let readings = splits(of: bytes).map(MessageStream.read)
  mustHold(readings.dropFirst().allSatisfy { $0 == readings[0] }, "requests are read alike however they are split")
  for message in readings[0] {
    guard case .request(let head, _) = message else { continue }
    mustHold(head.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A }, "no control character is let through")
  }
}

private func readChunks(_ bytes: [UInt8]) {
  func read(_ pieces: [ArraySlice<UInt8>], room: Int) -> String {
    var (decoder, data, consumed) = (ChunkedDecoder(bytesMax: 4_096), [UInt8](), 0)
    for piece in pieces {
      var rest = Array(piece)
      while !rest.isEmpty, !decoder.isFinished {
        do throws(BodyFailure) {
          let count = try decoder.decode(rest.span, room: room, into: &data)
          mustHold(count > 0, "a decoder goes on")
          consumed += count
          rest.removeFirst(count)
        } catch {
          return "\(error)"
        }
      }
    }
    mustHold(data.count <= 4_096 && data.count <= bytes.count, "a body is no longer than its limit and its chunks")
    return "\(decoder.isFinished) \(consumed) \(data)"
  }
  let readings = splits(of: bytes).flatMap { pieces in [1, 7, 65_536].map { read(pieces, room: $0) } }
  mustHold(readings.allSatisfy { $0 == readings[0] }, "chunks are read alike however they are split")
}

/// What the program itself reads in field values.
private func readFields(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  _ = try? MediaType.choose(text, from: ["application/json", "text/csv", "application/x-ndjson"])
  _ = Language(acceptLanguage: text)
  _ = EncodedBody.acceptsGzip(text)
  _ = try? EntityTag.requireMatch(text, version: 1, [], nil)
  if let address = PeerAddress(text) {
    mustHold(PeerAddress(address.description) == address, "an address is read as it is written")
    mustHold(Network(text)?.contains(address) == true, "an address is a network of one")
  }
  _ = Network(text)
  let claimed = ClientAddress.claimed(by: [text + ", for=192.0.2.1"])
  mustHold(claimed == PeerAddress("192.0.2.1"), "a client cannot hide what the proxy says")
  _ = ClientAddress.claimed(by: [text])
  if let token = Token(authorization: "Bearer " + text) { mustHold(token.text == text, "a key is read whole") }
  if let date = LegalDate(text) { mustHold(LegalDate(date.description) == date, "a date is read as it is written") }
  if let time = Timestamp(text) { mustHold(Timestamp(time.description) == time, "a time is read as it is written") }
  if let id = CaseID(text) { mustHold(CaseID(id.description) == id, "an identity is read as it is written") }
  if let decoded = Base64URL.decode(text) {
    mustHold(Base64URL.decode(Base64URL.encode(decoded)) == decoded, "base64url is read as it is written")
  }
}

// MARK: Bodies

private func readJSON(_ bytes: [UInt8]) {
  do throws(JSONError) {
    let value = try JSONValue.parse(bytes)
    var writer = JSONWriter()
    writer.value(value)
    let written = writer.bytes
    mustHold((try? JSONValue.parse(written)) == value, "JSON is read as it is written")
    mustHold(
      value.merging(patch: .object(JSONObject())) == (value.isObject ? value : .object(JSONObject())), "no patch")
    _ = value.merging(patch: value)
  } catch {
    mustHold((0...bytes.count).contains(error.offset), "a fault lies in the text")
  }
}

/// The first byte chooses what the rest is read as.
private func readBodies(_ bytes: [UInt8]) {
  guard let first = bytes.first else { return }
  do throws(Failure) {
    let reader = try ObjectReader(try JSONBody.parse(Array(bytes.dropFirst())))
    let kinds = ActionKind.allCases
    if Int(first) < kinds.count {
      _ = ActionBody.action(kinds[Int(first)], reader)
    } else {
      _ = CaseBody.draft(reader, reportedBy: .bawaslu)
      reader.finish()
    }
    try reader.errors.check()
  } catch {
    mustHold(error.errors.allSatisfy { $0.pointer?.hasPrefix("/") ?? true || $0.pointer == "" }, "errors have pointers")
  }
}

private func readLines(_ bytes: [UInt8]) {
  func read(_ pieces: [ArraySlice<UInt8>]) -> [String] {
    var (splitter, lines) = (LineSplitter(lineBytesMax: 64), [LineSplitter.Line]())
    for piece in pieces { lines += splitter.feed(Array(piece)) }
    lines += splitter.feed(nil)
    mustHold(zip(lines, lines.dropFirst()).allSatisfy { $0.number < $1.number }, "lines are numbered in order")
    return lines.map { "\($0.number) \($0.bytes.map { "\($0)" } ?? "too long")" }
  }
  let readings = splits(of: bytes).map(read)
  mustHold(readings.allSatisfy { $0 == readings[0] }, "lines are read alike however they are split")
  var splitter = LineSplitter(lineBytesMax: 1 << 20)
  let judged = (splitter.feed(bytes) + splitter.feed(nil)).compactMap(\.bytes)
  mustHold(judged.reduce(0) { $0 + $1.count } <= bytes.count, "lines are no longer than what came")
  for line in judged { _ = try? ImportLine(json: line) }
}

private func readCSV(_ bytes: [UInt8]) {
  guard let rows = try? CSVReader.rows(bytes) else { return }
  var writer = CSVWriter()
  for row in rows {
    for field in row.fields { writer.field(field) }
    writer.endRow()
  }
  // What a spreadsheet would run as a formula is written with an apostrophe before it.
  let expected = rows.map { row in
    row.fields.map { field in
      field.utf8.first.map { Array("=+-@\t\r".utf8).contains($0) } == true ? "'" + field : field
    }
  }
  let again = try? CSVReader.rows(writer.bytes)
  mustHold(again.map { $0.map(\.fields) } == expected, "CSV is read as it is written")
}

// MARK: Addresses

private func readQuery(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  mustHold(Query.decode(Query.encode(text)[...]) == text, "a value is read as it is written")
  let figure = Figure(
    id: "", scope: nil, kind: .sanctions, definition: "", question: text, seq: 0,
    referenceRevision: nil, issuedAt: Timestamp(milliseconds: 0), answer: [])
  if let question = try? StatisticQuery.stored(figure) {
    var again = figure
    again.question = StatisticQuery.canonical(question)
    let read = try? StatisticQuery.stored(again)
    mustHold(read.map(StatisticQuery.canonical) == again.question, "a question has one spelling")
  }
  let names: Set<String> = ["stage", "limit", "q", "as_of", "overdue", "region"]
  guard let query = try? Query(text[...], knowing: names) else { return }
  let canonical = query.canonical
  let again = try? Query(canonical[...], knowing: names)
  mustHold(again?.canonical == canonical, "a query has one spelling")
  mustHold(names.allSatisfy { again?[$0] == query[$0] }, "a query is read as it is written")
  _ = try? query.flag("overdue")
  _ = try? query.int("limit", in: 1...200)
  _ = try? query.date("as_of")
  _ = try? query.region("region")
  _ = try? query.code("stage", ActionKind.self)
}

private func readCursor(_ bytes: [UInt8]) {
  let key = Cursors.key(from: Array(repeating: 7, count: 32))
  let cursors = Cursors(of: "/v1/cases", for: .bkn, key)
  let text = String(decoding: bytes, as: UTF8.self)
  // Nobody can make one without the key.
  mustHold((try? cursors.open(text)) == nil, "only what was made here is a cursor")
  let parts = text.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
  let position = CaseQuery.Position(
    value: parts[0], key: bytes.reduce(0) { $0 &* 31 &+ Int64($1) })
  let filter = parts.count > 1 ? parts[1] : ""
  guard let cursor = try? cursors.seal(position, filter: filter), let read = try? cursors.open(cursor) else {
    return mustHold(false, "a cursor is read as it is written")
  }
  mustHold(read.place == position && read.filter == filter, "a cursor is read as it is written")
  let strangers = [
    Cursors(of: "/v1/cases", for: .panrb, key), Cursors(of: "/v1/cases", for: nil, key),
    Cursors(of: "/v1/clocks", for: .bkn, key), Cursors(of: "/v1/cases", for: .bkn, Cursors.key(from: [1])),
  ]
  for stranger in strangers {
    mustHold((try? stranger.open(cursor)) == nil, "a cursor fits one list of one agency of one database")
  }
}

extension JSONValue {
  fileprivate var isObject: Bool { if case .object = self { true } else { false } }
}
