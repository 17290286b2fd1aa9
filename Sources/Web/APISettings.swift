public import Domain
public import Service

/// What the interface may be told.
public struct APISettings: Sendable {
  /// Longest JSON body, in bytes. Default 1 MiB (the contract).
  public var bodyBytesMax = 1 << 20
  /// Longest line of an import, in bytes. Default 1 MiB, as for a body.
  public var lineBytesMax = 1 << 20
  /// Import lines that share one write. Default 1,024: some 90 ms, which another agency's write may have to wait. With
  /// fewer lines each commit writes as many pages of the indexes on persons and places again for fewer cases.
  public var importBatchLines = 1_024
  /// Longest import or manifest after decompression, in bytes. Default 4 GiB: some four million lines.
  public var decodedBytesMax = 4 << 30
  /// Requests of one agency that may wait for their turn on crowded event loops. Default 512: half of what may be in
  /// flight, so that others always find room.
  public var requestsPerAgencyMax = 512
  /// Exports, imports and reconciliations that run at the same time. Default 16: with their buffers some 16 MiB.
  public var streamsMax = 16
  /// Of one agency. Default 4: a nightly job, a migration, and two that somebody has forgotten.
  public var streamsPerAgencyMax = 4
  /// Memory of answers that their clients have not taken yet. Default 256 MiB: a quarter of what the service may use.
  public var waitingAnswerBytesMax = 256 << 20
  /// Of one agency. Default 64 MiB: sixteen of the longest pages, and three agencies that read nothing leave room for
  /// the others.
  public var waitingAnswerBytesPerAgencyMax = 64 << 20
  /// Memory of bodies that are held whole until their requests are answered. Default 128 MiB: an eighth of what the
  /// service may use.
  public var heldBodyBytesMax = 128 << 20
  /// Of one agency. Default 32 MiB: thousands of usual cases, and four agencies leave room for the fifth's.
  public var heldBodyBytesPerAgencyMax = 32 << 20
  /// Memory for answers to statistical questions. Default 8 MiB: some hundred answers by institution.
  public var figuresBytesMax = 8 << 20
  /// New figures of one agency on a day; each is stored for ever. Default 5,000: all that nightly reports ask, many times.
  public var figuresPerAgencyPerDay = 5_000
  /// After which the service looks again whether a public release is due, or tries again what has failed. Default 30 s: a
  /// look costs nothing, and nobody waits for the second.
  public var releaseInterval: Duration = .seconds(30)
  /// Days on which a case stands on the list of what falls due before it is erased. Default 30: time for its owner or BKN to
  /// see it, and to hold it.
  public var retentionNoticeDays = 30
  /// After which the service looks again whether anything is kept no longer. Default 1 h: nobody waits for the minute.
  public var retentionInterval: Duration = .seconds(3_600)
  /// How many files of evidence a case may have, and how long they may be.
  public var evidence = EvidenceLimits()
  /// Looks for harmful programs in files of evidence. Default: none does, and files are given out as they are.
  public var scanner: (any FileScanner)?
  /// After which a scanner is asked again that has not answered. Default 30 s.
  public var scanInterval: Duration = .seconds(30)
  /// Requests without a key that one address may make to public statistics. Default 60 a minute: a page with its tables,
  /// and somebody who reads them.
  public var publicRequestsPerMinute = 60
  /// Requests with a key that is not valid which one address may send, and which may name one key. Default 30 a minute: a
  /// job that somebody has given an old key is told what is wrong, and one that tries keys is told to wait.
  public var failedKeysPerMinute = 30
  /// Requests with one key. Default 0, any number: agencies take turns, so that a fast key delays no other agency, and
  /// what nobody else waits for costs nobody anything.
  public var requestsPerKeyPerSecond = 0
  /// Units of long work of one agency: an export, import or reconciliation takes 10, a statistic that must be counted 1,
  /// and so do 100 lines of an import or 10 of its dry run. Default 36,000 an hour: an export a second without a pause, far more than nightly jobs need.
  public var costPerAgencyPerHour = 36_000
  /// What a proxy puts before every path of the service, as `/netral`; it may take it away again or not. Default: nothing.
  public var pathPrefix = ""
  /// Addresses of proxies whose `Forwarded` field is believed. Default: none.
  public var trustedProxies: [Network] = []
  /// Whether metrics need no key from this machine itself. Default true; behind a proxy that is not trusted: false.
  public var opensMetricsLocally = true
  /// Least free space, in bytes, with which the service is ready. Default 256 MiB: four times what the write-ahead log
  /// may keep, so that there is time to make room before a write fails.
  public var diskFreeBytesMin = 256 << 20
  /// How long the oldest write may have waited, and a probe's own may take, while the service is ready. Default 5 s: the
  /// line holds well under a second of work, so that one who waits that long stands and does not queue.
  public var readyWaitMax: Duration = .seconds(5)
  /// Clock; tests fix it.
  public var now: @Sendable () -> Timestamp
  /// Source of random bits.
  public var random: @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }

  /// The defaults, with a clock.
  public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }
}
