internal import Domain
internal import JSON
internal import Merkle
internal import Service

extension LeafProof {
  /// Writes the member `proof`.
  func writeMember(to writer: inout JSONWriter) {
    writer.object("proof") { writer in
      writer.member("leaf", index)
      writer.member("agency", agency.rawValue)
      writer.member("seq", seq)
      writer.writeGroups(groups)
      writer.member("disclosures", strings: openings.map { String(decoding: $0.text, as: UTF8.self) })
    }
  }
}

extension LoggedLeaf.Proof {
  /// Writes the member `proof`.
  func writeMember(to writer: inout JSONWriter) {
    writer.object("proof") { writer in
      writer.writeGroups(groups)
      writer.member("disclosures", strings: core.map { [String(decoding: $0, as: UTF8.self)] } ?? [])
    }
  }
}

extension JSONWriter {
  /// Writes the digest of each group that a leaf commits to.
  fileprivate mutating func writeGroups(_ groups: [(name: String, digest: Hash)]) {
    object("groups") { writer in
      for (name, digest) in groups {
        writer.name(name)
        writer.string(Base64URL.encode(digest.bytes))
      }
    }
  }
}

extension Parameter {
  /// Asks for proofs.
  static let proof = flag(
    "proof",
    "true: with what shows that it stands in the record: disclosures (RFC 9901) of what is shown, digests of the rest."
  )
}

extension Query {
  /// - Throws: `invalid_parameter`, also where a table or chosen fields are asked for.
  func proving(in format: ListFormat) throws(Failure) -> Bool {
    guard try flag("proof") == true else { return false }
    guard format == .json || format == .ndjson else {
      throw .parameter(
        "proof",
        LocalizedText(
          en: "A table has no room for proofs: ask for JSON or NDJSON.",
          inIndonesian: "Tabel tidak memuat bukti: minta JSON atau NDJSON."))
    }
    guard self["fields"] == nil else {
      throw .parameter(
        "proof",
        LocalizedText(
          en: "A proof is of all that is shown: leave fields away.",
          inIndonesian: "Bukti berlaku untuk semua yang ditampilkan: hapus fields."))
    }
    return true
  }
}
