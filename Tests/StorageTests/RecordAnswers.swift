internal import Domain
internal import GRDB
internal import Service
internal import TestSupport

@testable internal import Storage

/// What a file answers to a set of questions through the ports of the store, for every agency that sees much or little.
struct RecordAnswers {
  private let transaction: Transaction
  private var answers: [String] = []

  /// The answers of a file, in the order of the questions.
  ///
  /// - Parameter ids: the cases that are asked for.
  static func all(of database: Database, _ vault: Vault?, _ ids: [CaseID]) -> [String] {
    var asked = RecordAnswers(transaction: Transaction(database, vault))
    for id in ids { asked.askCase(id) }
    asked.askLists()
    asked.askFeed()
    asked.askFigures()
    asked.askAdministration()
    return asked.answers
  }

  private init(transaction: Transaction) { self.transaction = transaction }

  private mutating func ask<Answer>(_ question: (Transaction) throws -> Answer) {
    do {
      answers.append(String(describing: try question(transaction)))
    } catch {
      answers.append("an error")
    }
  }

  private mutating func askCase(_ id: CaseID) {
    ask { try $0.stub(id) }
    ask { try $0.caseRecord(id) }
    ask { try $0.history(id) }
    ask { try $0.links(id) }
    ask { try $0.correctionRequests(id) }
    for version in 1...8 { ask { try $0.caseRecord(id, version: version) } }
    ask { try $0.caseRecord(id, effectiveOn: date("2024-10-20")) }
    ask { transaction in
      guard let record = try transaction.caseRecord(id) else { return "nothing" }
      let facts = try transaction.caseRecord(id, version: 1)?.facts ?? record.facts
      return """
        \(String(describing: try transaction.caseRecord(id, recordedBy: record.updatedAt)))
        \(String(describing: try transaction.existingReport(record.facts)?.id))
        \(String(describing: try transaction.existingReport(facts)?.id)) \(try transaction.isFormerReport(facts))
        \(try transaction.related(to: record, for: .bkn))
        """
    }
  }

  private mutating func askLists() {
    for agency in [AgencyCode.bkn, .bawaslu, .kemendagri] {
      for order in CaseQuery.Order.allCases {
        ask { transaction in
          var query = CaseQuery(caller: agency, today: date("2025-01-31"))
          (query.order, query.limit) = (order, 200)
          return try transaction.cases(query)
        }
      }
      for change in Self.filters {
        ask { transaction in
          var query = CaseQuery(caller: agency, today: date("2025-01-31"))
          change(&query)
          return try transaction.allCases(query)
        }
      }
      ask { try $0.allClocks(ClockQuery(caller: agency, today: date("2024-11-10"))) }
      ask { try $0.pastCount(at: 40, for: agency) }
    }
    ask { try $0.openClocks(on: date("2024-11-10")) }
    ask { try $0.pastCases(at: 40, after: CaseID(high: 0, low: 0), limit: 500) }
    ask { try $0.pastStubs(at: 40, after: CaseID(high: 0, low: 0), limit: 500) }
    ask { try $0.caseIDs(after: 0, limit: 500) }
  }

  private static let filters: [@Sendable (inout CaseQuery) -> Void] = [
    { $0.institution = "16.71" }, { $0.region = RegionCode(stored: "16.71") }, { $0.stages = [.recommended] },
    { $0.overdue = true }, { $0.recordedLate = true },
  ]

  private mutating func askFeed() {
    ask { try $0.changes(after: 0, limit: 1_000) }
    ask { try $0.caseChanges(Array(1...30), after: 0) }
    ask { try "\($0.head()) \($0.oldest()) \($0.lastRecordedAt()) \($0.isLost(3))" }
  }

  private mutating func askFigures() {
    for number in 1...2 {
      ask { try $0.figure("fig_\(number)") }
      ask { try $0.publishedFigure(Int64(number)) }
    }
    ask { try $0.publishedFigures(nil, before: .max, limit: 100) }
    ask { try $0.publicReleases(of: "pilkada-2024") }
    ask { try $0.firstRecordedDays().sorted { $0.key < $1.key }.map { "\($0)" } }
    ask { try $0.certificates(of: nil, before: .max, limit: 100) }
  }

  private mutating func askAdministration() {
    ask { transaction in
      try transaction.loadKeys().values.sorted { $0.id < $1.id }.map { key in
        "\(key.id) \(key.owner) \(key.label) \(key.scopes.map(\.rawValue).sorted()) \(key.createdAt) "
          + "\(String(describing: key.expiresAt)) \(String(describing: key.revokedAt)) \(key.networks) "
          + "\(key.secretDigest) \(key.identities) \(String(describing: key.madeBy)) "
          + "\(String(describing: key.rotatedFrom)) \(String(describing: key.bytesMax))"
      }
    }
    ask { try $0.currentReference().entries }
  }
}
