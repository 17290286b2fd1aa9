internal import Domain
internal import JSON

/// The facts of a case as members of its JSON, in the order and nesting of ``CaseField``; withheld ones are left out, and
/// erased ones null.
enum FactsJSON {
  /// A fact with its name as it is written.
  private final class Member: Sendable {
    let field: CaseField
    let name: [UInt8]

    init(_ field: CaseField) { (self.field, name) = (field, JSONWriter.encodedName(field.member)) }
  }

  /// The facts that are members of one object; nil: of the case itself.
  private final class Run: Sendable {
    let object: String?
    let members: [Member]
    /// The groups of its members.
    let groups: [FieldGroup]

    init(_ object: String?, _ members: [Member]) {
      (self.object, self.members, groups) = (object, members, Array(Set(members.map(\.field.group))))
    }
  }

  private static let runs: [Run] = {
    var runs: [Run] = []
    for field in CaseField.all {
      let member = Member(field)
      let before = runs.last.flatMap { $0.object == field.object ? runs.popLast() : nil }
      runs.append(Run(field.object, (before?.members ?? []) + [member]))
    }
    return runs
  }()

  static func write(_ record: Case, _ projection: Projection, to writer: inout JSONWriter) {
    for run in runs {
      guard let object = run.object else {
        write(run, record, projection, to: &writer)
        continue
      }
      if !run.groups.contains(where: projection.shows) { continue }
      writer.name(object)
      if object == "violation" && record.facts.violation == nil {
        writer.null()
        continue
      }
      writer.object { writer in write(run, record, projection, to: &writer) }
    }
  }

  private static func write(_ run: Run, _ record: Case, _ projection: Projection, to writer: inout JSONWriter) {
    for member in run.members where projection.shows(member.field.group) {
      let value = record.value(of: member.field)
      if value == .none, member.field.isOptional { continue }
      writer.name(encoded: member.name)
      switch value {
      case .none: if member.field.isList { writer.emptyArray() } else { writer.null() }
      case .text(let text): writer.string(text)
      case .number(let number): writer.int(number)
      case .date(let date): writer.string(date.description)
      case .flag(let flag): writer.bool(flag)
      case .texts(let texts): writer.strings(texts)
      case .witnesses(let witnesses): write(witnesses, to: &writer)
      case .sealed(let copies): write(copies, to: &writer)
      }
    }
  }

  private static func write(_ copies: [SealedCopy], to writer: inout JSONWriter) {
    writer.objects(of: copies) { writer, copy in
      writer.member("key_id", copy.keyID)
      writer.member("enc", copy.enc)
      writer.member("ciphertext", copy.ciphertext)
    }
  }

  private static func write(_ witnesses: [Witness], to writer: inout JSONWriter) {
    writer.objects(of: witnesses) { writer, witness in
      writer.member("name", witness.name)
      writer.member("contact", witness.contact)
    }
  }
}
