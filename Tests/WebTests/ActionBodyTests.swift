internal import Domain
internal import JSON
internal import Testing

@testable internal import Web

/// A body with every member of its kind, and what the event tells of it, written out by hand.
struct WholeBody: Sendable, CustomTestStringConvertible {
  var kind: ActionKind
  var body: String
  var details: String
  /// Names of free texts, each with the group that withholds it.
  var texts: String

  var testDescription: String { kind.rawValue }

  static let all = [
    WholeBody(
      kind: .verifications, body: #""outcome":"rejected","reason":"T""#, details: "outcome=rejected",
      texts: "reason narrative"),
    WholeBody(
      kind: .studies,
      body: #""outcome":"no_violation","violation":{"code":"DS-06"},"summary":"T","ground":"name_misused""#,
      details: "outcome=no_violation violation=DS-06 ground=name_misused", texts: "summary narrative"),
    WholeBody(
      kind: .recommendations,
      body:
        #""outcome":"not_proven","letter_number":"R","institution":"16.71","proposed_sanction":"BER-1","ground":"no_violation""#,
      details: "outcome=not_proven letter_number=R institution=16.71 proposed_sanction=BER-1 ground=no_violation",
      texts: ""),
    WholeBody(
      kind: .decisions,
      body:
        #""outcome":"sanctioned","decree_number":"SK","sanction":"BER-1","deviation_reason":"T","ground":"not_civil_servant""#,
      details: "outcome=sanctioned decree_number=SK sanction=BER-1 ground=not_civil_servant",
      texts: "deviation_reason narrative"),
    WholeBody(kind: .blocks, body: #""letter_number":"B""#, details: "letter_number=B extent=full", texts: ""),
    WholeBody(kind: .blockReleases, body: #""proof":"SK""#, details: "proof=SK", texts: ""),
    WholeBody(kind: .appeals, body: #""route":"bpasn""#, details: "route=bpasn", texts: ""),
    WholeBody(
      kind: .rulings, body: #""outcome":"changed","sanction":"BER-2""#, details: "outcome=changed sanction=BER-2",
      texts: ""),
    WholeBody(kind: .closures, body: #""idis_reference":"I""#, details: "idis_reference=I", texts: ""),
    WholeBody(kind: .cancellations, body: #""reason":"T""#, details: "", texts: "reason narrative"),
    WholeBody(kind: .lapses, body: #""reason":"retired""#, details: "reason=retired", texts: ""),
    WholeBody(
      kind: .escalations, body: #""letter_number":"E","addressee":"T""#, details: "letter_number=E",
      texts: "addressee narrative"),
    WholeBody(
      kind: .clockPauses,
      body: #""clock":"study","until":"2024-10-20","ground":"awaiting_document","reason":"T""#,
      details: "clock=study until=2024-10-20 ground=awaiting_document", texts: "reason narrative"),
    WholeBody(
      kind: .clockResumptions, body: #""clock":"study","reason":"T""#, details: "clock=study",
      texts: "reason narrative"),
    WholeBody(kind: .notes, body: #""text":"T""#, details: "", texts: "text notes"),
  ]
}

@Suite struct ActionBodyTests {
  @Test func `every kind of act has its line in the table`() {
    #expect(WholeBody.all.map(\.kind) == ActionKind.allCases)
  }

  @Test(arguments: WholeBody.all)
  func `an event tells every member of the body, and free texts are withheld with their group`(whole: WholeBody) throws
  {
    let note = whole.kind == .notes ? "" : #""note":"T","#
    let body = #"{"occurred_on":"2024-10-10",\#(note)\#(whole.body)}"#
    let reader = try ObjectReader(try JSONValue.parse(Array(body.utf8)))
    let action = try #require(ActionBody.action(whole.kind, reader))
    try reader.errors.check()
    #expect(action.kind == whole.kind)
    #expect(action.details.map { "\($0.name)=\($0.value)" }.joined(separator: " ") == whole.details)
    let texts = (note.isEmpty ? [] : ["note notes"]) + (whole.texts.isEmpty ? [] : [whole.texts])
    #expect(action.texts.map { "\($0.name) \($0.group)" } == texts)
    #expect(action.texts.allSatisfy { $0.text == "T" })
  }

  @Test(
    arguments: [
      (#""extent":"partial""#, "letter_number=B extent=partial", .partial), (#""extent":null"#, nil, .full),
      (#""extent":"full""#, nil, .full),
    ] as [(String, String?, BlockExtent)])
  func `a block takes away what it says, or everything`(member: String, details: String?, extent: BlockExtent) throws {
    let body = #"{"occurred_on":"2024-10-10","letter_number":"B",\#(member)}"#
    let reader = try ObjectReader(try JSONValue.parse(Array(body.utf8)))
    let action = try #require(ActionBody.action(.blocks, reader))
    #expect(action.content == .block(letterNumber: "B", extent: extent))
    #expect(
      action.details.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        == details ?? "letter_number=B extent=full")
  }

  @Test(arguments: [
    (ActionKind.studies, #""outcome":"no_violation","ground":"x""#, "/ground unknown_code"),
    (.studies, #""outcome":"no_violation","ground":1"#, "/ground type"),
    (.decisions, #""outcome":"not_proven","decree_number":"SK","ground":"NO_VIOLATION""#, "/ground unknown_code"),
    (.verifications, #""outcome":"rejected","reason":"T","ground":"no_violation""#, "/ground unknown"),
    (.blocks, #""letter_number":"B","extent":"half""#, "/extent unknown_code"),
    (.blocks, #""letter_number":"B","extent":true"#, "/extent type"),
    (.rulings, #""outcome":"lowered","sanction":"SED-1""#, "/outcome unknown_code"),
  ])
  func `a code that is none, or stands in another act, is refused by its name`(
    kind: ActionKind, members: String, place: String
  ) throws {
    let body = #"{"occurred_on":"2024-10-10",\#(members)}"#
    let reader = try ObjectReader(try JSONValue.parse(Array(body.utf8)))
    _ = ActionBody.action(kind, reader)
    #expect(reader.errors.all.map { "\($0.pointer ?? "-") \($0.code.rawValue)" } == [place])
  }
}
