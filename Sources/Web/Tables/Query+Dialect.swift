internal import Domain
internal import Sheets

extension Parameter {
  /// How comma-separated values are written for programs that expect something else.
  static let dialect: [Parameter] = [
    .flag("bom", "CSV: whether it begins with a byte order mark, by which spreadsheets know UTF-8 (default: false)."),
    Parameter(
      "separator", .codes(TableDialect.Separator.allCases.map(\.rawValue)), "CSV: what stands between fields."),
    Parameter(
      "decimal", .codes(TableDialect.DecimalMark.allCases.map(\.rawValue)), "CSV: what stands before decimals."),
  ]
}

extension Query {
  /// What says how an answer is written, and not what is in it.
  static let presentation = ["format", "fields"] + Parameter.dialect.map(\.name)

  /// The same as the end of an address.
  var presentationPart: String {
    Self.presentation.compactMap { name in self[name].map { "&\(name)=\(Self.encode($0))" } }.joined()
  }

  /// How comma-separated values are to be written.
  ///
  /// - Throws: `invalid_parameter`, also when the answer is to be something else.
  func dialect(of format: ListFormat) throws(Failure) -> TableDialect {
    var dialect = TableDialect()
    let given = Parameter.dialect.map(\.name).first { self[$0] != nil }
    guard let given else { return dialect }
    guard format == .csv else {
      throw .parameter(
        given,
        LocalizedText(
          en: "This is of CSV alone: add format=csv.", inIndonesian: "Ini hanya untuk CSV: tambahkan format=csv."))
    }
    dialect.hasByteOrderMark = try flag("bom") ?? false
    dialect.separator = try code("separator", TableDialect.Separator.self) ?? .comma
    dialect.decimalMark = try code("decimal", TableDialect.DecimalMark.self) ?? .point
    return dialect
  }
}
