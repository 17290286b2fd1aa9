/// The members of an object that are kept, by their paths: `stage`, `act.occurred_on`. A path to an object keeps all of
/// it, and a path through a list keeps the same of each of its items.
public struct MemberSelection: Sendable {
  private var members: [(name: [UInt8], selection: MemberSelection)] = []
  private var isWhole = false

  private init() {}

  /// - Parameter paths: names divided by points, none of which holds a character that JSON escapes.
  public init(paths: [String]) {
    for path in paths { add(path.split(separator: ".")[...]) }
  }

  private mutating func add(_ path: ArraySlice<Substring>) {
    guard let first = path.first else {
      isWhole = true
      return
    }
    let name = Array(first.utf8)
    let place = members.firstIndex { $0.name == name } ?? members.endIndex
    if place == members.endIndex { members.append((name, MemberSelection())) }
    members[place].selection.add(path.dropFirst())
  }

  /// The same value with nothing but the members that are kept, in their order. What is not there stays away.
  ///
  /// - Parameter json: a value as `JSONWriter` writes it: well formed and without white space.
  public func picked(from json: [UInt8]) -> [UInt8] {
    var picked: [UInt8] = []
    picked.reserveCapacity(json.count / 4)
    json.withUnsafeBufferPointer { json in
      var source = Source(json: json)
      source.copy(self, to: &picked)
    }
    return picked
  }

  /// JSON that is read once, from its beginning.
  private struct Source {
    let json: UnsafeBufferPointer<UInt8>
    var place = 0

    mutating func copy(_ selection: MemberSelection, to picked: inout [UInt8]) {
      let start = place
      switch json[place] {
      case Byte.openBrace where !selection.isWhole: copyMembers(selection, to: &picked)
      case Byte.openBracket where !selection.isWhole: copyItems(selection, to: &picked)
      default:
        skipValue()
        picked.append(contentsOf: json[start..<place])
      }
    }

    private mutating func copyMembers(_ selection: MemberSelection, to picked: inout [UInt8]) {
      picked.append(Byte.openBrace)
      place += 1
      var isFirst = true
      while json[place] != Byte.closeBrace {
        if json[place] == Byte.comma { place += 1 }
        let start = place
        skipString()
        let name = json[(start + 1)..<(place - 1)]
        place += 1
        guard let member = selection.members.first(where: { $0.name.elementsEqual(name) }) else {
          skipValue()
          continue
        }
        if !isFirst { picked.append(Byte.comma) }
        isFirst = false
        picked.append(contentsOf: json[start..<place])
        copy(member.selection, to: &picked)
      }
      picked.append(Byte.closeBrace)
      place += 1
    }

    private mutating func copyItems(_ selection: MemberSelection, to picked: inout [UInt8]) {
      picked.append(Byte.openBracket)
      place += 1
      while json[place] != Byte.closeBracket {
        if json[place] == Byte.comma {
          picked.append(Byte.comma)
          place += 1
        }
        copy(selection, to: &picked)
      }
      picked.append(Byte.closeBracket)
      place += 1
    }

    private mutating func skipString() {
      place += 1
      while json[place] != Byte.quote { place += json[place] == Byte.backslash ? 2 : 1 }
      place += 1
    }

    private mutating func skipValue() {
      var depth = 0
      repeat {
        switch json[place] {
        case Byte.quote: skipString()
        case Byte.openBrace, Byte.openBracket:
          depth += 1
          place += 1
        case Byte.closeBrace, Byte.closeBracket:
          depth -= 1
          place += 1
        case Byte.comma, Byte.colon: place += 1
        default: skipWord()
        }
      } while depth > 0
    }

    /// A number, or one of the three words.
    private mutating func skipWord() {
      while place < json.count, !Self.ends.contains(json[place]) { place += 1 }
    }

    private static let ends: [UInt8] = [Byte.comma, Byte.closeBrace, Byte.closeBracket]
  }
}
