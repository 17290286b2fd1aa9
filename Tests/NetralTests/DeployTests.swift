internal import Foundation
internal import Testing

extension ProgramTests {
  /// What `deploy/` sets up, on the real program, with nginx, openssl, curl and systemd's own checks.
  @Suite("deployment")
  struct DeployTests {
    @Test("nginx, certificates, addresses, limits, streams, logs and units are as deploy/ promises")
    func verified() throws {
      let child = try Child([projectFile("scripts/verify-deploy")], environment: ["NETRAL": program])
      let ending = try child.wait(seconds: 600)
      #expect(ending == .exit(0), "\(child.output.suffix(500)) \(child.errors.suffix(2_000))")
      #expect(child.output.hasSuffix("The deployment keeps what it promises.\n"))
    }
  }
}
