internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import Storage
internal import TestSupport
internal import Testing
internal import Web

/// A service full of planted text, built once and only read afterwards.
final class CanaryWorld: Sendable {
  let service: Service
  /// The identity of each planned case, in the order of the plans.
  let ids: [String]
  /// An instant after the import and before the corrections.
  static let firstInstant = "2024-10-20T03:30:00Z"

  static let shared = Task { try await CanaryWorld() }

  private init() async throws {
    // Every agency exports, imports and reconciles at the same time.
    let service = try await Service({ $0.streamsMax = 64 })
    self.service = service
    ids = try await withTaskExecutorPreference(OwnThread()) {
      let visitor = Visitor(service)
      let ids = try Self.importAll(visitor)
      visitor.clock.set("2024-10-20T04:00:00Z")
      for (plan, id) in zip(CanaryPlan.all, ids) where plan.isCorrected { try Self.correct(plan, id, visitor) }
      for other in [1, 20, 40, 90, 150] {
        let body = #"{"case_id":"\#(ids[other])","relation":"same_act"}"#
        let answer = try visitor.post("/v1/cases/\(ids[0])/links", as: .bawaslu, body)
        guard answer.status == 201 else { throw Unexpected(answer) }
      }
      return ids
    }
    let first = try #require(CaseID(ids[0]))
    // The world is shared by all tests and ends with the process. Once every connection has its files open, their
    // names can go.
    for reader in 0..<service.store.readerCount { _ = try service.store.read(on: reader) { try $0.links(first) } }
    try FileManager.default.removeItem(at: service.folder)
  }

  private static func importAll(_ visitor: Visitor) throws -> [String] {
    let answer = try visitor.importLines(CanaryPlan.all.map(\.line))
    let ids = answer.lines.compactMap { line -> String? in
      guard let result = try? JSONValue.parse(Array(line.utf8)), result["status"].string == "created" else {
        return nil
      }
      return result["id"].string
    }
    guard ids.count == CanaryPlan.all.count else { throw Unexpected(answer) }
    return ids
  }

  private static func correct(_ plan: CanaryPlan, _ id: String, _ visitor: Visitor) throws {
    let path = "/v1/cases/\(id)"
    func require(_ answer: HTTPAnswer) throws {
      guard (200...201).contains(answer.status) else { throw Unexpected(answer) }
    }
    // KASN has ended: its successor owns its cases.
    let owner = plan.owner == .kasn ? AgencyCode.bkn : plan.owner
    try require(
      visitor.patch(
        path, as: owner,
        #"{"act":{"place":"\#(plan.mark)placetwoqz"},"reason":"\#(plan.mark)patchreasonqz"}"#))
    let asked: [(AgencyCode, String, String)] = [
      (plan.requesters.open, #"{"source":{"channel":"\#(plan.mark)wantedqz"}}"#, "wish"),
      (plan.requesters.refused, #"{"source":{"channel":"\#(plan.mark)wantedbqz"}}"#, "wishb"),
      (plan.requesters.accepted, #"{"act":{"narrative":"\#(plan.mark)storytwoqz"}}"#, "wishc"),
    ]
    for (agency, patch, wish) in asked {
      try require(
        visitor.post(
          "\(path)/correction-requests", as: agency, #"{"patch":\#(patch),"reason":"\#(plan.mark)\#(wish)qz"}"#))
    }
    try require(
      visitor.act(
        "correction-requests/2/refusal", on: path, as: owner, #"{"reason":"\#(plan.mark)refusalqz"}"#))
    try require(
      visitor.act(
        "correction-requests/3/acceptance", on: path, as: owner, #"{"reason":"\#(plan.mark)acceptqz"}"#))
  }
}
