//! The word lists that names, plates and addresses are read by. They are data: one text file each, in `words/`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

const COMPOUND_SURNAMES: &str = include_str!("words/compound-surnames.txt");
const PLATE_PROVINCES: &str = include_str!("words/plate-provinces.txt");
const PLATE_ENDINGS: &str = include_str!("words/plate-endings.txt");
const DIVISIONS: &str = include_str!("words/divisions.txt");
const NOT_DISTRICTS: &str = include_str!("words/not-districts.txt");
const SEXES: &str = include_str!("words/sexes.txt");
const BELOW_DISTRICTS: &str = include_str!("words/below-districts.txt");

/// The lists, read once.
static LISTS: LazyLock<Lists> = LazyLock::new(Lists::read);

struct Lists {
    compound_surnames: BTreeSet<[char; 2]>,
    /// One bit for the low bits of each first character of the list above: most names need not be looked up.
    compound_firsts: u128,
    plate_provinces: BTreeSet<char>,
    plate_endings: BTreeSet<char>,
    divisions: Vec<Division>,
    not_districts: Vec<&'static str>,
    below_districts: Vec<&'static str>,
    /// The last characters of the three lists above: after any other character there is nothing to look up.
    division_ends: BTreeSet<char>,
}

struct Division {
    level: Level,
    word: &'static str,
    /// The longest credible name, its word included, in characters.
    longest: usize,
}

impl Lists {
    fn read() -> Self {
        let compound_surnames: BTreeSet<[char; 2]> = COMPOUND_SURNAMES
            .split_whitespace()
            .filter_map(|surname| {
                let mut characters = surname.chars();
                Some([characters.next()?, characters.next()?])
            })
            .collect();
        let signs = |list: &str| list.chars().filter(|c| !c.is_whitespace()).collect();
        let divisions: Vec<Division> = DIVISIONS.lines().filter_map(Division::read).collect();
        let not_districts: Vec<&str> = NOT_DISTRICTS.split_whitespace().collect();
        let below_districts: Vec<&str> = BELOW_DISTRICTS.split_whitespace().collect();
        let words = divisions.iter().map(|division| division.word);
        let division_ends = words.chain(not_districts.iter().copied()).chain(below_districts.iter().copied());
        Self {
            compound_firsts: compound_surnames.iter().fold(0, |bits, [first, _]| bits | bit_of(*first)),
            compound_surnames,
            plate_provinces: signs(PLATE_PROVINCES),
            plate_endings: signs(PLATE_ENDINGS),
            division_ends: division_ends.filter_map(|word| word.chars().last()).collect(),
            divisions,
            not_districts,
            below_districts,
        }
    }
}

impl Division {
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split_whitespace();
        let level = match columns.next()? {
            "province" => Level::Province,
            "city" => Level::City,
            _ => Level::District,
        };
        Some(Self { level, word: columns.next()?, longest: columns.next()?.parse().ok()? })
    }
}

/// Whether two characters are a surname of their own.
pub(super) fn is_compound_surname(first: char, second: char) -> bool {
    let lists = &*LISTS;
    lists.compound_firsts & bit_of(first) != 0 && lists.compound_surnames.contains(&[first, second])
}

const fn bit_of(c: char) -> u128 {
    1 << (c as u32 % u128::BITS)
}

/// Whether a plate may begin with this character.
pub(super) fn is_plate_province(c: char) -> bool {
    LISTS.plate_provinces.contains(&c)
}

/// Whether a plate may end with this character instead of a letter or digit.
pub(super) fn is_plate_ending(c: char) -> bool {
    LISTS.plate_endings.contains(&c)
}

/// A level of the administrative division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Province,
    City,
    District,
}

/// What an address has reached with its latest character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// Nothing yet.
    Nothing,
    /// The end of a division's name.
    Division(Level),
    /// A street, an estate, a shop: from here on the address is private.
    Private,
}

/// What `text`, which begins behind the last division, has reached with its last character. Only divisions of the
/// given levels count, and only if their name is of a credible length.
pub(super) fn reached(text: &str, levels: &[Level]) -> Reached {
    let lists = &*LISTS;
    if !text.chars().next_back().is_some_and(|last| lists.division_ends.contains(&last)) {
        return Reached::Nothing;
    }
    // A word alone is no name: some districts begin with the word for road or town.
    let named = |word: &str| text.strip_suffix(word).is_some_and(|name| !name.is_empty());
    if lists.not_districts.iter().any(|word| text.ends_with(word))
        || lists.below_districts.iter().any(|word| named(word))
    {
        return Reached::Private;
    }
    let length = text.chars().count();
    lists
        .divisions
        .iter()
        .find(|division| named(division.word) && length <= division.longest && levels.contains(&division.level))
        .map_or(Reached::Nothing, |division| Reached::Division(division.level))
}

/// The sex that a word means.
pub(super) fn sex(word: &str) -> Option<super::Sex> {
    let word = word.trim().to_lowercase();
    let line = SEXES.lines().find_map(|line| line.split_once(' ').filter(|(_, known)| *known == word));
    line.map(|(sex, _)| if sex == "male" { super::Sex::Male } else { super::Sex::Female })
}
