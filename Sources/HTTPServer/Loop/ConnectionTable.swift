/// The open connections of one loop, found by descriptor.
///
/// A token carries the descriptor and a generation, so that a late report for a closed descriptor does not reach the
/// connection that has its number now.
struct ConnectionTable {
  private var slots: [Connection?] = []
  private var count = 0
  private var generation: UInt32 = 0

  var isEmpty: Bool { count == 0 }

  subscript(token: UInt64) -> Connection? {
    let descriptor = Int(token & 0xFFFF_FFFF)
    guard descriptor < slots.count, let connection = slots[descriptor], connection.token == token else { return nil }
    return connection
  }

  mutating func insert(
    _ loop: EventLoop, _ descriptor: Int32, _ peer: PeerAddress, isAdmitted: Bool
  ) -> Connection {
    generation &+= 1
    let connection = Connection(
      loop: loop, descriptor: descriptor, generation: generation, peer: peer, isAdmitted: isAdmitted)
    let slot = Int(descriptor)
    if slot >= slots.count { slots.append(contentsOf: repeatElement(nil, count: slot + 64 - slots.count)) }
    slots[slot] = connection
    count += 1
    return connection
  }

  mutating func remove(_ connection: Connection) {
    slots[Int(connection.descriptor)] = nil
    count -= 1
  }

  /// All connections as they are now; the table may change while they are visited.
  var all: [Connection] { slots.compactMap { $0 } }
}

extension Connection {
  var token: UInt64 { UInt64(UInt32(bitPattern: descriptor)) | UInt64(generation) << 32 }
}
