/// A figure for the whole and for each group; the groups add up to the whole.
public struct Grouped<Figures: Sendable & Equatable>: Sendable, Equatable {
  /// One group.
  public struct Group: Sendable, Equatable {
    /// Code of the group; nil where the cases have no such code.
    public var key: String?
    public var figures: Figures
  }
  public var total: Figures
  /// In ascending order of code, the one without code last; empty unless the question asks for groups.
  public var groups: [Group]
}
