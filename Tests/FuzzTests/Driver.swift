internal import CFuzzer
internal import Glibc

/// Hands the readers over to libFuzzer; built by `scripts/fuzz` alone.
@main
struct Driver {
  static func main() {
    let name = getenv("NETRAL_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
      return
    }
    chosen = target.run
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { data, count in
        chosen(Array(UnsafeBufferPointer(start: data, count: count)))
        return 0
      })
  }
}

/// What the C function above runs: it can capture nothing.
nonisolated(unsafe) private var chosen: @Sendable ([UInt8]) -> Void = { _ in }
