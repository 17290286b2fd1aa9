import JSON
import Testing

@Suite struct MergePatchTests {
  private func value(_ text: String) throws -> JSONValue {
    try JSONValue.parse(Array(text.utf8))
  }

  /// RFC 7396 appendix A, in its order, then the example of section 3, shortened.
  @Test(arguments: [
    (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
    (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
    (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
    (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
    (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
    (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
    (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
    (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
    (#"{"a":"foo"}"#, "null", "null"),
    (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
    (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
    ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
    ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    (
      #"{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],"text":"x"}"#,
      #"{"title":"Hello!","phone":"+01-123","author":{"familyName":null},"tags":["example"]}"#,
      #"{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"text":"x","phone":"+01-123"}"#
    ),
  ])
  func `a patch gives what RFC 7396 says`(target: String, patch: String, result: String) throws {
    let merged = try value(target).merging(patch: try value(patch))
    #expect(merged == (try value(result)))
    var writer = JSONWriter()
    writer.value(merged)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == result)
  }

  @Test(arguments: [16, 17, 40])
  func `a patch of many members gives the same as one of few`(count: Int) throws {
    let target = (0..<30).map { #""m\#($0)":{"a":\#($0),"b":null}"# }.joined(separator: ",")
    let changes = (0..<count).map { index in
      switch index % 3 {
      case 0: #""m\#(index)":null"#
      case 1: #""m\#(index)":{"a":null,"c":1}"#
      default: #""new\#(index)":{"x":null,"y":[null]}"#
      }
    }
    let whole = try value("{\(target)}").merging(patch: try value("{\(changes.joined(separator: ","))}"))
    let oneByOne = try changes.reduce(value("{\(target)}")) { try $0.merging(patch: value("{\($1)}")) }
    var (first, second) = (JSONWriter(), JSONWriter())
    first.value(whole)
    second.value(oneByOne)
    #expect(first.bytes == second.bytes)
  }
}
