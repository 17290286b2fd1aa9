internal import Domain
internal import Merkle

/// What a leaf of a case commits to: the digest of each group.
struct Commitments: Sendable, Equatable {
  /// In the order of their groups.
  private(set) var all: [(group: LeafGroup, digest: Hash)] = []

  init() {}

  /// As they are stored: for each group its number in a byte, and 32 bytes.
  ///
  /// - Returns: nil for what is not that.
  init?(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while let number = rest.popFirst() {
      guard let group = LeafGroup(rawValue: Int64(number)), let digest = Hash(rest.prefix(32)) else { return nil }
      all.append((group, digest))
      rest = rest.dropFirst(32)
    }
    guard all.map(\.group.rawValue) == Set(all.map(\.group.rawValue)).sorted() else { return nil }
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(33 * all.count)
    for (group, digest) in all {
      bytes.append(UInt8(group.rawValue))
      digest.append(to: &bytes)
    }
    return bytes
  }

  subscript(group: LeafGroup) -> Hash? {
    get { all.first { $0.group == group }?.digest }
    set {
      guard let newValue else { return all.removeAll { $0.group == group } }
      if let index = all.firstIndex(where: { $0.group.rawValue >= group.rawValue }) {
        if all[index].group == group { all[index].digest = newValue } else { all.insert((group, newValue), at: index) }
      } else {
        all.append((group, newValue))
      }
    }
  }

  /// Makes room for so many groups.
  mutating func reserve(_ count: Int) { all.reserveCapacity(count) }

  /// Takes over the digests of other groups, and leaves room for those of the leaf itself.
  mutating func add(_ others: Commitments) {
    reserve(all.count + others.all.count + 2)
    for (group, digest) in others.all { self[group] = digest }
  }

  /// The groups that say how the case stands, which the next version has unless it brings its own.
  var lasting: Commitments {
    var lasting = self
    lasting.all.removeAll { !$0.group.lasts }
    return lasting
  }

  /// The digests that say how the case stands; nil for what is no version.
  var ofState: CaseCommitments? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(192)
    for group in [LeafGroup.core, .facts, .references, .subject, .narrative, .reporter] {
      guard let digest = self[group] else { return nil }
      digest.append(to: &bytes)
    }
    if let digest = self[.evidence] { digest.append(to: &bytes) }
    return CaseCommitments(bytes)
  }

  static func == (one: Commitments, other: Commitments) -> Bool {
    one.all.elementsEqual(other.all) { $0.group == $1.group && $0.digest == $1.digest }
  }
}
