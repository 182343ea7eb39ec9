//! Suggestions: "did you mean".

/// The name nearest to `text`, when one is near: at most one letter in three wrong, and never more than three.
pub(crate) fn nearest<'a>(known: impl Iterator<Item = &'a str>, text: &str) -> Option<&'a str> {
    let letters = text.chars().count();
    let limit = (letters / 3).clamp(1, 3);
    known
        .filter(|name| name.chars().count().abs_diff(letters) <= limit)
        .map(|name| (distance(name, text), name))
        .filter(|(wrong, name)| *wrong <= limit && *wrong < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be changed, put in or left out (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.windows(2)) {
            let &[corner, over] = above else { continue };
            left = (corner + usize::from(x != *y)).min(left + 1).min(over + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
