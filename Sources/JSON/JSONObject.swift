/// The members of a JSON object, in the order of the text.
///
/// Looking a name up is linear: objects are small. Names are compared by code points, not by Unicode equivalence.
public struct JSONObject: Sendable {
  /// The members in order. Names are unique in what the parser returns; whoever changes this keeps them so.
  public var members: [(name: String, value: JSONValue)]

  /// An object of these members, whose names are unique.
  public init(_ members: [(name: String, value: JSONValue)] = []) {
    self.members = members
  }

  /// The value of that name. Setting replaces in place or appends; setting `nil` removes the member.
  public subscript(name: String) -> JSONValue? {
    get {
      position(of: name).map { members[$0].value }
    }
    set {
      switch (position(of: name), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil): members.remove(at: position)
      case (nil, let value?): members.append((name, value))
      case (nil, nil): break
      }
    }
  }

  /// Whether there is no member.
  public var isEmpty: Bool { members.isEmpty }

  /// The number of members.
  public var count: Int { members.count }

  /// Where the member of that name stands.
  public func position(of name: String) -> Int? {
    members.firstIndex { ExactName.same($0.name, name) }
  }

  /// Where each name stands, for work on many names at once, which would be quadratic by look-up.
  func positions() -> [ExactName: Int] {
    var positions: [ExactName: Int] = [:]
    positions.reserveCapacity(members.count)
    for (position, member) in members.enumerated() {
      positions[ExactName(member.name)] = position
    }
    return positions
  }
}

extension JSONObject: Equatable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    let sameOrder = zip(left.members, right.members).allSatisfy { ExactName.same($0.name, $1.name) }
    if sameOrder {
      return zip(left.members, right.members).allSatisfy { $0.value == $1.value }
    }
    let positions = right.positions()
    return left.members.allSatisfy { member in
      positions[ExactName(member.name)].map { right.members[$0].value == member.value } ?? false
    }
  }
}

/// A name compared by its UTF-8 bytes. Swift's own `==` holds "é" equal to "e" with an accent; JSON does not.
struct ExactName: Hashable {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  static func same(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    var (left, right) = (left, right)
    return left.withUTF8 { left in right.withUTF8 { right in left.elementsEqual(right) } }
  }

  static func == (left: ExactName, right: ExactName) -> Bool {
    same(left.text, right.text)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// Finds the second use of a name in one object.
struct SeenNames {
  /// Up to here comparing with each earlier name costs less than hashing; beyond, it would become quadratic.
  private static let comparedMax = 16

  private var names: Set<ExactName> = []

  /// One bit, chosen from its bytes, for each name so far: most new names need no comparing.
  private var marks: UInt64 = 0

  /// Whether the name differs from those of the members before it.
  mutating func isNew(_ name: String, after members: [(name: String, value: JSONValue)]) -> Bool {
    if members.count < Self.comparedMax {
      let mark = Self.mark(of: name)
      guard marks & mark != 0 else {
        marks |= mark
        return true
      }
      for member in members where ExactName.same(member.name, name) {
        return false
      }
      return true
    }
    if names.isEmpty {
      names.reserveCapacity(4 * Self.comparedMax)
      for member in members {
        names.insert(ExactName(member.name))
      }
    }
    return names.insert(ExactName(name)).inserted
  }

  private static func mark(of name: String) -> UInt64 {
    var name = name
    return name.withUTF8 { bytes in
      var sum = UInt64(bytes.count)
      for byte in bytes.prefix(32) {
        sum = sum &* 31 &+ UInt64(byte)
      }
      return 1 << (sum & 63)
    }
  }
}
