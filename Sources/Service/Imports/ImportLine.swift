public import Domain

/// A line of an import, decoded.
public struct ImportLine: Sendable {
  public let draft: CaseDraft
  public let actions: [(agency: AgencyCode, action: Action)]
  /// The files that are to come; nil where the line says nothing of files.
  public let files: [AnnouncedFile]?

  /// Acts of one line: more than any case has seen.
  public static let actionsMax = 100

  /// A line that was read well.
  public init(draft: CaseDraft, actions: [(agency: AgencyCode, action: Action)], files: [AnnouncedFile]? = nil) {
    (self.draft, self.actions, self.files) = (draft, actions, files)
  }

  func at<Value>(_ pointer: String, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    do throws(Failure) {
      return try body()
    } catch {
      throw error.pointing(into: pointer)
    }
  }
}

extension Failure {
  /// The same failure with pointers that begin at `prefix`.
  public func pointing(into prefix: String) -> Failure {
    var failure = self
    failure.errors = errors.map { error in
      error.pointer.map { FieldError(pointer: prefix + $0, error.code, error.detail) } ?? error
    }
    return failure
  }
}

extension Failure {
  /// A line that was not read any further.
  public static let lineTooLong = Failure(
    .contentTooLarge, en: "The line is too long.", inIndonesian: "Baris ini terlalu panjang.")
}
