internal import Glibc

/// What the file system of a path has, in bytes.
struct DiskSpace {
  /// What it has left, without what is kept for the superuser.
  let freeBytes: Int64
  let totalBytes: Int64

  /// Nil when it cannot be told; `errno` says why.
  init?(of path: String) {
    var volume = statvfs()
    guard statvfs(path, &volume) == 0 else { return nil }
    freeBytes = Int64(clamping: UInt64(volume.f_bavail) &* UInt64(volume.f_frsize))
    totalBytes = Int64(clamping: UInt64(volume.f_blocks) &* UInt64(volume.f_frsize))
  }
}
