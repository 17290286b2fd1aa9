/// A line of the register of processing (UU 27/2022 Pasal 31): what is said of people, why, for whom, and how long.
public struct ProcessingActivity: Sendable {
  /// What the values are called together.
  public let title: LocalizedText
  /// Their names in the interface.
  public let fields: [String]
  public let purpose: LocalizedText
  /// The law by which they are processed.
  public let basis: String
  /// Who is shown them, and when; nil: only whoever wrote them.
  public let recipients: [(agency: AgencyCode, conditions: [String])]?

  /// Every activity of the service, from the fields of a case, the texts of acts, and the policy.
  public static let all: [ProcessingActivity] = FieldGroup.allCases.map(ProcessingActivity.init) + [references, access]

  private init(_ group: FieldGroup) {
    title = group.label
    let facts = CaseField.all.filter {
      $0.group == group && !$0.leadsToPerson && (group != .core || $0.object == "subject")
    }
    fields = facts.map(\.name) + group.texts
    (purpose, basis) = (group.purpose, group.basis)
    recipients =
      group == .notes ? nil : Visibility.table.map { ($0.agency, $0.row.grant(group).names) }
  }

  private init(
    _ title: LocalizedText, _ fields: [String], _ purpose: LocalizedText, _ basis: String,
    _ recipients: [(agency: AgencyCode, conditions: [String])]?
  ) {
    (self.title, self.fields, self.purpose, self.basis, self.recipients) = (title, fields, purpose, basis, recipients)
  }

  private static let references = ProcessingActivity(
    LocalizedText(en: "Numbers of files", inIndonesian: "Nomor berkas"),
    CaseField.all.filter(\.leadsToPerson).map(\.name) + EventReferences.names.sorted(),
    LocalizedText(
      en: "To find the letters and decrees that other files keep under these numbers",
      inIndonesian: "Menelusuri surat dan keputusan yang disimpan dengan nomor ini"),
    "UU 20/2023; Perpres 116/2022", Visibility.table.map { ($0.agency, $0.row.grant(.core).names) })

  private static let access = ProcessingActivity(
    LocalizedText(en: "Keys of agencies", inIndonesian: "Kunci lembaga"),
    ["label", "networks", "identities", "used_at"],
    LocalizedText(
      en: "To know which system or person of an agency has acted",
      inIndonesian: "Mengetahui sistem atau orang dari lembaga yang bertindak"),
    "UU 27/2022 Pasal 35, 39", nil)
}

extension FieldGroup {
  /// What people call the group.
  public var label: LocalizedText {
    switch self {
    case .core: LocalizedText(en: "Position of the person", inIndonesian: "Jabatan orang yang dilaporkan")
    case .subject: LocalizedText(en: "The person", inIndonesian: "Orang yang dilaporkan")
    case .narrative: LocalizedText(en: "What is said to have happened", inIndonesian: "Uraian perbuatan")
    case .evidence: LocalizedText(en: "Evidence", inIndonesian: "Bukti")
    case .reporter: LocalizedText(en: "Reporters", inIndonesian: "Pelapor")
    case .notes: LocalizedText(en: "Notes", inIndonesian: "Catatan internal")
    }
  }

  /// Free texts of acts and events that go with it.
  fileprivate var texts: [String] {
    switch self {
    case .core, .subject, .evidence, .reporter: []
    case .narrative: ["reason", "summary", "deviation_reason", "addressee"]
    case .notes: ["note", "text"]
    }
  }

  fileprivate var purpose: LocalizedText {
    switch self {
    case .core:
      LocalizedText(
        en: "To judge the act by the person's position, and to count without names",
        inIndonesian: "Menilai perbuatan menurut jabatan, dan menghitung tanpa nama")
    case .subject:
      LocalizedText(
        en: "To know whom a case is about, find earlier ones, and carry out a sanction",
        inIndonesian: "Mengetahui orang yang dilaporkan, kasus sebelumnya, dan melaksanakan sanksi")
    case .narrative, .evidence:
      LocalizedText(
        en: "To verify, study and decide on the report", inIndonesian: "Verifikasi, kajian dan keputusan atas laporan")
    case .reporter:
      LocalizedText(
        en: "To ask back, and to answer who has reported", inIndonesian: "Klarifikasi dan tindak lanjut kepada pelapor")
    case .notes:
      LocalizedText(en: "The agency's own handling", inIndonesian: "Penanganan internal lembaga")
    }
  }

  fileprivate var basis: String {
    switch self {
    case .core, .subject, .narrative, .evidence: "UU 20/2023; UU 7/2017; SKB 2022; UU 27/2022 Pasal 20 (2) e"
    case .reporter: "UU 7/2017; UU 13/2006 jo. UU 31/2014; UU 27/2022 Pasal 20 (2) e"
    case .notes: "UU 27/2022 Pasal 20 (2) e"
    }
  }
}
