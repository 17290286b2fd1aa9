internal import ArgumentParser
internal import JSON
internal import Storage

/// `netral doctor`
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks at the database, the disk, the clock, the keys and the backups, and says what to do.",
    discussion: """
      It only reads, also beside a running server, and prints no names and no secrets. Exit status: 0 there is no fault, \
      warnings allowed; 1 there is one.
      """)

  @OptionGroup var options: DatabaseOptions
  @Flag(help: "Looks at every page, index and reference, which takes a while on a large file.")
  var full = false
  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let config = try Config(options)
    let findings = Diagnosis.findings(of: config.database, config.store, isFull: full)
    try printLines(json ? [Self.json(findings)] : findings.map(Self.line))
    if findings.contains(where: { $0.level == .fault }) { throw ExitCode(1) }
  }

  private static func line(_ finding: Finding) -> String {
    let advice = finding.advice.map { "; \($0)" } ?? ""
    return "\(finding.level.rawValue)\t\(finding.check)\t\(finding.text)\(advice)"
  }

  /// `{"findings": [{"check": …, "level": …, "text": …, "advice": …}, …]}`
  private static func json(_ findings: [Finding]) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.objects("findings", of: findings) { writer, finding in
        writer.member("check", finding.check)
        writer.member("level", finding.level.rawValue)
        writer.member("text", finding.text)
        writer.member("advice", finding.advice)
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
