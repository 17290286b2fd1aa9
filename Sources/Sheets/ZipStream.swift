internal import Gzip

/// Writes a ZIP archive (APPNOTE 6.3.10) piece by piece: sizes and checksums follow each entry, as nobody knows them before.
///
/// An entry of 4 GiB and more is told in the directory's 64-bit fields, by which every reader goes that reads the directory.
struct ZipStream {
  private struct Entry {
    let name: String
    let offset: UInt64
    var checksum = Checksum()
    var compressedBytes: UInt64 = 0
    var bytes: UInt64 = 0

    var isLong: Bool { max(bytes, compressedBytes, offset) >= UInt64(UInt32.max) }
  }

  private var entries: [Entry] = []
  private var deflater = Deflater(as: .raw)
  /// Bytes written so far.
  private var offset: UInt64 = 0

  /// Bit 3: sizes follow the entry. Bit 11: names are UTF-8.
  private static let flags: UInt16 = 0x0808
  private static let deflated: UInt16 = 8
  /// 1980-01-01, the earliest day that ZIP knows: the same table gives the same bytes.
  private static let day: UInt16 = 0x0021

  /// Begins an entry.
  mutating func begin(_ name: String) -> [UInt8] {
    deflater = Deflater(as: .raw)
    entries.append(Entry(name: name, offset: offset))
    var header = Bytes(signature: 0x0403_4B50)
    header.add(UInt16(20), Self.flags, Self.deflated, 0, Self.day)
    header.add(UInt32(0), 0, 0)
    header.add(UInt16(name.utf8.count), 0)
    return count(header.bytes + Array(name.utf8))
  }

  /// Adds to the entry; what is held back comes with a later piece.
  mutating func add(_ bytes: [UInt8]) -> [UInt8] {
    let last = entries.count - 1
    entries[last].checksum.add(bytes)
    entries[last].bytes += UInt64(bytes.count)
    return countCompressed(deflater.compress(bytes))
  }

  /// Ends the entry.
  mutating func end() -> [UInt8] {
    let rest = countCompressed(deflater.finish())
    let entry = entries[entries.count - 1]
    var descriptor = Bytes(signature: 0x0807_4B50)
    descriptor.add(entry.checksum.value)
    if entry.isLong {
      descriptor.add(entry.compressedBytes, entry.bytes)
    } else {
      descriptor.add(UInt32(entry.compressedBytes), UInt32(entry.bytes))
    }
    return rest + count(descriptor.bytes)
  }

  /// The directory, with which the archive ends.
  mutating func finish() -> [UInt8] {
    let start = offset
    var directory: [UInt8] = []
    for entry in entries { directory += Self.listed(entry) }
    let size = UInt64(directory.count)
    let isLong = start >= UInt64(UInt32.max)
    if isLong {
      var end = Bytes(signature: 0x0606_4B50)
      end.add(UInt64(44))
      end.add(UInt16(45), 45)
      end.add(UInt32(0), 0)
      end.add(UInt64(entries.count), UInt64(entries.count), size, start)
      end.add(UInt32(0x0706_4B50), 0)
      end.add(start + size)
      end.add(UInt32(1))
      directory += end.bytes
    }
    var end = Bytes(signature: 0x0605_4B50)
    end.add(UInt16(0), 0, UInt16(entries.count), UInt16(entries.count))
    end.add(UInt32(size), isLong ? .max : UInt32(start))
    end.add(UInt16(0))
    return directory + end.bytes
  }

  private static func listed(_ entry: Entry) -> [UInt8] {
    var header = Bytes(signature: 0x0201_4B50)
    let version: UInt16 = entry.isLong ? 45 : 20
    header.add(version, version, flags, deflated, 0, day)
    header.add(entry.checksum.value)
    if entry.isLong {
      header.add(UInt32.max, .max)
    } else {
      header.add(UInt32(entry.compressedBytes), UInt32(entry.bytes))
    }
    header.add(UInt16(entry.name.utf8.count), entry.isLong ? 28 : 0, 0, 0, 0)
    header.add(UInt32(0), entry.isLong ? .max : UInt32(entry.offset))
    header.bytes += Array(entry.name.utf8)
    if entry.isLong {
      header.add(UInt16(1), 24)
      header.add(entry.bytes, entry.compressedBytes, entry.offset)
    }
    return header.bytes
  }

  private mutating func countCompressed(_ bytes: [UInt8]) -> [UInt8] {
    entries[entries.count - 1].compressedBytes += UInt64(bytes.count)
    return count(bytes)
  }

  private mutating func count(_ bytes: [UInt8]) -> [UInt8] {
    offset += UInt64(bytes.count)
    return bytes
  }
}

/// Numbers in the order of bytes of ZIP, the lowest first.
private struct Bytes {
  var bytes: [UInt8] = []

  init(signature: UInt32) { add(signature) }

  mutating func add<Number: FixedWidthInteger>(_ numbers: Number...) {
    for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
  }
}
