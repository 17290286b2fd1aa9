internal import Domain
internal import Service

/// Who may use a route. There is no default: every route says it.
enum Gate: Sendable, Equatable {
  /// No key is asked for.
  case open
  /// None either, and no page of another origin reads the answer.
  case sameOrigin
  /// None either; how often an address asks is counted.
  case counted
  /// None is asked for either; one that is given must be valid, and is told what concerns it.
  case optionalKey
  /// Any valid key, of an agency or the operator.
  case anyKey
  /// Any valid key of an agency.
  case anyAgency
  /// A key of an agency with this scope. An operator's key never passes: an operator sees no case.
  case agency(Scope)
  /// The same with one of these scopes.
  case agencyHolding([Scope])
  /// The same, or the operator's key with scope `admin`: what is told of a case then is no more than when it falls due.
  case agencyOrAdministrator(Scope)
  /// A key with one of these scopes of an agency that exists today: what the request leaves is an act of the agency.
  case recording([Scope])
  /// A session of somebody who has signed in with a valid key.
  case session(of: SessionOwner)
  /// The operator's key with scope `admin`.
  case administrator
  /// As `administrator`, or no key from this machine itself (``LocalPeer``).
  case administratorOrLocal

  /// True for what anybody may fetch, a page of another origin too.
  var isPublic: Bool { self == .open || self == .counted || self == .optionalKey }

  /// In a few words, for people.
  var words: LocalizedText {
    switch self {
    case .open, .counted, .sameOrigin: LocalizedText(en: "open", inIndonesian: "terbuka")
    case .optionalKey: LocalizedText(en: "open, or any key", inIndonesian: "terbuka, atau kunci apa pun")
    case .anyKey: LocalizedText(en: "any key", inIndonesian: "kunci apa pun")
    case .anyAgency: LocalizedText(en: "any key of an agency", inIndonesian: "kunci lembaga apa pun")
    case .agency(let scope): Self.words([scope])
    case .agencyHolding(let scopes): Self.words(scopes)
    case .agencyOrAdministrator(let scope):
      LocalizedText(
        en: "agency, \(scope.rawValue); or operator, admin",
        inIndonesian: "lembaga, \(scope.rawValue); atau operator, admin")
    case .recording(let scopes): Self.words(scopes, .init(en: " in office", inIndonesian: " yang masih ada"))
    case .administrator: LocalizedText(en: "operator, admin", inIndonesian: "operator, admin")
    case .administratorOrLocal:
      LocalizedText(en: "operator, admin; or loopback", inIndonesian: "operator, admin; atau dari mesin ini sendiri")
    case .session(let owner): owner.words
    }
  }

  /// An agency with one of the scopes.
  ///
  /// - Parameter state: what is asked of the agency beside it, with a blank before it.
  private static func words(_ scopes: [Scope], _ state: LocalizedText = .init(en: "", inIndonesian: ""))
    -> LocalizedText
  {
    let names = scopes.map(\.rawValue)
    return LocalizedText(
      en: "agency\(state.en), \(names.joined(separator: " or "))",
      inIndonesian: "lembaga\(state.inIndonesian), \(names.joined(separator: " atau "))")
  }

  /// The same in English, for the table of routes.
  var description: String { words.en }
}

/// Whose key somebody has signed in with.
enum SessionOwner: String, Sendable {
  case anybody
  case agency
  case `operator`

  /// In a few words, for people.
  var words: LocalizedText {
    switch self {
    case .anybody: LocalizedText(en: "signed in", inIndonesian: "yang masuk")
    case .agency: LocalizedText(en: "signed in, agency", inIndonesian: "yang masuk, lembaga")
    case .operator: LocalizedText(en: "signed in, operator", inIndonesian: "yang masuk, operator")
    }
  }
}

extension Caller {
  /// - Throws: `scope_missing` when the key does not pass the gate; `agency_not_begun` and `agency_ended` when its agency
  ///   did not when the request began.
  func pass(_ gate: Gate) throws(Failure) {
    if let agency, let standing { try standing.requireAccess(of: agency) }
    switch gate {
    case .open, .counted, .sameOrigin, .optionalKey, .anyKey, .session(.anybody): return
    case .anyAgency, .session(.agency):
      guard agency != nil else { throw .scopeMissing }
    case .agency(let scope):
      guard agency != nil, key.scopes.contains(scope) else { throw .scopeMissing }
    case .agencyHolding(let scopes):
      guard agency != nil, !key.scopes.isDisjoint(with: scopes) else { throw .scopeMissing }
    case .agencyOrAdministrator(let scope):
      guard key.scopes.contains(agency == nil ? .admin : scope) else { throw .scopeMissing }
    case .recording(let scopes):
      guard let agency, !key.scopes.isDisjoint(with: scopes) else { throw .scopeMissing }
      try standing?.requireOffice(of: agency)
    case .session(.operator):
      guard agency == nil else { throw .scopeMissing }
    case .administrator, .administratorOrLocal:
      guard key.owner == .operator, key.scopes.contains(.admin) else { throw .scopeMissing }
    }
  }
}
