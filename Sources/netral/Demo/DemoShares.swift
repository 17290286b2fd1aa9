/// The shares in which demo cases are spread over positions, violation forms and provinces: the published ones of Pemilu
/// 2024, which are the latest there are.
enum DemoShares {
  /// Published shares of persons (25 March 2024), in percent; `jpt` is spread over its three levels.
  static let positions: [(String, Double)] = [
    ("jpt_utama", 22.9 / 3), ("jpt_madya", 22.9 / 3), ("jpt_pratama", 22.9 / 3), ("fungsional", 23.3),
    ("administrator", 10.4), ("pelaksana", 18.3), ("kepala_wilayah", 16.7), ("pengawas", 8.4),
  ]

  /// Published shares of persons (25 March 2024), in percent; a share of two rows is halved, the rest spread evenly over
  /// the remaining rows of the politics aspect.
  static let violations: [(String, Double)] = {
    let published = [
      ("KE-04", 7.9), ("DS-06", 7.9), ("KE-06", 12.9), ("KE-02", 5.65), ("DS-02", 5.65), ("DS-08", 10.8),
      ("DS-05", 7.1),
    ]
    let open = [
      "KE-01", "KE-03", "KE-05", "KE-07", "DS-01", "DS-03", "DS-04", "DS-07", "DS-09", "DS-10", "DS-11", "DS-12",
    ]
    let rest = 100 - published.map(\.1).reduce(0, +)
    return published + open.map { ($0, rest / Double(open.count)) }
  }()

  /// Published counts of persons by province (6 February 2024, 183 recommended): 73, 74, 33, 76, 72.
  private static let provinces: [(String, Double)] = [
    ("73", 45.0 / 183), ("74", 29.0 / 183), ("33", 22.0 / 183), ("76", 20.0 / 183), ("72", 8.0 / 183),
  ]

  /// Largest remainders: as many items as `total`, in the shares given.
  static func spread(_ shares: [(String, Double)], over total: Int) -> [String] {
    let sum = shares.map(\.1).reduce(0, +)
    let exact = shares.map { $0.1 / sum * Double(total) }
    var counts = exact.map { Int($0) }
    let order = exact.indices.sorted { exact[$0] - Double(counts[$0]) > exact[$1] - Double(counts[$1]) }
    for index in order.prefix(total - counts.reduce(0, +)) { counts[index] += 1 }
    return zip(shares, counts).flatMap { Array(repeating: $0.0.0, count: $0.1) }
  }

  static func regions(_ regencies: [String], over total: Int) -> [String] {
    let named = Set(provinces.map(\.0))
    let others = regencies.filter { !named.contains(String($0.prefix(2))) }
    let rest = 1 - provinces.map(\.1).reduce(0, +)
    var shares: [(String, Double)] = []
    for (province, share) in provinces {
      let inside = regencies.filter { $0.hasPrefix(province) }
      shares += inside.map { ($0, share / Double(inside.count)) }
    }
    shares += others.map { ($0, rest / Double(others.count)) }
    return spread(shares, over: total)
  }
}
