internal import Foundation
internal import Glibc
internal import Gzip
internal import TestSupport

/// An answer as it is kept: status, fields and body in one text, without what two runs of one program differ in.
struct KeptAnswer: Sendable {
  /// Who asked what.
  let question: String
  let text: [UInt8]

  /// EVERYTHING that is not compared:
  ///
  /// - `Date`, `X-Request-ID` and `Content-Length`: of the moment, of the request, and said by the body itself;
  /// - cursors, which are encrypted with a new number each time: whether there is one is compared, and where it leads;
  /// - what entity tags of cases and digests of dry runs say of content, which is salted;
  /// - `request_id` of problems;
  /// - `bytes` of `GET /v1/whoami`: what the disk of the machine has left, and how rows are laid out in the file.
  init(_ question: String, _ answer: HTTPAnswer) {
    self.question = question
    var head = "\(answer.status)\n"
    for (name, value) in answer.fields {
      switch name {
      case "date", "x-request-id", "content-length": continue
      case "link": head += "link: \(Self.hiding(Array(value.utf8), "cursor=", until: "&>").text)\n"
      case "etag": head += "etag: \(Self.withoutContent(value))\n"
      case "netral-next-cursor": head += "netral-next-cursor: -\n"
      default: head += "\(name): \(value)\n"
      }
    }
    var body = Self.hiding(answer.body, "\"next_cursor\":\"", until: "\"")
    // What tags and digests of agreement cover has salts, which are drawn when a file is brought up to date.
    for name in ["etag", "current_etag"] { body = Self.hiding(body, "\"\(name)\":\"\\\"", until: "\\") }
    if question.contains("dry_run") { body = Self.hiding(body, "\"digest\":\"", until: "\"") }
    if answer.status >= 400 { body = Self.hiding(body, "\"request_id\":\"", until: "\"") }
    if question.hasSuffix("/v1/whoami") { body = Self.hiding(body, "\"bytes\":{", until: "}") }
    text = Array(head.utf8) + [10] + body
  }

  /// The tag of a case with its numbers alone; any other one as it is.
  private static func withoutContent(_ tag: String) -> String {
    let parts = tag.split(separator: "-")
    return parts.count == 3 && tag.hasPrefix("\"4-") ? "\(parts[0])-\(parts[1])-" : tag
  }

  init(question: String, text: [UInt8]) {
    self.question = question
    self.text = text
  }

  /// The text with a dash between each `start` and the first of `ends` after it.
  private static func hiding(_ bytes: [UInt8], _ start: String, until ends: String) -> [UInt8] {
    let (mark, ends) = (Array(start.utf8), Array(ends.utf8))
    var (result, place): ([UInt8], Int) = ([], 0)
    while let found = bytes.find(mark, from: place) {
      let begin = found + mark.count
      let end = bytes[begin...].firstIndex(where: ends.contains) ?? bytes.endIndex
      result += bytes[place..<begin] + [UInt8(ascii: "-")]
      place = end
    }
    return place == 0 ? bytes : result + bytes[place...]
  }
}

extension [UInt8] {
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }

  /// As `==`, which looks at each byte by itself in a debug build.
  func isSame(as other: [UInt8]) -> Bool { count == other.count && memcmp(self, other, count) == 0 }

  /// Where `part` stands next.
  func find(_ part: [UInt8], from start: Int) -> Int? {
    withUnsafeBytes { all in
      guard let base = all.baseAddress else { return nil }
      var place = start
      while place + part.count <= count, let found = memchr(base + place, Int32(part[0]), count - place) {
        place = UnsafeRawPointer(found) - base
        guard place + part.count <= count else { return nil }
        if memcmp(base + place, part, part.count) == 0 { return place }
        place += 1
      }
      return nil
    }
  }
}

/// Answers in little room: each piece of text, as a rule a case, an event or a row, is kept once, and an answer is a
/// list of pieces. Then gzip.
///
/// First come the pieces, a line each, marked `=` when the end of the line belongs to them and `-` when it does not, then
/// an empty line, then each question with the numbers of the pieces of its answer, or after `=` with the number of the
/// question that was answered in the same way before.
enum AnswerArchive {
  struct Broken: Error {}

  static func pack(_ answers: [KeptAnswer]) -> [UInt8] {
    var (pieces, numbers): ([UInt8], [ArraySlice<UInt8>: Int]) = ([], [:])
    var (lines, known) = ("", [[UInt8]: Int]())
    for (place, answer) in answers.enumerated() {
      if let same = known[answer.text] {
        lines += "\(answer.question)\t=\(same)\n"
        continue
      }
      known[answer.text] = place
      var runs: [ClosedRange<Int>] = []
      for piece in Self.pieces(of: answer.text) {
        let number = numbers[piece] ?? numbers.count
        if numbers.updateValue(number, forKey: piece) == nil {
          let isLine = piece.last == 10
          pieces += [UInt8(ascii: isLine ? "=" : "-")] + piece + (isLine ? [] : [10])
        }
        if let last = runs.last, last.upperBound + 1 == number {
          runs[runs.count - 1] = last.lowerBound...number
        } else {
          runs.append(number...number)
        }
      }
      let list = runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      lines += "\(answer.question)\t\(list.joined(separator: ","))\n"
    }
    let deflater = Deflater(level: 9)
    return deflater.compress(pieces + [10] + Array(lines.utf8)) + deflater.finish()
  }

  /// - Throws: when the bytes are not those of an archive.
  static func unpack(_ bytes: [UInt8]) throws -> [KeptAnswer] {
    let inflater = Inflater()
    var (rest, all): (ArraySlice<UInt8>, [UInt8]) = (bytes[...], [])
    while let part = try inflater.next(from: &rest) { all += part }
    try inflater.finish()
    var (pieces, place): ([ArraySlice<UInt8>], Int) = ([], 0)
    while place < all.count, all[place] != 10 {
      guard let end = all.find([10], from: place) else { throw Broken() }
      pieces.append(all[(place + 1)..<(all[place] == UInt8(ascii: "=") ? end + 1 : end)])
      place = end + 1
    }
    var answers: [KeptAnswer] = []
    for line in String(decoding: all[place...], as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "\t")
      guard parts.count == 2 else { throw Broken() }
      var text: [UInt8] = []
      if parts[1].hasPrefix("=") {
        guard let same = Int(parts[1].dropFirst()), answers.indices.contains(same) else { throw Broken() }
        answers.append(KeptAnswer(question: String(parts[0]), text: answers[same].text))
        continue
      }
      for run in parts[1].split(separator: ",") {
        let ends = run.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last, last < pieces.count else { throw Broken() }
        for number in first...last { text += pieces[number] }
      }
      answers.append(KeptAnswer(question: String(parts[0]), text: text))
    }
    return answers
  }

  /// Cut after each end of a line, and around the objects of a list and the case of a change.
  private static func pieces(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    let (open, close, comma) = (UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","))
    let named = Array("\"case\":".utf8)
    var (pieces, start): ([ArraySlice<UInt8>], Int) = ([], 0)
    text.withUnsafeBufferPointer { bytes in
      for place in 1..<max(1, bytes.count) {
        let (before, here) = (bytes[place - 1], bytes[place])
        let isCut =
          switch (before, here) {
          case (10, _), (close, close), (close, UInt8(ascii: "]")): true
          case (close, comma): place + 1 < bytes.count && bytes[place + 1] == open
          case (comma, open), (UInt8(ascii: "["), open): true
          case (UInt8(ascii: ":"), open): place >= 7 && bytes[(place - 7)..<place].elementsEqual(named)
          default: false
          }
        guard isCut else { continue }
        pieces.append(text[start..<place])
        start = place
      }
    }
    return text.isEmpty ? [] : pieces + [text[start...]]
  }

  /// The first differences in words; empty when everything is the same.
  static func differences(_ kept: [KeptAnswer], _ given: [KeptAnswer]) -> [String] {
    var report: [String] = []
    let asked = Dictionary(given.map { ($0.question, $0.text) }, uniquingKeysWith: { first, _ in first })
    if asked.count != given.count {
      let twice = Dictionary(grouping: given, by: \.question).filter { $0.value.count > 1 }.keys.sorted()
      report.append("asked twice: " + twice.prefix(5).joined(separator: "; "))
    }
    let missing = kept.filter { asked[$0.question] == nil }.map(\.question)
    let known = Set(kept.map(\.question))
    let added = given.filter { !known.contains($0.question) }.map(\.question)
    for (name, list) in [("is not asked any more", missing), ("was not asked before", added)] where !list.isEmpty {
      report.append("\(list.count) times a question \(name): " + list.prefix(5).joined(separator: "; "))
    }
    let other = kept.filter { answer in asked[answer.question].map { !$0.isSame(as: answer.text) } ?? false }
    if !other.isEmpty { report.append("\(other.count) of \(kept.count) answers differ, first these:") }
    for answer in other.prefix(5) {
      report.append("- \(answer.question)")
      report += Self.lines(answer.text, asked[answer.question] ?? [])
    }
    return report
  }

  /// The first pieces that differ, from some characters before the first difference on.
  private static func lines(_ kept: [UInt8], _ given: [UInt8]) -> [String] {
    let (before, now) = (pieces(of: kept), pieces(of: given))
    var lines: [String] = []
    if before.count != now.count { lines.append("    \(before.count) pieces before, \(now.count) now") }
    for (old, new) in zip(before, now) where old != new {
      let common = zip(old, new).prefix { $0 == $1 }.count
      func shown(_ piece: ArraySlice<UInt8>) -> String {
        let part = piece.dropFirst(max(0, common - 60)).prefix(200)
        return (common > 60 ? "…" : "") + String(decoding: part, as: UTF8.self).replacing("\n", with: "\\n")
      }
      lines += ["    before: \(shown(old))", "    now:    \(shown(new))"]
      if lines.count > 6 { break }
    }
    return lines
  }
}
