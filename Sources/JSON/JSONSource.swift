/// A JSON object together with the bytes it was written in, for whoever must keep a part of it as it came.
public struct JSONSource: Sendable {
  /// The members, parsed.
  public let object: JSONObject
  private let bytes: [UInt8]
  private let values: [Range<Int>]

  /// Parses a whole text that is one object, by the rules of ``JSONValue/parse(_:depthMax:)-([UInt8],_)``.
  ///
  /// - Throws: ``JSONError`` at the first fault; a text that is not an object is one.
  public init(parsing bytes: [UInt8], depthMax: Int = 32) throws(JSONError) {
    precondition((1...JSONValue.depthLimit).contains(depthMax), "depthMax must be in 1...depthLimit")
    self.bytes = bytes
    do throws(JSONFault) {
      (object, values) = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
        var parser = JSONParser(text: buffer, depthMax: depthMax)
        return try parser.wholeObject()
      }
    } catch {
      throw JSONError(error)
    }
  }

  /// The value of that name.
  public subscript(name: String) -> JSONValue? { object[name] }

  /// The exact bytes of the value of that name, without white space around it.
  public func bytes(of name: String) -> ArraySlice<UInt8>? {
    object.members.firstIndex { ExactName.same($0.name, name) }.map { bytes[values[$0]] }
  }
}
