/// The types of files that are taken as evidence. A type is told by what stands in the file, and must be the one that was
/// declared: a program that calls itself a photograph is refused.
public enum FileType: String, Sendable, CaseIterable {
  case jpeg = "image/jpeg"
  case png = "image/png"
  case webp = "image/webp"
  case heic = "image/heic"
  case gif = "image/gif"
  case pdf = "application/pdf"
  case mp4 = "video/mp4"
  case mov = "video/quicktime"
  case threeGP = "video/3gpp"
  case webm = "video/webm"
  case mp3 = "audio/mpeg"
  case m4a = "audio/mp4"
  case ogg = "audio/ogg"
  case wav = "audio/wav"
  case text = "text/plain"
  case docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
  case xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
  /// A page with all it needs, as a browser has captured it (WACZ).
  case wacz = "application/wacz"

  /// The type that a client declares, in any of its usual names.
  ///
  /// - Parameter declared: the value of Content-Type; parameters are left aside.
  public init?(declared: String) {
    let name = declared.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    guard let type = FileType(rawValue: name) ?? Self.aliases[name] else { return nil }
    self = type
  }

  private static let aliases: [String: FileType] = [
    "image/jpg": .jpeg, "image/heif": .heic, "video/3gpp2": .threeGP, "audio/3gpp": .threeGP, "audio/mp3": .mp3,
    "audio/x-m4a": .m4a, "audio/m4a": .m4a, "application/ogg": .ogg, "audio/x-wav": .wav, "audio/wave": .wav,
    "audio/vnd.wave": .wav, "application/zip": .wacz, "application/x-wacz": .wacz, "application/wacz+zip": .wacz,
  ]

  /// Whether a file that was found to be of this type may be called another one: sound alone comes in a container for both.
  public func mayBeCalled(_ declared: FileType) -> Bool { self == declared || self == .mp4 && declared == .m4a }

  /// What its name ends in, without the dot.
  public var suffix: String {
    switch self {
    case .jpeg: "jpg"
    case .png: "png"
    case .webp: "webp"
    case .heic: "heic"
    case .gif: "gif"
    case .pdf: "pdf"
    case .mp4: "mp4"
    case .mov: "mov"
    case .threeGP: "3gp"
    case .webm: "webm"
    case .mp3: "mp3"
    case .m4a: "m4a"
    case .ogg: "ogg"
    case .wav: "wav"
    case .text: "txt"
    case .docx: "docx"
    case .xlsx: "xlsx"
    case .wacz: "wacz"
    }
  }

  /// The name under which a file is given out: it ends as the type does, whatever it was called.
  public func named(_ name: String) -> String {
    let end = name.split(separator: ".").last.map { $0.lowercased() }
    return name.contains(".") && end.map { suffixes.contains($0) } ?? false ? name : "\(name).\(suffix)"
  }

  private var suffixes: [String] {
    switch self {
    case .jpeg: ["jpg", "jpeg"]
    case .heic: ["heic", "heif"]
    case .threeGP: ["3gp", "3g2"]
    case .ogg: ["ogg", "oga", "opus"]
    default: [suffix]
    }
  }
}

/// What the first bytes of a file say.
public enum FileSignature: Sendable, Equatable {
  case type(FileType)
  /// A ZIP archive: its directory says of what kind.
  case archive
  /// It may be plain text, if all of it is.
  case perhapsText
  /// Of a kind that is not taken.
  case refused(RefusedFile)

  /// How many bytes are looked at.
  public static let byteCount = 4_096

  /// - Parameter head: the first ``byteCount`` bytes, or the whole file.
  public init(_ head: [UInt8]) {
    func starts(_ text: String, at offset: Int = 0) -> Bool {
      head.count >= offset + text.utf8.count && head[offset...].starts(with: text.utf8)
    }
    func starts(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
      head.count >= offset && head[offset...].starts(with: bytes)
    }
    if starts([0xFF, 0xD8, 0xFF]) {
      self = .type(.jpeg)
    } else if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .type(.png)
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .type(.webp)
    } else if starts("RIFF"), starts("WAVE", at: 8) {
      self = .type(.wav)
    } else if starts("GIF87a") || starts("GIF89a") {
      self = .type(.gif)
    } else if Self.isPDF(head) {
      self = .type(.pdf)
    } else if ["moov", "mdat", "wide", "pnot"].contains(where: { starts($0, at: 4) }) {
      // QuickTime of before there were brands.
      self = .type(.mov)
    } else if starts("ftyp", at: 4), head.count >= 12 {
      self = Self.media(String(decoding: head[8..<12], as: UTF8.self))
    } else if starts([0x1A, 0x45, 0xDF, 0xA3]) {
      let isWebM = head.prefix(64).indices.contains { starts("webm", at: $0) }
      self = isWebM ? .type(.webm) : .refused(.unknown)
    } else if starts("OggS") {
      self = .type(.ogg)
    } else if starts("ID3") || Self.isMP3Frame(head) {
      self = .type(.mp3)
    } else if starts([0x50, 0x4B, 0x03, 0x04]) {
      self = .archive
    } else if let refused = RefusedFile(head) {
      self = .refused(refused)
    } else {
      self = head.contains(0) ? .refused(.unknown) : .perhapsText
    }
  }

  /// Some programs write a mark of the byte order or an empty line before it.
  private static func isPDF(_ head: [UInt8]) -> Bool {
    head.drop { [0xEF, 0xBB, 0xBF, 0x0D, 0x0A, 0x20].contains($0) }.starts(with: "%PDF-".utf8)
  }

  /// By the brand of an ISO media file (ISO/IEC 14496-12, 4.3).
  private static func media(_ brand: String) -> FileSignature {
    switch brand {
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": .type(.heic)
    case "M4A ", "M4B ", "M4P ": .type(.m4a)
    case "qt  ": .type(.mov)
    case _ where brand.hasPrefix("3gp") || brand.hasPrefix("3g2"): .type(.threeGP)
    case _ where brand.hasPrefix("iso") || brand.hasPrefix("mp4") || brand.hasPrefix("ism"): .type(.mp4)
    case "hvc1", "hev1", "NDSC", "NDSM", "avc1", "dash", "M4V ", "M4VP", "MSNV", "mmp4", "f4v ", "XAVC": .type(.mp4)
    default: .refused(.unknown)
    }
  }

  /// A frame of MPEG-1, 2 or 2.5, layer III (ISO/IEC 11172-3, 2.4.1.3).
  static func isMP3Frame(_ head: [UInt8]) -> Bool {
    guard head.count >= 4, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return false }
    return head[1] & 0x18 != 0x08 && head[1] & 0x06 == 0x02 && head[2] & 0xF0 != 0xF0 && head[2] & 0x0C != 0x0C
  }
}

/// Files that are refused by their name, so that whoever brings one knows why.
public enum RefusedFile: Sendable, Equatable, CaseIterable {
  case program, script, html, svg, xml, oldOffice, otherArchive, macros, otherText, unknown

  init?(_ head: [UInt8]) {
    let signatures: [([UInt8], RefusedFile)] = [
      ([0x7F, 0x45, 0x4C, 0x46], .program), ([0xFE, 0xED, 0xFA, 0xCE], .program),
      ([0xFE, 0xED, 0xFA, 0xCF], .program), ([0xCE, 0xFA, 0xED, 0xFE], .program),
      ([0xCF, 0xFA, 0xED, 0xFE], .program), ([0xCA, 0xFE, 0xBA, 0xBE], .program), (Array("dex\n".utf8), .program),
      ([0x00, 0x61, 0x73, 0x6D], .program), ([0xD0, 0xCF, 0x11, 0xE0], .oldOffice), (Array("#!".utf8), .script),
      (Array("{\\rtf".utf8), .oldOffice), ([0x1F, 0x8B], .otherArchive),
      (Array("7z".utf8) + [0xBC, 0xAF], .otherArchive),
      (Array("Rar!".utf8), .otherArchive), (Array("BZh".utf8), .otherArchive),
      ([0xFD] + Array("7zXZ".utf8), .otherArchive),
    ]
    if let found = signatures.first(where: { head.starts(with: $0.0) }) {
      self = found.1
      return
    }
    if head.starts(with: "MZ".utf8), head.contains(0) {
      self = .program
      return
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      self = .otherText
      return
    }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if text.contains("<svg") {
      self = .svg
    } else if ["<!doctype html", "<html", "<script", "<iframe"].contains(where: text.contains) {
      self = .html
    } else if start.hasPrefix("<?xml") || start.hasPrefix("<!doctype") {
      self = .xml
    } else if start.hasPrefix("<?php") || start.hasPrefix("@echo off") {
      self = .script
    } else {
      return nil
    }
  }

  /// What it is, for whoever has brought it.
  public var label: LocalizedText {
    switch self {
    case .program: LocalizedText(en: "a program", inIndonesian: "program")
    case .script: LocalizedText(en: "a script", inIndonesian: "skrip")
    case .html:
      LocalizedText(
        en: "HTML: capture the page as WACZ or PDF", inIndonesian: "HTML: simpan laman sebagai WACZ atau PDF")
    case .svg: LocalizedText(en: "SVG: send it as PNG", inIndonesian: "SVG: kirim sebagai PNG")
    case .xml: LocalizedText(en: "XML", inIndonesian: "XML")
    case .oldOffice:
      LocalizedText(
        en: "an old office file: save it as DOCX, XLSX or PDF",
        inIndonesian: "berkas Office lama: simpan sebagai DOCX, XLSX atau PDF")
    case .otherArchive:
      LocalizedText(en: "an archive: send its files one by one", inIndonesian: "arsip: kirim berkasnya satu per satu")
    case .macros:
      LocalizedText(
        en: "an office file with macros: save it without",
        inIndonesian: "berkas Office dengan makro: simpan tanpa makro")
    case .otherText:
      LocalizedText(en: "text in UTF-16: save it as UTF-8", inIndonesian: "teks UTF-16: simpan sebagai UTF-8")
    case .unknown: LocalizedText(en: "of no type that is taken", inIndonesian: "bukan jenis yang diterima")
    }
  }
}
