public import Domain
internal import JSON
public import Service

/// The lines of an import.
enum ImportBody {
  static func agency(_ step: ObjectReader) -> String? { step.text("agency", max: 20, required: true) }

  /// - Parameter bytes: nil when the line was too long.
  static func line(_ bytes: [UInt8]?) -> Result<ImportLine, Failure> {
    guard let bytes else { return .failure(.lineTooLong) }
    do throws(Failure) {
      return .success(try ImportLine(json: bytes))
    } catch {
      return .failure(error)
    }
  }
}

extension ImportLine {
  /// Reads a line.
  ///
  /// - Throws: `malformed_json`, or `invalid` with every wrong field.
  public init(json bytes: [UInt8]) throws(Failure) {
    let body = try ObjectReader(try JSONBody.parse(bytes))
    let reader = body.object("case", required: true)
    let steps = body.objects("actions", countMax: ImportLine.actionsMax)
    let files = EvidenceBody.files(of: body)
    body.finish()
    var actions: [(AgencyCode, Action)] = []
    for step in steps {
      let agency = ImportBody.agency(step)
      guard let kind = step.code("action", ActionKind.self, required: true) else { continue }
      if let action = ActionBody.action(kind, step), let agency {
        actions.append((AgencyCode(rawValue: agency), action))
      }
    }
    // The reporting agency must be named: an import speaks for all of them.
    guard let reader else { throw .invalid(body.errors.all) }
    let draft = CaseBody.draft(reader, reportedBy: AgencyCode(rawValue: ""))
    reader.finish()
    try body.errors.check()
    if draft.facts.source.agency.rawValue.isEmpty { throw .invalid("/case/source/agency", .required) }
    self.init(draft: draft, actions: actions, files: files)
  }
}
