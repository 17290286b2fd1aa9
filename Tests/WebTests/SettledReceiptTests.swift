internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// What makes the day of receipt one by which somebody was judged.
private enum Settling: String, CaseIterable, Sendable {
  case verified, rejected, paused, runOut, cancelled

  func settle(_ path: String, _ visitor: Visitor) throws {
    switch self {
    case .verified:
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-10"))
    case .rejected:
      let body = #"{"occurred_on":"2024-10-10","outcome":"rejected","reason":"Bukan ASN."}"#
      try visitor.must("verifications", on: path, as: .bkn, body)
    case .paused:
      try visitor.must(
        "clock-pauses", on: path, as: .bkn, ActionBodies.valid(.clockPauses, on: "2024-10-10", clock: .verification))
    case .runOut: visitor.clock.set("2024-10-14T03:00:00Z")
    case .cancelled:
      try visitor.must("cancellations", on: path, as: .bawaslu, ActionBodies.valid(.cancellations, on: "2024-10-10"))
    }
  }
}

@Suite("A settled day of receipt")
struct SettledReceiptTests {
  private let moved = #"{"source":{"received_on":"2024-10-05"}}"#
  private let reason = #"{"reason":"Benar."}"#

  private func receivedOn(_ path: String, _ visitor: Visitor) throws -> String? {
    try visitor.get(path, as: .bkn).json["source"]["received_on"].string
  }

  private func ask(
    _ path: String, as who: AgencyCode, _ patch: String, _ visitor: Visitor
  ) throws -> HTTPAnswer {
    try visitor.post("\(path)/correction-requests", as: who, "{\"patch\":\(patch),\"reason\":\"Salah catat.\"}")
  }

  @Test("that another agency has agreed on is nobody's to change alone, although the clock runs again")
  func agreed() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-15T03:00:00Z")
      let path = try visitor.makeCase(#"{"source":{"received_on":"2024-10-06"}}"#)
      #expect(try ask(path, as: .bawaslu, #"{"source":{"received_on":"2024-10-09"}}"#, visitor).status == 201)
      let accepted = try visitor.act("correction-requests/1/acceptance", on: path, as: .bkn, reason)
      #expect(accepted.status == 201, "\(accepted.text)")
      for who in [AgencyCode.bawaslu, .bkn] {
        let answer = try visitor.patch(path, as: who, #"{"source":{"received_on":"2024-10-15"},"reason":"x"}"#)
        #expect(answer.status == 409 && answer.json["code"].string == "receipt_settled", "\(who) \(answer.text)")
      }
      #expect(try receivedOn(path, visitor) == "2024-10-09")
    }
  }

  @Test("is not changed by PATCH, whoever sends it, and one that is not settled is", arguments: Settling.allCases)
  fileprivate func patches(_ settling: Settling) async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-11T03:00:00Z")
      let path = try visitor.makeCase()
      let patch = #"{"source":{"received_on":"2024-10-05"},"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bkn, patch).status == 200)
      // A note is no act: it leaves the record as it is.
      try visitor.must("notes", on: path, as: .bkn, ActionBodies.valid(.notes, on: "2024-10-08"))
      let back = #"{"source":{"received_on":"2024-10-06"},"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bawaslu, back).status == 200)
      try settling.settle(path, visitor)
      let before = try visitor.get("\(path)/history", as: .bawaslu).body
      for body in [patch, #"{"source":{"received_on":"2024-10-05"},"motives":["office"],"reason":"x"}"#] {
        for who in [AgencyCode.bawaslu, .bkn] {
          for query in ["", "?dry_run=true"] {
            let answer = try visitor.ask(
              as: who, "PATCH", path + query, body, [("If-Match", try visitor.etag(path, as: who))])
            #expect(answer.status == 409 && answer.json["code"].string == "receipt_settled", "\(answer.text)")
            #expect(answer.json["errors"][0]["pointer"].string == "/source/received_on")
            #expect(answer.json["detail"].string?.contains("correction-request") == true)
          }
        }
      }
      #expect(try visitor.get("\(path)/history", as: .bawaslu).body == before)
      // Named and not changed it is no change, and the rest is corrected as ever.
      let same = #"{"source":{"received_on":"2024-10-06"},"motives":["office"],"reason":"x"}"#
      #expect(try visitor.patch(path, as: .bawaslu, same).status == 200)
      #expect(try receivedOn(path, visitor) == "2024-10-06")
    }
  }

  @Test("that is not yet settled does not move behind the day on which the case was recorded")
  func later() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-08T03:00:00Z")
      let path = try visitor.makeCase()
      visitor.clock.set("2024-10-12T03:00:00Z")
      // The clock would run out on the 13th: a later receipt each day would keep it running.
      for (day, status) in [("2024-10-08", 200), ("2024-10-09", 422), ("2024-10-12", 422)] {
        let answer = try visitor.patch(path, as: .bawaslu, #"{"source":{"received_on":"\#(day)"},"reason":"x"}"#)
        #expect(answer.status == status, "\(answer.text)")
        if status == 422 { #expect(answer.json["errors"][0]["code"].string == "range") }
      }
      let asked = try ask(path, as: .bkn, #"{"source":{"received_on":"2024-10-09"}}"#, visitor)
      #expect(asked.status == 422 && asked.json["errors"][0]["pointer"].string == "/patch/source/received_on")
    }
  }

  @Test("is decided by an agency with the mandate that is not the one that asks", arguments: Settling.allCases)
  fileprivate func deciders(_ settling: Settling) async throws {
    try await withService { visitor in
      let askers: [AgencyCode] = [.bawaslu, .bkn, .kemendagri, .panrb]
      for (number, asker) in askers.enumerated() {
        for decider in askers + [.kasn] {
          visitor.clock.set("2024-10-11T03:00:00Z")
          let path = try visitor.makeCase(ref: "\(number)-\(decider)")
          try settling.settle(path, visitor)
          let asked = try ask(path, as: asker, moved, visitor)
          #expect(asked.status == 201, "\(asked.text)")
          let may = [AgencyCode.bkn, .bawaslu].contains(decider) && decider != asker
          let dry = try visitor.act("correction-requests/1/acceptance", on: path, as: decider, reason, dryRun: true)
          #expect((dry.status == 201) == may && (may || dry.status == 403), "\(asker) \(decider): \(dry.text)")
          #expect(try receivedOn(path, visitor) == "2024-10-06")
          let refused = try visitor.act(
            "correction-requests/1/refusal", on: path, as: decider, reason, dryRun: true)
          #expect((refused.status == 201) == may, "\(asker) \(decider): \(refused.text)")
          let answer = try visitor.act("correction-requests/1/acceptance", on: path, as: decider, reason)
          #expect((answer.status == 201) == may, "\(asker) \(decider): \(answer.text)")
          #expect(try receivedOn(path, visitor) == (may ? "2024-10-05" : "2024-10-06"))
          if !may { #expect(["mandate_missing", "agency_ended"].contains(answer.json["code"].string)) }
        }
      }
    }
  }

  @Test("is asked for by itself, and what was mixed before it settled can only be refused")
  func mixed() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-11T03:00:00Z")
      let path = try visitor.makeCase()
      let both = #"{"source":{"received_on":"2024-10-05","channel":"letter"},"motives":["office"]}"#
      #expect(try ask(path, as: .panrb, both, visitor).status == 201)
      #expect(try ask(path, as: .panrb, moved, visitor).status == 201)
      try Settling.verified.settle(path, visitor)
      let again = try ask(path, as: .panrb, both, visitor)
      #expect(again.status == 422, "\(again.text)")
      #expect(
        again.json["errors"].items.map { $0["pointer"].string } == ["/patch/source/channel", "/patch/motives"])
      for who in [AgencyCode.bawaslu, .bkn] {
        let answer = try visitor.act("correction-requests/1/acceptance", on: path, as: who, reason)
        #expect(answer.json["code"].string == (who == .bawaslu ? "receipt_settled" : "not_owner"), "\(answer.text)")
      }
      #expect(try visitor.act("correction-requests/1/refusal", on: path, as: .bawaslu, reason).status == 201)
      // Asked for before it settled, and alone: the mandate decides now.
      #expect(try visitor.act("correction-requests/2/acceptance", on: path, as: .panrb, reason).status == 403)
      let before = try visitor.get(path, as: .bkn).json["clocks"][0]
      #expect(try visitor.act("correction-requests/2/acceptance", on: path, as: .bkn, reason).status == 201)
      let after = try visitor.get(path, as: .bkn).json["clocks"][0]
      #expect(after["due_on"].string == "2024-10-12" && after["recorded_on"] == before["recorded_on"])
      let event = try #require(try visitor.get("\(path)/history", as: .kemendagri).json["items"].items.last)
      #expect(event["what"].string == "correction_acceptance" && event["agency"].string == "BKN")
      #expect(event["changed"].strings == ["source"])
    }
  }

  @Test("follows dated mandates, and those who decide see what is asked for")
  func mandates() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-11T03:00:00Z")
      let path = try visitor.makeCase(as: .kemendagri)
      try Settling.verified.settle(path, visitor)
      #expect(try ask(path, as: .panrb, moved, visitor).status == 201)
      for (who, sees) in [
        (AgencyCode.kemendagri, true), (.panrb, true), (.bkn, true), (.bawaslu, true), (.kasn, false),
      ] {
        let item = try visitor.get("\(path)/correction-requests", as: who).json["items"][0]
        #expect(item.has("patch") == sees, "\(who)")
      }
      // The owner holds no such mandate.
      #expect(try visitor.act("correction-requests/1/acceptance", on: path, as: .kemendagri, reason).status == 403)
      let listed = try visitor.get("/v1/reference/mandates", as: .bkn).json["items"].items
      let rows = listed.filter { $0["kind"].string == "correct" }
      #expect(rows.compactMap { $0["agency"].string }.sorted() == ["BAWASLU", "BKN"])
      let own = try #require(rows.first { $0["agency"].string == "BAWASLU" }?["id"].int)
      let ended = #"""
        [{"id":\#(own),"kind":"correct","agency":"BAWASLU","until":"2024-10-10","scope":"all",
        "legal_basis":"Working rule of the SBT: two agencies move a day of receipt"}]
        """#
      let put = try visitor.ask(as: Service.operatorName, "PUT", "/v1/admin/mandates", ended)
      #expect(put.status == 200, "\(put.text)")
      let answer = try visitor.act("correction-requests/1/acceptance", on: path, as: .bawaslu, reason)
      #expect(answer.status == 403 && answer.json["code"].string == "mandate_missing")
      #expect(try visitor.act("correction-requests/1/acceptance", on: path, as: .bkn, reason).status == 201)
    }
  }
}
