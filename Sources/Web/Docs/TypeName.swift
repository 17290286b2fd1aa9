/// Names of schemas and operations, as generated programs have them, made from codes: `clock-pauses` names `ClockPauses`,
/// and one of them `ClockPause`.
enum TypeName {
  /// Each word with a capital, and nothing between them.
  static func all(of code: String) -> String {
    code.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The same for one of what a plural names.
  static func one(of code: String) -> String {
    let name = all(of: code)
    if name.hasSuffix("ies") { return name.dropLast(3) + "y" }
    if name.hasSuffix("sses") { return String(name.dropLast(2)) }
    return name.hasSuffix("s") && !name.hasSuffix("ss") ? String(name.dropLast()) : name
  }
}
