internal import CZlib

/// zlib's state, which stays at one address and is freed with its owner.
struct ZStream: ~Copyable {
  let pointer: UnsafeMutablePointer<z_stream>
  private let end: (UnsafeMutablePointer<z_stream>) -> Void

  /// - Parameters:
  ///   - begin: zlib's call that begins; it fails only without memory, of which it needs at most 256 KiB.
  ///   - end: zlib's call that frees.
  init(_ begin: (UnsafeMutablePointer<z_stream>) -> Int32, end: @escaping (UnsafeMutablePointer<z_stream>) -> Void) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: z_stream())
    self.end = end
    let code = begin(pointer)
    precondition(code == Z_OK, "zlib begins when there is memory")
  }

  deinit {
    end(pointer)
    pointer.deallocate()
  }
}
