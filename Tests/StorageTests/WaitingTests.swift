internal import Domain
internal import TestSupport
internal import Testing

@testable internal import Storage

private let owners: [KeyOwner] = [.agency(.bkn), .agency(.bawaslu), .agency(.panrb)]

@Suite struct WaitingLineTests {
  @Test func `owners are served in turn, each in the order of its own work`() throws {
    let line = WaitingLine<String>(.init(countMax: 100, ownerCountMax: 100))
    for number in 1...4 { try line.append("a\(number)", of: owners[0]) }
    for number in 1...2 { try line.append("b\(number)", of: owners[1]) }
    try line.append("c1", of: owners[2])
    #expect(line.take(upTo: 3) == ["a1", "b1", "c1"])
    try line.append("c2", of: owners[2])
    #expect(line.take(upTo: 100) == ["a2", "b2", "c2", "a3", "a4"])
  }

  @Test func `one owner's crowd is refused as its own, everyone's as busy, and only while it waits`() async throws {
    let line = WaitingLine<Int>(.init(countMax: 5, ownerCountMax: 3))
    for number in 1...3 { try line.append(number, of: owners[0]) }
    #expect(await refusal { try line.append(4, of: owners[0]) } == .tooManyRequests)
    for number in 1...2 { try line.append(number, of: owners[1]) }
    #expect(await refusal { try line.append(1, of: owners[2]) } == .busy)
    #expect(line.take(upTo: 1) == [1])
    try line.append(1, of: owners[2])
    #expect(line.take(upTo: 10)?.count == 5)
  }

  @Test func `a closed line gives what waits and takes no more`() async throws {
    let line = WaitingLine<Int>(.init(countMax: 5, ownerCountMax: 5))
    try line.append(1, of: owners[0])
    line.close()
    #expect(await refusal { try line.append(2, of: owners[0]) } == .busy)
    #expect(line.take(upTo: 1) == [1])
    #expect(line.take(upTo: 1) == nil)
  }
}

@Suite struct ChangeBellTests {
  private let regional = VisibilityBasis(
    owner: .bawaslu, institutionKind: .regional, verified: false, recommended: false)
  private let central = VisibilityBasis(
    owner: .bawaslu, institutionKind: .central, verified: false, recommended: false)

  @Test func `none of a thousand who wait sleeps through a commit`() async throws {
    let bell = ChangeBell(head: 0, countMax: 4_000)
    let bound = Int64(50)
    let seen = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<1_000 {
        group.addTask { [agencies] in
          // Each reads up to the last commit, one after the other.
          for after in 0..<bound {
            guard
              await refusal({
                try await bell.wait(for: agencies[index % agencies.count], after: after, atMost: .seconds(3_600))
              }) == nil
            else { return false }
          }
          return true
        }
      }
      await until(1_000, wait: bell)
      for head in 1...bound {
        bell.ring(head, [regional])
        await Task.yield()
      }
      return await group.reduce(0) { $1 ? $0 + 1 : $0 }
    }
    #expect(seen == 1_000)
  }

  @Test func `who has read less than was committed does not wait`() async throws {
    let bell = ChangeBell(head: 7, countMax: 10)
    #expect(try await bell.wait(for: .bkn, after: 6, atMost: .seconds(3_600)))
    bell.ring(8, [])
    #expect(try await bell.wait(for: .bkn, after: 7, atMost: .seconds(3_600)))
  }

  @Test func `what an agency cannot see does not wake it, what hides or shows a case does`() async throws {
    let bell = ChangeBell(head: 0, countMax: 10)
    let task = Task { try await bell.wait(for: .kemendagri, after: 9, atMost: .seconds(3_600)) }
    await until(1, wait: bell)
    bell.ring(10, [central])
    #expect(bell.waiterCount == 1)
    bell.ring(11, [central, regional])
    #expect(bell.waiterCount == 0)
    #expect(try await task.value)
  }

  @Test func `who is cancelled, whose time is over and whose store closes leaves`() async throws {
    let bell = ChangeBell(head: 0, countMax: 2)
    // One agency may take half: a place that was not given back would refuse the next one.
    for _ in 0..<20 {
      let task = Task { try await bell.wait(for: .bkn, after: 0, atMost: .seconds(3_600)) }
      await until(1, wait: bell)
      task.cancel()
      #expect(try await !task.value)
      #expect(try await !bell.wait(for: .bkn, after: 0, atMost: .milliseconds(1)))
      #expect(try await !bell.wait(for: .bkn, after: 0, atMost: .zero))
    }
    let task = Task { try await bell.wait(for: .bkn, after: 0, atMost: .seconds(3_600)) }
    await until(1, wait: bell)
    bell.close()
    #expect(try await !task.value)
    #expect(try await !bell.wait(for: .bkn, after: 0, atMost: .seconds(3_600)))
  }

  @Test func `an agency takes half of the places, all take no more than there are`() async throws {
    let bell = ChangeBell(head: 0, countMax: 3)
    let tasks = [AgencyCode.bkn, .bkn, .kasn].map { agency in
      Task { try await bell.wait(for: agency, after: 0, atMost: .seconds(3_600)) }
    }
    await until(3, wait: bell)
    #expect(await refusal { try await bell.wait(for: .bkn, after: 0, atMost: .zero) } == .tooManyRequests)
    #expect(await refusal { try await bell.wait(for: .panrb, after: 0, atMost: .zero) } == .busy)
    bell.close()
    for task in tasks { #expect(try await !task.value) }
  }

  private let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .panrb]

  private func until(_ count: Int, wait bell: ChangeBell) async {
    while bell.waiterCount < count { await Task.yield() }
  }
}
