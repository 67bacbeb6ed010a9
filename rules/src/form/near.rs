//! Which known name a misspelt one was meant to be.

/// What people here write where a form knows an English word.
const INDONESIAN: &[(&str, &str)] = &[
    ("tinggi", "high"),
    ("sedang", "medium"),
    ("rendah", "low"),
    ("laporan", "report"),
    ("susulan", "follow_up"),
    ("otomatis", "automated"),
    ("pantulan", "bounce"),
    ("lain", "other"),
    ("lainnya", "other"),
    ("judul", "subject"),
    ("subjek", "subject"),
    ("perihal", "subject"),
    ("isi", "newest"),
    ("kutipan", "quoted"),
    ("lampiran", "attached"),
    ("lampiran", "attachment"),
    ("kepala", "headers"),
    ("indikator", "observables"),
    ("pengirim", "sender"),
    ("pelapor", "reporter"),
    ("kantor", "office"),
    ("opd", "office"),
    ("aset", "asset"),
    ("macam", "kind"),
    ("jenis", "type"),
    ("tingkat", "severity"),
    ("prioritas", "priority"),
    ("antrian", "queue"),
    ("tanda", "sign"),
    ("tanda", "tags"),
    ("tenggat", "deadline"),
    ("alasan", "reason"),
    ("pasal", "clause"),
    ("nama", "name"),
    ("mesin", "machine"),
    ("hitung", "count"),
    ("bahasa", "language"),
    ("bukti", "evidence"),
    ("identitas", "identity"),
    ("ktp", "identity"),
    ("kontak", "contact"),
    ("waktu", "time"),
    ("sistem", "system"),
    ("inti", "core"),
    ("vital", "iiv"),
    ("kata", "words"),
    ("pola", "patterns"),
    ("aturan", "rule"),
    ("uji", "test"),
];

/// The known name that was meant by `written`: the same in English, the type of a class named without it (`phishing`), or
/// the nearest, where one is near enough to be meant.
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = written.to_lowercase();
    let is = |wanted: &str| known.iter().find(|name| **name == wanted).copied();
    let mut english = INDONESIAN.iter().filter(|(word, _)| *word == lower);
    let said = english
        .find_map(|(_, meant)| is(meant))
        .or_else(|| is(&lower));
    let ends = |name: &&&str| name.split_once(':').is_some_and(|(_, end)| end == lower);
    said.or_else(|| known.iter().find(ends).copied())
        .or_else(|| closest(written, known))
}

fn closest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let far = written.chars().count().max(3) / 3;
    let ranked = known
        .iter()
        .map(|name| (distance(&written.to_lowercase(), name), *name));
    ranked
        .filter(|(steps, _)| *steps <= far)
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, name)| name)
}

/// How many single letters must be put in, taken out or changed (Levenshtein); letters in another order are one slip.
fn distance(from: &str, to: &str) -> usize {
    if from != to && sorted(from) == sorted(to) {
        return 1;
    }
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        row = next_row(&row, &to, (index, letter));
    }
    row.last().copied().unwrap_or_default()
}

fn next_row(above: &[usize], to: &[char], (index, letter): (usize, char)) -> Vec<usize> {
    let mut row = vec![index + 1];
    for (pair, other) in above.windows(2).zip(to) {
        let [corner, up] = pair else { continue };
        let left = row.last().copied().unwrap_or_default();
        row.push(
            (corner + usize::from(letter != *other))
                .min(up + 1)
                .min(left + 1),
        );
    }
    row
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}
