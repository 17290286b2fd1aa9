internal import Domain
internal import JSON

/// One synthetic case as an import line. Every name, number and text in it is invented.
struct DemoCase {
  /// Number of the person, counted from 0 through all elections of the demo, so that nobody stands in two of them.
  var index: Int
  var election: String
  var region: String
  var institution: String
  /// A level, or `kepala_wilayah`.
  var position: String
  var violation: String
  var actOn: LegalDate
  var receivedOn: LegalDate
  var agency: AgencyCode
  /// Text before the region in the agency's report number.
  var reference: String
  var acts: [DemoAct] = []

  /// The line: case and acts.
  var line: [UInt8] {
    JSONWriter.object { writer in
      writer.name("case")
      write(to: &writer)
      writer.array("actions", of: acts) { writer, act in act.write(to: &writer) }
    }
  }

  private func write(to writer: inout JSONWriter) {
    let number = Self.padded(index + 1, 4)
    writer.object { writer in
      writer.member("election", election)
      writer.member("region", region)
      writer.member("institution", institution)
      writeSubject(number, to: &writer)
      writer.member("violation", violation)
      writeAct(number, to: &writer)
      writer.object("source") { writer in
        writer.member("kind", ["laporan", "temuan", "laporan", "pelimpahan"][index % 4])
        writer.member("agency", agency.rawValue)
        writer.member("agency_ref", "\(reference)/CONTOH/\(region)/\(receivedOn.year)")
        writer.member("received_on", receivedOn.description)
        writer.member("channel", "sigaplapor")
      }
      writer.object("reporter") { writer in
        writer.member("mode", index % 3 == 0 ? "anonymous" : "named")
        if index % 3 != 0 {
          writer.member("name", "Pelapor Contoh \(number)")
          writer.member("contact", "pelapor\(number)@contoh.invalid")
        }
      }
      writer.member("motives", strings: [["office", "family", "economic"][index % 3]])
    }
  }

  private func writeSubject(_ number: String, to writer: inout JSONWriter) {
    writer.object("subject") { writer in
      writer.member("name", "Pegawai Contoh \(number)")
      writer.member("nip", nip)
      writer.member("employment", "pns")
      writer.member("position_level", position == "kepala_wilayah" ? "administrator" : position)
      if position == "kepala_wilayah" { writer.member("reporting_class", position) }
      writer.member("position_title", "Jabatan Contoh \(index % 12 + 1)")
    }
  }

  private func writeAct(_ number: String, to writer: inout JSONWriter) {
    writer.object("act") { writer in
      writer.member("occurred_on", actOn.description)
      writer.member("known_on", actOn.adding(days: 1).description)
      writer.member("place", "Tempat Contoh \(index % 40 + 1)")
      writer.member("channel", ["social_media", "in_person", "social_media", "other"][index % 4])
      writer.member("narrative", "Uraian contoh nomor \(number): data sintetis, bukan peristiwa nyata.")
      writer.member("supports", violation.hasPrefix("KE") ? "prospective_candidate" : "candidate")
    }
  }

  /// A well-formed NIP that belongs to nobody: serials 900 and up with birth dates that run through the years.
  private var nip: String {
    let birthYear = 1968 + index % 25
    let birth = "\(birthYear)\(Self.padded(index % 12 + 1, 2))\(Self.padded(index % 28 + 1, 2))"
    let appointed = "\(birthYear + 23 + index % 5)\(Self.padded((index + 5) % 12 + 1, 2))"
    return birth + appointed + "\(index % 2 + 1)" + Self.padded(900 + index / 25 % 99, 3)
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// An act of an agency on a demo case.
struct DemoAct {
  var name: String
  var agency: AgencyCode
  var date: LegalDate
  var members: [(String, String)]

  /// - Parameter members: what the act carries beside its date, in the order in which it is written.
  init(_ name: String, _ agency: AgencyCode, _ date: LegalDate, _ members: [(String, String)]) {
    self.name = name
    self.agency = agency
    self.date = date
    self.members = members
  }

  static func verification(_ agency: AgencyCode, _ date: LegalDate) -> DemoAct {
    DemoAct("verifications", agency, date, [("outcome", "accepted")])
  }

  static func study(_ agency: AgencyCode, _ date: LegalDate, violationFound: Bool) -> DemoAct {
    DemoAct(
      "studies", agency, date,
      [("outcome", violationFound ? "violation" : "no_violation"), ("summary", "Kajian contoh (sintetis).")])
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("action", name)
      writer.member("agency", agency.rawValue)
      writer.member("occurred_on", date.description)
      for member in members {
        writer.name(member.0)
        writer.string(member.1)
      }
    }
  }
}

extension LegalDate {
  /// A day of demo data, `days` after one that is written down.
  static func demo(_ start: String, plus days: Int = 0) -> LegalDate {
    (LegalDate(start) ?? LegalDate(day: 0)).adding(days: days)
  }
}
