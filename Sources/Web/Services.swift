internal import Domain
internal import Logging
internal import Service

/// What handlers are given, each the part it needs.
final class Services: Sendable {
  let cases: CaseService
  let acts: ActionService
  let corrections: CorrectionService
  let links: LinkService
  let confirmations: ConfirmationService
  let clocks: ClockService
  let imports: ImportService
  let feed: FeedService
  let exports: ExportService
  let reconciliations: ReconciliationService
  let figures: FigureService
  let overview: OverviewService
  let publishedFigures: PublishedFigureService
  let releases: ReleaseService
  let keys: KeyService
  let referenceData: ReferenceService
  let backups: BackupService
  let log: LogService
  let watching: Watching
  let rendered: RenderedCases
  let documentation: Documentation
  let metrics: Metrics
  let waiting: WaitingAnswers
  let derivation: ClockDerivation
  let releaseMaker: ReleaseMaker
  let retentionRun: RetentionRun
  let retention: RetentionService
  let sealingKeys: SealingKeyService
  let evidence: EvidenceService
  let deliveries: DeliveryService
  let pages = PageCache()
  /// The routes that pages ask in the place of whoever looks at them.
  let interface: Router
  let scanRun: ScanRun

  init(
    _ store: any Store, _ settings: APISettings, _ documentation: Documentation, _ metrics: Metrics,
    interface: Router, _ logger: Logger
  ) {
    let waiting = WaitingAnswers(
      bytesMax: settings.waitingAnswerBytesMax, ownerBytesMax: settings.waitingAnswerBytesPerAgencyMax)
    let slots = StreamSlots(countMax: settings.streamsMax, ownerCountMax: settings.streamsPerAgencyMax)
    let work = LongWork(slots: slots, costPerHour: settings.costPerAgencyPerHour)
    let records = Records(store: store, work: work) { owner throws(Failure) in try waiting.requireRoom(for: owner) }
    let ids = CaseIDs(random: settings.random)
    cases = CaseService(records, ids: ids)
    acts = ActionService(records)
    corrections = CorrectionService(records) { patch, facts throws(Failure) in try FactsPatch.merge(patch, facts) }
    links = LinkService(records)
    confirmations = ConfirmationService(records)
    clocks = ClockService(records)
    imports = ImportService(records, ids: ids, now: settings.now)
    feed = FeedService(records)
    exports = ExportService(records)
    reconciliations = ReconciliationService(records, now: settings.now)
    figures = FigureService(
      records, form: StatisticJSON.form, bytesMax: settings.figuresBytesMax,
      perAgencyPerDay: settings.figuresPerAgencyPerDay)
    publishedFigures = PublishedFigureService(records)
    overview = OverviewService(records)
    let made = PublicReleases(store: store)
    releaseMaker = ReleaseMaker(
      store: store, releases: made, every: settings.releaseInterval, now: settings.now, logger: logger)
    releases = ReleaseService(store: store, releases: made, maker: releaseMaker)
    keys = KeyService(records)
    derivation = ClockDerivation(store: store, logger: logger)
    referenceData = ReferenceService(records, derivation: derivation)
    backups = BackupService(store: store, logger: logger)
    log = LogService(records)
    let readiness = Readiness(
      store: store, waitMax: settings.readyWaitMax, diskFreeBytesMin: settings.diskFreeBytesMin, now: settings.now)
    watching = Watching(store: store, readiness: readiness, work: work)
    let rendered = RenderedCases()
    self.rendered = rendered
    retentionRun = RetentionRun(
      store: store, noticeDays: settings.retentionNoticeDays, every: settings.retentionInterval, now: settings.now,
      logger: logger
    ) { rendered.forget() }
    sealingKeys = SealingKeyService(records)
    scanRun = ScanRun(store: store, scanner: settings.scanner, every: settings.scanInterval, logger: logger)
    let (room, parts) = (UploadRoom(), Deliveries())
    evidence = EvidenceService(records, settings.evidence, scans: scanRun, room: room, deliveries: parts)
    deliveries = DeliveryService(
      records, settings.evidence, scans: scanRun, room: room, deliveries: parts, now: settings.now)
    retention = RetentionService(records, run: retentionRun)
    self.documentation = documentation
    self.interface = interface
    self.metrics = metrics
    self.waiting = waiting
  }
}
