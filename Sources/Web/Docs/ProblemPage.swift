internal import Domain
internal import HTTPTypes

/// What each problem means, and what to do about it.
enum ProblemPage {
  static func html(_ code: FailureCode) -> [UInt8] {
    let (title, explanation) = (Problem.title(code), Problem.explanation(code))
    let routes = Route.ofEveryRequest.contains(code) ? [] : Routes.all.filter { $0.failures.contains(code) }
    let places = routes.map { route in
      "<li><a href=\"/docs#\(OperationObject(route: route).identity)\">\(route.method.rawValue) \(route.template)</a></li>"
    }
    let list =
      places.isEmpty
      ? "<p>Any request can meet it.</p>" : "<h2>Where</h2>\n<ul>\n\(places.joined(separator: "\n"))\n</ul>"
    return Page.html(
      title.en,
      """
      <p>Problem code <code>\(code.rawValue)</code>, answered with HTTP status \(Problem.status(code).code).</p>
      <p>\(Page.escaped(explanation.en))</p>
      <section lang="id">
      <h2>\(Page.escaped(title.id))</h2>
      <p>\(Page.escaped(explanation.id))</p>
      </section>
      \(list)
      """)
  }

  /// Every problem, by status.
  static let list: [UInt8] = {
    let codes = FailureCode.allCases.sorted {
      (Problem.status($0).code, $0.rawValue) < (Problem.status($1).code, $1.rawValue)
    }
    let rows = codes.map { code in
      let title = Problem.title(code)
      return """
        <tr><td>\(Problem.status(code).code)</td>\
        <td><a href="/docs/problems/\(code.rawValue)"><code>\(code.rawValue)</code></a></td>\
        <td>\(Page.escaped(title.en))</td><td lang="id">\(Page.escaped(title.id))</td></tr>
        """
    }
    return Page.html(
      "Problems",
      """
      <p>Errors are problem documents (RFC 9457). <code>code</code> is stable; <code>detail</code> speaks the language of \
      <code>Accept-Language</code>; <code>errors</code> points to each wrong field.</p>
      <table><tr><th>Status</th><th>Code</th><th>Title</th><th lang="id">Judul</th></tr>
      \(rows.joined(separator: "\n"))
      </table>
      """)
  }()
}

extension Problem {
  /// Why a caller meets a problem, and what to do.
  static func explanation(_ code: FailureCode) -> LocalizedText {
    explanationOfRequest(code) ?? explanationOfCase(code) ?? explanationOfService(code)
  }

  private static func text(_ en: String, _ id: String) -> LocalizedText { LocalizedText(en: en, id: id) }

  private static func explanationOfRequest(_ code: FailureCode) -> LocalizedText? {
    switch code {
    case .malformedRequest:
      text(
        "The request is not HTTP as RFC 9112 has it, or its body was broken off. Correct it before sending it again.",
        "Permintaan tidak sesuai RFC 9112, atau isinya terputus. Perbaiki sebelum mengirim ulang.")
    case .malformedJSON:
      text(
        "The body is not strict JSON: detail names the byte. Duplicate names and nesting over 32 are refused, too.",
        "Isi bukan JSON yang sah: detail menyebut bitanya. Nama ganda dan kedalaman lebih dari 32 juga ditolak.")
    case .unknownParameter:
      text(
        "The query has a name that this resource does not know. Nothing is ignored in silence: correct the name.",
        "Kueri memuat nama yang tidak dikenal. Tidak ada yang diabaikan diam-diam: perbaiki namanya.")
    case .invalidParameter:
      text(
        "A query parameter has a wrong value; errors names it and says what is wanted.",
        "Nilai parameter kueri salah; errors menyebut parameternya dan nilai yang diminta.")
    case .invalidCursor:
      text(
        "The cursor was not made here, or for another agency or filter. Begin the list anew.",
        "Kursor bukan dari sini, atau untuk lembaga atau saringan lain. Mulai daftar dari awal.")
    case .idempotencyKeyMissing:
      text(
        "What creates needs Idempotency-Key, so that a retry after a lost answer creates nothing twice.",
        "Pembuatan memerlukan Idempotency-Key agar pengulangan tidak membuat data ganda.")
    case .idempotencyKeyReused:
      text(
        "This Idempotency-Key belongs to another request. Use a new one for a new intent.",
        "Idempotency-Key ini milik permintaan lain. Pakai kunci baru untuk maksud baru.")
    case .preconditionRequired:
      text(
        "A change names the version it is based on: send the case's ETag as If-Match.",
        "Perubahan harus menyebut versi dasarnya: kirim ETag kasus sebagai If-Match.")
    case .versionMismatch:
      text(
        "The case has changed since. Fetch it, look at what changed, and decide anew; current_etag is its tag now.",
        "Kasus sudah berubah. Ambil kembali, lihat perubahannya, lalu putuskan; current_etag adalah etiketnya kini.")
    case .unsupportedMediaType:
      text("Send the Content-Type that detail names.", "Kirim Content-Type yang disebut dalam detail.")
    case .notAcceptable:
      text("Accept excludes what this resource can be had as.", "Accept tidak memuat format yang tersedia.")
    case .methodNotAllowed:
      text("The resource has other methods: see Allow.", "Sumber daya ini punya metode lain: lihat Allow.")
    case .invalid:
      text(
        "Fields break rules; errors points to each of them (RFC 6901). Nothing was stored.",
        "Ada isian yang melanggar aturan; errors menunjuk masing-masing. Tidak ada yang disimpan.")
    case .expectationFailed:
      text(
        "The only expectation that is met is 100-continue: leave Expect out, or send that.",
        "Satu-satunya Expect yang dilayani adalah 100-continue: hapus Expect, atau kirim itu.")
    case .contentTooLarge, .targetTooLong, .headTooLarge:
      text(
        "The request is longer than the server takes; the limits stand in the handbook.",
        "Permintaan lebih panjang dari batas; batasnya ada dalam buku panduan.")
    default: nil
    }
  }

  private static func explanationOfCase(_ code: FailureCode) -> LocalizedText? {
    switch code {
    case .unauthenticated:
      text(
        "The key is missing, wrong, ended, or used from elsewhere: which of these is not told.",
        "Kunci tidak ada, salah, berakhir, atau dipakai dari tempat lain: yang mana tidak diberitahukan.")
    case .scopeMissing:
      text(
        "The key is valid but lacks the scope. Ask the operator for another one.",
        "Kunci sah tetapi tanpa lingkup ini. Mintalah kunci lain kepada operator.")
    case .mandateMissing:
      text(
        "The agency has no mandate for this act on its day: see /v1/reference/mandates.",
        "Lembaga tidak berwenang atas tindakan ini pada harinya: lihat /v1/reference/mandates.")
    case .agencyNotBegun:
      text(
        "Before the agency's first day its keys open nothing: see /v1/reference/agencies.",
        "Sebelum hari pertama lembaga kuncinya tidak membuka apa pun: lihat /v1/reference/agencies.")
    case .agencyEnded:
      text(
        "The agency records nothing after its last day and reads until access_until. Its successor uses on_behalf_of.",
        "Lembaga tidak mencatat setelah hari terakhirnya, dan membaca sampai access_until. Penerus memakai on_behalf_of."
      )
    case .notOwner:
      text(
        "Only the reporting agency (or BKN, for facts) may do this. Post a correction request instead.",
        "Hanya lembaga pelapor (atau BKN, untuk fakta) yang dapat melakukannya. Kirim permintaan koreksi.")
    case .importNotYours:
      text(
        "Scope imports is for reports and acts of the key's agency and of those it succeeded; those of others need migration.",
        "Lingkup imports hanya untuk lembaga sendiri dan yang digantikannya; riwayat lembaga lain memerlukan migration."
      )
    case .notFound:
      text(
        "There is no such resource, or it does not exist for this key: the two answer alike.",
        "Sumber daya tidak ada, atau tidak ada bagi kunci ini: keduanya dijawab sama.")
    case .stageConflict:
      text(
        "The case stands at another stage; allowed_actions names what is possible.",
        "Kasus berada pada tahap lain; allowed_actions menyebut tindakan yang mungkin.")
    case .clockRunning:
      text(
        "A statutory period still runs; the act is possible once it is over.",
        "Tenggat menurut hukum masih berjalan; tindakan dimungkinkan setelah lewat.")
    case .clockConflict:
      text(
        "The clock cannot be paused or resumed on that day: detail says why.",
        "Tenggat tidak dapat dihentikan atau dilanjutkan pada hari itu: detail menyebut sebabnya.")
    case .receiptSettled:
      text(
        "Clocks were judged by this day: ask for another one with a correction request that carries nothing else.",
        "Tenggat dinilai menurut hari ini: mintalah perubahan lewat permintaan koreksi yang tidak memuat hal lain.")
    case .reportExists:
      text(
        "A case of this agency with this report number and person exists already.",
        "Kasus lembaga ini dengan nomor laporan dan orang yang sama sudah ada.")
    case .notNamed:
      text(
        "No other agency has recorded anything in this case in your name: there is nothing to confirm.",
        "Tidak ada lembaga lain yang mencatat sesuatu atas nama Anda dalam kasus ini: tidak ada yang dikonfirmasi.")
    case .confirmationConflict:
      text(
        "It is answered already, something stands on it that its agency vouches for, or the case is disputed.",
        "Sudah dijawab, sudah ada lanjutan yang dijamin lembaganya, atau kasusnya dibantah.")
    case .alreadyDecided: text("It was decided before; nothing was changed.", "Sudah diputuskan; tidak ada perubahan.")
    case .sequenceAhead:
      text(
        "The service was set back to an older copy, or the sequence is another service's. Take a new snapshot.",
        "Layanan dikembalikan ke salinan lama, atau urutan milik layanan lain. Ambil salinan baru.")
    case .sequenceGone:
      text("What followed is gone: begin with a snapshot.", "Lanjutannya tidak tersedia: mulai dengan salinan utuh.")
    default: nil
    }
  }

  private static func explanationOfService(_ code: FailureCode) -> LocalizedText {
    switch code {
    case .tooManyRequests:
      text(
        "A share is used up. Wait as long as Retry-After says; others are served meanwhile.",
        "Jatah sudah terpakai. Tunggu selama Retry-After; yang lain tetap dilayani.")
    case .busy:
      text(
        "The service is full, or is about to stop. Nothing was changed: try again after Retry-After.",
        "Layanan penuh atau sedang berhenti. Tidak ada yang berubah: coba lagi setelah Retry-After.")
    case .unreachable:
      text(
        "The proxy in front got no answer. Whether anything was changed is not known: repeat the request as it was.",
        "Proksi di depan tidak mendapat jawaban. Belum tentu ada yang berubah: ulangi permintaan yang sama.")
    case .storageUnavailable:
      text(
        "The store takes no writes now, for instance because the disk is full. Nothing was changed; reads go on.",
        "Penyimpanan sedang tidak menerima penulisan, misalnya disk penuh. Tidak ada yang berubah.")
    case .backupRunning:
      text("Another backup is being made; wait for it.", "Cadangan lain sedang dibuat; tunggu sampai selesai.")
    case .backupsNotConfigured:
      text(
        "The service has no folder for backups: the operator sets NETRAL_BACKUP_FOLDER.",
        "Layanan belum punya folder cadangan: operator mengatur NETRAL_BACKUP_FOLDER.")
    case .releasePending:
      text(
        "The month's public release is due, and the service is about to make it: ask again after Retry-After.",
        "Rilis publik bulan itu sudah waktunya dan segera dibuat: tanyakan lagi setelah Retry-After.")
    case .requestTimeout:
      text("The request came too slowly.", "Permintaan datang terlalu lambat.")
    case .notImplemented, .versionNotSupported:
      text("The server does not speak this part of HTTP.", "Bagian HTTP ini tidak dilayani.")
    default:
      text(
        "The fault is the service's. Nothing was changed; tell the operator the request_id.",
        "Kesalahan ada pada layanan. Tidak ada yang berubah; sampaikan request_id kepada operator.")
    }
  }
}
