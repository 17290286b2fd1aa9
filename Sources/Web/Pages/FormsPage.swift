internal import Domain

/// GET /forms: the forms of breaches with their legal basis, and the sanctions.
struct FormsPage {
  let text: PageText
  let reference: Reference

  static let title = LocalizedText(en: "What is a breach", inIndonesian: "Bentuk pelanggaran")

  var context: PageShell.Context {
    let forms = reference.violations.values.sorted { $0.code < $1.code }
    let categories = Violation.categories.compactMap { category -> PageShell.Context? in
      let own = forms.filter { $0.category == category }
      guard !own.isEmpty else { return nil }
      let title = reference.label(of: category, in: .category, on: LegalDate(day: 0))
      return ["key": category, "title": title.map { text($0) } ?? category, "forms": own.map(form)]
    }
    return [
      "categories": categories,
      "allSanctions": reference.sanctions.values.sorted { $0.code < $1.code }.map { sanction -> PageShell.Context in
        ["code": sanction.code, "name": name(of: sanction), "level": text(SanctionOutcome.label(of: sanction.level))]
      },
    ]
  }

  private func form(_ form: Violation) -> PageShell.Context {
    let sanctions = form.sanctions.map { code in reference.sanctions[code].map { name(of: $0) } ?? code }
    return [
      "code": form.code, "name": text(LocalizedText(en: form.labelEn, inIndonesian: form.labelId)),
      "period": text(Self.period(form.period)), "sanctions": sanctions, "hasSanctions": !sanctions.isEmpty,
      "basis": form.legalBasis,
    ]
  }

  private func name(of sanction: Sanction) -> String {
    text(LocalizedText(en: sanction.labelEn, inIndonesian: sanction.labelId))
  }

  private static func period(_ period: String) -> LocalizedText {
    switch period {
    case "before_determination":
      LocalizedText(
        en: "before the candidates are determined", inIndonesian: "sebelum penetapan pasangan calon")
    case "after_determination":
      LocalizedText(en: "after the candidates are determined", inIndonesian: "sesudah penetapan pasangan calon")
    default: LocalizedText(en: "at any time", inIndonesian: "setiap waktu")
    }
  }
}
