import Foundation
import JSON
import TestSupport
import Testing

@Suite struct MutationTests {
  private static let seeds =
    [
      #"{"id":"SBT/2024/1","n":[0,-1,2.5,1e3,-0.1E-2],"open":true,"closed":null,"who":{"name":"Éva \"x\"","tags":[]}}"#,
      #"[[],{},[{}],"",0,"\u00e9\uD834\uDD1E\\\/\b\f\n\r\t",false,{"a":{"b":{"c":[1,[2,[3]]]}}}]"#,
      " { \"é€𝄞\" : [ 1 , 2 ] ,\r\n\t\"b\" : -12.75e+10 } ", "\"plain\"", "-0.0", "[1,2,3]", #"{"a":1,"b":2,"c":3}"#,
    ].map { Array($0.utf8) }

  private static let interesting: [UInt8] =
    Array("{}[]\",:\\u/bfnrtd0123456789eE+-. \t\r\nxDd89aAcC".utf8)
    + [0x00, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xA0, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF]

  private func mutated(_ seed: [UInt8], by random: inout SeededGenerator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let byte = Self.interesting.randomElement(using: &random) ?? 0
      let length = Int.random(in: 0...min(8, bytes.count - place), using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.insert(byte, at: place)
      case 1: bytes.removeSubrange(place..<place + length)
      case 2:
        bytes.insert(contentsOf: bytes[place..<place + length], at: Int.random(in: 0...bytes.count, using: &random))
      case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case _ where place < bytes.count: bytes[place] = byte
      default: bytes.append(byte)
      }
    }
    return bytes
  }

  @Test func `random damage never crashes and is judged as another reader judges it`() throws {
    let given = ProcessInfo.processInfo.environment["JSON_MUTATION_SEED"].flatMap(UInt64.init)
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("JSON_MUTATION_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    var (accepted, refused, skipped) = (0, 0, 0)
    for _ in 0..<20_000 {
      let bytes = mutated(Self.seeds.randomElement(using: &random) ?? [], by: &random)
      var fault: JSONError?
      var hasHugeNumber = false
      do throws(JSONError) {
        let value = try JSONValue.parse(bytes)
        hasHugeNumber = value.hasHugeNumber
        var writer = JSONWriter()
        writer.value(value)
        #expect(try JSONValue.parse(writer.bytes) == value)
      } catch {
        fault = error
        #expect((0...bytes.count).contains(error.offset))
      }
      let other = (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
      switch (other, fault) {
      case (true, nil): accepted += 1
      case (false, _?): refused += 1
      case (true, let fault?) where isLeniency(fault, in: bytes): skipped += 1
      case (false, nil) where hasHugeNumber: skipped += 1
      case (_, let fault): Issue.record("seed \(seed): \(bytes) is judged otherwise, here \(fault as Any)")
      }
    }
    print("accepted \(accepted), refused \(refused), skipped \(skipped)")
    #expect(accepted > 1000 && refused > 1000)
  }

  /// Whether Foundation accepts what this fault is about: it allows a comma before a closing bracket, takes the last of
  /// several members of one name, skips a byte order mark before the text, and takes a NUL among the first bytes for
  /// UTF-16 or UTF-32.
  private func isLeniency(_ fault: JSONError, in bytes: [UInt8]) -> Bool {
    if bytes.prefix(4).contains(0) { return true }
    switch fault.reason {
    case .duplicateName:
      return true
    case .unexpectedByte:
      let isClosing = bytes[fault.offset] == UInt8(ascii: "]") || bytes[fault.offset] == UInt8(ascii: "}")
      let before = bytes[..<fault.offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return isClosing && before == UInt8(ascii: ",") || bytes.starts(with: [0xEF, 0xBB, 0xBF])
    default:
      return false
    }
  }
}

extension JSONValue {
  /// Whether a number is beyond the range of a double; Foundation refuses those, which RFC 8259 allows.
  fileprivate var hasHugeNumber: Bool {
    switch self {
    case .number(let number): number.double == nil
    case .array(let elements): elements.contains(where: \.hasHugeNumber)
    case .object(let object): object.members.contains(where: \.value.hasHugeNumber)
    default: false
    }
  }
}
