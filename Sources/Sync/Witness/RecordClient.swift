internal import Foundation
internal import JSON
internal import Merkle

/// The record of a service, asked over HTTP and verified by keys that are pinned.
struct RecordClient: WitnessedLog {
  private let transport: CurlTransport
  private let pins: Pins
  private let state: WitnessState
  private let key: WitnessKey
  private let patience: Patience

  init(_ transport: CurlTransport, pins: Pins, state: WitnessState, key: WitnessKey, patience: Patience) {
    (self.transport, self.pins, self.state, self.key, self.patience) = (transport, pins, state, key, patience)
  }

  /// Tiles that one run of curl fetches: 128 KiB of hashes, and fewer requests than a key may send in a second.
  private static let tilesAtOnce = 16
  /// Leaves of a page.
  private static let pageLimit = 10_000
  /// Handovers that are read: some two thousand.
  private static let handoverBytesMax = 1 << 20

  // MARK: WitnessedLog

  func checkpoint() throws -> AnnouncedCheckpoint {
    let bytes = try patience.asking {
      let answer = try transport.send(CurlTransport.Request(target: "/v1/record/checkpoint", accept: "text/plain"))
      return try answer.allBytes(countMax: SignedNote.bytesMax)
    }
    do {
      let keys = try state.keys(pins)
      if let announced = try keys.readNewest(bytes) { return announced }
      let handovers = try handovers()
      guard !handovers.isEmpty else { throw Pins.notSigned }
      return try keys.follow(handovers, to: bytes)
    } catch WitnessFailure.refused(let text) {
      throw WitnessFailure.refused("the service's checkpoint is not taken: \(text)")
    }
  }

  /// The handovers as the service lists them; none where it does not know of such a list.
  private func handovers() throws -> [UInt8] {
    do {
      return try patience.asking {
        let answer = try transport.send(CurlTransport.Request(target: "/v1/record/keys", accept: "text/plain"))
        return try answer.allBytes(countMax: Self.handoverBytesMax)
      }
    } catch SyncFault.refused {
      return []
    }
  }

  func leaves(_ range: Range<Int64>, ofTree size: Int64, _ take: ([Hash]) throws -> Void) throws {
    let width = Int64(Tile.widthMax)
    var next = range.lowerBound / width
    while next * width < range.upperBound {
      let last = min(next + Int64(Self.tilesAtOnce), (range.upperBound - 1) / width + 1)
      let tiles = (next..<last).compactMap { index in
        Tile(level: 0, index: index, width: Tile.width(level: 0, index: index, size: size))
      }
      var hashes = try patience.asking { try fetch(tiles) }
      let first = next * width
      if first < range.lowerBound { hashes.removeFirst(Int(range.lowerBound - first)) }
      let wanted = range.upperBound - max(first, range.lowerBound)
      try take(Array(hashes.prefix(Int(min(wanted, Int64(hashes.count))))))
      next = last
    }
  }

  func restorations() throws -> [RestoredEpoch] {
    var (from, found): (Int64, [RestoredEpoch]) = (0, [])
    while true {
      let lines = try page("/v1/record/administration", from: from)
      guard let last = lines.last else { return found }
      for line in lines where try line.text("kind") == "restore" {
        guard let content = try line.object("content") else { continue }
        found.append(RestoredEpoch(epoch: try content.int("epoch"), size: try content.int64("size")))
      }
      let next = try last.int64("index") + 1
      guard next > from else { throw SyncFault.refused("the server sends leaves that lead nowhere", code: nil) }
      from = next
    }
  }

  func cosign(_ announced: AnnouncedCheckpoint, at time: Int64) throws -> AnnouncedCheckpoint {
    // The lines of others may be anything: only the record's own and that of this witness are kept.
    do {
      let shown = try SignedNote(announced.note)
      var note = try SignedNote(text: shown.text)
      for line in shown.signatures where line.name == announced.checkpoint.origin { try note.add(line) }
      try note.cosign(with: key.signer, at: time)
      guard let own = AnnouncedCheckpoint(note: note.bytes, checkpoint: announced.checkpoint) else {
        throw NoteError.invalidCheckpoint
      }
      return own
    } catch {
      throw WitnessFailure.refused("the checkpoint cannot be cosigned (\(error))")
    }
  }

  func witnesses() throws -> WitnessListing {
    let lines = try patience.asking {
      let answer = try transport.send(CurlTransport.Request(target: "/v1/record/witnesses"))
      return try answer.allObjects()
    }
    var listing = WitnessListing()
    for line in lines {
      // It is printed, and may be anything.
      let agency = try String(line.text("agency").prefix(40).filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
      let note: [UInt8]? = if case .string(let text) = line["note"] { Array(text.utf8) } else { nil }
      if try line.text("key") == key.text {
        listing.isRegistered = true
        listing.own = note.flatMap { ownView($0, of: agency) }
      } else if let note {
        read(note, listedFor: agency, into: &listing)
      }
    }
    return listing
  }

  func handIn(_ announced: AnnouncedCheckpoint, registering: Bool) throws {
    if registering {
      var writer = JSONWriter()
      writer.object { $0.member("key", key.text) }
      try send(writer.bytes, "PUT", "/v1/record/witness", "application/json")
    }
    try send(announced.note, "POST", "/v1/record/cosignatures", "text/plain")
  }

  // MARK: What is lost

  /// The sequence of the last event before a leaf; nil when there is none.
  func lastSequence(before index: Int64) throws -> Int64? {
    var end = index
    while end > 0 {
      let first = max(0, end - Int64(Self.pageLimit))
      let lines = try page("/v1/record/leaves", from: first)
      let sequences = try lines.compactMap { line -> Int64? in
        guard try line.int64("index") < end, case .number = line["seq"] else { return nil }
        return try line.int64("seq")
      }
      if let last = sequences.max() { return last }
      end = first
    }
    return nil
  }

  // MARK: Asking

  /// Takes a note in when a pinned key of another witness has cosigned it. Whose the service says it is does not matter.
  private func read(_ note: [UInt8], listedFor agency: String, into listing: inout WitnessListing) {
    do {
      let announced = try state.keys(pins).read(note)
      let signed = try SignedNote(note)
      var isKnown = false
      for witness in pins.witnesses where witness.key.publicKey != key.signer.verifier.publicKey {
        guard let time = try signed.cosigningTime(of: witness.key) else { continue }
        isKnown = true
        listing.others.append(WitnessListing.View(agency: witness.agency, announced: announced, time: time))
      }
      if !isKnown { listing.warnings.append("\(agency): cosigns with a key that is not pinned") }
    } catch {
      listing.warnings.append("\(agency): its note is not taken: \(error)")
    }
  }

  /// What the own key has cosigned; nil for a note that it has not, which is then handed in anew.
  private func ownView(_ note: [UInt8], of agency: String) -> WitnessListing.View? {
    guard let announced = try? state.keys(pins).read(note), let signed = try? SignedNote(note),
      let time = try? signed.cosigningTime(of: key.signer.verifier)
    else { return nil }
    return WitnessListing.View(agency: agency, announced: announced, time: time)
  }

  private func fetch(_ tiles: [Tile]) throws -> [Hash] {
    let bodies = try transport.sendAll(tiles.map { (target: "/v1/record/\($0.path)", byteCount: 32 * $0.width) })
    return zip(tiles, bodies).flatMap { $0.hashes($1) ?? [] }
  }

  /// A page of leaves, which may end before its limit.
  ///
  /// - Parameter isProven: whether each comes with what it commits to.
  func page(
    _ path: String, from index: Int64, limit: Int = pageLimit, isProven: Bool = false
  ) throws -> [JSONSource] {
    try patience.asking {
      let target = "\(path)?from=\(index)&limit=\(limit)" + (isProven ? "&proof=true" : "")
      let request = CurlTransport.Request(target: target, isCompressed: isProven)
      return try transport.send(request).allObjects().filter { $0["index"] != nil }
    }
  }

  private func send(_ body: [UInt8], _ method: String, _ target: String, _ contentType: String) throws {
    try patience.asking {
      var rest: [UInt8]? = body
      let request = CurlTransport.Request(
        target: target, method: method, contentType: contentType,
        nextPart: {
          defer { rest = nil }
          return rest
        })
      _ = try transport.send(request).allLines()
    }
  }
}
