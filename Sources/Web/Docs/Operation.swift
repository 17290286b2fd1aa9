internal import Domain
internal import JSON

/// What a route takes and answers: its query is read by it, its description is written from it, and a test holds every
/// answer against it.
final class Operation: Sendable {
  /// How programs call it, for example `createCase`: one per route, and never another.
  let name: String
  /// A body that is sent.
  struct Body: Sendable {
    /// What it may be written as, each with its shape. Of NDJSON: the shape of a line.
    let contents: [(type: String, schema: Schema)]
    let contentTypes: [String]
    /// Whether a type is taken under another name than those.
    fileprivate let takes: @Sendable (String) -> Bool
    /// Whether it may come without a type, as `curl -T` sends it.
    fileprivate let mayBeUntyped: Bool

    init(
      _ contents: [(type: String, schema: Schema)], mayBeUntyped: Bool = false,
      takes: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
      self.contents = contents
      self.mayBeUntyped = mayBeUntyped
      self.takes = takes
      contentTypes = contents.map(\.type)
    }
  }

  /// A group of operations, in the order in which they are described.
  enum Group: String, CaseIterable, Sendable {
    case cases, evidence, acts, corrections, confirmations, links, clocks, reporters, retention, synchronisation,
      record,
      statistics,
      reference,
      administration,
      operation

    var title: LocalizedText {
      switch self {
      case .cases: .init(en: "Cases", inIndonesian: "Kasus")
      case .evidence: .init(en: "Evidence", inIndonesian: "Bukti")
      case .acts: .init(en: "Acts", inIndonesian: "Tindakan")
      case .corrections: .init(en: "Corrections", inIndonesian: "Koreksi")
      case .confirmations: .init(en: "Confirmations", inIndonesian: "Konfirmasi")
      case .links: .init(en: "Links", inIndonesian: "Kaitan")
      case .clocks: .init(en: "Clocks", inIndonesian: "Tenggat")
      case .reporters: .init(en: "Reporters", inIndonesian: "Pelapor")
      case .retention: .init(en: "Retention", inIndonesian: "Retensi")
      case .synchronisation: .init(en: "Synchronisation", inIndonesian: "Sinkronisasi")
      case .record: .init(en: "Record", inIndonesian: "Catatan")
      case .statistics: .init(en: "Statistics", inIndonesian: "Statistik")
      case .reference: .init(en: "Reference", inIndonesian: "Referensi")
      case .administration: .init(en: "Administration", inIndonesian: "Administrasi")
      case .operation: .init(en: "Operation", inIndonesian: "Operasi")
      }
    }
  }

  let group: Group
  let summary: LocalizedText
  let details: String
  let query: [Parameter]
  let queryNames: Set<String>
  /// Those of them that take several values.
  let queryLists: Set<String>
  /// What `fields` may name; nil where nothing is chosen.
  let fields: FieldCatalogue?
  /// What the answer may be written as.
  let formats: [ListFormat]
  let body: Body?
  /// The fields that tell a caller's intent and basis, beside the key.
  let needs: Set<Need>
  let replies: [Reply]
  /// Refusals that follow from the matter; those that every such route has are added by `Operation.failures`.
  let refusals: Set<FailureCode>
  /// The mandate without which an agency is always refused; nil where something else decides.
  let mandate: MandateKind?
  let example: Example

  /// Parameters that belong elsewhere, with what to do instead.
  let misplaced: (names: Set<String>, advice: LocalizedText)?

  /// Whether any query is taken, since another operation reads it.
  let passesQueryOn: Bool

  /// Whether an answer is chosen by `Accept` at all.
  let choosesFormat: Bool

  /// Whether a request may leave something behind: each that does takes `dry_run`.
  let writes: Bool

  /// A field that a request carries, in the order in which they are described.
  enum Need: CaseIterable, Sendable {
    /// `Idempotency-Key` must be there.
    case idempotencyKey
    /// `Idempotency-Key` may be there.
    case optionalIdempotencyKey
    /// `If-Match` must be there.
    case entityTag

    var field: String { self == .entityTag ? "If-Match" : "Idempotency-Key" }
    var isRequired: Bool { self != .optionalIdempotencyKey }
    var schema: Schema { self == .entityTag ? .entityTag : .pattern("^[!-~]{1,255}$") }

    var description: LocalizedText {
      switch self {
      case .idempotencyKey:
        .init(
          en: "New for every intent, the same for its retries; kept 7 days.",
          inIndonesian: "Baru untuk setiap maksud, sama untuk pengulangannya; disimpan 7 hari.")
      case .optionalIdempotencyKey:
        .init(
          en: "So that a retry after a lost answer gets the first answer.",
          inIndonesian: "Agar pengulangan setelah jawaban hilang mendapat jawaban pertama.")
      case .entityTag:
        .init(
          en: "The ETag of the case as this key knows it.", inIndonesian: "ETag kasus sebagaimana dikenal kunci ini.")
      }
    }
  }

  init(
    _ name: String, _ group: Group, _ summary: LocalizedText, details: String = "", query: [Parameter] = [],
    passesQueryOn: Bool = false, body: Body? = nil,
    needs: Set<Need> = [], replies: [Reply], refusals: Set<FailureCode> = [], mandate: MandateKind? = nil,
    misplaced: (names: Set<String>, advice: LocalizedText)? = nil, example: Example
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.details = details
    formats = ListFormat.offered(by: replies)
    self.query =
      query + (formats.count > 1 ? [.format(formats)] : []) + (formats.contains(.csv) ? Parameter.dialect : [])
    self.passesQueryOn = passesQueryOn
    queryNames = Set(self.query.map(\.name))
    fields = query.lazy.compactMap(\.catalogue).first
    queryLists = Set(self.query.filter(\.isList).map(\.name))
    self.body = body
    self.needs = needs
    self.replies = replies
    self.refusals = refusals
    self.mandate = mandate
    choosesFormat = formats.count > 1 || refusals.contains(.notAcceptable)
    writes = queryNames.contains(Parameter.dryRun.name)
    self.misplaced = misplaced
    self.example = example
  }
}

extension Operation {
  /// Reads a query: what the operation takes and nothing else.
  ///
  /// - Throws: `unknown_parameter`, `invalid_parameter`.
  func read(_ query: Substring?) throws(Failure) -> Query {
    if passesQueryOn { return Query([:]) }
    do throws(Failure) {
      return try Query(query, knowing: queryNames, lists: queryLists)
    } catch {
      guard let misplaced, error.code == .unknownParameter,
        let name = error.errors.first?.parameter, misplaced.names.contains(name)
      else { throw error }
      throw Failure(
        .unknownParameter, en: misplaced.advice.en, inIndonesian: misplaced.advice.inIndonesian, errors: error.errors)
    }
  }

  /// The format of an answer: what `?format=` says, else what `Accept` prefers.
  ///
  /// - Throws: `invalid_parameter`, `not_acceptable`.
  func format(_ query: Query, accept: String?) throws(Failure) -> ListFormat {
    if formats.count > 1, let name = query["format"] {
      guard let format = formats.first(where: { $0.rawValue == name }) else {
        let names = formats.map(\.rawValue).joined(separator: ", ")
        throw .parameter(
          "format", LocalizedText(en: "Give one of \(names).", inIndonesian: "Isi salah satu dari \(names)."))
      }
      return format
    }
    let type = try MediaType.choose(accept, from: formats.map(\.mediaType))
    return formats.first { $0.mediaType == type } ?? .json
  }
}

extension Operation.Body {
  /// - Throws: `unsupported_media_type` unless `Content-Type` names one of the types that are taken.
  func requireType(_ given: String?) throws(Failure) {
    if given == nil, mayBeUntyped { return }
    // As clients write it as a rule.
    if let given, contentTypes.contains(given) { return }
    guard let given, contentTypes.contains(MediaType.bare(given)) || takes(MediaType.bare(given)) else {
      throw Failure(
        .unsupportedMediaType, en: "Send Content-Type: \(contentTypes.joined(separator: " or ")).",
        inIndonesian: "Kirim Content-Type: \(contentTypes.joined(separator: " atau ")).")
    }
  }

  /// A JSON body as a decoder reads it.
  static func json(named name: String, _ decode: (ObjectReader) -> Void) -> Operation.Body {
    Operation.Body([("application/json", BodyRecord.schema(decode).named(name))])
  }

  /// Lines of JSON; the schema is that of a line.
  static func lines(_ schema: Schema) -> Operation.Body {
    Operation.Body([(ListFormat.ndjson.mediaType, schema)])
  }
}
