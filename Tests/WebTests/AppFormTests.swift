internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Web

@Suite("Forms of pages")
struct AppFormTests {
  private static let report = [
    "act.occurred_on": "2024-10-01", "act.narrative": "Baris <satu> & \"dua\".\r\nBaris kedua.",
    "act.channel": "social_media", "act.witnesses": "Saksi Contoh; 0812\r\nSaksi Lain", "source.kind": "laporan",
    "source.agency_ref": "PG-1", "source.received_on": "2024-10-06", "reporter.mode": "anonymous",
    "election": "pilkada-2024", "region": "33.09", "institution": "33.09", "violation": "DS-06",
    "subject.name": "Pegawai Contoh", "subject.nip": "198001012005011001", "subject.position_level": "pelaksana",
    "motives": "family",
  ]

  @Test("record a report as the interface would, after a preview that stores nothing")
  func report() async throws {
    try await withService { visitor in
      let browser = try Browser(visitor, as: "BAWASLU")
      let page = try browser.get("/app/cases/new?lang=en")
      #expect(page.status == 200)
      // What is missing is told beside its field, and what was entered stays.
      var short = Self.report
      (short["institution"], short["act.occurred_on"]) = ("", "")
      let refused = try browser.send(page, to: "/app/cases/new", short)
      #expect(
        refused.status == 422 && refused.text.contains("href=\"#f-institution\"")
          && refused.text.contains("id=\"f-institution-error\""))
      #expect(refused.text.contains("f-act-occurred_on-error"))
      #expect(Browser.values(of: refused)["act.narrative"] == "Baris <satu> & \"dua\".\nBaris kedua.")
      let preview = try browser.send(page, to: "/app/cases/new", Self.report)
      #expect(
        preview.status == 200 && preview.text.contains("value=\"send\"") && preview.text.contains("id=\"preview\""))
      #expect(try visitor.get("/v1/cases?count=exact", as: .bawaslu).json["count"].int == 0)
      let done = try browser.send(preview, to: "/app/cases/new", ["step": "send"])
      let location = try #require(done["location"])
      #expect(done.status == 303 && location.hasPrefix("/app/cases/") && done["netral-leaf"] != nil)
      // The back button and a second click make no second case.
      #expect(try browser.send(preview, to: "/app/cases/new", ["step": "send"])["location"] == location)
      let found = try visitor.get("/v1/cases?count=exact", as: .bawaslu).json
      #expect(found["count"].int == 1)
      let record = found["items"].items[0]
      #expect(record["act"]["narrative"].string == "Baris <satu> & \"dua\".\nBaris kedua.")
      #expect(record["act"]["witnesses"].items.compactMap { $0["name"].string } == ["Saksi Contoh", "Saksi Lain"])
      #expect(record["motives"].strings == ["family"] && record["subject"]["nip"].string == "198001012005011001")
      let shown = try browser.get(location)
      #expect(shown.text.contains("Baris &lt;satu&gt; &amp; ") && !shown.text.contains("<satu>"))
      #expect(shown.text.contains("Stored: Report a case"))
    }
  }

  @Test("correct only what somebody has changed, and tell the second of two what the first has done")
  func twoTabs() async throws {
    try await withService { visitor in
      let location = try visitor.makeCase()
      let id = location.dropFirst("/v1/cases/".count)
      let browser = try Browser(visitor, as: "BAWASLU")
      let address = "/app/cases/\(id)/forms/correction"
      let (first, second) = (try browser.get(address), try browser.get(address))
      let before = try visitor.get(location, as: .bawaslu).json
      let changed = try browser.send(
        first, to: address, ["act.place": "Tempat Satu", "reason": "Keterangan.", "step": "send"])
      #expect(changed.status == 303, "\(changed.text)")
      let history = try visitor.get("\(location)/history", as: .bawaslu).json["items"].items
      #expect(history.last?["changed"].strings == ["act.place"])
      // The second form was opened before that.
      let late = try browser.send(
        second, to: address, ["subject.position_title": "Jabatan Lain", "reason": "Teks panjang.", "step": "send"])
      #expect(late.status == 412 && late.text.contains("version_mismatch") == false)
      #expect(late.text.contains("Yang berubah sejak formulir ini dibuka"))
      let values = Browser.values(of: late)
      #expect(values["reason"] == "Teks panjang." && values["subject.position_title"] == "Jabatan Lain")
      #expect(values["act.place"] == "Tempat Satu", "what nobody has entered otherwise is as it now is")
      #expect(try visitor.get(location, as: .bawaslu).json["version"].int == 2)
      let done = try browser.send(late, to: address, ["step": "send"])
      #expect(done.status == 303, "\(done.text)")
      let after = try visitor.get(location, as: .bawaslu).json
      #expect(after["act"]["place"].string == "Tempat Satu")
      #expect(after["subject"]["position_title"].string == "Jabatan Lain")
      #expect(after["act"]["narrative"] == before["act"]["narrative"])
    }
  }

  @Test("say why something may not be done, and do not do it when they are made by hand")
  func refused() async throws {
    try await withService { visitor in
      let location = try visitor.makeCase()
      let id = location.dropFirst("/v1/cases/".count)
      let browser = try Browser(visitor, as: "KEMENDAGRI")
      let page = try browser.get("/app/cases/\(id)")
      #expect(page.status == 200 && page.text.contains("<dt>Catat kajian</dt>"))
      #expect(!page.text.contains("href=\"/app/cases/\(id)/forms/studies\""))
      let address = "/app/cases/\(id)/forms/studies"
      let form = try browser.get(address)
      let answer = try browser.send(
        form, to: address, ["occurred_on": "2024-10-09", "outcome": "violation", "step": "send"])
      #expect(answer.status == 403 || answer.status == 409, "\(answer.status)")
      #expect(answer["content-type"] == "text/html; charset=utf-8" && answer.text.contains("role=\"alert\""))
      #expect(try visitor.get(location, as: .bawaslu).json["version"].int == 1)
      for wrong in ["forms/nothing", "forms/acceptance", "forms/acceptance?item=..%2F..", "forms/withdrawal?item=x"] {
        let answer = try browser.get("/app/cases/\(id)/\(wrong)")
        #expect(answer.status == (wrong.contains("item=x") ? 200 : 404), "\(wrong) \(answer.status)")
      }
      // A body that is no form of ours, or is far too long.
      let type = [("Content-Type", "application/x-www-form-urlencoded")]
      let cookie = [("Cookie", browser.cookie ?? "")]
      for (body, status) in [("%", 400), ("a=1&a=2", 400), (String(repeating: "a=1&", count: 300_000), 413)] {
        #expect(try visitor.ask("POST", address, cookie + type, body).status == status)
      }
      #expect(try visitor.ask("POST", address, cookie + [("Content-Type", "text/plain")], "x").status == 415)
    }
  }

  @Test("have a name in both languages for every field and every choice")
  func words() async throws {
    try await withService { visitor in
      for (who, forms) in [("BKN", Array(PageForm.all.values) + [PageForm.report].compactMap { $0 })] {
        let browser = try Browser(visitor, as: who)
        #expect(forms.count == ActionKind.allCases.count + 11)
        for form in forms {
          for field in form.fields {
            let name = Words.name(of: field.path.count > 1 ? field.name : field.path[0])
            #expect(
              name.inIndonesian != field.name && name.inIndonesian != field.path.last, "\(form.name) \(field.name)")
          }
        }
        let location = try visitor.makeCase(ref: "kata")
        let id = location.dropFirst("/v1/cases/".count)
        for form in forms where form.name != "new" {
          for language in ["id", "en"] {
            let page = try browser.get(
              "/app/cases/\(id)/forms/\(form.name)?lang=\(language)\(form.hasItem ? "&item=1" : "")")
            #expect(page.status == 200, "\(form.name): \(page.text)")
            for option in page.text.matches(of: #/<option value="([^"]+)"[^>]*>([^<]*)</#) {
              let isProper = ["BPASN", "PNS", "CPNS", "BKN", "KASN", "PANRB", "BAWASLU", "KEMENDAGRI"].contains(
                option.2)
              #expect(isProper || option.1 != option.2, "\(form.name): \(option.2)")
            }
          }
        }
      }
    }
  }
}
