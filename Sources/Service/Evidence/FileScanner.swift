/// Looks for harmful programs in files.
public protocol FileScanner: Sendable {
  /// - Throws: where the file cannot be read, or the scanner does not answer: then it is asked again later.
  func isHarmful(_ file: any KeptFile) async throws -> Bool
}
