internal import Crypto
internal import Domain

/// What all calls of this server have in common.
final class Site: Sendable {
  let paths: PathSpelling
  let keys: KeyCheck
  /// What cursors are encrypted with.
  let cursorKey: SymmetricKey
  /// Longest JSON body, line, and body after decompression, in bytes.
  let bodyBytesMax: Int
  let lineBytesMax: Int
  let decodedBytesMax: Int
  /// Import lines that share one write.
  let importBatchLines: Int
  let trustedProxies: [Network]
  /// Source of random bits.
  let random: @Sendable () -> UInt64

  init(_ settings: APISettings, keys: KeyCheck, signingSecret: [UInt8]) {
    paths = PathSpelling(prefix: settings.pathPrefix)
    self.keys = keys
    cursorKey = Cursors.key(from: signingSecret)
    bodyBytesMax = settings.bodyBytesMax
    lineBytesMax = settings.lineBytesMax
    decodedBytesMax = settings.decodedBytesMax
    importBatchLines = settings.importBatchLines
    trustedProxies = settings.trustedProxies
    random = settings.random
  }
}
