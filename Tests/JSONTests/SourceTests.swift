import JSON
import Testing

@Suite struct SourceTests {
  private func source(_ text: String) throws -> JSONSource { try JSONSource(parsing: Array(text.utf8)) }

  private func text(_ source: JSONSource, _ name: String) -> String? {
    source.bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    #"{"x":1,"y":[ 1 ]}"#, #""}{ \" \\""#, "1.50e+01", "-0", "null", "true", "[]", "{ }", #""\u0041\ud83d\ude00 é""#,
    #"{"case":{"case":2}}"#,
  ])
  func `a value is given as it was written, wherever it stands`(value: String) throws {
    let texts = [
      "{\"case\":\(value)}", "{\"etag\":\"\\\"3-7\\\"\",\"case\":\(value)}", "{\"case\":\(value),\"z\":{\"case\":0}}",
      " \n{ \"a\" : {\"case\":\"}\"} , \"case\" :\t\(value)\r , \"b\":[]} ", "{\"c\\u0061se\":\(value)}",
    ]
    for text in texts {
      let source = try source(text)
      #expect(self.text(source, "case") == value, "\(text)")
      #expect(source["case"] == (try JSONValue.parse(Array(value.utf8))), "\(text)")
    }
  }

  @Test func `a name is looked for among the object's own members alone`() throws {
    let source = try source(#"{"a":{"case":1},"Case":2,"b":"\"case\":3"}"#)
    #expect(text(source, "case") == nil)
    #expect(source["case"] == nil)
    #expect(source.object.members.map(\.name) == ["a", "Case", "b"])
    #expect(try self.source("{}").object.isEmpty)
  }

  @Test(arguments: [
    ("", JSONError.Reason.empty, 0), ("[1]", .unexpectedByte, 0), (#""x""#, .unexpectedByte, 0),
    ("{", .unexpectedEnd, 1),
    (#"{"a":1"#, .unexpectedEnd, 6), (#"{"a":1}x"#, .trailingBytes, 7), (#"{"a":1}{"#, .trailingBytes, 7),
    (#"{"a":1,"a":2}"#, .duplicateName, 7), (#"{"a":tru}"#, .unexpectedByte, 8),
  ])
  func `what is not one whole object is refused`(text: String, reason: JSONError.Reason, offset: Int) throws {
    let fault = try #require(throws: JSONError.self) { try source(text) }
    #expect(fault.reason == reason)
    #expect(fault.offset == offset)
  }
}
