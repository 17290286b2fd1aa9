internal import Foundation
internal import Glibc

/// What the kernel says of this process (proc(5)).
struct ProcessStatus {
  private var residentBytes: Int
  private var cpuSeconds: Double
  private var startedAt: Double
  private var openDescriptors: Int
  private var descriptorsMax: Int

  /// Asks the kernel; nil where there is no /proc.
  static func now() -> ProcessStatus? {
    guard let line = FileManager.default.contents(atPath: "/proc/self/stat"),
      let system = FileManager.default.contents(atPath: "/proc/stat"),
      // The name of the program, in parentheses, may hold anything.
      let name = line.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    // From the third field on, which is the state.
    let fields = line[(name + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    let boot = String(decoding: system, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("btime ") }
    guard fields.count > 21, let user = Double(fields[11]), let kernel = Double(fields[12]),
      let start = Double(fields[19]), let pages = Int(fields[21]),
      let booted = boot.flatMap({ Double($0.dropFirst(6)) })
    else { return nil }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return ProcessStatus(
      residentBytes: pages * Int(sysconf(Int32(_SC_PAGESIZE))), cpuSeconds: (user + kernel) / ticks,
      startedAt: booted + start / ticks, openDescriptors: openDescriptorCount(),
      descriptorsMax: Int(clamping: limit.rlim_cur))
  }

  /// Without the one with which they are counted.
  private static func openDescriptorCount() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = -3
    while readdir(folder) != nil { count += 1 }
    return max(0, count)
  }

  func write(to text: inout MetricsText) {
    text.add("process_resident_memory_bytes", .gauge, "Memory in use.", residentBytes)
    text.add("process_cpu_seconds_total", .counter, "Processor time used.", cpuSeconds)
    text.add("process_start_time_seconds", .gauge, "When the process was started, since 1970.", startedAt)
    text.add("process_open_fds", .gauge, "Open file descriptors.", openDescriptors)
    text.add("process_max_fds", .gauge, "Most file descriptors the process may open.", descriptorsMax)
  }
}
