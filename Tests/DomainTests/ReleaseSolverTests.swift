internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing

/// What z3, a solver of others, makes of all that was published of some hundred small elections.
@Suite(.enabled(if: Shell.hasZ3, "z3 is not installed")) struct ReleaseSolverTests {
  static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? Array(1...200)

  @Test func `no solver finds a suppressed count, or that it is small`() throws {
    var script = SolverScript()
    for seed in Self.seeds {
      try script.ask(about: ReleaseWorld(seed: seed, rows: 3...9, dates: 1...3), rowsGrow: false)
    }
    try script.expectAllPossible(atLeast: Self.seeds.count)
  }

  /// Such knowledge is not in the releases. What is told before and after a date is held against it, but not all that
  /// sums over several dates imply: in about one of 4,000 elections as small as these one row gives way.
  @Test func `nor when it knows that counts only grow, and that no row is hidden that is 0`() throws {
    var script = SolverScript()
    for seed in Self.seeds {
      try script.ask(about: ReleaseWorld(seed: seed, rows: 3...12, dates: 4...8, isGrowing: true), rowsGrow: true)
    }
    try script.expectAllPossible(atLeast: Self.seeds.count)
  }

  @Test func `the solver finds what is not suppressed`() throws {
    var script = SolverScript()
    script.text =
      "(declare-const a Int)(declare-const b Int)(assert (>= a 0))(assert (>= b 0))\n(assert (= (+ a b) 7))\n"
    script.text += "(assert (= b 5))\n"
    script.ask("a is not 2", "(not (= a 2))")
    script.ask("a may be 2", "(= a 2)")
    #expect(try script.impossible() == ["a is not 2"])
  }
}

extension Shell {
  /// z3 is not everywhere; what needs it is skipped there, and says so.
  static let hasZ3 = FileManager.default.isExecutableFile(atPath: "/usr/bin/z3")
}

/// Questions to z3 in the SMT-LIB language: each asks whether something may be so.
struct SolverScript {
  var text = "(set-logic QF_LIA)\n"
  private(set) var questions: [String] = []

  /// Asks whether `claim` may be so.
  mutating func ask(_ question: String, _ claim: String) {
    questions.append(question)
    text += "(push)(assert \(claim))(check-sat)(pop)\n"
  }

  /// Asks whether a sum may be another than its value.
  mutating func ask(_ question: String, of sum: CellSum, isNot value: Int) {
    ask("\(question) is not \(value)", "(not (= \(Self.term(sum)) \(value)))")
  }

  /// Tells what is known: no cell is negative, and the equations.
  mutating func tell(_ equations: [(sum: CellSum, value: Int)], cells: Int) {
    text += "(push)\n"
    for cell in 0..<cells { text += "(declare-const x\(cell) Int)(assert (>= x\(cell) 0))\n" }
    for equation in equations { text += "(assert (= \(Self.term(equation.sum)) \(equation.value)))\n" }
  }

  /// Forgets what was told last.
  mutating func forget() { text += "(pop)\n" }

  /// Asks of every small count that was not published whether it may be another one, and whether it may be not small.
  mutating func ask(about world: ReleaseWorld, rowsGrow: Bool) {
    let knowledge = PublicKnowledge(world)
    let truth = knowledge.truth
    func value(_ sum: CellSum) -> Int { sum.reduce(0) { $0 + $1.value * truth[$1.key] } }
    tell(knowledge.equations, cells: knowledge.cellCount)
    let dates = world.releases.indices.filter { world.releases[$0] != nil }
    if rowsGrow { assertGrowth(world, knowledge, dates) }
    for date in dates {
      for row in world.keys.indices {
        let name = "NETRAL_SEED=\(world.seed), date \(date), \(world.keys[row])"
        for parts in ReleaseAttackTests.measures {
          let sum = knowledge.sum([row], parts, date)
          if (1...4).contains(value(sum)) {
            ask("\(name), parts \(parts)", of: sum, isNot: value(sum))
            let claim = "(or (= \(Self.term(sum)) 0) (>= \(Self.term(sum)) 5))"
            if !rowsGrow && parts.count == 1 { ask("\(name), parts \(parts) is not small", claim) }
          }
          for before in dates where before < date && (!rowsGrow || parts.upperBound == 3) {
            let old = knowledge.sum([row], parts, before)
            let difference = sum.merging(old.mapValues { -$0 }) { $0 + $1 }
            guard (1...4).contains(abs(value(difference))) else { continue }
            ask("\(name), parts \(parts), growth since \(before)", of: difference, isNot: value(difference))
          }
        }
      }
      for leaf in ReleaseWorld.leaves.indices where (1...4).contains(truth[knowledge.state(leaf, date)]) {
        let cell = knowledge.state(leaf, date)
        let name = "NETRAL_SEED=\(world.seed), date \(date), \(ReleaseWorld.leaves[leaf].path)"
        ask(name, of: [cell: 1], isNot: truth[cell])
        ask("\(name) is not small", "(or (= x\(cell) 0) (>= x\(cell) 5))")
      }
    }
    forget()
  }

  /// The counts of a row never fall, and a row that is suppressed by name is not 0.
  private mutating func assertGrowth(_ world: ReleaseWorld, _ knowledge: PublicKnowledge, _ dates: [Int]) {
    for row in world.keys.indices {
      for (before, date) in zip(dates, dates.dropFirst()) {
        for metric in 0..<3 {
          let old = Self.term(knowledge.sum([row], metric..<3, before))
          text += "(assert (<= \(old) \(Self.term(knowledge.sum([row], metric..<3, date)))))\n"
        }
      }
      for date in dates where world.releases[date]?.tables["rows"]?.suppressed.contains(world.keys[row]) == true {
        text += "(assert (> \(Self.term(knowledge.sum([row], 0..<3, date))) 0))\n"
      }
    }
  }

  private static func term(_ sum: CellSum) -> String {
    let terms = sum.sorted { $0.key < $1.key }.map { $0.value == 1 ? "x\($0.key)" : "(* (- 1) x\($0.key))" }
    return terms.count == 1 ? terms[0] : "(+ \(terms.joined(separator: " ")))"
  }

  /// The questions that z3 answers with no, or not at all.
  func impossible() throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).smt2")
    defer { try? FileManager.default.removeItem(at: file) }
    try text.write(to: file, atomically: true, encoding: .utf8)
    let answers = try Shell.output("z3 -smt2 -T:30 '\(file.path)'").split(separator: "\n")
    #expect(answers.count == questions.count, "z3 answers every question: \(answers.first { $0.count > 7 } ?? "")")
    return zip(questions, answers).filter { $0.1 != "sat" }.map(\.0)
  }

  func expectAllPossible(atLeast count: Int) throws {
    let impossible = try impossible()
    #expect(impossible.isEmpty, "\(impossible.prefix(5).joined(separator: "\n"))")
    #expect(questions.count > count)
  }
}
