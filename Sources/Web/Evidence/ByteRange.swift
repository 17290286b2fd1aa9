/// The part of a file that a client asks for (RFC 9110, 14).
enum ByteRange: Equatable {
  /// All of it: nothing else was asked, or it was asked in a way that may be passed over.
  case whole
  case part(Range<Int>)
  /// None of what was asked lies in the file.
  case outside

  /// - Parameters:
  ///   - field: `Range`. Several ranges at once are passed over, as a server may (14.2).
  ///   - condition: `If-Range`: unless it is the entity tag of what the client would get, it gets all of it (13.1.5).
  ///   - byteCount: of the file, more than 0.
  init(_ field: String?, if condition: String?, _ etag: String, of byteCount: Int) {
    self = .whole
    guard let field, condition == nil || condition == etag else { return }
    let parts = field.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased().filter({ $0 != " " }) == "bytes" else { return }
    let ends = parts[1].filter { $0 != " " && $0 != "\t" }.split(
      separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, let last?) where last < first: return
    case (let first?, let last):
      // Numbers that are too long for a number lie beyond every file.
      guard last != nil || ends[1].isEmpty || ends[1].utf8.count > 18 else { return }
      // A number may be the largest that there is: nothing is added to it.
      self = first < byteCount ? .part(first..<min(byteCount - 1, last ?? byteCount - 1) + 1) : .outside
    case (nil, let count?) where ends[0].isEmpty:
      self = count > 0 ? .part(max(0, byteCount - count)..<byteCount) : .outside
    case (nil, _): self = ends[0].utf8.count > 18 ? .outside : .whole
    }
  }
}
