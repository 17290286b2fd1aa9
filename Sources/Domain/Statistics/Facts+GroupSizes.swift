/// How much a group of fields may hold.
extension Facts {
  /// Most bytes of a group's texts, in UTF-8: the longest narrative there is with every address and witness, and room. What
  /// is bigger would make pages and caches bigger for everybody.
  public static let groupBytesMax = 256 << 10

  /// - Parameter before: the facts before a change: a group that was too big already is refused only when it grows.
  /// - Throws: `invalid` with `length` at each group that holds too much.
  func requireGroupSizes(before: Facts?) throws(Failure) {
    let errors = Self.bounded.compactMap { pointer, bytes -> FieldError? in
      let size = bytes(self)
      guard size > Self.groupBytesMax, before.map({ size > bytes($0) }) ?? true else { return nil }
      return FieldError(pointer: pointer, .length, Self.tooMuch)
    }
    if !errors.isEmpty { throw .invalid(errors) }
  }

  /// The groups that texts of clients fill, each by the place of its fields.
  private static let bounded: [(pointer: String, bytes: @Sendable (Facts) -> Int)] = [
    ("/subject", { size([$0.subject.name, $0.subject.positionTitle]) }),
    (
      "/act",
      { facts in
        size([facts.act.place, facts.act.narrative]) + size(facts.act.urls)
          + facts.act.witnesses.reduce(0) { $0 + size([$1.name, $1.contact]) }
      }
    ),
    ("/reporter", { size([$0.reporter.name, $0.reporter.contact]) }),
    ("/source", { size([$0.source.agencyRef, $0.source.channel]) + size($0.motives) }),
  ]

  private static func size(_ texts: [String?]) -> Int { texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) } }

  private static let tooMuch = LocalizedText(
    en: "Together these texts may hold 256 KiB.", inIndonesian: "Seluruh teks ini bersama-sama boleh memuat 256 KiB.")
}
