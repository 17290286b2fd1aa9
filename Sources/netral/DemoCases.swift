internal import Domain
internal import JSON

/// The cases of Pilkada 2024 in the proportions SBT reported on 4 December 2024, as import lines.
///
/// Counts by stage are the published ones; positions and violation forms follow the published shares of Pemilu 2024
/// (the latest there are), provinces the published counts; whatever a publication leaves open is spread evenly. Every
/// name, number and text is synthetic.
enum DemoCases {
  private enum Fate: CaseIterable {
    case awaitingVerification, awaitingPPK, lapsed, notProven, cancelled, rejected

    /// Reports of 4 December 2024; the last are outside the total of 1,158.
    var count: Int {
      switch self {
      case .awaitingVerification: 667
      case .awaitingPPK: 436
      case .lapsed: 4
      case .notProven: 24
      case .cancelled: 27
      case .rejected: 60
      }
    }
  }

  /// The lines, in order of receipt.
  static func lines(_ reference: Reference) -> [[UInt8]] {
    let total = Fate.allCases.map(\.count).reduce(0, +)
    let fates = Fate.allCases.flatMap { Array(repeating: $0, count: $0.count) }
    let regencies = reference.entries.filter { $0.kind == .regions && $0.code.utf8.count == 5 }.map(\.code)
    let positions = spread(positionShares, over: total)
    let violations = spread(violationShares, over: total)
    let regions = spreadRegions(regencies, over: total)
    // A stride that shares no factor with the total visits every case once, so that no property follows another.
    return (0..<total).map { index in
      line(
        index, fate: fates[index], position: positions[index * 487 % total], violation: violations[index * 631 % total],
        region: regions[index * 353 % total])
    }
  }

  /// Published shares of persons (25 March 2024), in percent; `jpt` is spread over its three levels.
  private static let positionShares: [(String, Double)] = [
    ("jpt_utama", 22.9 / 3), ("jpt_madya", 22.9 / 3), ("jpt_pratama", 22.9 / 3), ("fungsional", 23.3),
    ("administrator", 10.4), ("pelaksana", 18.3), ("kepala_wilayah", 16.7), ("pengawas", 8.4),
  ]

  /// Published shares of persons (25 March 2024), in percent; a share of two rows is halved, the rest spread evenly over
  /// the remaining rows of the politics aspect.
  private static let violationShares: [(String, Double)] = {
    let published = [
      ("KE-04", 7.9), ("DS-06", 7.9), ("KE-06", 12.9), ("KE-02", 5.65), ("DS-02", 5.65), ("DS-08", 10.8),
      ("DS-05", 7.1),
    ]
    let open = [
      "KE-01", "KE-03", "KE-05", "KE-07", "DS-01", "DS-03", "DS-04", "DS-07", "DS-09", "DS-10", "DS-11", "DS-12",
    ]
    let rest = 100 - published.map(\.1).reduce(0, +)
    return published + open.map { ($0, rest / Double(open.count)) }
  }()

  /// Published counts of persons by province (6 February 2024, 183 recommended): 73, 74, 33, 76, 72.
  private static let provinceShares: [(String, Double)] = [
    ("73", 45.0 / 183), ("74", 29.0 / 183), ("33", 22.0 / 183), ("76", 20.0 / 183), ("72", 8.0 / 183),
  ]

  /// Largest remainders: as many items as `total`, in the shares given.
  private static func spread(_ shares: [(String, Double)], over total: Int) -> [String] {
    let sum = shares.map(\.1).reduce(0, +)
    let exact = shares.map { $0.1 / sum * Double(total) }
    var counts = exact.map { Int($0) }
    let order = exact.indices.sorted { exact[$0] - Double(counts[$0]) > exact[$1] - Double(counts[$1]) }
    for index in order.prefix(total - counts.reduce(0, +)) { counts[index] += 1 }
    return zip(shares, counts).flatMap { Array(repeating: $0.0.0, count: $0.1) }
  }

  private static func spreadRegions(_ regencies: [String], over total: Int) -> [String] {
    let named = Set(provinceShares.map(\.0))
    let others = regencies.filter { !named.contains(String($0.prefix(2))) }
    let rest = 1 - provinceShares.map(\.1).reduce(0, +)
    var shares: [(String, Double)] = []
    for (province, share) in provinceShares {
      let inside = regencies.filter { $0.hasPrefix(province) }
      shares += inside.map { ($0, share / Double(inside.count)) }
    }
    shares += others.map { ($0, rest / Double(others.count)) }
    return spread(shares, over: total)
  }

  private static func line(_ index: Int, fate: Fate, position: String, violation: String, region: String) -> [UInt8] {
    // Acts fall before the determination (22 September 2024) for ethics rows, after it for discipline rows.
    let isEarly = violation.hasPrefix("KE") || ["DS-03", "DS-09", "DS-11"].contains(violation)
    let act = day(isEarly ? "2024-08-01" : "2024-09-23", plus: index * 7 % (isEarly ? 50 : 30))
    let received = act.adding(days: 3 + index % 4)
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("case")
    writeCase(index, position, violation, region, act, received, to: &writer)
    writer.name("actions")
    writer.beginArray()
    writeActions(index, fate, received, to: &writer)
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private static func writeCase(
    _ index: Int, _ position: String, _ violation: String, _ region: String, _ act: LegalDate, _ received: LegalDate,
    to writer: inout JSONWriter
  ) {
    let number = padded(index + 1, 4)
    writer.beginObject()
    writer.member("election", "pilkada-2024")
    writer.member("region", region)
    writer.member("institution", region)
    writer.name("subject")
    writer.beginObject()
    writer.member("name", "Pegawai Contoh \(number)")
    writer.member("nip", nip(index))
    writer.member("employment", "pns")
    writer.member("position_level", position == "kepala_wilayah" ? "administrator" : position)
    if position == "kepala_wilayah" { writer.member("reporting_class", position) }
    writer.member("position_title", "Jabatan Contoh \(index % 12 + 1)")
    writer.endObject()
    writer.member("violation", violation)
    writer.name("act")
    writer.beginObject()
    writer.member("occurred_on", act.description)
    writer.member("known_on", act.adding(days: 1).description)
    writer.member("place", "Tempat Contoh \(index % 40 + 1)")
    writer.member("channel", ["social_media", "in_person", "social_media", "other"][index % 4])
    writer.member("narrative", "Uraian contoh nomor \(number): data sintetis, bukan peristiwa nyata.")
    writer.member("supports", violation.hasPrefix("KE") ? "prospective_candidate" : "candidate")
    writer.endObject()
    writer.name("source")
    writer.beginObject()
    writer.member("kind", ["laporan", "temuan", "laporan", "pelimpahan"][index % 4])
    writer.member("agency", "BAWASLU")
    writer.member("agency_ref", "\(number)/LP/PB/CONTOH/\(region)/2024")
    writer.member("received_on", received.description)
    writer.member("channel", "sigaplapor")
    writer.endObject()
    writer.name("reporter")
    writer.beginObject()
    writer.member("mode", index % 3 == 0 ? "anonymous" : "named")
    if index % 3 != 0 {
      writer.member("name", "Pelapor Contoh \(number)")
      writer.member("contact", "pelapor\(number)@contoh.invalid")
    }
    writer.endObject()
    writer.member("motives", strings: [["office", "family", "economic"][index % 3]])
    writer.endObject()
  }

  private static func writeActions(_ index: Int, _ fate: Fate, _ received: LegalDate, to writer: inout JSONWriter) {
    let verified = received.adding(days: 4)
    let studied = verified.adding(days: 4)
    let recommended = studied.adding(days: 5)
    func act(_ name: String, _ agency: String, _ date: LegalDate, _ members: [(String, String)]) {
      writer.beginObject()
      writer.member("action", name)
      writer.member("agency", agency)
      writer.member("occurred_on", date.description)
      for member in members {
        writer.name(member.0)
        writer.string(member.1)
      }
      writer.endObject()
    }
    func road() {
      act("verifications", "BKN", verified, [("outcome", "accepted")])
      act("studies", "BAWASLU", studied, [("outcome", "violation"), ("summary", "Kajian contoh (sintetis).")])
    }
    switch fate {
    case .awaitingVerification: break
    case .rejected:
      act("verifications", "BKN", verified, [("outcome", "rejected"), ("reason", "Alasan contoh (sintetis).")])
    case .awaitingPPK:
      road()
      act(
        "recommendations", recommended < kasnUntil ? "KASN" : "BKN", recommended,
        [("outcome", "recommended"), ("letter_number", "R-\(padded(index + 1, 4))/CONTOH/2024")])
    case .notProven:
      act("verifications", "BKN", verified, [("outcome", "accepted")])
      act("studies", "BAWASLU", studied, [("outcome", "no_violation"), ("summary", "Kajian contoh (sintetis).")])
    case .cancelled:
      act("cancellations", "BAWASLU", verified, [("reason", "Alasan contoh (sintetis).")])
    case .lapsed:
      act("lapses", "BKN", verified, [("reason", ["retired", "dismissed", "resigned", "retired"][index % 4])])
    }
  }

  /// A well-formed NIP that belongs to nobody: serials 900 and up with birth dates that run through the years.
  private static func nip(_ index: Int) -> String {
    let birthYear = 1968 + index % 25
    let birth = "\(birthYear)\(padded(index % 12 + 1, 2))\(padded(index % 28 + 1, 2))"
    let appointed = "\(birthYear + 23 + index % 5)\(padded((index + 5) % 12 + 1, 2))"
    return birth + appointed + "\(index % 2 + 1)" + padded(900 + index / 25 % 99, 3)
  }

  /// The mandate to recommend passed from KASN to BKN on 1 September 2024.
  private static let kasnUntil = day("2024-09-01", plus: 0)

  private static func day(_ start: String, plus days: Int) -> LegalDate {
    (LegalDate(start) ?? LegalDate(day: 0)).adding(days: days)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
