internal import CZlib

/// The checksum of gzip and ZIP: CRC-32 of ISO 3309.
public struct Checksum: Sendable {
  /// Of what was added so far.
  public private(set) var value: UInt32 = 0

  public init() {}

  public mutating func add(_ bytes: [UInt8]) {
    value = bytes.withUnsafeBufferPointer { UInt32(crc32_z(uLong(value), $0.baseAddress, z_size_t($0.count))) }
  }
}
