import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("The parser")
struct RequestParserTests {
  private static let simple = Array("GET /before HTTP/1.1\r\nHost: b\r\n\r\n".utf8)
  private static let simpleOutcome = Outcome.request(line: "GET /before", fields: ["Host=b"], body: "")

  @Test("has a table of at least 120 cases with names of their own")
  func tableSize() {
    #expect(ParserCase.all.count >= 120)
    #expect(Set(ParserCase.all.map(\.name)).count == ParserCase.all.count)
  }

  @Test("accepts what is well-formed and refuses what is not, however the bytes are split", arguments: ParserCase.all)
  func table(_ parserCase: ParserCase) {
    let bytes = parserCase.bytes
    let whole = MessageReader.read([bytes[...]])
    #expect(parserCase.matches(whole), "\(whole)")
    #expect(MessageReader.read(bytes.indices.map { bytes[$0...$0] }) == whole, "byte by byte")
    for split in bytes.indices {
      let outcomes = MessageReader.read([bytes[..<split], bytes[split...]])
      if outcomes != whole { Issue.record("split at \(split): \(outcomes)") }
    }
  }

  @Test("reads pipelined pairs as it reads each alone", arguments: ParserCase.all)
  func pipelined(_ parserCase: ParserCase) {
    let alone = MessageReader.read([parserCase.bytes[...]])
    let after = Self.simple + parserCase.bytes
    #expect(MessageReader.read([after[...]]) == [Self.simpleOutcome] + alone)
    #expect(MessageReader.read(after.indices.map { after[$0...$0] }) == [Self.simpleOutcome] + alone)
    if case .accepted = parserCase.expected {
      let before = parserCase.bytes + Self.simple
      #expect(MessageReader.read([before[...]]) == alone + [Self.simpleOutcome])
    }
  }

  @Test("gives field values without white space at their ends, in order, found in any case")
  func fields() throws {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nX-One: \t 1 \t\r\naccept:\r\nX-ONE: 2\r\n\r\n"
    let bytes = Array(text.utf8)
    var parser = RequestParser(limits: Limits())
    let head = try #require(try parser.advance(over: bytes.span))
    let fields = RequestFields(bytes: bytes, spans: head.spans)
    let one = try #require(HTTPField.Name("x-one"))
    // Several lines are one list.
    #expect(fields[one] == "1, 2")
    #expect(fields.values(of: one) == ["1", "2"])
    #expect(fields[.accept] == "")
    #expect(fields[.cookie] == nil)
    #expect(fields.values(of: .cookie).isEmpty)
    #expect(fields.map(\.name) == ["Host", "X-One", "accept", "X-ONE"])
    #expect(fields.count == 4)
  }

  @Test("bounds the extensions of a whole body, not only those of one chunk")
  func manyExtensions() {
    let chunk = "1;" + String(repeating: "e", count: 200) + "\r\nx\r\n"
    let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let bytes = Array((text + String(repeating: chunk, count: 100)).utf8)
    #expect(MessageReader.read([bytes[...]]) == [.badBody(.malformed)])
  }

  @Test("bounds the trailers")
  func manyTrailers() {
    let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    let bytes = Array((text + String(repeating: "X: y\r\n", count: 2_000)).utf8)
    #expect(MessageReader.read([bytes[...]]) == [.badBody(.malformed)])
  }
}

@Suite("A peer address")
struct PeerAddressTests {
  @Test(
    "reads and writes the usual notations",
    arguments: [
      ("192.0.2.1", "192.0.2.1", 4), ("::1", "::1", 16), ("2001:DB8:0::1", "2001:db8::1", 16),
      ("::ffff:192.0.2.1", "192.0.2.1", 4), ("0.0.0.0", "0.0.0.0", 4),
    ])
  func notation(text: String, written: String, byteCount: Int) throws {
    let address = try #require(PeerAddress(text))
    #expect(address.description == written)
    #expect(address.bytes.count == byteCount)
    #expect(address == PeerAddress(written))
  }

  @Test(
    "refuses what is no address",
    arguments: ["", "1.2.3", "1.2.3.256", "localhost", "::g", "1.2.3.4:80", "::\0", "1.2.3.4\0x"])
  func malformed(text: String) {
    #expect(PeerAddress(text) == nil)
  }
}
