extension Reporter {
  /// Whether it says in clear who it is.
  public var isOpen: Bool { name != nil || contact != nil }

  /// Wrong fields of a reporter, as pointers into a case.
  func errors() -> [FieldError] {
    var errors: [FieldError] = []
    if !sealed.isEmpty {
      for (name, value) in [("name", name), ("contact", contact)] where value != nil {
        errors.append(FieldError(pointer: "/reporter/\(name)", .inconsistent))
      }
    }
    switch mode {
    case .named, .confidential:
      if name == nil && sealed.isEmpty { errors.append(FieldError(pointer: "/reporter/name", .required)) }
    case .anonymous:
      if name != nil { errors.append(FieldError(pointer: "/reporter/name", .notAllowed)) }
      if contact != nil { errors.append(FieldError(pointer: "/reporter/contact", .notAllowed)) }
      if !sealed.isEmpty { errors.append(FieldError(pointer: "/reporter/sealed", .notAllowed)) }
    }
    return errors
  }
}
