/// One call per member. Names are as ``JSONWriter/name(_:)-(StaticString)`` wants them: ASCII that needs no escape.
extension JSONWriter {
  /// Writes a member with a string.
  public mutating func member(_ name: StaticString, _ value: String) {
    self.name(name)
    string(value)
  }

  /// Writes a member with an integer.
  public mutating func member(_ name: StaticString, _ value: Int) {
    self.name(name)
    int(value)
  }

  /// Writes a member with an integer.
  public mutating func member(_ name: StaticString, _ value: Int64) {
    self.name(name)
    int(value)
  }

  /// Writes a member with a number, which is finite.
  public mutating func member(_ name: StaticString, _ value: Double) {
    self.name(name)
    number(value)
  }

  /// Writes a member with `true` or `false`.
  public mutating func member(_ name: StaticString, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  /// Writes a member with a parsed value.
  public mutating func member(_ name: StaticString, _ value: JSONValue) {
    self.name(name)
    self.value(value)
  }

  /// Writes a member with an array of strings.
  public mutating func member(_ name: StaticString, strings: [String]) {
    self.name(name)
    self.strings(strings)
  }

  /// Writes a member with a string, or `null`.
  public mutating func member(_ name: StaticString, _ value: String?) {
    self.name(name)
    if let value { string(value) } else { null() }
  }

  /// Writes a member with an integer, or `null`.
  public mutating func member(_ name: StaticString, _ value: Int?) {
    self.name(name)
    if let value { int(value) } else { null() }
  }

  /// Writes a member with an integer, or `null`.
  public mutating func member(_ name: StaticString, _ value: Int64?) {
    self.name(name)
    if let value { int(value) } else { null() }
  }

  /// Writes a member with a number, which is finite, or `null`.
  public mutating func member(_ name: StaticString, _ value: Double?) {
    self.name(name)
    if let value { number(value) } else { null() }
  }

  /// Writes a member with `true` or `false`, or `null`.
  public mutating func member(_ name: StaticString, _ value: Bool?) {
    self.name(name)
    if let value { bool(value) } else { null() }
  }
}
