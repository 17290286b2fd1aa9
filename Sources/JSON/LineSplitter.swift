/// Cuts a stream of bytes into lines of bounded length.
public struct LineSplitter: Sendable {
  /// A line with its number from 1; nil bytes when it was too long.
  public struct Line: Sendable {
    public let number: Int
    public let bytes: [UInt8]?
  }

  private let lineBytesMax: Int
  private var rest: [UInt8] = []
  private var isOverlong = false
  private var number = 0

  /// - Parameter lineBytesMax: longest line; longer ones come without their bytes.
  public init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

  /// The lines that are complete after `piece`; nil ends the stream, and with it the last line. Empty lines are skipped
  /// but counted.
  public mutating func feed(_ piece: [UInt8]?) -> [Line] {
    guard let piece else { return rest.isEmpty && !isOverlong ? [] : [endLine()].compactMap { $0 } }
    var lines: [Line] = []
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
      append(piece[start..<end])
      if let line = endLine() { lines.append(line) }
      start = end + 1
    }
    append(piece[start...])
    return lines
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    if isOverlong { return }
    if rest.count + bytes.count > lineBytesMax {
      isOverlong = true
      rest = []
    } else {
      rest += bytes
    }
  }

  private mutating func endLine() -> Line? {
    number += 1
    defer {
      rest = []
      isOverlong = false
    }
    if isOverlong { return Line(number: number, bytes: nil) }
    if number == 1 { rest = rest.withoutByteOrderMark }
    let blank = rest.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 }
    return blank ? nil : Line(number: number, bytes: rest)
  }
}

extension [UInt8] {
  /// Without the byte order mark (U+FEFF) with which some programs begin a text in UTF-8.
  public var withoutByteOrderMark: [UInt8] { starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self }
}
