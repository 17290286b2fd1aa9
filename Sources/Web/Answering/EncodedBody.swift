internal import Domain
internal import Foundation
internal import Gzip
internal import HTTPServer
internal import HTTPTypes

/// What comes around the parts of a streamed answer: its table, and the content coding, which is gzip where the client
/// accepts it (RFC 9110, 8.4). A workbook is compressed already.
struct EncodedBody: Sendable {
  private let deflater: Deflater?
  private let table: Table?

  /// Chooses the coding and says so in the answer.
  init(_ request: Request, _ answer: inout Answer, _ table: Table? = nil) {
    let isCoded = answer.isCompressible && Self.acceptsGzip(request.fields[.acceptEncoding])
    (deflater, self.table) = (isCoded ? Deflater() : nil, table)
    if isCoded { answer.fields.append(Response.Field(name: .contentEncoding, value: "gzip")) }
  }

  /// What stands before the first part; lines have a header of their own.
  func begin(_ header: [UInt8]) -> [UInt8] { coded(table?.begin() ?? header) }

  func encode(_ bytes: [UInt8]) -> [UInt8] { coded(table?.add(bytes) ?? bytes) }

  /// What stands after the last part, and what ends the coding.
  func finish(_ trailer: [UInt8]) -> [UInt8] { coded(table?.finish() ?? trailer) + (deflater?.finish() ?? []) }

  private func coded(_ bytes: [UInt8]) -> [UInt8] { deflater?.compress(bytes) ?? bytes }

  /// True when the field names gzip, or everything, with a weight above 0.
  static func acceptsGzip(_ field: String?) -> Bool {
    guard let field else { return false }
    var weights: [String: Double] = [:]
    for coding in field.lowercased().split(separator: ",") {
      let parts = coding.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let name = parts.first else { continue }
      weights[name] = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
    }
    return weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0 > 0
  }
}

extension Answer {
  /// False for what is compressed already.
  fileprivate var isCompressible: Bool { contentType != ListFormat.xlsx.mediaType }
}

extension Response {
  private var isCompressible: Bool {
    !fields.contains { $0.name == .contentType && $0.value == ListFormat.xlsx.mediaType }
  }

  /// Shorter answers gain nothing: they fit a packet, and gzip adds eighteen bytes.
  private static let codedBytesMin = 1_024

  /// Bytes that are compressed on an event loop: some tenth of a millisecond.
  private static let loopBytesMax = 16_384

  /// Compresses the body where the client accepts that. Streams see to it themselves.
  ///
  /// The entity tag stays as it is: it names the version of a record, which `If-Match` asks for, whatever it is coded as.
  mutating func encode(for request: Request) async {
    guard case .bytes(let bytes) = body, bytes.count > Self.codedBytesMin, isCompressible,
      EncodedBody.acceptsGzip(request.fields[.acceptEncoding])
    else { return }
    let coded = bytes.count <= Self.loopBytesMax ? Self.gzip(bytes) : await Self.gzipElsewhere(bytes)
    body = .bytes(coded)
    fields.append(Field(name: .contentEncoding, value: "gzip"))
  }

  private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let deflater = Deflater()
    return deflater.compress(bytes) + deflater.finish()
  }

  /// An event loop has others to serve.
  @concurrent
  private static func gzipElsewhere(_ bytes: [UInt8]) async -> [UInt8] { gzip(bytes) }
}
