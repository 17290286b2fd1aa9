/// Writes integers in decimal without making a string.
enum DecimalDigits {
  /// The digits and sign of `Int.min`.
  static let lengthMax = 20

  /// Writes at most ``lengthMax`` bytes and returns how many.
  static func write(_ int: Int, to start: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = int.magnitude
    var length = 1
    var power: UInt = 10
    while rest >= power {
      length += 1
      power *= 10  // at most 10^19, which fits: the magnitude is at most 2^63
    }
    if int < 0 {
      start[0] = Byte.minus
      length += 1
    }
    var index = length
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      index -= 1
      start[index] = Byte.zero + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    return length
  }
}
