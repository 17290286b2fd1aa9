/// What the server takes from one client, and from all of them together, before it refuses.
///
/// Every value may be changed before the server starts; none is read again afterwards.
public struct Limits: Sendable {
  /// Longest request line in bytes, without its line end; beyond it 414.
  ///
  /// RFC 9112 section 3 asks for at least 8,000; 8 KiB is also what nginx and Apache take.
  public var requestLineBytesMax = 8_192

  /// Longest head in bytes, request line and empty line included; beyond it 431.
  ///
  /// Four times the request line: room for long cookies and tokens, as in nginx's `large_client_header_buffers`.
  public var headBytesMax = 32_768

  /// Most field lines in one head; beyond it 431.
  ///
  /// Browsers and proxies send 10 to 30; 64 leaves room and keeps a look-up a short scan.
  public var headFieldsMax = 64

  /// Longest body in bytes that ``RequestBody/collect(bytesMax:)`` takes, whatever its caller asks for.
  ///
  /// 1 MiB holds any single document; what is larger should be read piece by piece.
  public var bodyBytesMax = 1 << 20

  /// Longest body in bytes at all; a longer declared length gets 413 before the handler runs.
  ///
  /// 4 GiB is a migration of some four million cases; a stream takes no memory for its length.
  public var streamBytesMax = 4 << 30

  /// How long a head may take from its first byte to its last; beyond it 408.
  ///
  /// 10 s is enough for three lost packets on a slow line, and too short to hold connections cheaply.
  public var headTimeout = Duration.seconds(10)

  /// How long the handler may wait for body bytes in all before the minimum rate counts.
  ///
  /// 10 s, as for a head.
  public var bodyGrace = Duration.seconds(10)

  /// Slowest body in bytes per second of waiting, after ``bodyGrace``; slower bodies are ``BodyFailure/tooSlow``.
  ///
  /// 1 KiB/s is below the worst mobile link; only time in which the server waits for the client counts. A body that was
  /// fast before may still be late by ``bodyGrace`` and not by more.
  public var bodyBytesPerSecondMin = 1_024

  /// How long a client may take no byte of an answer before its connection is cut.
  ///
  /// 30 s, half of nginx's `send_timeout`: the memory it holds is bounded by ``streamBufferBytes``.
  public var writeTimeout = Duration.seconds(30)

  /// Slowest client of an answer in bytes per second, after ``writeTimeout``; a slower one is cut.
  ///
  /// 1 KiB/s, as for a body: who takes a byte now and then would hold one of few streams for ever. What counts is what
  /// the client has acknowledged, not what the system has taken for it.
  public var answerBytesPerSecondMin = 1_024

  /// How long a connection may stay open without a request; then it is closed silently.
  ///
  /// 60 s is a little less than nginx's 75, so that a pool in front refreshes its connections in good time.
  public var idleTimeout = Duration.seconds(60)

  /// Most connections open at once; further ones get 503.
  ///
  /// 10,000 idle connections cost about 10 MB here, and fit a descriptor limit of 16,384.
  public var connectionsMax = 10_000

  /// Most connections open at once from one address; further ones get 503.
  ///
  /// A tenth of all, so that one client cannot take them all. Behind a proxy every connection has the proxy's
  /// address: raise this to ``connectionsMax`` there. A socket in the file system has no addresses, and no such limit.
  public var connectionsPerAddressMax = 1_000

  /// Most requests whose handler runs at the same time; further ones get 503.
  ///
  /// 1,024 requests wait at most a few seconds for a store that answers some hundreds per second.
  public var requestsInFlightMax = 1_024

  /// How many bytes of a streamed answer wait for a slow client before the writer is suspended.
  ///
  /// 256 KiB keeps a fast link busy between two wake-ups; times ``requestsInFlightMax`` it is 256 MiB at worst.
  public var streamBufferBytes = 256 << 10

  /// How long ``Server/shutdown()`` lets running requests finish before it cuts them.
  ///
  /// 30 s is what service managers grant by default before they kill.
  public var shutdownDeadline = Duration.seconds(30)

  public init() {}
}

/// Bounds that nobody needs to change, each with its reason.
enum FixedLimit {
  /// Bytes taken from a socket at once: the usual size of a full receive window on a fast link.
  static let receiveBytes = 65_536

  /// Bytes that the system takes for a client beside those on their way to it: what keeps a fast link busy between two
  /// wake-ups, as ``Limits/streamBufferBytes``. Else it would take up to 4 MiB for each client that does not read.
  static let unsentBytesMax: Int32 = 262_144

  /// Bytes that one request may move before the others of its loop get a turn: less than a millisecond's work.
  static let turnBytes = 262_144

  /// Nanoseconds after which jobs give way to the sockets: what a client may notice begins at some milliseconds.
  static let turnDuration: Nanoseconds = 1_000_000

  /// Jobs that may wait while the sockets are looked at.
  static let waitingJobsMax = 128

  /// Unread body that is swallowed to keep a connection; more than this costs more than a new connection.
  static let discardedBytesMax = 65_536

  /// Bytes read and dropped after the last answer, so that the client can still read it (RFC 9112 section 9.6).
  ///
  /// What a connection may send without a place among ``drainingConnectionsMax``: more than lies in most networks.
  static let lingeringBytesMax = 1 << 20

  /// How long the client may send nothing after the last answer and not close either.
  ///
  /// What it sends gives time back at the slowest pace of a body, up to this.
  static let lingering = Duration.seconds(2)

  /// Bytes read and dropped of a longer body that is refused.
  ///
  /// Proxies and simple clients send much of a body, or all, before they read. Who is reset meanwhile loses the answer:
  /// nginx says 502 in its place, and a client whose key is wrong tries again for ever. 64 MiB is some hundredth of a
  /// second of work. Beyond it nothing is read any more: a proxy that can send no further looks for the answer.
  static let drainedBytesMax = 64 << 20

  /// How long a refused body is dropped at most: as long as a head may take, for the same reason.
  static let draining = Duration.seconds(10)

  /// Connections of which one loop drops more than ``lingeringBytesMax`` at the same time.
  ///
  /// As many as are kept to be told 503; of further ones no more is read than the lower bound, so that a flood of them
  /// costs little.
  static let drainingConnectionsMax = 128

  /// Refused connections that one loop keeps open until they have read their 503.
  static let refusedConnectionsMax = 128

  /// Bytes of one chunk-size line's extensions (RFC 9112 section 7.1.1 asks for a limit).
  static let chunkExtensionBytesMax = 256

  /// Bytes of all chunk extensions of one body, so that tiny chunks cannot carry a flood of them.
  static let chunkExtensionsBytesMax = 16_384

  /// Bytes of a trailer section, line ends included; trailers are discarded.
  static let trailerBytesMax = 8_192
}
