internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// `netral record key --replace`, and the witnesses that follow.
  @Suite("a replaced key of the record")
  struct ReplacedKeyTests {
    private let world: WitnessWorld

    init() throws { world = try WitnessWorld() }

    private func replace(_ database: String) throws -> String {
      let replaced = try netral("record", "key", "--database", database, "--replace")
      #expect(replaced.ending == .exit(0), "\(replaced.errors)")
      return replaced.output.trimmingCharacters(in: .newlines)
    }

    @Test("is followed by witnesses over its handover, and a forged handover is evidence")
    func replaced() throws {
      let server = try RunningServer(world.database)
      try world.create("before", server)
      try world.watchAll(server)
      let busy = try netral("record", "key", "--database", world.database, "--replace")
      expectRefused(busy, saying: "another process is writing")
      try server.stop()
      let forks = try ["forged.sqlite", "other.sqlite"].map { try world.copy($0) }
      let old = try netral("record", "key", "--database", world.database).output
      let before = world.checkpoint("BKN")

      // A handover that the old key has not signed.
      _ = try replace(forks[0])
      try sqlite(
        forks[0],
        """
        UPDATE leaf SET content = json_set(content, '$.handover',
          replace(content ->> '$.handover', '/1' || char(10), '/1' || char(10) || '1'))
        WHERE kind = 'log_key' AND content ->> '$.handover' IS NOT NULL
        """, readonly: false)
      let forger = try RunningServer(forks[0])
      try world.expectFound(
        try world.witness("BKN", forger), 4, "BKN", "it is signed by another key", before: before)
      #expect(try world.evidence("BKN").last?["handovers"].text?.hasPrefix("netral key handover v1\n") == true)
      try forger.stop()

      let new = try replace(world.database)
      #expect(new + "\n" != old && new.split(separator: "+").first == old.split(separator: "+").first)
      #expect(try netral("record", "key", "--database", world.database).output == new + "\n")
      let again = try RunningServer(world.database)
      #expect(try again.client(nil).get("/v1/record/keys").text.contains("\n\(new)\n\n\u{2014} netral-"))
      try world.create("after", again)
      for agency in WitnessWorld.agencies {
        let finished = try world.witness(agency, again)
        #expect(finished.ending == .exit(0), "\(finished.errors)")
        #expect(finished.errors.split(separator: "\n").count == 1, "\(finished.errors)")
        #expect(finished.errors.contains("write 'log \(new)'"), "\(finished.errors)")
      }
      let checkpoint = try again.client(nil).get("/v1/record/checkpoint").text
      for agency in WitnessWorld.agencies { #expect(checkpoint.contains("\u{2014} \(agency.lowercased()).go.id ")) }
      let mail = world.state("PANRB") + "/checkpoint"
      let compared = try netral("witness", "compare", "--state", world.state("BKN"), "--pins", world.pins, mail)
      #expect(compared.ending == .exit(0), "\(compared.errors)")
      try world.writePins(witnesses: WitnessWorld.agencies)
      let pinned = try world.witness("BKN", again)
      #expect(pinned.ending == .exit(0) && pinned.errors.isEmpty, "\(pinned.errors)")
      try again.stop()

      // The old key cannot hand over to another one any longer.
      _ = try replace(forks[1])
      let other = try RunningServer(forks[1])
      try world.expectFound(
        try world.witness("BKN", other), 4, "BKN", "it is signed by another key", before: world.checkpoint("BKN"))
      try other.stop()
      let full = try netral("doctor", "--database", world.database, "--full")
      #expect(full.ending == .exit(0), "\(full.output)\(full.errors)")
    }
  }
}
