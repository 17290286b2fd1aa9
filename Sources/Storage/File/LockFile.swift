internal import Glibc

/// An advisory lock beside the database, held while a process may write. The kernel lets it go when the process dies.
package final class LockFile: Sendable {
  private let descriptor: Int32

  /// - Throws: `OpenFailure.locked` when another process holds it, `.unreadable` when the file cannot be made.
  package init(for database: String) throws {
    let path = database + ".lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure.unreadable(database, reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(descriptor)
      throw OpenFailure.locked(database)
    }
  }

  func release() { flock(descriptor, LOCK_UN) }

  deinit {
    // A child that is just being started still shares the lock until it runs its own program: closing would not end it.
    release()
    Glibc.close(descriptor)
  }
}
