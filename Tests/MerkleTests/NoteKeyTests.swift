internal import Testing

@testable import Merkle

@Suite("Keys of notes")
struct NoteKeyTests {
  /// The keys in the documentation of Go's `golang.org/x/mod/sumdb/note`.
  static let verifierText = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let signerText = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

  @Test("are read and written as Go does")
  func known() throws {
    let (verifier, signer) = (try NoteVerifier(Self.verifierText), try NoteSigner(Self.signerText))
    #expect(verifier.name == "PeterNeumann" && verifier.keyID == 0xc74f_20a3 && verifier.type == .ed25519)
    #expect(verifier.text == Self.verifierText && signer.text == Self.signerText && signer.verifier == verifier)
  }

  @Test(
    "are made anew, survive their text, and are not the same twice", arguments: [NoteKeyType.ed25519, .cosignature])
  func generated(type: NoteKeyType) throws {
    let signer = try NoteSigner.generate(name: "example.com/log", type: type)
    #expect(try NoteSigner(signer.text).verifier == signer.verifier)
    #expect(try NoteVerifier(signer.verifier.text) == signer.verifier && signer.type == type)
    #expect(try NoteSigner.generate(name: "example.com/log", type: type).verifier != signer.verifier)
  }

  @Test("keep their bytes under another name, and have another ID")
  func renamed() throws {
    let signer = try NoteSigner(Self.signerText)
    let other = try signer.renamed("example.com/2")
    #expect(other.verifier.publicKey == signer.verifier.publicKey && other.verifier.keyID != signer.verifier.keyID)
    #expect(try signer.verifier.renamed("example.com/2") == other.verifier)
    #expect(try other.renamed("PeterNeumann").text == Self.signerText)
    #expect(throws: NoteError.invalidName) { try signer.renamed("a b") }
  }

  @Test("have another ID as a witness than as a log")
  func types() throws {
    let log = try NoteSigner.generate(name: "one", type: .ed25519).verifier
    let witness = try NoteVerifier(name: "one", type: .cosignature, publicKey: log.publicKey)
    #expect(witness.keyID != log.keyID && witness != log)
  }

  @Test("do not show what is private")
  func secrecy() throws {
    let signer = try NoteSigner(Self.signerText)
    var dumped = ""
    dump(signer, to: &dumped)
    for shown in ["\(signer)", String(reflecting: signer), dumped] {
      #expect(!shown.contains("AYEKFALV") && !shown.contains("PRIVATE") && shown.contains("PeterNeumann"))
    }
    #expect(Mirror(reflecting: signer).children.map(\.label) == ["verifier"])
  }

  @Test(
    "refuse another form of the public key",
    arguments: [
      ("", .invalidKey), ("PeterNeumann", .invalidKey), ("PeterNeumann+c74f20a3", .invalidKey),
      ("PeterNeumann+c74f20a3+", .invalidKey),
      ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongKeyID),
      ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongKeyID),
      ("PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongKeyID),
      ("PeterNeumann++ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongKeyID),
      ("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongKeyID),
      ("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongKeyID),
      ("PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .unknownKeyType(2)),
      ("PeterNeumann+c74f20a3+ABpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .unknownKeyType(0)),
      ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", .invalidKey),
      ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==", .invalidKey),
      ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq_LDE4izWy10TW", .invalidKey),
      ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", .invalidKey),
      (" PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidName),
      ("Peter\u{A0}Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidName),
      ("Peter\nNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidName),
      ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidName),
      ("Peter+Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidKey),
    ] as [(String, NoteError)])
  func otherPublicKeys(text: String, error: NoteError) { #expect(throws: error) { try NoteVerifier(text) } }

  @Test(
    "refuse another form of the private key",
    arguments: [
      ("", .invalidKey), (verifierText, .invalidKey), ("PRIVATE+KEY+PeterNeumann+c74f20a3", .invalidKey),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+", .invalidKey),
      ("private+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .invalidKey),
      ("PRIVATE+\u{212A}EY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .invalidKey),
      ("PRIVATE+KEY+PeterNeumann+c74f20a2+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .wrongKeyID),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+BIEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .wrongKeyID),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+BoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .unknownKeyType(6)),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDF=", .invalidKey),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKA==", .invalidKey),
      ("PRIVATE+KEY+Peter Neumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .invalidName),
      ("PRIVATE+KEY++c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .invalidName),
    ] as [(String, NoteError)])
  func otherPrivateKeys(text: String, error: NoteError) { #expect(throws: error) { try NoteSigner(text) } }
}
