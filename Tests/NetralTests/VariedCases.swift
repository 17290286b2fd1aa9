internal import Domain
internal import TestSupport

/// Import lines of cases that end in every way: several about one person, several from one report.
enum VariedCases {
  private typealias Act = (name: String, agency: String, days: Int, members: String)

  /// Nine cases of each way.
  static var lines: [String] { (0..<ways.count * 9).map { line($0) } }

  private static let verified: Act = ("verifications", "BKN", 3, #""outcome":"accepted""#)
  private static let studied: Act = ("studies", "BAWASLU", 6, #""outcome":"violation""#)
  private static let recommended: Act = ("recommendations", "", 10, #""outcome":"recommended","letter_number":"R""#)
  private static let proposed: Act = (
    "recommendations", "", 10, #""outcome":"recommended","letter_number":"R","proposed_sanction":"BER-2""#
  )
  private static let block: Act = ("blocks", "BKN", 45, #""letter_number":"B""#)
  private static let release: Act = ("block-releases", "BKN", 48, #""proof":"S""#)
  private static let heavy: Act = (
    "decisions", "BKN", 22, #""outcome":"sanctioned","decree_number":"SK","sanction":"BER-1","deviation_reason":"A""#
  )
  private static let afterBlock: Act = (heavy.name, heavy.agency, 46, heavy.members)
  private static let light: Act = (
    "decisions", "BKN", 17, #""outcome":"sanctioned","decree_number":"SK","sanction":"RIN-2","deviation_reason":"A""#
  )
  private static let unproven: Act = ("decisions", "BKN", 15, #""outcome":"not_proven","decree_number":"SK""#)
  private static let appeal: Act = ("appeals", "PANRB", 30, #""route":"objection""#)

  private static func ruling(_ outcome: String, _ days: Int = 35) -> Act {
    ("rulings", "BKN", days, "\"outcome\":\"\(outcome)\"" + (outcome == "changed" ? #","sanction":"RIN-1""# : ""))
  }

  private static let ways: [[Act]] = [
    [], [verified], [("verifications", "BKN", 9, #""outcome":"rejected","reason":"A""#)], [verified, studied],
    [verified, ("studies", "BAWASLU", 6, #""outcome":"no_violation""#)], [verified, studied, recommended],
    [verified, studied, ("recommendations", "", 10, #""outcome":"not_proven","letter_number":"R""#)],
    [verified, studied, proposed, heavy], [verified, studied, proposed, light],
    [verified, studied, recommended, unproven],
    [verified, studied, proposed, block], [verified, studied, proposed, block, afterBlock],
    [verified, studied, proposed, block, afterBlock, release], [verified, studied, recommended, block, release],
    [verified, studied, proposed, heavy, appeal], [verified, studied, proposed, heavy, appeal, ruling("annulled")],
    [verified, studied, proposed, light, appeal, ruling("changed")],
    [verified, studied, proposed, heavy, appeal, ruling("upheld"), ("appeals", "BKN", 40, #""route":"bpasn""#)],
    [verified, studied, recommended, heavy, ("closures", "BKN", 33, #""idis_reference":"I""#)],
    [verified, studied, recommended, block, ("cancellations", "BAWASLU", 50, #""reason":"A""#)],
    [verified, studied, recommended, ("lapses", "BKN", 40, #""reason":"retired""#)],
    [("lapses", "BKN", 12, #""reason":"died""#)],
    [verified, studied, recommended, block, release, ("blocks", "BKN", 52, #""letter_number":"B2""#)],
  ]

  private static func received(_ index: Int) -> LegalDate { Sample.date("2024-01-10").adding(days: index * 29 % 200) }

  /// What is found to be wrong with a case afterwards.
  static func correction(_ index: Int) -> String {
    let patches = [
      #""institution":"kemenag""#, #""violation":"KE-04""#, #""election":"pilkada-2018""#, #""region":"16.71""#,
      "\"source\":{\"received_on\":\"\(received(index).adding(days: -2))\"}", #""violation":"DS-06""#,
      #""subject":{"position_level":"pengawas"}"#,
      "\"source\":{\"received_on\":\"\(received(index).adding(days: 2))\"}",
      #""institution":"73.71""#, #""subject":{"appointment_year":null,"nip":"198503142015051101"}"#,
    ]
    return patches[index / 3 % patches.count]
  }

  private static func line(_ index: Int) -> String {
    let received = received(index)
    // Each step takes once, twice or three times as long.
    let pace = 1 + index % 3
    let acts = ways[index % ways.count].map { act in
      let day = received.adding(days: act.days * pace)
      let agency = act.agency.isEmpty ? (day < Sample.date("2024-09-01") ? "KASN" : "BKN") : act.agency
      return "{\"action\":\"\(act.name)\",\"agency\":\"\(agency)\",\"occurred_on\":\"\(day)\",\(act.members)}"
    }
    let person = index % 71
    let form = ["DS-06", "KE-02", "DS-03", "KE-04", "DS-05"][index % 5]
    let place = ["16.71", "73.71", "33.74"][index % 3]
    let identifier =
      person % 10 == 0 ? #""identifier_missing":true"# : #""nip":"19850314201505\#(person % 2 + 1)\#(100 + person)""#
    return """
      {"case":{"election":"\(index % 4 == 0 ? "pilkada-2018" : "pilkada-2024")","region":"\(place)",\
      "institution":"\(index % 6 == 0 ? "kemenag" : place)","violation":"\(form)",\
      "subject":{"name":"Orang Contoh \(person)",\(identifier),"position_level":\
      "\(["pelaksana", "administrator", "fungsional"][person % 3])"},\
      "act":{"occurred_on":"\(received.adding(days: -6))","narrative":"Uraian contoh (sintetis)."},\
      "source":{"kind":"laporan","agency":"BAWASLU","agency_ref":"V-\(index / 4)","received_on":"\(received)"}},\
      "actions":[\(acts.joined(separator: ","))]}
      """
  }
}
