internal import Domain
internal import Testing

/// Bytes at an offset, with zeros before and some behind.
private func bytes(_ parts: (Int, [UInt8])..., count: Int = 64) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  for (offset, part) in parts { bytes.replaceSubrange(offset..<offset + part.count, with: part) }
  return bytes
}

private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

private func little(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 0xFF) } }
private func big(_ number: Int, _ count: Int) -> [UInt8] { little(number, count).reversed() }

/// A ZIP archive of entries that hold nothing, whose directory says that they hold so many bytes.
private func archive(_ names: [String], unpacked: Int = 1, flags: Int = 0, counted: Int? = nil, between: [UInt8] = [])
  -> [UInt8]
{
  var (files, directory): ([UInt8], [UInt8]) = ([], [])
  for name in names {
    let start = files.count
    files += [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + little(name.utf8.count, 2) + [0, 0] + text(name)
    directory += [0x50, 0x4B, 1, 2, 0, 0, 0, 0] + little(flags, 2) + [UInt8](repeating: 0, count: 14)
    directory += little(unpacked, 4) + little(name.utf8.count, 2) + [UInt8](repeating: 0, count: 12) + little(start, 4)
    directory += text(name)
  }
  let end =
    [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(counted ?? names.count, 2) + little(counted ?? names.count, 2)
    + little(directory.count, 4)
    + little(files.count, 4) + [0, 0]
  return files + directory + between + end
}

@Suite struct FileTypeTests {
  private func find(_ file: [UInt8]) -> FileInspection.Finding {
    var check = PlainTextCheck()
    check.take(file)
    let inspection = FileInspection(byteCount: file.count) { Array(file[$0]) }
    let finding = try? inspection.find(
      FileSignature(Array(file.prefix(FileSignature.byteCount))), isText: check.isWhole)
    return finding ?? .damaged
  }

  private static let png = bytes((0, [0x89] + text("PNG\r\n") + [0x1A, 0x0A]), (16, big(640, 4)), (20, big(480, 4)))

  @Test(arguments: [
    (png, FileType.png),
    ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + bytes(count: 14) + [0xFF, 0xC0, 0, 17, 8] + big(480, 2) + big(640, 2), .jpeg),
    (bytes((0, text("GIF89a")), (6, little(640, 2)), (8, little(480, 2))), .gif),
    (
      bytes((0, text("RIFF")), (8, text("WEBPVP8X")), (24, little(639, 3)), (27, little(479, 3))), .webp
    ),
    (
      bytes((4, text("ftypheic")), (24, text("ispe")), (32, big(640, 4)), (36, big(480, 4))), .heic
    ),
    (bytes((0, text("%PDF-1.7"))), .pdf), (bytes((4, text("ftypisom"))), .mp4), (bytes((4, text("ftypqt  "))), .mov),
    (bytes((4, text("ftyp3gp5"))), .threeGP), (bytes((4, text("ftypM4A "))), .m4a),
    (bytes((0, [0x1A, 0x45, 0xDF, 0xA3]), (24, text("webm"))), .webm),
    (text("ID3") + [4, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0xFF, 0xFB, 0x90, 0], .mp3),
    (bytes((0, [0xFF, 0xFB, 0x90, 0x00])), .mp3), (bytes((0, text("OggS"))), .ogg),
    (bytes((0, text("RIFF")), (8, text("WAVE"))), .wav), (text("Catatan rapat: halo.\r\n\tbaris dua — é"), .text),
    (archive(["[Content_Types].xml", "word/document.xml"]), .docx),
    (archive(["[Content_Types].xml", "xl/workbook.xml"]), .xlsx),
    (archive(["datapackage.json", "archive/data.warc.gz"]), .wacz),
    (archive(["[Content_Types].xml", "word/document2.xml"]), .docx),
    (archive(["datapackage.json", "archive/a"], between: [0x50, 0x4B, 6, 6] + bytes(count: 72)), .wacz),
    (text("ID3") + [3, 0, 0, 0, 0, 0, 0] + text("ID3") + [4, 0, 0, 0, 0, 0, 1, 9, 0xFF, 0xFB, 0x90, 0], .mp3),
    (bytes((4, text("ftyphvc1"))), .mp4), (bytes((4, text("moov"))), .mov), (text("\u{FEFF}\r\n%PDF-1.4"), .pdf),
    (text("MZ adalah singkatan."), .text), (text("Surel: <body> dikutip."), .text),
  ])
  func `a type is told by what stands in the file`(file: [UInt8], type: FileType) {
    #expect(find(file) == .type(type))
  }

  @Test(arguments: [
    ([0x7F] + text("ELF") + bytes(), RefusedFile.program), (text("MZ") + bytes(), .program),
    ([0xFF, 0xFE] + [0x61, 0], .otherText),
    (text("#!/bin/sh\necho"), .script), (text("  <!DOCTYPE html><html>"), .html),
    (text("catatan <script>alert(1)</script>"), .html), (text("<?xml version=\"1.0\"?><svg xmlns=\"x\"/>"), .svg),
    (text("<?xml version=\"1.0\"?><a/>"), .xml), ([0xD0, 0xCF, 0x11, 0xE0] + bytes(), .oldOffice),
    ([0x1F, 0x8B, 8], .otherArchive), (archive(["a.txt"]), .otherArchive),
    (archive(["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), .macros),
    (archive(["[CONTENT_TYPES].XML", "word/document.xml", "word/VBAPROJECT.BIN"]), .macros),
    (archive(["AndroidManifest.xml", "classes.dex"]), .program), (bytes((4, text("ftypzzzz"))), .unknown),
    ([0x48, 0x00, 0x69, 0x00], .unknown), ([0xC3, 0x28], .unknown), (text("a\u{1}b"), .unknown),
  ])
  func `what is not taken is refused by its name`(file: [UInt8], refused: RefusedFile) {
    #expect(find(file) == .refused(refused))
    #expect(!refused.label.en.isEmpty && !refused.label.inIndonesian.isEmpty)
  }

  @Test(arguments: [
    bytes((0, [0x89] + text("PNG\r\n") + [0x1A, 0x0A]), (16, big(100_000, 4)), (20, big(100_000, 4))),
    [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8] + big(65_000, 2) + big(65_000, 2),
    // The height comes after the scan.
    [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8] + big(0, 2) + big(65_000, 2),
    bytes((0, text("GIF89a")), (6, little(60_000, 2)), (8, little(60_000, 2))),
    bytes((0, text("RIFF")), (8, text("WEBPVP8X")), (24, little(0xFFFFFF, 3)), (27, little(0xFFFFFF, 3))),
    bytes((4, text("ftypheic")), (24, text("ispe")), (32, big(0xFFFF_FFFF, 4)), (36, big(0xFFFF_FFFF, 4))),
    archive(["[Content_Types].xml", "word/document.xml"], unpacked: 1 << 31),
    archive(["datapackage.json", "archive/a", "archive/b", "archive/c"], unpacked: 400 << 20),
  ])
  func `what swells when it is opened is refused`(file: [UInt8]) { #expect(find(file) == .swells) }

  @Test(arguments: [
    bytes((0, [0x89] + text("PNG\r\n") + [0x1A, 0x0A])), [0xFF, 0xD8, 0xFF, 0xD9], [0xFF, 0xD8, 0xFF],
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 1], text("GIF89a"), bytes((0, text("RIFF")), (8, text("WEBPzzzz"))),
    bytes((4, text("ftypheic"))), Array(archive(["[Content_Types].xml", "word/document.xml"]).dropLast()),
    archive(["datapackage.json", "archive/../../x"]), archive(["datapackage.json", "archive/a", "/etc/passwd"]),
    archive(["datapackage.json", "archive/a"], flags: 1), [0x50, 0x4B, 3, 4],
    archive(["datapackage.json", "archive/a"], between: [0x50, 0x4B, 6, 6] + bytes(count: 400)),
    // More than is counted, or before the directory that is found.
    archive(["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"], counted: 2),
    archive(["[Content_Types].xml", "word/vbaProject.bin"]) + archive(["[Content_Types].xml", "word/document.xml"]),
    text("ID3") + bytes(count: 60), text("ID3") + [4, 0, 0, 0, 0, 0x7F, 0x7F] + bytes(),
    text("ID3\u{4}\0\0\0\0\0\0\u{7F}ELF"),
  ])
  func `what breaks off or contradicts itself is refused`(file: [UInt8]) { #expect(find(file) == .damaged) }

  @Test func `no file of random bytes behind a good beginning stops the inspection`() {
    var random = SystemRandomNumberGenerator()
    let starts: [[UInt8]] = [
      [0xFF, 0xD8, 0xFF], Self.png, text("GIF89a"), text("RIFF0000WEBPVP8 "), bytes((4, text("ftypheic")), count: 12),
      [0x50, 0x4B, 3, 4], text("%PDF-"),
    ]
    for round in 0..<2_000 {
      var file = starts[round % starts.count]
      file += (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if round % 3 == 0 { file += archive(["a", "b"]).suffix(Int.random(in: 0...150, using: &random)) }
      _ = find(file)
    }
  }

  @Test(
    arguments: [
      ("image/jpeg", FileType.jpeg), ("IMAGE/JPG", .jpeg), ("text/plain; charset=utf-8", .text), ("audio/x-wav", .wav),
      ("application/zip", .wacz), ("text/html", nil), ("", nil), ("image/svg+xml", nil),
    ] as [(String, FileType?)])
  func `a declared type is taken in its usual names`(name: String, type: FileType?) {
    #expect(FileType(declared: name) == type)
  }

  @Test(arguments: [
    (FileType.text, "bukti.html", "bukti.html.txt"), (.jpeg, "a.JPEG", "a.JPEG"), (.jpeg, "jpg", "jpg.jpg"),
    (.pdf, "x.pdf.exe", "x.pdf.exe.pdf"), (.text, "a.txt", "a.txt"),
  ])
  func `a name ends as the type does`(type: FileType, name: String, given: String) {
    #expect(type.named(name) == given)
  }
}
