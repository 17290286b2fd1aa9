internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Sync

/// `netral sync`
struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Brings an agency's own copy of its cases up to date and has it certified by the service.",
    discussion: """
      The first run takes a snapshot, later ones what has changed since. Exit status: 0 the copy agrees with the service; \
      1 it could not be done, and one line says why; 3 it was done, and differences are left.
      """)

  @Option(help: "The address of the service.")
  var server: String
  @Option(help: "A file with the agency's key (scope sync), which only its owner may read.")
  var keyFile: String
  @Option(help: "The replica: an SQLite file, made by the first run.")
  var into: String
  @Option(help: "A folder for spreadsheets of its tables, written when it agrees.")
  var csv: String?
  @Option(help: "The same for workbooks (XLSX), with dates as dates and every number of a person intact.")
  var xlsx: String?
  @Option(help: "The language of their headings: en or id.")
  var language = "en"
  @Flag(help: "Makes the replica anew, and puts it in place of the old one once it agrees.")
  var fresh = false
  @Option(help: "A file of options for curl: cacert, cert, proxy and so on.")
  var curlConfig: String?
  @Option(help: "How often to ask again after a fault that may pass; the count begins anew with every advance.")
  var retries = 5
  @Flag(help: "Says nothing but what is wrong.")
  var quiet = false

  func validate() throws {
    guard (0...100).contains(retries) else { throw ValidationError("--retries: give a number in 0...100") }
    guard ["en", "id"].contains(language) else { throw ValidationError("--language: give en or id") }
  }

  func run() throws {
    // A child or a reader that goes away is no reason to end.
    signal(SIGPIPE, SIG_IGN)
    let address = try ServerAddress(server)
    let key = try KeyFile(keyFile)
    let progress = ProgressLine(isQuiet: quiet)
    if address.isUnprotected {
      progress.warn("\(server) is not https: the key and the cases cross the network in the clear")
    }
    if key.isReadableByGroup { progress.warn("\(keyFile): its group may read this key, too") }
    try checkCurlConfig()
    for folder in [csv, xlsx].compactMap(\.self) { try makeFolder(folder) }
    do {
      let transport = CurlTransport(server: address.text, key: key.key, configPath: curlConfig.map(absolute))
      let job = SyncJob(
        transport: transport, file: try ReplicaFile(into), retries: retries, progress: progress, tell: printLines)
      let verdict = try job.run(isFresh: fresh)
      if verdict.isInAgreement { try writeSpreadsheets(of: verdict.replica) }
      try verdict.replica.close()
      if !quiet || !verdict.isInAgreement { try printLines(verdict.summary) }
      guard verdict.isInAgreement else {
        progress.warn("differences are left; look into their cause, then make the replica anew with --fresh")
        throw ExitCode(3)
      }
    } catch let failure as ReplicaFailure {
      throw ExitFailure("\(failure)")
    } catch let fault as SyncFault {
      throw ExitFailure("\(fault)")
    }
  }

  private func writeSpreadsheets(of replica: Replica) throws {
    if let csv { try replica.writeSpreadsheets(into: csv) }
    if let xlsx { try replica.writeSpreadsheets(into: xlsx, as: .xlsx(language == "id" ? .indonesian : .english)) }
  }

  private func absolute(_ path: String) -> String { URL(filePath: path).path }

  private func checkCurlConfig() throws {
    guard let curlConfig, access(curlConfig, R_OK) != 0 else { return }
    throw ExitFailure("\(curlConfig): \(String(cString: strerror(errno)))")
  }

  private func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o700) != 0 else { return }
    var status = stat()
    guard errno == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw ExitFailure("\(path): cannot be made a folder for spreadsheets")
    }
  }
}
