/// A file that goes with a case, as everybody is told of it who may see evidence of the case.
public struct EvidenceItem: Sendable, Equatable {
  /// SHA-256 of its bytes, in 64 hexadecimal digits: the file is named by it.
  public var sha256: String
  public var type: FileType
  /// Of the file, more than 0.
  public var byteCount: Int
  /// What whoever brought it has said of it.
  public var facts: EvidenceFacts
  public var receivedBy: AgencyCode
  public var receivedAt: Timestamp
  public var scan: EvidenceScan
  /// Nil while it stands.
  public var withdrawal: EvidenceWithdrawal?

  public init(
    sha256: String, type: FileType, byteCount: Int, facts: EvidenceFacts, receivedBy: AgencyCode,
    receivedAt: Timestamp, scan: EvidenceScan, withdrawal: EvidenceWithdrawal? = nil
  ) {
    (self.sha256, self.type, self.byteCount, self.facts) = (sha256, type, byteCount, facts)
    (self.receivedBy, self.receivedAt, self.scan, self.withdrawal) = (receivedBy, receivedAt, scan, withdrawal)
  }
}

/// What is said of a file when it is brought.
public struct EvidenceFacts: Sendable, Equatable {
  public var kind: EvidenceKind
  /// The day on which it was taken, written or captured.
  public var takenOn: LegalDate?
  public var place: String?
  /// Where it was published, as the agency calls it.
  public var platform: String?
  public var sourceURL: String?
  /// How it was captured.
  public var method: String?
  public var note: String?
  /// The name that it had where it came from; never a path.
  public var name: String?

  public init(
    kind: EvidenceKind, takenOn: LegalDate? = nil, place: String? = nil, platform: String? = nil,
    sourceURL: String? = nil, method: String? = nil, note: String? = nil, name: String? = nil
  ) {
    (self.kind, self.takenOn, self.place, self.platform) = (kind, takenOn, place, platform)
    (self.sourceURL, self.method, self.note, self.name) = (sourceURL, method, note, name)
  }

  /// A text that may be said of a file: its member, its column, how long it may be, and where it stands.
  public struct Text: Sendable {
    public let name: String
    /// Most Unicode scalars.
    public let max: Int
    public let label: LocalizedText
    public let value: @Sendable (EvidenceFacts) -> String?
    public let set: @Sendable (inout EvidenceFacts, String?) -> Void
  }

  /// Every one, in the order in which they are written everywhere.
  public static let texts: [Text] = [
    Text(
      name: "place", max: 500, label: LocalizedText(en: "Place", inIndonesian: "Tempat"), value: { $0.place },
      set: { $0.place = $1 }),
    Text(
      name: "platform", max: 64, label: LocalizedText(en: "Platform", inIndonesian: "Platform"),
      value: { $0.platform }, set: { $0.platform = $1 }),
    Text(
      name: "source_url", max: 2_048, label: LocalizedText(en: "Address", inIndonesian: "Tautan"),
      value: { $0.sourceURL }, set: { $0.sourceURL = $1 }),
    Text(
      name: "method", max: 200, label: LocalizedText(en: "How it was captured", inIndonesian: "Cara pengambilan"),
      value: { $0.method }, set: { $0.method = $1 }),
    Text(
      name: "note", max: 2_000, label: LocalizedText(en: "Note", inIndonesian: "Catatan"), value: { $0.note },
      set: { $0.note = $1 }),
    Text(
      name: "name", max: 200, label: LocalizedText(en: "Name of the file", inIndonesian: "Nama berkas"),
      value: { $0.name }, set: { $0.name = $1 }),
  ]
}

/// What a file shows.
public enum EvidenceKind: String, Sendable, CaseIterable {
  case photo, video, audio, document, screenshot, letter

  /// What people are told.
  public var label: LocalizedText {
    switch self {
    case .photo: LocalizedText(en: "Photograph", inIndonesian: "Foto")
    case .video: LocalizedText(en: "Video", inIndonesian: "Video")
    case .audio: LocalizedText(en: "Sound recording", inIndonesian: "Rekaman suara")
    case .document: LocalizedText(en: "Document", inIndonesian: "Dokumen")
    case .screenshot: LocalizedText(en: "Screenshot", inIndonesian: "Tangkapan layar")
    case .letter: LocalizedText(en: "Letter", inIndonesian: "Surat")
    }
  }
}

/// What a scanner for harmful programs has found in a file.
public enum EvidenceScan: String, Sendable, CaseIterable {
  /// No scanner was set up.
  case notScanned = "not_scanned"
  /// A scanner is set up and has not seen it yet: its owner alone gets the file.
  case pending
  case clean
  /// Nobody gets the file.
  case infected

  /// What people are told.
  public var label: LocalizedText {
    switch self {
    case .notScanned: LocalizedText(en: "Not scanned", inIndonesian: "Tidak dipindai")
    case .pending: LocalizedText(en: "Waits for the scanner", inIndonesian: "Menunggu pemindaian")
    case .clean: LocalizedText(en: "Nothing was found", inIndonesian: "Tidak ditemukan ancaman")
    case .infected: LocalizedText(en: "A harmful program was found", inIndonesian: "Ditemukan program berbahaya")
    }
  }
}

/// That a file no longer stands, and why. The file stays until its case is erased, and is given to nobody.
public struct EvidenceWithdrawal: Sendable, Equatable {
  public var agency: AgencyCode
  public var at: Timestamp
  public var reason: String

  public init(agency: AgencyCode, at: Timestamp, reason: String) {
    (self.agency, self.at, self.reason) = (agency, at, reason)
  }
}

/// How much evidence may be kept. Each bound is a setting.
public struct EvidenceLimits: Sendable {
  /// Of one file. Default 64 MiB: some minutes of a phone's video.
  public var fileBytesMax = 64 << 20
  /// Of one case, withdrawn ones too. Default 100.
  public var filesPerCaseMax = 100
  /// Of one case. Default 1 GiB.
  public var caseBytesMax = 1 << 30

  /// The defaults.
  public init() {}
}
