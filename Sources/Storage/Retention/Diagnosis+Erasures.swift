extension Diagnosis {
  /// Whether what was erased is erased wherever this file, its keys and its lists know of it.
  mutating func lookAtErasures(_ transaction: Transaction, _ vault: Vault?, _ path: String) throws {
    let open = try transaction.erasures("is_done = 0").count
    let count = try transaction.erasureList().count
    var list = try ErasureList.read(ErasureList.path(of: path)) ?? ErasureList()
    if let folder = settings.backup.folder {
      list.formUnion(try ErasureList.read(ErasureList.path(in: folder)) ?? ErasureList())
    }
    let (missing, strange) = (try transaction.unerased(of: list).count, try transaction.strangers(of: list).count)
    let keys = Set(try transaction.erasures("is_done = 1").flatMap(\.dataKeys))
    let revived = try vault.map { vault in try keys.count { try vault.file.key($0) != nil } } ?? 0
    let unnamed = try vault.map { try transaction.casesErasedElsewhere(by: $0.file).count } ?? 0
    if open > 0 {
      add(
        "erasures", .warning, "\(open) erased cases have keys that are not destroyed yet",
        "the running server does so, or the next start; its log says what keeps it")
    }
    if revived > 0 {
      add(
        "erasures", .warning, "\(revived) keys of erased cases are there again: the file of keys is an older copy",
        "the next start destroys them")
    }
    if missing + unnamed > 0 {
      add(
        "erasures", .warning, "\(max(missing, unnamed)) cases were erased, and are not erased in the file",
        "the next start erases them again")
    }
    if strange > missing {
      add(
        "erasures", .fault, "the list of erasures names \(strange - missing) cases that were not erased in this file",
        "look who has written into FILE.erasures; nothing is erased by it")
    }
    if open + revived + strange + unnamed == 0 {
      add("erasures", .ok, "\(count) cases were erased, and nothing of it is left to do")
    }
  }
}
