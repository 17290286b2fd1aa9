internal import Foundation
internal import Testing

extension ProgramTests {
  /// Attacks on the program, with no judgement of times; `scripts/attack` is the same in full.
  @Suite("under attack") struct AttackTests {
    @Test("serves the others all the while, and gives back what attackers held")
    func attacks() throws {
      let child = try Child([projectFile("scripts/attack"), "small"], environment: ["NETRAL": program])
      let ending = try child.wait(seconds: 600)
      #expect(ending == .exit(0), "\(child.output) \(child.errors)")
      #expect(child.output.contains("the others were served throughout"))
    }
  }
}
