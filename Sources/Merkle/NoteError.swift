/// Why a key, a note, a checkpoint or a cosignature is refused.
public enum NoteError: Error, Equatable, Sendable {
  /// A name is empty, or holds a blank, a control character or a plus.
  case invalidName
  /// A key is not the one spelling of 32 bytes with a type, a name and an ID.
  case invalidKey
  /// A key has a type that is neither `0x01` nor `0x04`.
  case unknownKeyType(UInt8)
  /// A key is of the other type than the one that this use needs.
  case wrongKeyType
  /// The ID beside a key is not that of its name, type and bytes.
  case wrongKeyID
  /// A note has more than `SignedNote.bytesMax` bytes.
  case tooLarge
  /// A note has more than `SignedNote.signaturesMax` signatures.
  case tooManySignatures
  /// A note is not UTF-8, holds a control character, or its text does not end with a newline.
  case invalidText
  /// A note has no blank line before its signatures, or no signatures after one, or ends within a line.
  case noSignatures
  /// A line after the blank one is not a signature. Lines are counted from 1.
  case invalidSignatureLine(Int)
  /// A signature says that it is by a known key, and is not.
  case invalidSignature(name: String)
  /// The text of a note is not a checkpoint.
  case invalidCheckpoint
  /// The text of a note is not that of a handover.
  case invalidHandover
  /// A time lies before 1970.
  case invalidTime
}
