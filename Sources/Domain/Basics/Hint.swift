/// What to send, for errors of fields whose standard sentence says too little.
public enum Hint {
  public static let nip = LocalizedText(
    en: "Give the 18 digits of the NIP: birth date, appointment, sex, serial number; blanks may group them.",
    inIndonesian:
      "Isi 18 angka NIP: tanggal lahir, pengangkatan, jenis kelamin, nomor urut; boleh dikelompokkan dengan spasi.")
  public static let nik = LocalizedText(en: "Give the 16 digits of the NIK.", inIndonesian: "Isi 16 angka NIK.")
  public static let region = LocalizedText(
    en: "Give PP of a province or PP.KK of a regency or city.",
    inIndonesian: "Isi PP provinsi atau PP.KK kabupaten/kota.")
  public static let date = LocalizedText(en: "Give a date, YYYY-MM-DD.", inIndonesian: "Isi tanggal, YYYY-MM-DD.")
  public static let instant = LocalizedText(
    en: "Give a time with its offset, as 2024-10-20T09:30:00+07:00.",
    inIndonesian: "Isi waktu beserta selisihnya, misalnya 2024-10-20T09:30:00+07:00.")
  public static let future = LocalizedText(
    en: "This date lies in the future.", inIndonesian: "Tanggal ini di masa depan.")
  public static let code = LocalizedText(
    en: "Write a code of small letters, digits and _.", inIndonesian: "Tulis kode dari huruf kecil, angka dan _.")
  public static let identity = LocalizedText(
    en: "Give the identity of a case, 36 characters.", inIndonesian: "Isi identitas kasus, 36 karakter.")
  /// A text of 1 to so many characters.
  public static func characters(_ max: Int) -> LocalizedText {
    LocalizedText(en: "Give 1 to \(max) characters.", inIndonesian: "Isi 1 sampai \(max) karakter.")
  }
  public static let items = LocalizedText(en: "Give one item or more.", inIndonesian: "Isi satu butir atau lebih.")
  public static let networks = LocalizedText(
    en: "Give an address block, as 10.0.0.0/8 or fd00::/8.",
    inIndonesian: "Isi blok alamat, misalnya 10.0.0.0/8 atau fd00::/8.")
}
