//! Suggestions: "did you mean".

/// Nobody mistypes longer names; comparing them takes the square of their length.
const LETTERS_MAX: usize = 64;

/// The name nearest to `text`, when one is near: at most one letter in three wrong, and never more than three.
pub(crate) fn nearest<'a>(known: impl Iterator<Item = &'a str>, text: &str) -> Option<&'a str> {
    let letters = text.chars().count();
    if letters > LETTERS_MAX {
        return None;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = || ["clause", "kind", "投保人", "被保险人", "of"].into_iter();
        assert_eq!(nearest(known(), "clauze"), Some("clause"));
        assert_eq!(nearest(known(), "投保仁"), Some("投保人"));
        assert_eq!(nearest(known(), "被保险仁"), Some("被保险人"));
        assert_eq!(nearest(known(), "off"), Some("of"));
        assert_eq!(nearest(known(), "title"), None);
        assert_eq!(nearest(known(), "x"), None, "one letter is near to everything");
        assert_eq!(nearest(known(), ""), None);
    }

    #[test]
    fn distance_counts_letters_not_bytes() {
        assert_eq!(distance("被保险人", "被保人"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "理赔"), 2);
    }
}
