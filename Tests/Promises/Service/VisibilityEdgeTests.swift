internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("Visibility, where a case or its owner changes,")
struct VisibilityEdgeTests {
  @Test("keeps the reporter from a successor, in correction requests too")
  func successor() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-03-01T03:00:00Z")
      let path = try visitor.makeCase(
        as: .kasn,
        #"{"election":"pemilu-2024","contest":"pemilu-2024/presidential","act":{"occurred_on":"2024-01-10"},"#
          + #""source":{"received_on":"2024-01-15"},"reporter":{"name":"zq001reporterqz"}}"#)
      let patch = #"{"patch":{"reporter":{"name":"zq001newreporterqz"}},"reason":"zq001wishqz"}"#
      #expect(try visitor.post("\(path)/correction-requests", as: .kasn, patch).status == 201)
      visitor.clock.set("2024-10-20T03:00:00Z")
      for suffix in ["", "/history", "/correction-requests"] {
        let text = try visitor.get(path + suffix, as: .bkn).text
        #expect(!Canaries.found(in: text).contains { $0.contains("reporter") }, "\(suffix)")
      }
      let own = try visitor.get("\(path)/correction-requests", as: .kasn)
      #expect(Canaries.found(in: own.text) == ["001 newreporter", "001 wish"])
    }
  }

  @Test("shows no earlier state in which the case was not the caller's to see")
  func movedInstitution() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(#"{"institution":"kemenag"}"#)
      #expect(try visitor.get(path, as: .kemendagri).status == 404)
      visitor.clock.advance(seconds: 3_600)
      let moved = try visitor.patch(path, as: .bawaslu, #"{"institution":"16.71","reason":"Salah instansi."}"#)
      #expect(moved.status == 200)
      #expect(try visitor.get(path, as: .kemendagri).status == 200)
      let then = "?as_of=2024-10-20T03:30:00Z"
      #expect(try visitor.get(path + then, as: .kemendagri).status == 404)
      #expect(try visitor.get(path + then, as: .bkn).json["institution"]["code"].string == "kemenag")
    }
  }

  @Test("puts related cases in an order that does not tell of the person")
  func relatedOrder() async throws {
    try await withService { visitor in
      // All share day, region and violation; the last one the person too.
      let path = try visitor.makeCase(ref: "1")
      let other = #"{"subject":{"nip":"198609262015051002"}}"#
      var ids: [String] = []
      for (index, change) in [other, other, other, "{}"].enumerated() {
        visitor.clock.advance(seconds: 1)
        let made = try visitor.makeCase(change, ref: "ref-\(index)")
        ids.append(String(made.split(separator: "/").last ?? ""))
      }
      let open = try visitor.get("\(path)/related", as: .bkn).json["items"].items
      #expect(open.first?["case_id"].string == ids[3] && open.first?["shared"].strings == ["person", "act"])
      let withheld = try visitor.get("\(path)/related", as: .panrb).json["items"].items
      #expect(withheld.map { $0["case_id"].string } == ids && withheld.allSatisfy { $0["shared"].strings == ["act"] })
    }
  }
}
