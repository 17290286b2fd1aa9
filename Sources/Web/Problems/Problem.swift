internal import Domain
internal import HTTPTypes

/// What clients are told of a failure code, the same for every occurrence.
struct Problem {
  let status: HTTPResponse.Status
  /// The short name.
  let title: LocalizedText
  /// Why a caller meets it, and what to do.
  let explanation: LocalizedText
}

/// The catalogue: a row for each code.
extension FailureCode {
  var problem: Problem {
    switch self {
    case .malformedRequest:
      Problem(
        status: .badRequest, title: text("Malformed request", "Permintaan rusak"),
        explanation: text(
          "The request is not HTTP as RFC 9112 has it, or its body was broken off. Correct it before sending it again.",
          "Permintaan tidak sesuai RFC 9112, atau isinya terputus. Perbaiki sebelum mengirim ulang."))
    case .malformedJSON:
      Problem(
        status: .badRequest, title: text("Malformed JSON", "JSON rusak"),
        explanation: text(
          "The body is not strict JSON: detail names the byte. Duplicate names and nesting over 32 are refused, too.",
          "Isi bukan JSON yang sah: detail menyebut bitanya. Nama ganda dan kedalaman lebih dari 32 juga ditolak."))
    case .unknownParameter:
      Problem(
        status: .badRequest, title: text("Unknown query parameter", "Parameter kueri tidak dikenal"),
        explanation: text(
          "The query has a name that this resource does not know. Nothing is ignored in silence: correct the name.",
          "Kueri memuat nama yang tidak dikenal. Tidak ada yang diabaikan diam-diam: perbaiki namanya."))
    case .invalidParameter:
      Problem(
        status: .badRequest, title: text("Invalid query parameter", "Parameter kueri tidak sah"),
        explanation: text(
          "A query parameter has a wrong value; errors names it and says what is wanted.",
          "Nilai parameter kueri salah; errors menyebut parameternya dan nilai yang diminta."))
    case .invalidCursor:
      Problem(
        status: .badRequest, title: text("Invalid cursor", "Kursor tidak sah"),
        explanation: text(
          "The cursor was not made here, or for another agency or filter. Begin the list anew.",
          "Kursor bukan dari sini, atau untuk lembaga atau saringan lain. Mulai daftar dari awal."))
    case .idempotencyKeyMissing:
      Problem(
        status: .badRequest, title: text("Idempotency-Key required", "Idempotency-Key wajib ada"),
        explanation: text(
          "What creates needs Idempotency-Key, so that a retry after a lost answer creates nothing twice.",
          "Pembuatan memerlukan Idempotency-Key agar pengulangan tidak membuat data ganda."))
    case .unauthenticated:
      Problem(
        status: .unauthorized, title: text("Not authenticated", "Tidak terautentikasi"),
        explanation: text(
          "The key is missing, wrong, ended, or used from elsewhere: which of these is not told.",
          "Kunci tidak ada, salah, berakhir, atau dipakai dari tempat lain: yang mana tidak diberitahukan."))
    case .scopeMissing:
      Problem(
        status: .forbidden, title: text("Not allowed for this key", "Tidak diizinkan bagi kunci ini"),
        explanation: text(
          "The key is valid but lacks the scope. Ask the operator for another one.",
          "Kunci sah tetapi tanpa lingkup ini. Mintalah kunci lain kepada operator."))
    case .formRefused:
      Problem(
        status: .forbidden, title: text("Form refused", "Formulir ditolak"),
        explanation: text(
          "A form of a page came without the token of its session, or from another site. Open the page again.",
          "Formulir datang tanpa token sesinya, atau dari situs lain. Buka kembali halamannya."))
    case .mandateMissing:
      Problem(
        status: .forbidden, title: text("No mandate", "Tidak ada kewenangan"),
        explanation: text(
          "The agency has no mandate for this act on its day: see /v1/reference/mandates.",
          "Lembaga tidak berwenang atas tindakan ini pada harinya: lihat /v1/reference/mandates."))
    case .agencyNotBegun:
      Problem(
        status: .forbidden, title: text("The agency has not begun", "Lembaga belum mulai bertugas"),
        explanation: text(
          "Before the agency's first day its keys open nothing: see /v1/reference/agencies.",
          "Sebelum hari pertama lembaga kuncinya tidak membuka apa pun: lihat /v1/reference/agencies."))
    case .agencyEnded:
      Problem(
        status: .forbidden, title: text("The agency has ended", "Lembaga telah berakhir"),
        explanation: text(
          "The agency records nothing after its last day and reads until access_until. "
            + "Its successor uses on_behalf_of.",
          "Lembaga tidak mencatat setelah hari terakhirnya, dan membaca sampai access_until. "
            + "Penerus memakai on_behalf_of."
        ))
    case .notOwner:
      Problem(
        status: .forbidden, title: text("Not the owner of the case", "Bukan pemilik kasus"),
        explanation: text(
          "Only the reporting agency (or BKN, for facts) may do this. Post a correction request instead.",
          "Hanya lembaga pelapor (atau BKN, untuk fakta) yang dapat melakukannya. Kirim permintaan koreksi."))
    case .importNotYours:
      Problem(
        status: .forbidden, title: text("Not yours to import", "Bukan wewenang impor Anda"),
        explanation: text(
          "Scope imports is for reports and acts of the key's agency and of those it succeeded; "
            + "those of others need migration.",
          "Lingkup imports hanya untuk lembaga sendiri dan yang digantikannya; "
            + "riwayat lembaga lain memerlukan migration."
        ))
    case .notNamed:
      Problem(
        status: .forbidden, title: text("Nothing in your name", "Tidak ada atas nama Anda"),
        explanation: text(
          "No other agency has recorded anything in this case in your name: there is nothing to confirm.",
          "Tidak ada lembaga lain yang mencatat sesuatu atas nama Anda dalam kasus ini: tidak ada yang dikonfirmasi."))
    case .notFound:
      Problem(
        status: .notFound, title: text("Not found", "Tidak ditemukan"),
        explanation: text(
          "There is no such resource, or it does not exist for this key: the two answer alike.",
          "Sumber daya tidak ada, atau tidak ada bagi kunci ini: keduanya dijawab sama."))
    case .methodNotAllowed:
      Problem(
        status: .methodNotAllowed, title: text("Method not allowed", "Metode tidak diizinkan"),
        explanation: text(
          "The resource has other methods: see Allow.",
          "Sumber daya ini punya metode lain: lihat Allow."))
    case .notAcceptable:
      Problem(
        status: .notAcceptable, title: text("Not acceptable", "Format tidak tersedia"),
        explanation: text(
          "Accept excludes what this resource can be had as.",
          "Accept tidak memuat format yang tersedia."))
    case .requestTimeout:
      Problem(
        status: .requestTimeout, title: text("Request too slow", "Permintaan terlalu lambat"),
        explanation: text(
          "The request came too slowly.",
          "Permintaan datang terlalu lambat."))
    case .stageConflict:
      Problem(
        status: .conflict, title: text("Not possible at this stage", "Tidak dapat dilakukan pada tahap ini"),
        explanation: text(
          "The case stands at another stage; allowed_actions names what is possible.",
          "Kasus berada pada tahap lain; allowed_actions menyebut tindakan yang mungkin."))
    case .clockRunning:
      Problem(
        status: .conflict, title: text("The period is still running", "Tenggat masih berjalan"),
        explanation: text(
          "A statutory period still runs; the act is possible once it is over.",
          "Tenggat menurut hukum masih berjalan; tindakan dimungkinkan setelah lewat."))
    case .clockConflict:
      Problem(
        status: .conflict, title: text("Not possible for this clock", "Tidak dapat dilakukan atas tenggat ini"),
        explanation: text(
          "The clock cannot be paused or resumed on that day: detail says why.",
          "Tenggat tidak dapat dihentikan atau dilanjutkan pada hari itu: detail menyebut sebabnya."))
    case .receiptSettled:
      Problem(
        status: .conflict, title: text("The day of receipt is settled", "Hari penerimaan sudah tetap"),
        explanation: text(
          "Clocks were judged by this day: ask for another one with a correction request that carries nothing else.",
          "Tenggat dinilai menurut hari ini: mintalah perubahan lewat permintaan koreksi yang tidak memuat hal lain."))
    case .reportExists:
      Problem(
        status: .conflict, title: text("Report exists", "Laporan sudah ada"),
        explanation: text(
          "A case of this agency with this report number and person exists already.",
          "Kasus lembaga ini dengan nomor laporan dan orang yang sama sudah ada."))
    case .alreadyDecided:
      Problem(
        status: .conflict, title: text("Already decided", "Sudah diputuskan"),
        explanation: text(
          "It was decided before; nothing was changed.",
          "Sudah diputuskan; tidak ada perubahan."))
    case .confirmationConflict:
      Problem(
        status: .conflict, title: text("Conflict of confirmation", "Benturan konfirmasi"),
        explanation: text(
          "It is answered already, something stands on it that its agency vouches for, or the case is disputed.",
          "Sudah dijawab, sudah ada lanjutan yang dijamin lembaganya, atau kasusnya dibantah."))
    case .caseErased:
      Problem(
        status: .conflict, title: text("The case is erased", "Kasus telah dihapus datanya"),
        explanation: text(
          "Its personal values were erased: stages, dates and counts stay, and nothing is added any more.",
          "Data pribadinya telah dihapus: tahap, tanggal dan hitungan tetap, dan tidak ada yang ditambahkan."))
    case .reportErased:
      Problem(
        status: .conflict, title: text("The report is erased", "Laporan telah dihapus datanya"),
        explanation: text(
          "This report was on record and its retention is over: it is not recorded again.",
          "Laporan ini pernah tercatat dan masa simpannya berakhir: tidak dicatat lagi."))
    case .evidenceExists:
      Problem(
        status: .conflict, title: text("The file is there", "Berkas sudah ada"),
        explanation: text(
          "The case has a file with these very bytes, which nobody has withdrawn.",
          "Kasus sudah memiliki berkas dengan isi yang persis sama dan belum ditarik."))
    case .evidenceDamaged:
      Problem(
        status: .internalServerError, title: text("The file is damaged", "Berkas rusak"),
        explanation: text(
          "The file is missing or damaged on the disk of the service: tell the operator, or bring it again.",
          "Berkas hilang atau rusak di penyimpanan layanan: beri tahu operator, atau unggah kembali."))
    case .uploadConflict:
      Problem(
        status: .conflict, title: text("The part does not go on", "Bagian tidak menyambung"),
        explanation: text(
          """
          A part of a file begins where the last one has ended: received says how many bytes have come. Send the next part \
          from there, or the whole file.
          """,
          """
          Bagian berkas dimulai di akhir bagian sebelumnya: received menyatakan byte yang sudah diterima. Kirim bagian \
          berikutnya dari sana, atau seluruh berkas.
          """))
    case .retentionHeld:
      Problem(
        status: .conflict, title: text("The case is held", "Kasus ditahan"),
        explanation: text(
          "An agency has said, with its reason, that the case is kept: it may be erased when that hold has ended.",
          "Suatu lembaga menahan kasus ini dengan alasannya: penghapusan mungkin setelah penahanan berakhir."))
    case .backupRunning:
      Problem(
        status: .conflict, title: text("A backup is being made", "Cadangan sedang dibuat"),
        explanation: text(
          "Another backup is being made; wait for it.",
          "Cadangan lain sedang dibuat; tunggu sampai selesai."))
    case .backupsNotConfigured:
      Problem(
        status: .conflict, title: text("Backups have no folder", "Cadangan belum punya folder"),
        explanation: text(
          "The service has no folder for backups: the operator sets NETRAL_BACKUP_FOLDER.",
          "Layanan belum punya folder cadangan: operator mengatur NETRAL_BACKUP_FOLDER."))
    case .releasePending:
      Problem(
        status: .serviceUnavailable, title: text("Release not made yet", "Rilis belum dibuat"),
        explanation: text(
          "The month's public release is due, and the service is about to make it: ask again after Retry-After.",
          "Rilis publik bulan itu sudah waktunya dan segera dibuat: tanyakan lagi setelah Retry-After."))
    case .checkpointConflict:
      Problem(
        status: .conflict, title: text("Behind the record", "Tertinggal dari catatan"),
        explanation: text(
          "The checkpoint is behind what the agency has cosigned, or the record's tree does not have it: fetch the newest "
            + "one, and check that it extends what you know.",
          "Titik periksa tertinggal dari yang sudah ditandai lembaga, atau tidak ada dalam pohon catatan: ambil yang "
            + "terbaru, dan periksa bahwa ia melanjutkan yang Anda ketahui."))
    case .versionMismatch:
      Problem(
        status: .preconditionFailed, title: text("Version mismatch", "Versi tidak cocok"),
        explanation: text(
          "The case has changed since. Fetch it, look at what changed, and decide anew; current_etag is its tag now.",
          "Kasus sudah berubah. Ambil kembali, lihat perubahannya, lalu putuskan; current_etag adalah etiketnya kini."))
    case .contentTooLarge:
      Problem(
        status: .contentTooLarge, title: text("Content too large", "Isi terlalu besar"),
        explanation: tooLong)
    case .rangeNotSatisfiable:
      Problem(
        status: .rangeNotSatisfiable, title: text("No such range", "Rentang tidak ada"),
        explanation: text(
          "Range names bytes beyond the end of the file: Content-Range says how many it has.",
          "Range menyebut byte di luar berkas: Content-Range menyebut jumlahnya."))
    case .targetTooLong:
      Problem(
        status: .uriTooLong, title: text("Address too long", "Alamat terlalu panjang"),
        explanation: tooLong)
    case .unsupportedMediaType:
      Problem(
        status: .unsupportedMediaType, title: text("Unsupported media type", "Tipe isi tidak didukung"),
        explanation: text(
          "Send the Content-Type that detail names.",
          "Kirim Content-Type yang disebut dalam detail."))
    case .invalid:
      Problem(
        status: .unprocessableContent, title: text("Invalid fields", "Isian tidak sah"),
        explanation: text(
          "Fields break rules; errors points to each of them (RFC 6901). Nothing was stored.",
          "Ada isian yang melanggar aturan; errors menunjuk masing-masing. Tidak ada yang disimpan."))
    case .idempotencyKeyReused:
      Problem(
        status: .unprocessableContent, title: text("Idempotency-Key reused", "Idempotency-Key dipakai ulang"),
        explanation: text(
          "This Idempotency-Key belongs to another request. Use a new one for a new intent.",
          "Idempotency-Key ini milik permintaan lain. Pakai kunci baru untuk maksud baru."))
    case .preconditionRequired:
      Problem(
        status: .preconditionRequired, title: text("If-Match required", "If-Match wajib ada"),
        explanation: text(
          "A change names the version it is based on: send the case's ETag as If-Match.",
          "Perubahan harus menyebut versi dasarnya: kirim ETag kasus sebagai If-Match."))
    case .sequenceAhead:
      Problem(
        status: .badRequest, title: text("Sequence ahead of the service", "Urutan mendahului layanan"),
        explanation: text(
          "The service was set back to an older copy, or the sequence is another service's. Take a new snapshot.",
          "Layanan dikembalikan ke salinan lama, atau urutan milik layanan lain. Ambil salinan baru."))
    case .sequenceGone:
      Problem(
        status: .gone, title: text("Sequence no longer available", "Urutan tidak tersedia lagi"),
        explanation: text(
          "What followed is gone: begin with a snapshot.",
          "Lanjutannya tidak tersedia: mulai dengan salinan utuh."))
    case .tooManyRequests:
      Problem(
        status: .tooManyRequests, title: text("Too many requests", "Terlalu banyak permintaan"),
        explanation: text(
          "A share is used up. Wait as long as Retry-After says; others are served meanwhile.",
          "Jatah sudah terpakai. Tunggu selama Retry-After; yang lain tetap dilayani."))
    case .expectationFailed:
      Problem(
        status: .expectationFailed, title: text("Expectation not met", "Harapan tidak dapat dipenuhi"),
        explanation: text(
          "The only expectation that is met is 100-continue: leave Expect out, or send that.",
          "Satu-satunya Expect yang dilayani adalah 100-continue: hapus Expect, atau kirim itu."))
    case .headTooLarge:
      Problem(
        status: .requestHeaderFieldsTooLarge, title: text("Head too large", "Kepala permintaan terlalu besar"),
        explanation: tooLong)
    case .internalError:
      Problem(
        status: .internalServerError, title: text("Server error", "Kesalahan server"),
        explanation: text(
          "The fault is the service's. Nothing was changed; tell the operator the request_id.",
          "Kesalahan ada pada layanan. Tidak ada yang berubah; sampaikan request_id kepada operator."))
    case .notImplemented:
      Problem(
        status: .notImplemented, title: text("Not implemented", "Tidak dilayani"),
        explanation: notSpoken)
    case .busy:
      Problem(
        status: .serviceUnavailable, title: text("Busy", "Sibuk"),
        explanation: text(
          "The service is full, or is about to stop. Nothing was changed: try again after Retry-After.",
          "Layanan penuh atau sedang berhenti. Tidak ada yang berubah: coba lagi setelah Retry-After."))
    case .unreachable:
      Problem(
        status: .serviceUnavailable, title: text("Service unreachable", "Layanan tidak terjangkau"),
        explanation: text(
          "The proxy in front got no answer. Whether anything was changed is not known: repeat the request as it was.",
          "Proksi di depan tidak mendapat jawaban. Belum tentu ada yang berubah: ulangi permintaan yang sama."))
    case .storageUnavailable:
      Problem(
        status: .serviceUnavailable, title: text("Store unavailable", "Penyimpanan tidak tersedia"),
        explanation: text(
          "The store takes no writes now, for instance because the disk is full. Nothing was changed; reads go on.",
          "Penyimpanan sedang tidak menerima penulisan, misalnya disk penuh. Tidak ada yang berubah."))
    case .versionNotSupported:
      Problem(
        status: .httpVersionNotSupported, title: text("HTTP version not supported", "Versi HTTP tidak didukung"),
        explanation: notSpoken)
    }
  }

  private var tooLong: LocalizedText {
    text(
      "The request is longer than the server takes; the limits stand in the handbook.",
      "Permintaan lebih panjang dari batas; batasnya ada dalam buku panduan.")
  }

  private var notSpoken: LocalizedText {
    text("The server does not speak this part of HTTP.", "Bagian HTTP ini tidak dilayani.")
  }

  private func text(_ en: String, _ inIndonesian: String) -> LocalizedText {
    LocalizedText(en: en, inIndonesian: inIndonesian)
  }
}
