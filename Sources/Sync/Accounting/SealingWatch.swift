internal import SealedReporters

/// Which keys seal the reporters of an agency, as they were pinned, held against what the service says and shows.
///
/// Whoever seals reporters by another key reads them. A key may have come and gone between two runs, so the copies of each
/// case that comes are looked at, too.
struct SealingWatch {
  let agency: String
  private let pins: Pins.Sealing
  /// The names of the keys that are pinned, ended ones, too.
  private let known: Set<String>

  init(_ agency: String, _ pins: Pins) {
    (self.agency, self.pins) = (agency, pins.sealing[agency] ?? Pins.Sealing())
    known = Set((self.pins.active + self.pins.ended).map(\.id))
  }

  /// - Throws: `SealingFailure` when the service seals by other keys than were pinned, or by none.
  func require(_ keys: [SealingPublicKey]) throws {
    let (said, pinned) = (Set(keys.map(\.text)), Set(pins.active.map(\.text)))
    if let strange = said.subtracting(pinned).min() {
      throw SealingFailure(
        "the service seals reporters of \(agency) by the key \(strange), which is not pinned: write "
          + "'sealing \(agency) \(strange)' into the file of pins only if the agency itself has registered it")
    }
    if let missing = pinned.subtracting(said).min() {
      throw SealingFailure(
        "the service does not seal reporters of \(agency) by the key \(missing), which is pinned: write 'sealing-ended' "
          + "in the place of 'sealing' in its line only if the agency itself has ended it")
    }
  }

  /// - Throws: `SealingFailure` when a reporter is sealed to a key that nobody has pinned.
  func require(_ cases: [ReceivedCase]) throws {
    for received in cases {
      guard let strange = received.sealedTo.subtracting(known).min() else { continue }
      throw SealingFailure(
        "the reporter of case \(received.id) is sealed to the key \(strange.debugDescription), which no line of the file of "
          + "pins names: whoever has it reads that reporter; if it was the agency's own, pin it by 'sealing-ended'")
    }
  }
}

/// Reporters are sealed by keys that nobody has pinned.
public struct SealingFailure: Error, CustomStringConvertible {
  /// What is wrong, in one sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}
