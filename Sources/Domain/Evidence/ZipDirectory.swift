/// The directory of a ZIP archive (APPNOTE 6.3.10, 4.3.12 and 4.3.16), as far as it says what the archive is. Nothing is
/// unpacked.
enum ZipDirectory {
  /// Most files in an archive; a captured page has some hundreds.
  private static let entriesMax = 10_000
  /// Of the directory.
  private static let bytesMax = 4 << 20
  /// Bytes that it may come to when unpacked, in all; and how many times what it takes, beyond the first MiB.
  private static let (unpackedMax, ratioMax) = (1 << 30, 200)

  static func find(in file: FileInspection) throws -> FileInspection.Finding {
    let tailStart = max(0, file.byteCount - 65_557)
    let tail = try file.bytes(at: tailStart, 65_557)
    guard let end = end(in: tail) else { return .damaged }
    let record = tail[end...]
    func field(_ offset: Int, _ count: Int) -> Int {
      FileInspection.little(record.dropFirst(offset).prefix(count))
    }
    let (count, size, start) = (field(10, 2), field(12, 4), field(16, 4))
    // What needs 64 bits has no place among files of this size.
    guard field(4, 2) == 0, field(8, 2) == count, start + size <= tailStart + end else { return .damaged }
    // Between directory and end nothing may stand but the end in 64 bits, which some programs always write (4.3.14).
    let gap = tailStart + end - start - size
    guard try gap == 0 || gap <= 256 && file.bytes(at: start + size, 4) == [0x50, 0x4B, 6, 6] else { return .damaged }
    guard count <= entriesMax, size <= bytesMax else { return .swells }
    return try find(in: file, Array(file.bytes(at: start, size)), count)
  }

  /// Where the end record begins: at the last one whose comment reaches to the end of the file.
  private static func end(in tail: [UInt8]) -> Int? {
    guard tail.count >= 22 else { return nil }
    return (0...tail.count - 22).reversed().first { index in
      tail[index..<index + 4].elementsEqual([0x50, 0x4B, 0x05, 0x06])
        && index + 22 + FileInspection.little(tail[index + 20..<index + 22]) == tail.count
    }
  }

  private static func find(in file: FileInspection, _ directory: [UInt8], _ count: Int) throws
    -> FileInspection.Finding
  {
    var names: Set<String> = []
    var (offset, unpacked) = (0, 0)
    for _ in 0..<count {
      guard directory.count >= offset + 46,
        directory[offset..<offset + 4].elementsEqual([0x50, 0x4B, 0x01, 0x02])
      else { return .damaged }
      func field(_ place: Int, _ count: Int) -> Int {
        FileInspection.little(directory[offset + place..<offset + place + count])
      }
      let nameCount = field(28, 2)
      let next = offset + 46 + nameCount + field(30, 2) + field(32, 2)
      guard next <= directory.count else { return .damaged }
      let name = String(decoding: directory[offset + 46..<offset + 46 + nameCount], as: UTF8.self)
      // Encrypted, or out of its folder: whoever opens it does not get what was looked at.
      guard field(8, 2) & 0x41 == 0, !leavesItsFolder(name) else { return .damaged }
      unpacked += field(24, 4)
      // Names of parts do not go by case (ISO/IEC 29500-2, 6.2.2.3).
      names.insert(name.lowercased())
      offset = next
    }
    // What the count leaves out others would open.
    guard offset == directory.count else { return .damaged }
    guard unpacked <= unpackedMax, unpacked <= max(file.byteCount, 1 << 20) * ratioMax else { return .swells }
    return kind(names)
  }

  private static func leavesItsFolder(_ name: String) -> Bool {
    name.hasPrefix("/") || name.contains("\0")
      || name.replacing("\\", with: "/").split(separator: "/", omittingEmptySubsequences: false).contains("..")
  }

  private static func kind(_ names: Set<String>) -> FileInspection.Finding {
    if names.contains(where: { $0.hasSuffix("vbaproject.bin") }) { return .refused(.macros) }
    if names.contains("[content_types].xml") {
      if names.contains(where: { $0.hasPrefix("word/document") && $0.hasSuffix(".xml") }) { return .type(.docx) }
      if names.contains("xl/workbook.xml") { return .type(.xlsx) }
      return .refused(.unknown)
    }
    if names.contains("androidmanifest.xml") || names.contains("meta-inf/manifest.mf") { return .refused(.program) }
    let isCapture = names.contains("datapackage.json") && names.contains { $0.hasPrefix("archive/") }
    return isCapture ? .type(.wacz) : .refused(.otherArchive)
  }
}
