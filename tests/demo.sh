#!/bin/sh
# `make demo`: the main job on embedded defaults, over the 80 sample mails.
#
# A Maildir, SQLite, an osTicket stand-in on loopback, letters into a directory; all of it in ./demo.
# Run it again: the mails are known, and nothing is done twice.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}
target=${CARGO_TARGET_DIR:-target}/debug
demo=$PWD/demo

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

say "1/4  Membangun (pertama kali beberapa menit) / building (some minutes the first time)"
tests/tools.sh build
"$cargo" build --package tanggap
"$cargo" build --package tanggap-tests --bin standin

say "2/4  Menyiapkan $demo / preparing"
mkdir -p "$demo/maildir/new" "$demo/maildir/cur" "$demo/maildir/tmp" "$demo/letters"
if [ ! -e "$demo/osticket.key" ]; then
    (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$demo/osticket.key")
    second=1700000000
    for mail in tests/reports/*.eml; do
        # As an MTA delivers: into tmp, then new; a second apart, so that an answer comes after its report.
        second=$((second + 1))
        name=$second.$(basename "$mail" .eml).sample
        cp "$mail" "$demo/maildir/tmp/$name"
        touch -d "@$second" "$demo/maildir/tmp/$name"
        mv "$demo/maildir/tmp/$name" "$demo/maildir/new/$name"
    done
    echo "$(ls "$demo/maildir/new" | wc -l) surel contoh di kotak surat / sample mails in the mailbox"
else
    echo "memakai yang sudah ada; hapus folder demo untuk mulai dari awal / using what is there"
fi

standin_log=$demo/standin.log
: >"$standin_log"
"$target/standin" 127.0.0.1:0 "$(cat "$demo/osticket.key")" "$demo/osticket.json" >"$standin_log" 2>&1 &
standin=$!
trap 'kill "$standin" 2>/dev/null || true' EXIT INT TERM
url=
for _ in $(seq 100); do
    url=$(grep -o 'http://127\.0\.0\.1:[0-9]*/*' "$standin_log" | head -n 1 || true)
    [ -z "$url" ] || break
    sleep 0.1
done
[ -n "$url" ] || { echo "the stand-in did not start:" >&2; cat "$standin_log" >&2; exit 1; }

cat >"$demo/tanggap.toml" <<TOML
# Dibuat oleh \`make demo\`; contoh lengkap: systemd/tanggap.toml.
# Made by \`make demo\`; the full sample: systemd/tanggap.toml.
[team]
name = "Batangkab-CSIRT"
office = "Dinas Komunikasi dan Informatika Kabupaten Batang"
office_english = "Department of Communication and Informatics, Batang Regency"
address = "csirt@batangkab.go.id"

[site]
domains = ["batangkab.go.id"]
message_id_domains = ["csirt.batangkab.go.id", "batangkab.go.id"]

[store]
path = "tanggap.db"

[[mailbox]]
name = "csirt"
kind = "maildir"
path = "maildir"
after = "mark"

[osticket]
url = "$url"
api_key_file = "osticket.key"
timeout = "5s"
fence = "10s"

[post]
kind = "directory"
path = "letters"

# Surel contoh tidak melewati server penerima, dan datang sekaligus.
# The samples passed no receiving server, and come all at once.
[receipt]
trust = "return-path"
per_sender_day = 100
per_domain_hour = 1000
in_all_hour = 1000
TOML
"$target/tanggap" check --config "$demo/tanggap.toml"

say "3/4  Menjalankan tanggap / running"
: >"$demo/tanggap.log"
"$target/tanggap" run --once --log text --config "$demo/tanggap.toml" 2>"$demo/tanggap.log" &
daemon=$!
while kill -0 "$daemon" 2>/dev/null; do
    printf '\r  %s tiket dan surat selesai / tickets and letters done ' "$(grep -c 'carried out' "$demo/tanggap.log" || true)"
    sleep 0.2
done
wait "$daemon" || { echo; cat "$demo/tanggap.log" >&2; exit 1; }
printf '\r  %s tiket dan surat selesai / tickets and letters done\n' "$(grep -c 'carried out' "$demo/tanggap.log" || true)"

say "4/4  Nasib setiap surel / what became of each mail"
"$target/tanggap" journal --config "$demo/tanggap.toml"

cat <<END

Berkas / files
  surel asli / mails      $demo/maildir/cur
  jurnal / journal        $demo/tanggap.db
  surat / letters         $demo/letters ($(ls "$demo/letters" | wc -l))
  catatan / log           $demo/tanggap.log
  konfigurasi             $demo/tanggap.toml

Lanjut / next
  export TANGGAP_CONFIG=$demo/tanggap.toml
  $target/tanggap case list                 semua kasus / all cases
  $target/tanggap case show INS-…           satu kasus dan riwayatnya / one case and its history
  $target/tanggap queue                     yang menunggu / what waits
  make demo                                 sekali lagi: tidak ada yang dikerjakan dua kali / once more: nothing is done twice
END
