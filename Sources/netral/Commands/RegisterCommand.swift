internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Migrations

/// `netral register`
struct RegisterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Prints the register of processing (UU 27/2022 Pasal 31) as this program processes, as Markdown.",
    discussion: """
      Fields, purposes, recipients and retention are those of the program's own tables: the facts of a case, the policy, \
      and the rules of retention that are shipped. An operator who has changed rules names those beside it: \
      GET /v1/reference/retention-rules.
      """)

  @Option(help: "en or id.")
  var language = "en"

  func validate() throws {
    guard ["en", "id"].contains(language) else { throw ValidationError("--language: give en or id") }
  }

  func run() throws {
    let language: Language = language == "id" ? .indonesian : .english
    func text(_ en: String, _ inIndonesian: String) -> String { language == .english ? en : inIndonesian }
    let heads = [
      text("what", "data"), text("fields", "isian"), text("why", "tujuan"), text("by which law", "dasar"),
      text("who is shown it", "penerima"),
    ]
    var lines = ["| \(heads.joined(separator: " | ")) |", "|\(String(repeating: " --- |", count: heads.count))"]
    for activity in ProcessingActivity.all {
      let recipients =
        activity.recipients.map { recipients in
          recipients.filter { !$0.conditions.isEmpty }
            .map { "\($0.agency): \($0.conditions.joined(separator: text(" or ", " atau ")))" }.joined(separator: "; ")
        } ?? text("the agency itself", "lembaga itu sendiri")
      let cells = [
        activity.title.text(in: language), activity.fields.map { "`\($0)`" }.joined(separator: ", "),
        activity.purpose.text(in: language), activity.basis, recipients,
      ]
      lines.append("| \(cells.joined(separator: " | ")) |")
    }
    let kept = [
      text("outcome", "hasil"), text("kept, in years", "masa simpan, tahun"), text("by which law", "dasar"),
      text("why (in English)", "alasan (bahasa Inggris)"),
    ]
    lines += ["", "| \(kept.joined(separator: " | ")) |", "|\(String(repeating: " --- |", count: kept.count))"]
    let rules = try JSONDecoder.rules(InitialReference.retentionRules)
    for rule in rules {
      let stage = Stage(rawValue: rule.outcome)?.label.text(in: language) ?? rule.outcome
      lines.append("| \(stage) (`\(rule.outcome)`) | \(rule.years) | \(rule.legalBasis) | \(rule.reason) |")
    }
    try printLines(lines)
  }
}

extension JSONDecoder {
  fileprivate static func rules(_ bytes: [UInt8]) throws -> [RetentionRule] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([RetentionRule].self, from: Data(bytes))
  }
}
