import Foundation
import JSON
import Testing

@Suite struct WriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(reserving: 0)
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `commas stand between members and elements and nowhere else`() {
    let text = text { writer in
      writer.object { writer in
        writer.member("a", 1)
        writer.array("b") { writer in
          writer.array { _ in }
          writer.object { _ in }
          writer.string("x")
          writer.null()
          writer.bool(true)
          writer.bool(false)
          writer.int(-1)
          writer.number(0.5)
          writer.raw(Array(#"{"r":1}"#.utf8))
        }
        writer.object("c\"" as String) { _ in }
        writer.member("d", strings: [])
        writer.member("e", strings: ["p", "q\n"])
      }
    }
    #expect(
      text == #"{"a":1,"b":[[],{},"x",null,true,false,-1,0.5,{"r":1}],"c\"":{},"d":[],"e":["p","q\n"]}"#)
  }

  @Test(arguments: ["{", "[", ":", ",", "\n", "{\"", "[\"", "\\", ""])
  func `a string that ends like an opening bracket still has a comma after it`(string: String) throws {
    var writer = JSONWriter()
    writer.array { writer in
      writer.string(string)
      writer.string(string)
    }
    #expect(try JSONValue.parse(writer.bytes) == .array([.string(string), .string(string)]))
  }

  @Test func `each member variant writes a value or null`() {
    let text = text { writer in
      writer.object { writer in
        writer.member("s", "x")
        writer.member("i", Int64.min)
        writer.member("d", 1e300)
        writer.member("b", false)
        writer.member("v", JSONValue.array([.null]))
        writer.member("s0", String?.none)
        writer.member("s1", String?.some("y"))
        writer.member("i0", Int?.none)
        writer.member("i1", Int?.some(5))
        writer.member("l0", Int64?.none)
        writer.member("l1", Int64?.some(6))
        writer.member("d0", Double?.none)
        writer.member("d1", Double?.some(-2))
        writer.member("b0", Bool?.none)
        writer.member("b1", Bool?.some(true))
      }
    }
    #expect(
      text == #"{"s":"x","i":-9223372036854775808,"d":1e+300,"b":false,"v":[null],"s0":null,"s1":"y","i0":null,"#
        + #""i1":5,"l0":null,"l1":6,"d0":null,"d1":-2.0,"b0":null,"b1":true}"#)
  }

  @Test func `a line feed between top-level values gives JSON lines`() {
    let text = text { writer in
      for number in 1...2 {
        writer.object { writer in writer.member("n", number) }
        writer.bytes.append(0x0A)
      }
    }
    #expect(text == "{\"n\":1}\n{\"n\":2}\n")
  }

  @Test func `what RFC 8259 demands is escaped, line ends of Unicode are, and nothing else`() {
    let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
    #expect(
      text { $0.string(controls) } == #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
        + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#)
    #expect(
      text { $0.string("/<>&'\u{7F}é\u{201C}\u{86}\u{2027}\u{202A}𝄞") }
        == "\"/<>&'\u{7F}é\u{201C}\u{86}\u{2027}\u{202A}𝄞\"")
    for length in 0..<20 {
      let filler = String(repeating: "a", count: length)
      #expect(
        text { $0.string("\(filler)\u{2028}é\u{2029}\(filler)\u{85}\"") }
          == #""\#(filler)\u2028é\u2029\#(filler)\u0085\"""#)
    }
    #expect(text { $0.string(#"a"b\c"#) } == #""a\"b\\c""#)
  }

  @Test func `every byte below 0x80 is found at every place of a string`() throws {
    for code in UInt8(0)..<0x80 {
      for length in 0..<20 {
        for place in 0...length {
          var content = Array(repeating: UInt8(ascii: "x"), count: length)
          content.insert(code, at: place)
          let string = String(decoding: content, as: UTF8.self)
          var writer = JSONWriter(reserving: 0)
          writer.string(string)
          try #require(try JSONValue.parse(writer.bytes) == .string(string), "byte \(code) at \(place) of \(length)")
          let isPlain = writer.bytes.count == length + 3
          try #require(isPlain == (code >= 0x20 && code != 0x22 && code != 0x5C))
        }
      }
    }
  }

  @Test func `integers of every length are written exactly`() throws {
    var power = 1
    var numbers = [0, Int.min, Int.max, Int.min + 1]
    for _ in 0..<18 {
      power *= 10
      numbers += [power - 1, power, power + 1, 1 - power, -power, -power - 1]
    }
    for number in numbers {
      #expect(text { $0.int(number) } == String(number))
      #expect(text { $0.int(Int64(number)) } == String(number))
    }
  }

  @Test(arguments: [
    0, -0.0, 0.1, 0.1 + 0.2, 1.0 / 3, 1e16, 1e-7, 123456.789, .pi, .greatestFiniteMagnitude, .leastNormalMagnitude,
    .leastNonzeroMagnitude, -1e22, 9_007_199_254_740_991,
  ])
  func `a double reads back the same`(number: Double) throws {
    var writer = JSONWriter()
    writer.number(number)
    guard case .number(let read) = try JSONValue.parse(writer.bytes) else {
      Issue.record("not a number")
      return
    }
    #expect(read.double?.bitPattern == number.bitPattern)
  }

  @Test func `another reader understands what is written`() throws {
    // Foundation drops a byte order mark that begins a string.
    let strings = ParseTables.acceptedStrings.map(\.value).filter { $0 != "\u{FEFF}" }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("strings", strings: strings)
      writer.member("int", Int.max)
      writer.member("double", 0.1)
      writer.member("none", nil as Bool?)
      writer.object("names") { writer in
        for string in Set(strings) {
          writer.name(string)
          writer.bool(true)
        }
      }
    }
    let read = try #require(try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any])
    let readStrings = try #require(read["strings"] as? [String])
    #expect(readStrings.map { Array($0.utf8) } == strings.map { Array($0.utf8) })
    #expect(read["int"] as? Int == Int.max)
    #expect(read["double"] as? Double == 0.1)
    #expect(read["none"] is NSNull)
    #expect((read["names"] as? [String: Bool])?.count == Set(strings).count)
  }

  @Test(
    arguments: ParseTables.acceptedStructures + ParseTables.acceptedNumbers + ParseTables.acceptedStrings.map(\.text))
  func `writing a parsed value twice gives the same bytes`(text: String) throws {
    var first = JSONWriter()
    first.value(try JSONValue.parse(Array(text.utf8)))
    var second = JSONWriter()
    second.value(try JSONValue.parse(first.bytes))
    #expect(first.bytes == second.bytes)
  }
}
