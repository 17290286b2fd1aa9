internal import Domain
internal import HTTPServer
internal import Service

/// GET /metrics: how the service does, in numbers, for Prometheus.
enum MetricsRoutes {
  static func show(_ call: Call, _ watching: Watching, _ metrics: Metrics, _ waiting: WaitingAnswers) async -> Answer {
    let clocks = await watching.openClocks(on: call.asker.today)
    let page = await page(watching, metrics, waiting, clocks, call.asker.now)
    return Answer(contentType: MetricsText.contentType, body: .bytes(page))
  }

  /// Looks into the file system and through the process's descriptors: nothing for an event loop.
  @concurrent
  private static func page(
    _ watching: Watching, _ metrics: Metrics, _ waiting: WaitingAnswers, _ clocks: [OpenClockCount]?, _ now: Timestamp
  ) async -> [UInt8] {
    var text = MetricsText()
    let condition = watching.condition()
    let agencies = watching.agencies
    text.begin("netral_build_info", .gauge, "The program that runs; always 1.")
    text.sample("netral_build_info", [("version", netralVersion)], value: 1)
    requests(metrics, to: &text)
    limits(metrics, to: &text)
    load(metrics, watching, waiting, condition, to: &text)
    writes(condition, agencies, to: &text)
    feed(metrics, condition, agencies, to: &text)
    if let clocks { openClocks(clocks, to: &text) }
    keys(watching.keys, now, to: &text)
    disk(condition, to: &text)
    backups(watching.backupStatus, now, to: &text)
    ProcessStatus.now()?.write(to: &text)
    return Array(text.text.utf8)
  }

  private static func requests(_ metrics: Metrics, to text: inout MetricsText) {
    let tally = metrics.requests
    text.begin(
      "netral_http_requests_total", .counter,
      "Requests answered, by method, route template and status. Route - is no route; method - was refused before it was a request."
    )
    let used = tally.lines.indices.filter { !tally.answers($0).isEmpty }
    for index in used {
      let line = tally.lines[index]
      for (status, count) in tally.answers(index) {
        let labels: [(StaticString, String)] = [
          ("method", line.method), ("route", line.template), ("code", status == 0 ? "other" : "\(status)"),
        ]
        text.sample("netral_http_requests_total", labels, value: count)
      }
    }
    text.begin(
      "netral_http_request_duration_seconds", .histogram,
      "From the head of a request to its answer, or to the beginning of a streamed one, waiting for changes included.")
    for index in used where tally.lines[index].method != "-" {
      let line = tally.lines[index]
      text.histogram(
        "netral_http_request_duration_seconds", tally.durations(index),
        [("method", line.method), ("route", line.template)])
    }
  }

  private static func limits(_ metrics: Metrics, to text: inout MetricsText) {
    text.begin(
      "netral_limit_hits_total", .counter,
      "Requests and connections refused or cut because of a limit, by its kind (agency: an agency's share; busy: all of it)."
    )
    for limit in Metrics.Limit.allCases {
      text.sample("netral_limit_hits_total", [("limit", limit.label)], value: metrics.hits(limit))
    }
    text.begin("netral_answers_broken_off_total", .counter, "Answers that broke off in the middle, by reason.")
    for reason in Metrics.BreakReason.allCases {
      text.sample("netral_answers_broken_off_total", [("reason", reason.label)], value: metrics.breaks(reason))
    }
    text.add(
      "netral_authentication_failures_total", .counter, "Requests refused for a missing, wrong or ended key.",
      metrics.failedAuthentications)
  }

  private static func load(
    _ metrics: Metrics, _ watching: Watching, _ waiting: WaitingAnswers, _ condition: StoreCondition,
    to text: inout MetricsText
  ) {
    if let server = metrics.server {
      text.add("netral_open_connections", .gauge, "Connections open now.", server.openConnections)
      text.add(
        "netral_requests_in_flight", .gauge,
        "Requests being answered now, this one too; those that only wait left out.",
        server.requestsInFlight)
    }
    text.add(
      "netral_waiting_answer_bytes", .gauge, "Memory of answers that their clients have not taken yet.",
      waiting.bytes)
    text.add("netral_waiters", .gauge, "Requests that wait for a change now.", condition.waiters)
    text.add(
      "netral_streams_running", .gauge, "Exports, imports and reconciliations running now.", watching.streamsRunning)
    text.add(
      "netral_long_read_queue_depth", .gauge, "Pieces of long reading that wait now.", condition.longReadsQueued)
  }

  private static func writes(_ condition: StoreCondition, _ agencies: [String], to text: inout MetricsText) {
    text.add(
      "netral_write_queue_depth", .gauge, "Writes that wait now.", condition.queued.values.reduce(0, +))
    text.begin("netral_write_queue_depth_by_owner", .gauge, "Writes that wait now, by agency, and the operator's.")
    for agency in agencies {
      let count = condition.queued[.agency(AgencyCode(rawValue: agency))] ?? 0
      text.sample("netral_write_queue_depth_by_owner", [("owner", agency)], value: count)
    }
    text.sample(
      "netral_write_queue_depth_by_owner", [("owner", "operator")], value: condition.queued[.operator] ?? 0)
    text.add(
      "netral_write_queue_oldest_seconds", .gauge, "How long the oldest waiting write has waited; 0 when none waits.",
      condition.oldestWait / .seconds(1))
    let commits = condition.commits
    text.add(
      "netral_commits_total", .counter, "Batches of writes that were committed, or undone because each was refused.",
      commits.seconds.count)
    text.add(
      "netral_failed_commits_total", .counter, "Batches that the disk or SQLite has refused; nothing of them was kept.",
      commits.failures)
    text.begin("netral_commit_batch_size", .histogram, "Writes that shared a commit.")
    text.histogram("netral_commit_batch_size", commits.batchSizes)
    text.begin(
      "netral_commit_duration_seconds", .histogram, "From the beginning of a batch until it was on the disk.")
    text.histogram("netral_commit_duration_seconds", commits.seconds)
  }

  private static func feed(
    _ metrics: Metrics, _ condition: StoreCondition, _ agencies: [String], to text: inout MetricsText
  ) {
    text.add("netral_feed_head", .gauge, "The newest sequence of the feed.", condition.head)
    text.begin(
      "netral_feed_lag", .gauge,
      "Events between the head and the sequence that the agency's last page of /v1/changes reached, or its last reconciliation in agreement; absent until there was one since the start."
    )
    let reached = metrics.reachedByAgency
    for agency in agencies {
      guard let seq = reached[AgencyCode(rawValue: agency)] else { continue }
      text.sample("netral_feed_lag", [("agency", agency)], value: max(0, condition.head - seq))
    }
  }

  private static func openClocks(_ counts: [OpenClockCount], to text: inout MetricsText) {
    text.begin(
      "netral_open_clocks", .gauge, "Statutory clocks that are open, by kind and state; counted once a minute.")
    for kind in ClockKind.allCases {
      for state in OpenClockCount.State.allCases where kind != .appealFiling || state != .overdue {
        let count = counts.filter { $0.kind == kind && $0.state == state }.reduce(0) { $0 + $1.count }
        text.sample("netral_open_clocks", [("kind", kind.rawValue), ("state", state.rawValue)], value: count)
      }
    }
  }

  /// How long before its end a key counts: time to have a successor signed for and brought to an agency.
  private static let warnedSeconds: Int64 = 14 * 86_400

  private static func keys(_ keys: [AccessKey], _ now: Timestamp, to text: inout MetricsText) {
    let valid = keys.filter { $0.isValid(at: now) }
    let horizon = now.adding(seconds: warnedSeconds)
    text.add("netral_keys_valid", .gauge, "Keys that are valid now.", valid.count)
    text.add(
      "netral_keys_expiring_soon", .gauge, "Of them, those that will not be valid in 14 days.",
      valid.count { !$0.isValid(at: horizon) })
  }

  private static func disk(_ condition: StoreCondition, to text: inout MetricsText) {
    if let bytes = condition.databaseBytes {
      text.add("netral_database_bytes", .gauge, "Length of the database file.", bytes)
    }
    if let bytes = condition.logBytes {
      text.add("netral_database_log_bytes", .gauge, "Length of the write-ahead log beside it.", bytes)
    }
    if let bytes = condition.diskFreeBytes {
      text.add("netral_disk_free_bytes", .gauge, "What the database's file system has left for the program.", bytes)
    }
  }

  /// Nothing where no folder is set: there are no backups to watch over.
  private static func backups(_ status: BackupStatus, _ now: Timestamp, to text: inout MetricsText) {
    guard status.isConfigured else { return }
    func seconds(_ instant: Timestamp) -> Double { Double(instant.milliseconds) / 1_000 }
    text.add(
      "netral_backups_ahead_of_clock", .gauge,
      "Backups whose time has not come yet: a clock was wrong, or is; more than 0 is a fault.", status.aheadCount)
    // Of one from the future the age is not known; that there is none is what an alert must see.
    if let newest = status.newest, !newest.isAhead(of: now) {
      let madeAt = seconds(newest.madeAt)
      text.add(
        "netral_backup_last_success_timestamp_seconds", .gauge, "When the newest verified backup was taken.", madeAt)
      text.add("netral_backup_age_seconds", .gauge, "How long ago that was.", max(0, seconds(now) - madeAt))
      text.add("netral_backup_bytes", .gauge, "Length of the newest verified backup.", newest.bytes)
    }
    text.add("netral_backups_failed_total", .counter, "Backups this process could not make.", status.failures)
    if let failure = status.lastFailureAt {
      text.add("netral_backup_last_failure_timestamp_seconds", .gauge, "When a backup failed last.", seconds(failure))
    }
  }
}
