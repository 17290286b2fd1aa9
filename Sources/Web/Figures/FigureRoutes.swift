internal import Domain
internal import HTTPServer
internal import JSON
internal import Service

/// GET /v1/figures/{id}: a figure as it was issued, whether the same question has another answer today, and which changes
/// of which cases have made the difference.
enum FigureRoutes {
  static func show(_ call: Call, _ figures: FigureService) async throws -> Answer {
    let id = String(call.parameters.first ?? "")
    let bytes = try await figures.compare(id, by: call.asker) { comparison, cases, changes in
      comparison.json(cases, changes)
    }
    return Answer(etag: nil, body: .bytes(bytes))
  }
}

extension FigureComparison {
  /// - Parameters:
  ///   - cases: those that have made the difference and exist for the caller.
  ///   - changes: what has changed in the first of them; nil when they are not to be listed.
  func json(_ cases: [CaseDifference], _ changes: [CaseChanges]?) -> [UInt8] {
    JSONWriter.object(reserving: figure.answer.count + 4_096) { writer in
      writer.name("figure")
      writer.raw(figure.answer)
      writer.object("today") { writer in
        writer.member("seq", seq)
        writer.member("reference_revision", referenceRevision)
        writer.member("same", nowID == figure.id)
        writer.member("reproduced", isReproduced)
        writer.name("differences")
        if isReproduced {
          writer.array(of: differences) { writer, difference in write(difference, to: &writer) }
        } else {
          // What the record gives now for that time is not what was issued: it cannot be set against today's answer.
          writer.null()
        }
        write(cases, changes, to: &writer)
      }
    }
  }

  private func write(_ difference: Difference, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("group", difference.group.flatMap { $0.isEmpty ? nil : $0 })
      writer.member("whole", difference.group == nil)
      writer.member("metric", difference.metric)
      writer.name("then")
      Self.write(difference.then, to: &writer)
      writer.name("now")
      Self.write(difference.now, to: &writer)
      writer.name("difference")
      let change = (difference.now?.number ?? 0) - (difference.then?.number ?? 0)
      Self.write(.number(change), to: &writer)
    }
  }

  private static func write(_ value: StatisticRow.Value?, to writer: inout JSONWriter) {
    if let value { writer.raw(Array(value.text.utf8)) } else { writer.null() }
  }

  private func write(_ cases: [CaseDifference], _ changes: [CaseChanges]?, to writer: inout JSONWriter) {
    writer.object("cases") { writer in
      writer.member("count", cases.count)
      writer.name("items")
      guard let changes else { return writer.null() }
      writer.array { writer in
        for difference in cases {
          guard let changed = changes.first(where: { $0.stub.key == difference.caseKey }) else { continue }
          write(difference, changed, to: &writer)
        }
      }
    }
  }

  private func write(_ difference: CaseDifference, _ changed: CaseChanges, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("case_id", changed.stub.id.description)
      writer.member("number", changed.number)
      writer.name("then")
      Self.write(difference.then, to: &writer)
      writer.name("now")
      Self.write(difference.now, to: &writer)
      writer.objects("changes", of: changed.events) { writer, event in
        writer.member("seq", event.seq)
        writer.member("what", event.what.rawValue)
        writer.member("agency", event.agency.rawValue)
        writer.member("occurred_on", event.occurredOn?.description)
        writer.member("recorded_at", event.recordedAt.description)
        // Names of facts that figures may depend on: all of them are core.
        writer.member("changed", strings: event.changed.filter { Facts.group(of: $0) == .core })
      }
    }
  }

  private static func write(_ standing: CaseDifference.Standing?, to writer: inout JSONWriter) {
    guard let standing else { return writer.null() }
    writer.object { writer in
      writer.member("stage", standing.stage.rawValue)
      writer.member("group", standing.group)
      writer.member("metrics", strings: standing.metrics.map(\.rawValue))
      writer.member("sanction", standing.sanction)
    }
  }
}
