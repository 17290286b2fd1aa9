internal import Domain
internal import HTTPServer
internal import Storage

/// EVERY setting. The table of docs/settings.md is tested against this one.
///
/// A new setting is a place in `Config` with its default, a line here, and its row in docs/settings.md.
extension Setting {
  static let all: [Setting] = serving + limits + work + backup

  private static let serving: [Setting] = [
    .text("database", \.database, "the file; its folder must exist"),
    .host("host", \.host, "the address to listen on, or unix: and the path of a socket"),
    .int("port", \.port, 0...65_535, "the port to listen on; 0 takes any free one, and a socket has none"),
    loops,
    .code("log_level", \.logLevel, "what is logged: one line per request at info"),
    .code("log_format", \.logFormat, "how a line of the log is written"),
    .int(
      "disk_free_bytes_min", \.diskFreeBytesMin, 0...1_099_511_627_776,
      "least free space with which the service is ready"),
    .pathPrefix("path_prefix", \.pathPrefix, "what a proxy puts before every path"),
    .networks("trusted_proxies", \.trustedProxies, "whose Forwarded and Netral-Client-Identity fields are believed"),
    .flag("metrics_local", \.opensMetricsLocally, "whether /metrics needs no key from this machine itself"),
  ]

  private static var loops: Setting {
    var loops = int("loops", \.loops, 1...64, "event loops, each with a reader of its own")
    loops.standardWords = "one per core"
    return loops
  }

  private static let limits: [Setting] = [
    .int("connections_max", \.limits.connectionsMax, 1...1_000_000, "connections; more are answered 503"),
    .int(
      "connections_per_address_max", \.limits.connectionsPerAddressMax, 1...1_000_000,
      "connections of one address; behind a proxy as many as of all"),
    .int("requests_in_flight_max", \.limits.requestsInFlightMax, 1...1_000_000, "requests; more are answered 503"),
    .seconds(
      "shutdown_deadline_seconds", \.limits.shutdownDeadline, 1...600, "what runs at SIGTERM may take this long"),
  ]

  private static let work: [Setting] = [
    .int("streams_max", \.streamsMax, 1...1_000, "exports, imports and reconciliations at the same time"),
    .int(
      "failed_keys_per_minute", \.failedKeysPerMinute, 1...1_000_000,
      "requests with a key that is not valid, by address and by the key they name"),
    .int("requests_per_key_per_second", \.requestsPerKeyPerSecond, 0...1_000_000, "with one key; 0 is any number"),
    .int(
      "cost_per_agency_per_hour", \.costPerAgencyPerHour, 10...100_000_000,
      "units of long work: a stream takes 10, a statistic that must be counted 1"),
    .int(
      "bytes_per_agency_per_day", \.store.bytesPerAgencyPerDay, 1_048_576...1_099_511_627_776,
      "bytes one agency may store on a day in Jakarta, at most half of what the disk has left when it begins"),
    .int(
      "evidence_file_bytes_max", \.evidence.fileBytesMax, 1_024...268_435_456, "bytes of one file of evidence"),
    .int(
      "evidence_case_files_max", \.evidence.filesPerCaseMax, 1...1_000, "files of one case, withdrawn ones too"),
    .int(
      "evidence_case_bytes_max", \.evidence.caseBytesMax, 1_024...1_099_511_627_776, "bytes of all files of one case"),
    .path("clamd", \.clamd, "the socket of clamd, which scans files of evidence; without it nobody does"),
    .int("figures_per_agency_per_day", \.figuresPerAgencyPerDay, 1...10_000_000, "new figures, stored for ever"),
    .int(
      "public_requests_per_minute", \.publicRequestsPerMinute, 1...1_000_000,
      "questions without a key that one address may ask"),
  ]

  private static let backup: [Setting] = [
    .path("backup_folder", \.store.backup.folder, "where backups go; without it there are none"),
    .int("backup_keep", \.store.backup.keep, 1...10_000, "backups that are kept"),
    .int(
      "backup_bytes_per_second", \.store.backup.bytesPerSecond, 1_048_576...10_737_418_240,
      "how fast a backup copies"),
    .path("master_key_file", \.store.masterKeyFile, "the key that wraps all keys; without it, beside the database"),
    .path(
      "keys_backup_folder", \.store.backup.keysFolder, "where backups of the keys go; without it there are none"),
    .int(
      "retention_notice_days", \.retentionNoticeDays, 0...3_650,
      "days on which a case stands on the list of what falls due before it is erased"),
    .int("keys_backup_days", \.store.backup.keysDays, 1...3_650, "how long backups of the keys are kept"),
  ]
}
