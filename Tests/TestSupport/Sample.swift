internal import JSON

/// Synthetic bodies of requests.
public enum Sample {
  /// The body of a new case with its required fields; `changes` is a merge patch over it (RFC 7396).
  public static func caseBody(_ changes: String = "{}", agencyRef: String = "001/LP/CONTOH/2024") -> String {
    let plain = """
      {"election":"pilkada-2024","region":"16.71","institution":"16.71",
       "subject":{"name":"Pegawai Contoh","nip":"198609262015051001","employment":"pns","position_level":"pelaksana"},
       "violation":"DS-06",
       "act":{"occurred_on":"2024-10-02","narrative":"Uraian contoh."},
       "source":{"kind":"laporan","agency_ref":"\(agencyRef)","received_on":"2024-10-06"},
       "reporter":{"mode":"named","name":"Pelapor Contoh"}}
      """
    guard let body = try? JSONValue.parse(Array(plain.utf8)), let patch = try? JSONValue.parse(Array(changes.utf8))
    else {
      preconditionFailure("the sample and its changes are JSON")
    }
    var writer = JSONWriter()
    writer.value(body.merging(patch: patch))
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
