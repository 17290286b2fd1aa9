extension JSONValue {
  /// The value after a JSON merge patch (RFC 7396): members of the patch replace, `null` removes, the rest stays.
  ///
  /// Members keep their places; new ones follow in the order of the patch. The time is linear in both sizes.
  public func merging(patch: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var target = JSONObject()
    if case .object(let object) = self { target = object }
    return .object(target.merging(changes))
  }
}

extension JSONObject {
  /// Up to this many changes each is looked up; beyond, an index of the names avoids quadratic time.
  private static let lookUpsMax = 16

  fileprivate func merging(_ changes: JSONObject) -> JSONObject {
    var merged = self
    guard changes.count > Self.lookUpsMax else {
      for (name, change) in changes.members {
        merged[name] = change == .null ? nil : (merged[name] ?? .null).merging(patch: change)
      }
      return merged
    }
    var positions = positions()
    var removed: Set<Int> = []
    for (name, change) in changes.members {
      let position = positions[ExactName(name)]
      switch (position, change) {
      case (let position?, .null):
        removed.insert(position)
      case (let position?, _):
        merged.members[position].value = merged.members[position].value.merging(patch: change)
      case (nil, .null):
        break
      case (nil, _):
        positions[ExactName(name)] = merged.count
        merged.members.append((name, JSONValue.null.merging(patch: change)))
      }
    }
    guard !removed.isEmpty else { return merged }
    return JSONObject(merged.members.enumerated().filter { !removed.contains($0.offset) }.map(\.element))
  }
}
