internal import Foundation
internal import TestSupport
internal import Testing

/// What clients were told of files that earlier programs have made, against what they are told today.
///
/// The answers were recorded by the program whose newest step of the schema was m0015, before the way in which cases are
/// stored was changed for the first time. They are a promise, and not a picture of what the program happens to do. Whoever
/// means to change what clients are told records them anew, looks at what has changed, and says so in the changelog:
///
///     NETRAL_RECORD_ANSWERS=1 swift test --filter AnswersOfEarlierFiles
///
/// What is asked is written down in ``EarlierFileQuestions``, what is left out of the comparison in ``KeptAnswer``. Time
/// stands still, keys are the same in every run, and nothing is asked at the same time as anything else.
///
/// One thing reads the clock of the machine: migration m0011 asks which agencies have ended by today. The files know of
/// one that has, KASN in 2024, so that every later day gives the same rows.
@Suite("Answers about files of earlier programs", .serialized)
struct AnswersOfEarlierFilesTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "NetralTests/released")
  /// A day after every file was made, and before the next public release is due.
  private static let day = "2026-12-05T03:00:00Z"
  private static let isRecording = ProcessInfo.processInfo.environment["NETRAL_RECORD_ANSWERS"] == "1"

  /// A file and what is asked of it.
  struct Item: Sendable, CustomTestStringConvertible {
    var name: String
    var day = AnswersOfEarlierFilesTests.day
    var depth: EarlierFileQuestions.Depth
    /// The file whose answers are those of this one, too.
    var answers: String?

    var testDescription: String { name }
  }

  private static let items = [
    Item(name: "m0001", depth: .brief), Item(name: "m0002", depth: .cases),
    Item(name: "m0003", depth: .cases, answers: "m0002"),
    Item(name: "m0004", depth: .cases), Item(name: "m0005", depth: .cases), Item(name: "m0012", depth: .cases),
    Item(name: "m0015", depth: .brief), Item(name: "m0017", depth: .brief),
    Item(name: "history", day: EarlierHistory.readOn, depth: .whole),
  ]

  /// One file after the other: all at once would leave little of the machine to other tests, which measure time.
  @Test("are what they were, byte for byte", arguments: items)
  func same(item: Item) async throws {
    let packed = Self.folder.appending(path: "\(item.name).sqlite.gz")
    let archive = Self.folder.appending(path: "answers/\(item.answers ?? item.name).answers.gz")
    let service = try await Service(copyOf: packed, at: item.day)
    let report: [String]
    do {
      report = try await withTaskExecutorPreference(OwnThread()) {
        let questions = try EarlierFileQuestions(Visitor(service), item.depth)
        try questions.askAll()
        if Self.isRecording {
          if item.answers != nil { return [] }
          if item.depth.isWhole { try questions.requireEveryRoute() }
          try Data(AnswerArchive.pack(questions.answers)).write(to: archive)
        }
        return try Self.differences(archive, questions.answers)
      }
    } catch {
      try await service.close()
      throw error
    }
    try await service.close()
    #expect(report.isEmpty, "\(report.joined(separator: "\n"))")
  }

  private static func differences(_ archive: URL, _ answers: [KeptAnswer]) throws -> [String] {
    let kept = try AnswerArchive.unpack(Array(try Data(contentsOf: archive)))
    // An archive of little would promise little.
    return (kept.count < 1_000 ? ["\(kept.count) answers are kept"] : []) + AnswerArchive.differences(kept, answers)
  }

  /// Only to have another history: the one that is kept goes with its answers.
  @Test("make the random history", .enabled(if: ProcessInfo.processInfo.environment["NETRAL_MAKE_HISTORY"] == "1"))
  func makeHistory() async throws {
    try await EarlierHistory.make(Self.folder.appending(path: "history.sqlite.gz"))
  }
}
