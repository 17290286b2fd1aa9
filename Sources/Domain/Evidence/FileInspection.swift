/// Looks into a file that was brought, before anybody else opens it: whether it is of its type, and does not swell.
///
/// The file is read in small pieces, wherever they stand.
public struct FileInspection {
  /// Most pixels on a side, and in all: twice what the largest cameras take. A decoder needs four bytes a pixel.
  static let (sideMax, pixelsMax) = (65_535, 400_000_000)

  let byteCount: Int
  private let read: (Range<Int>) throws -> [UInt8]

  /// - Parameter read: bytes of the file at a range that lies in it.
  public init(byteCount: Int, read: @escaping (Range<Int>) throws -> [UInt8]) {
    (self.byteCount, self.read) = (byteCount, read)
  }

  /// What is found.
  public enum Finding: Sendable, Equatable {
    case type(FileType)
    case refused(RefusedFile)
    /// It would take far more room than it has, once opened.
    case swells
    /// It breaks off, or contradicts itself.
    case damaged
  }

  /// - Parameters:
  ///   - signature: what the first bytes say.
  ///   - isText: whether all of it is plain text, of a file that may be.
  /// - Throws: what reading throws.
  public func find(_ signature: FileSignature, isText: Bool) throws -> Finding {
    switch signature {
    case .refused(let refused): return .refused(refused)
    case .perhapsText: return isText ? .type(.text) : .refused(.unknown)
    case .archive: return try ZipDirectory.find(in: self)
    case .type(.mp3): return try hasFrame() ? .type(.mp3) : .damaged
    case .type(let type):
      guard let size = try imageSize(of: type) else { return .type(type) }
      guard size.width > 0, size.height > 0 else { return .damaged }
      guard size.width <= Self.sideMax, size.height <= Self.sideMax, size.width * size.height <= Self.pixelsMax else {
        return .swells
      }
      return .type(type)
    }
  }

  /// Bytes at an offset, as far as the file has them.
  func bytes(at offset: Int, _ count: Int) throws -> [UInt8] {
    guard offset >= 0, offset < byteCount else { return [] }
    return try read(offset..<min(byteCount, offset + count))
  }

  // MARK: Sound

  /// Whether a frame of sound follows the tags that an MP3 may begin with (ID3v2.4, 3.1). Some programs leave zeros between.
  private func hasFrame() throws -> Bool {
    var start = 0
    for _ in 0..<16 {
      let head = try bytes(at: start, 10)
      guard head.starts(with: Array("ID3".utf8)) else { break }
      guard head.count == 10, head[6...].allSatisfy({ $0 < 0x80 }) else { return false }
      start += 10 + head[6...].reduce(0) { $0 << 7 | Int($1) } + (head[5] & 0x10 == 0 ? 0 : 10)
    }
    let rest = try bytes(at: start, 64 << 10).drop { $0 == 0 }
    return FileSignature.isMP3Frame(Array(rest.prefix(4)))
  }

  // MARK: Images

  /// Width and height as the file says; nil for what is no image. Zero for what does not say it.
  private func imageSize(of type: FileType) throws -> (width: Int, height: Int)? {
    switch type {
    case .png:
      let head = try bytes(at: 16, 8)
      return head.count == 8 ? (Self.big(head[0..<4]), Self.big(head[4..<8])) : (0, 0)
    case .gif:
      let head = try bytes(at: 6, 4)
      return head.count == 4 ? (Self.little(head[0..<2]), Self.little(head[2..<4])) : (0, 0)
    case .jpeg: return try jpegSize()
    case .webp: return try webPSize()
    case .heic: return try heicSize()
    default: return nil
    }
  }

  /// From the first start of a frame (ITU-T T.81, B.2.2).
  private func jpegSize() throws -> (Int, Int) {
    var offset = 2
    // A file has some dozens of segments before its frame: profiles and thumbnails fill several of 64 KiB.
    for _ in 0..<4_096 {
      let head = try bytes(at: offset, 9)
      guard head.count >= 4, head[0] == 0xFF else { return (0, 0) }
      let marker = head[1]
      if marker == 0xFF {
        offset += 1
        continue
      }
      let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
      if isFrame {
        guard head.count == 9 else { return (0, 0) }
        let height = Self.big(head[5..<7])
        // A height of 0 is told after the first scan (B.2.5): as high as may be.
        return (Self.big(head[7..<9]), height == 0 ? Self.sideMax : height)
      }
      if marker == 0xD9 || marker == 0xDA { return (0, 0) }
      let isBare = marker == 0x01 || (0xD0...0xD8).contains(marker)
      let length = isBare ? 0 : Self.big(head[2..<4])
      guard isBare || length >= 2 else { return (0, 0) }
      offset += 2 + length
    }
    return (0, 0)
  }

  /// From the first chunk (RFC 9649, 2).
  private func webPSize() throws -> (Int, Int) {
    let head = try bytes(at: 12, 18)
    guard head.count == 18 else { return (0, 0) }
    switch String(decoding: head[0..<4], as: UTF8.self) {
    case "VP8X": return (Self.little(head[12..<15]) + 1, Self.little(head[15..<18]) + 1)
    case "VP8L":
      let bits = Self.little(head[9..<13])
      return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
    case "VP8 ": return (Self.little(head[14..<16]) & 0x3FFF, Self.little(head[16..<18]) & 0x3FFF)
    default: return (0, 0)
    }
  }

  /// The largest of the sizes that its properties say (ISO/IEC 23008-12, 6.5.3), among its first bytes.
  private func heicSize() throws -> (Int, Int) {
    let head = try bytes(at: 0, 1 << 18)
    var largest = (width: 0, height: 0)
    let name = Array("ispe".utf8)
    var index = 0
    while index + 16 <= head.count {
      if head[index] == name[0], head[index..<index + 4].elementsEqual(name) {
        let size = (Self.big(head[index + 8..<index + 12]), Self.big(head[index + 12..<index + 16]))
        if size.0 > Self.sideMax || size.1 > Self.sideMax { return size }
        if size.0 * size.1 > largest.width * largest.height { largest = size }
      }
      index += 1
    }
    return largest
  }

  static func big(_ bytes: some Collection<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
  static func little(_ bytes: some Collection<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
}
