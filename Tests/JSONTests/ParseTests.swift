import JSON
import Testing

@Suite struct ParseTests {
  private func parse(_ text: String, depthMax: Int = 32) throws(JSONError) -> JSONValue {
    try JSONValue.parse(Array(text.utf8), depthMax: depthMax)
  }

  private func fault(_ bytes: [UInt8], depthMax: Int = 32) throws -> JSONError {
    try #require(throws: JSONError.self) { try JSONValue.parse(bytes, depthMax: depthMax) }
  }

  @Test(arguments: ParseTables.acceptedNumbers)
  func `a number is kept as it is spelled`(text: String) throws {
    guard case .number(let number) = try parse(text) else {
      Issue.record("not a number")
      return
    }
    #expect(number.text == text)
    #expect(try parse(" [\(text)] ").kind == "array")
  }

  @Test(arguments: ParseTables.acceptedStrings)
  func `a string is read with its escapes resolved`(text: String, value: String) throws {
    guard case .string(let string) = try parse(text) else {
      Issue.record("not a string")
      return
    }
    #expect(Array(string.utf8) == Array(value.utf8))
    guard case .object(let object) = try parse("{\(text):1}") else {
      Issue.record("not an object")
      return
    }
    #expect(object.members.map { Array($0.name.utf8) } == [Array(value.utf8)])
  }

  @Test(arguments: ParseTables.acceptedStructures)
  func `a well-formed text is accepted and written back the same value`(text: String) throws {
    let value = try parse(text)
    var writer = JSONWriter()
    writer.value(value)
    #expect(try JSONValue.parse(writer.bytes) == value)
  }

  @Test(
    arguments: ParseTables.rejectedNumbers + ParseTables.rejectedStructures + ParseTables.rejectedStrings
      + ParseTables.rejectedNames)
  func `a faulty text is refused with its reason and place`(text: Rejected) throws {
    let fault = try fault(text.bytes)
    #expect(fault.reason == text.reason)
    #expect(fault.offset == text.offset)
  }

  @Test(arguments: ParseTables.rejectedStrings.filter { $0.reason == .badUTF8 })
  func `a faulty text is refused after eight good bytes and more too`(text: Rejected) throws {
    let prefix = Array("[\"0123456789 \u{20AC}\",".utf8)
    let fault = try fault(prefix + text.bytes + [0x5D])
    #expect(fault.reason == text.reason)
    #expect(fault.offset == text.offset + prefix.count)
    #expect(fault.pointer.hasPrefix("/1"))
  }

  @Test func `every text that stops too early is refused`() throws {
    let text = #"{"a": [1.5e+3, -0, true, false, null], "b\n\u00e9": "x\uD834\uDD1Ey é€𝄞", "c": {"d": {}, "e": [[]]}}"#
    let bytes = Array(text.utf8)
    #expect(throws: Never.self) { try JSONValue.parse(bytes) }
    for length in 0..<bytes.count {
      let fault = try fault(Array(bytes.prefix(length)))
      #expect(fault.reason == (length == 0 ? .empty : .unexpectedEnd), "first \(length) bytes")
      #expect(fault.offset == length)
    }
  }

  @Test(arguments: [0, 1, 2, 32, JSONValue.depthLimit])
  func `nesting is allowed up to the limit and refused beyond`(depthMax: Int) throws {
    let brackets = String(repeating: "[", count: depthMax) + "1" + String(repeating: "]", count: depthMax)
    #expect(throws: Never.self) { try parse(brackets, depthMax: depthMax) }
    let fault = try fault(Array("[\(brackets)]".utf8), depthMax: depthMax)
    #expect(fault.reason == .tooDeep)
    #expect(fault.offset == depthMax)
    let braces = String(repeating: #"{"a":"#, count: depthMax + 1) + "1" + String(repeating: "}", count: depthMax + 1)
    #expect(try self.fault(Array(braces.utf8), depthMax: depthMax).reason == .tooDeep)
  }

  @Test func `a flood of opening brackets is refused at the limit`() throws {
    #expect(try fault([UInt8](repeating: 0x5B, count: 1_000_000)).offset == 32)
  }

  @Test(arguments: [
    (#"{"a":[1,{"b":x}]}"#, "/a/1/b"), ("x", ""), ("[1,2", ""), (#"{"a":1,"a":2}"#, "/a"), ("[[],[[1,x]]]", "/1/0/1"),
    (#"{"a/b":{"m~n":x}}"#, "/a~1b/m~0n"), (#"{"":{"é":tru}}"#, "//é"), (#"{"o":{"a":1,b:2}}"#, "/o"),
    (#"{"o":{"a":1,"b":2,"a":3}}"#, "/o/a"), (#"{"a":1"#, ""), (#"{"a\u000Ab":x}"#, "/a\nb"),
  ])
  func `the pointer leads to the innermost value`(text: String, pointer: String) throws {
    #expect(try fault(Array(text.utf8)).pointer == pointer)
  }

  @Test(arguments: [2, 15, 16, 17, 18, 33, 300])
  func `a name used twice is found in an object of any size`(count: Int) throws {
    let names = (0..<count).map { "name\($0)" }
    let members = names.map { "\"\($0)\":0" }
    #expect(throws: Never.self) { try parse("{\(members.joined(separator: ","))}") }
    for repeated in [0, count / 2, count - 1] {
      let text = "{\((members + [members[repeated]]).joined(separator: ","))}"
      let fault = try fault(Array(text.utf8))
      #expect(fault.reason == .duplicateName)
      #expect(fault.pointer == "/\(names[repeated])")
    }
  }

  @Test(arguments: JSONError.Reason.allCases)
  func `each reason has a description of its own`(reason: JSONError.Reason) {
    #expect(!reason.description.isEmpty)
    #expect(JSONError.Reason.allCases.count { $0.description == reason.description } == 1)
  }

  @Test func `an error text never quotes the input`() throws {
    let fault = try fault(Array(#"{"secret":{"secret":1,"secret":2}}"#.utf8))
    #expect(fault.description == "a name that occurs twice in one object (at byte 22)")
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("7.0", nil), ("7e0", nil), ("9223372036854775807", Int.max),
    ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("1E2", nil), ("0.5", nil),
  ])
  func `only exact integers are integers`(text: String, int: Int?) throws {
    guard case .number(let number) = try parse(text) else {
      Issue.record("not a number")
      return
    }
    #expect(number.int == int)
  }

  @Test(arguments: [
    ("0", 0), ("-1.5", -1.5), ("1e2", 100), ("0.1", 0.1), ("1e400", nil), ("-1e400", nil), ("1e-400", 0),
    ("123456789012345678901234567890", 0x1.8ee90ff6c373ep96), ("5e-324", .leastNonzeroMagnitude),
  ])
  func `a number is a double unless beyond its range`(text: String, double: Double?) throws {
    guard case .number(let number) = try parse(text) else {
      Issue.record("not a number")
      return
    }
    #expect(number.double == double)
  }

  @Test func `numbers are made from integers and finite doubles`() {
    #expect(JSONNumber(-7).text == "-7")
    #expect(JSONNumber(0.1)?.text == "0.1")
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(Double.nan) == nil)
  }

  @Test(arguments: [
    ("null", "null"), ("true", "boolean"), ("1", "number"), (#""""#, "string"), ("[]", "array"), ("{}", "object"),
  ])
  func `each value names its kind`(text: String, kind: String) throws {
    #expect(try parse(text).kind == kind)
  }

  @Test func `equality ignores the order of members and nothing else`() throws {
    #expect(try parse(#"{"a":1,"b":[2,3]}"#) == parse(#"{"b":[2,3],"a":1}"#))
    #expect(try parse(#"{"a":1,"b":2}"#) != parse(#"{"a":1,"c":2}"#))
    #expect(try parse(#"{"a":1,"b":2}"#) != parse(#"{"b":1,"a":2}"#))
    #expect(try parse("[1,2]") != parse("[2,1]"))
    #expect(try parse("1") != parse("1.0"))
    #expect(try parse("\"\u{E9}\"") != parse("\"e\u{301}\""))
    #expect(try parse("0") != parse("false"))
  }

  @Test func `an object keeps the order of its members`() throws {
    guard case .object(var object) = try parse(#"{"b":1,"a":2,"c":3}"#) else {
      Issue.record("not an object")
      return
    }
    object["a"] = .null
    object["b"] = nil
    object["d"] = .bool(true)
    object["missing"] = nil
    #expect(object.members.map(\.name) == ["a", "c", "d"])
    #expect(object["a"] == .null)
    #expect(object["b"] == nil)
    #expect(object.count == 3)
    #expect(!object.isEmpty)
    #expect(JSONObject().isEmpty)
  }
}
