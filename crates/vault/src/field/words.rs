//! The word lists that names, plates and addresses are read by. They are data: one text file each, in `words/`.

const COMPOUND_SURNAMES: &str = include_str!("words/compound-surnames.txt");
const PLATE_PROVINCES: &str = include_str!("words/plate-provinces.txt");
const PLATE_ENDINGS: &str = include_str!("words/plate-endings.txt");
const DIVISIONS: &str = include_str!("words/divisions.txt");
const NOT_DISTRICTS: &str = include_str!("words/not-districts.txt");
const BELOW_DISTRICTS: &str = include_str!("words/below-districts.txt");

/// Whether two characters are a surname of their own.
pub(super) fn is_compound_surname(first: char, second: char) -> bool {
    COMPOUND_SURNAMES.split_whitespace().any(|surname| surname.chars().eq([first, second]))
}

/// Whether a plate may begin with this character.
pub(super) fn is_plate_province(c: char) -> bool {
    !c.is_whitespace() && PLATE_PROVINCES.contains(c)
}

/// Whether a plate may end with this character instead of a letter or digit.
pub(super) fn is_plate_ending(c: char) -> bool {
    !c.is_whitespace() && PLATE_ENDINGS.contains(c)
}

/// A level of the administrative division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Province,
    City,
    District,
}

/// The division that `text` ends with, by its last word, if the name before it is of a credible length.
pub(super) fn division_at_end(text: &str, levels: &[Level]) -> Option<Level> {
    let length = text.chars().count();
    DIVISIONS.lines().find_map(|line| {
        let mut columns = line.split_whitespace();
        let level = match columns.next()? {
            "province" => Level::Province,
            "city" => Level::City,
            _ => Level::District,
        };
        let (word, longest) = (columns.next()?, columns.next()?.parse::<usize>().ok()?);
        let named = text.strip_suffix(word).is_some_and(|name| !name.is_empty());
        (named && length <= longest && levels.contains(&level)).then_some(level)
    })
}

/// Whether `text` ends with a word that only looks like a division (a housing estate, a supermarket).
pub(super) fn ends_unlike_a_division(text: &str) -> bool {
    NOT_DISTRICTS.split_whitespace().any(|word| text.ends_with(word))
}

/// Whether `text` ends with a word that stands below the district: from here on an address is private.
pub(super) fn ends_below_districts(text: &str) -> bool {
    BELOW_DISTRICTS.split_whitespace().any(|word| text.strip_suffix(word).is_some_and(|name| !name.is_empty()))
}
