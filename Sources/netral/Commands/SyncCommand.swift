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

      With --pins and --witness-key it watches over the record, too: every case is held against its leaf, and an agency \
      that sees all cases accounts for every leaf. What it keeps for that is in a folder beside the replica. \
      \(WatchOptions.statuses) And 8: what is shown is not what the record holds, or versions are kept back.
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
  @Option(
    help: """
      A folder for the files of evidence of its cases, fetched when it agrees (the key needs cases:read, too); with \
      --give-back the one that they are given back from.
      """)
  var evidence: String?
  @Option(help: "The language of their headings: en or id.")
  var language = "en"
  @Flag(help: "Makes the replica anew, and puts it in place of the old one once it agrees.")
  var fresh = false
  @Flag(
    help: """
      Hands back the agency's own reports that the replica has and the service, restored from a backup, has not (scope \
      imports or migration), names what is to be recorded again, and leaves the replica as it is.
      """)
  var giveBack = false
  @Option(help: "A file of options for curl: cacert, cert, proxy and so on.")
  var curlConfig: String?
  @Option(help: "The public keys that agencies have exchanged: watches over the record, with --witness-key.")
  var pins: String?
  @Option(help: "The private key that the agency cosigns the record with: netral witness key makes one.")
  var witnessKey: String?
  @OptionGroup var watch: WatchOptions
  @Option(help: "How often to ask again after a fault that may pass; the count begins anew with every advance.")
  var retries = 5
  @Flag(help: "Says nothing but what is wrong.")
  var quiet = false

  func validate() throws {
    guard (0...100).contains(retries) else { throw ValidationError("--retries: give a number in 0...100") }
    guard ["en", "id"].contains(language) else { throw ValidationError("--language: give en or id") }
    guard (pins == nil) == (witnessKey == nil) else { throw ValidationError("give both --pins and --witness-key") }
    if giveBack, fresh || watch.acceptEpoch != nil {
      throw ValidationError("--give-back: run it by itself, after the epoch was accepted and before --fresh")
    }
    if pins == nil, watch.acceptEpoch != nil { throw ValidationError("--accept-epoch: give --pins and --witness-key") }
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
      let file = try ReplicaFile(into)
      let witness = try explaining { try self.witness(over: transport, progress) }
      if witness == nil { progress.note("nobody watches over the record: --pins and --witness-key are not given") }
      // What a restoration has lost is named from the replica before anything in it is replaced.
      if let witness, watch.acceptEpoch != nil { try explaining { try acceptEpoch(witness, file) } }
      let job = SyncJob(
        transport: transport, file: file, retries: retries, progress: progress, witness: witness,
        tell: printLines)
      if giveBack { return try handBack(job) }
      var (hasQuorum, isComplete) = (true, true)
      let verdict = try synchronise(job, witness) { replica in
        hasQuorum = try watchOver(witness)
        isComplete = try account(for: replica, witness)
      }
      var hasFiles = true
      if verdict.isInAgreement {
        try writeSpreadsheets(of: verdict.replica)
        hasFiles = try fetchEvidence(job, verdict.replica, progress)
      }
      try verdict.replica.close()
      if !quiet || !verdict.isInAgreement { try printLines(verdict.summary) }
      guard verdict.isInAgreement else {
        progress.warn("differences are left; look into their cause, then make the replica anew with --fresh")
        throw ExitCode(3)
      }
      guard isComplete else {
        progress.warn("versions are kept back: ask the agencies that are named, and the operator")
        throw ExitCode(AccountFailure.status)
      }
      if !hasFiles { throw ExitCode(3) }
      if !hasQuorum { throw ExitCode(WatchOptions.quorumStatus) }
    } catch let failure as ReplicaFailure {
      throw ExitFailure("\(failure)")
    } catch let fault as SyncFault {
      throw ExitFailure("\(fault)")
    }
  }

  // MARK: The record

  private func witness(over transport: CurlTransport, _ progress: ProgressLine) throws -> WitnessJob? {
    guard let pins, let witnessKey else { return nil }
    let watch = Watch(pins: try Pins(path: pins), key: try WitnessKey(path: witnessKey), options: watch)
    let state = try WitnessState(into + ".witness", key: watch.key, makesFolder: true)
    return watch.job(transport, state, retries, progress)
  }

  private func acceptEpoch(_ witness: WitnessJob, _ file: ReplicaFile) throws {
    let verdict = try witness.run()
    guard let lost = verdict.lost else { return }
    try printLines(verdict.summary)
    guard let replica = try file.open() else { return }
    try printLines(replica.lines(of: lost))
    try replica.close()
  }

  private func handBack(_ job: SyncJob) throws {
    let outcome = try GiveBack(job, filesFrom: evidence).run()
    try printLines(outcome.lines)
    if !outcome.isComplete { throw ExitCode(3) }
  }

  /// What is found wrong on the way is left as evidence. A feed with a gap tells of a restoration: then the record says first
  /// whether that was accepted.
  private func synchronise(
    _ job: SyncJob, _ witness: WitnessJob?, settle: (Replica) throws -> Void
  ) throws -> SyncJob.Verdict {
    try explaining {
      do {
        return try job.run(isFresh: fresh, settle: settle)
      } catch let fault as SyncFault where fault.tellsOfRestoration {
        _ = try watchOver(witness)
        throw fault
      } catch let failure as AccountFailure {
        try witness?.leaveEvidence(of: failure)
        throw failure
      }
    }
  }

  /// - Returns: whether the replica has all that the record has, or nobody watches.
  private func account(for replica: Replica, _ witness: WitnessJob?) throws -> Bool {
    guard let account = try witness?.account(for: replica) else { return true }
    if !quiet || !account.isComplete { try printLines(account.summary) }
    return account.isComplete
  }

  /// - Returns: whether enough others have cosigned, or nobody watches.
  private func watchOver(_ witness: WitnessJob?) throws -> Bool {
    guard let verdict = try witness?.run() else { return true }
    if !quiet { try printLines(verdict.summary) }
    return verdict.hasQuorum
  }

  private func writeSpreadsheets(of replica: Replica) throws {
    if let csv { try replica.writeSpreadsheets(into: csv) }
    if let xlsx { try replica.writeSpreadsheets(into: xlsx, as: .xlsx(language == "id" ? .indonesian : .english)) }
  }

  /// - Returns: whether the service could give every file that it should.
  private func fetchEvidence(_ job: SyncJob, _ replica: Replica, _ progress: ProgressLine) throws -> Bool {
    guard let evidence else { return true }
    let outcome = try EvidenceFetch(job, replica, into: evidence, isFresh: fresh).run()
    if !quiet {
      try printLines([
        "files         \(outcome.fetched) fetched, \(outcome.deleted) \(fresh ? "set aside" : "deleted")"
          + (outcome.kept > 0 ? ", \(outcome.kept) are given to nobody now" : "")
      ])
    }
    if outcome.missing.isEmpty { return true }
    let names = outcome.missing.prefix(5).joined(separator: ", ")
    progress.warn("the service cannot give \(outcome.missing.count) files, which are damaged there: \(names)")
    return false
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
