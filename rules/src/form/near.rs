//! Which known name a misspelt one was meant to be.

/// The known name nearest to `written`, where one is near enough to be meant.
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
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
