//! Every sentence of this crate that a person will read: what happened, what it means, what to do.

pub(crate) fn stock_cannot_append(ticket: &str) -> String {
    format!(
        "API bawaan osTicket tidak dapat menambah pesan ke tiket {ticket}. Susulan ini tersimpan pada kasusnya; salin ke tiket bila perlu, \
         lalu `tanggap release KUNCI --sent`, atau `tanggap drop KUNCI --reason \"…\"`"
    )
}

pub(crate) fn stock_cannot_note(ticket: &str) -> String {
    format!(
        "API bawaan osTicket tidak dapat menulis catatan ke tiket {ticket}; catatan ini tersimpan pada kasusnya (tanggap case show). \
         Dengan plugin tanggap di osTicket ia akan tampil di tiket: lihat `tanggap doctor`"
    )
}

pub(crate) fn stock_cannot_change(ticket: &str) -> String {
    format!(
        "API bawaan osTicket tidak dapat mengubah tiket {ticket}; ubah sendiri di osTicket, atau pasang plugin tanggap: lihat `tanggap doctor`"
    )
}

pub(crate) fn stock_cannot_read() -> String {
    "API bawaan osTicket tidak dapat menceritakan apa yang dikerjakan petugas di tiket. Pasang plugin tanggap di osTicket, atau beri \
     tanggap akun MySQL yang hanya dapat membaca ([osticket.database]): lihat `tanggap doctor`"
        .to_owned()
}

pub(crate) fn schema_differs(missing: &[String]) -> String {
    format!(
        "basis data osTicket tidak berbentuk seperti 1.17/1.18: tidak ada {}. Periksa [osticket.database] prefix, dan hak SELECT akun itu \
         atas semua tabel osTicket; mail tetap diambil dan disimpan, tiket tetap dibuka",
        missing.join(", ")
    )
}

pub(crate) fn database_denied(said: &str) -> String {
    format!(
        "akun basis data osTicket ditolak: {said}. Periksa [osticket.database]; yang dibutuhkan hanya: GRANT SELECT ON osticket.* TO 'tanggap'@'…'"
    )
}

pub(crate) fn database_away(said: &str) -> String {
    format!("basis data osTicket tidak menjawab ({said}); akan ditanya lagi")
}

pub(crate) fn stock_cannot_look_up() -> String {
    "jawaban osTicket hilang, dan API bawaannya tidak dapat ditanyai. Cari nomor register ini di osTicket: bila tiketnya ada, \
     `tanggap release KUNCI --ticket NOMOR`; bila tidak ada, `tanggap retry KUNCI`"
        .to_owned()
}

pub(crate) fn not_answered_yet(why: &str) -> String {
    format!(
        "osTicket belum dapat ditanyai sejak tanggap dimulai ({why}); semuanya menunggu, dan jalannya ditentukan begitu ia menjawab"
    )
}

pub(crate) fn unreachable(why: &str) -> String {
    format!("osTicket tidak dapat dihubungi ({why}); tiket belum dibuat, akan dicoba lagi")
}

pub(crate) fn answer_lost(why: &str) -> String {
    format!(
        "permintaan sudah dikirim, jawaban osTicket tidak sampai ({why}); tiketnya mungkin sudah ada"
    )
}

pub(crate) fn key_refused(said: &str) -> String {
    format!(
        "osTicket menolak kunci API: \"{said}\". Periksa kuncinya, alamat IP mesin ini, dan izin Can Create Tickets di Admin Panel > Manage > API"
    )
}

pub(crate) fn not_the_api(status: u16, said: &str) -> String {
    format!(
        "alamat osTicket tidak melayani API (HTTP {status}: \"{said}\"); tiket belum dibuat. Periksa [osticket] url"
    )
}

pub(crate) fn redirected(to: &str) -> String {
    format!(
        "osTicket mengalihkan ke {to}; kunci API tidak dikirim ke sana. Tulis alamat yang benar di [osticket] url"
    )
}

pub(crate) fn busy(status: u16) -> String {
    format!("osTicket sedang sibuk (HTTP {status}); akan dicoba lagi")
}

pub(crate) fn refused(said: &str) -> String {
    format!("osTicket menolak tiket ini: \"{said}\"; mengulang tidak akan menolong")
}

pub(crate) fn denied(said: &str) -> String {
    format!(
        "osTicket melarang tiket dari pelapor ini: \"{said}\". Lihat daftar blokir dan filter di osTicket"
    )
}

pub(crate) fn strange(status: u16, said: &str) -> String {
    format!(
        "jawaban osTicket tidak dapat dipercaya (HTTP {status}: \"{said}\"); tiketnya mungkin sudah ada"
    )
}

pub(crate) fn files_too_large() -> String {
    "berkas-berkas ini terlalu besar untuk satu kiriman ke osTicket (12 MB); semuanya tersimpan di jurnal tanggap".to_owned()
}

/// Stands in the ticket where a file would have been.
pub(crate) fn file_refused(said: &str) -> String {
    format!("[osTicket menolak berkas: \"{said}\"; semua berkas tersimpan di jurnal tanggap]")
}

pub(crate) fn ticket_gone(said: &str) -> String {
    format!(
        "tiketnya sudah dihapus di osTicket (\"{said}\"); isinya tetap ada pada kasus (tanggap case show)"
    )
}

pub(crate) fn no_such_status(names: &[String]) -> String {
    format!(
        "osTicket tidak mempunyai status bernama {}. Buat status itu di Admin Panel > Manage > Lists > Ticket Statuses, atau tulis nama \
         yang ada di sana dalam [osticket.mapping] status; lihat `tanggap doctor`",
        names.join(" atau ")
    )
}

pub(crate) fn old_plugin_sets_no_status() -> String {
    "plugin tanggap di osTicket terlalu tua untuk mengubah status tiket; ubah sendiri di osTicket, dan perbarui plugin: lihat `tanggap doctor`"
        .to_owned()
}
