internal import Fairness
internal import Testing

@Suite struct RoundRobinTests {
  @Test func `owners are served in turn, and each one's work in its order`() {
    var line = RoundRobin<String, Int>()
    for number in 1...5 { line.append(number, of: "a") }
    line.append(10, of: "b")
    line.append(11, of: "b")
    line.append(20, of: "c")
    #expect(line.count == 8 && line.count(of: "a") == 5 && line.count(of: "nobody") == 0)
    var served: [Int] = []
    while let next = line.popFirst() { served.append(next) }
    #expect(served == [1, 10, 20, 2, 11, 3, 4, 5])
    #expect(line.count == 0 && line.popFirst() == nil)
  }

  @Test func `who comes later waits for one piece of a crowd and not for the crowd`() {
    var line = RoundRobin<String, Int>()
    for number in 1...1_000 { line.append(number, of: "crowd") }
    #expect(line.popFirst() == 1)
    line.append(-1, of: "late")
    #expect([line.popFirst(), line.popFirst(), line.popFirst()] == [2, -1, 3])
  }
}
