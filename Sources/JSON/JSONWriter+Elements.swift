/// One call per array.
extension JSONWriter {
  /// Writes an array with what `write` makes of each element.
  @inlinable @inline(__always)
  public mutating func array<Elements: Sequence>(
    of elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void
  ) rethrows {
    try array { writer in
      for element in elements { try write(&writer, element) }
    }
  }

  /// Writes an array of strings.
  public mutating func strings(_ strings: [String]) {
    array(of: strings) { $0.string($1) }
  }

  /// Writes an array of objects.
  ///
  /// - Parameter write: Writes the members of one.
  @inlinable @inline(__always)
  public mutating func objects<Elements: Sequence>(
    of elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void
  ) rethrows {
    try array(of: elements) { writer, element in
      try writer.object { try write(&$0, element) }
    }
  }

  /// Writes a member with an array.
  @inlinable @inline(__always)
  public mutating func array(_ name: StaticString, _ write: (inout JSONWriter) throws -> Void) rethrows {
    self.name(name)
    try array(write)
  }

  /// Writes a member with an array of what `write` makes of each element.
  @inlinable @inline(__always)
  public mutating func array<Elements: Sequence>(
    _ name: StaticString, of elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void
  ) rethrows {
    self.name(name)
    try array(of: elements, write)
  }

  /// Writes a member with an array of objects.
  @inlinable @inline(__always)
  public mutating func objects<Elements: Sequence>(
    _ name: StaticString, of elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void
  ) rethrows {
    self.name(name)
    try objects(of: elements, write)
  }
}
