//! No input makes anything that reads texts panic: mutated policies and operation files through parser, compiler, checker and every
//! report, mutated published texts through `trace`. Every finding's place lies inside its file, on whole characters, and at the token
//! that it names ([`super::robust`]).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use shouyue_policy::finding::Source;
use shouyue_policy::trace::{self, Form};

use super::engine_author::Dice;
use super::robust::reported;
use super::sample;

/// Signs that a parser treats as its own, and numbers and letters at their ends.
const PUT: [&str; 34] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    ",",
    ".",
    "#",
    "\n",
    "\r\n",
    "\t",
    "\\",
    "\\u0000",
    "\0",
    "-1",
    "0",
    "255",
    "65536",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "1e400",
    "0001-01-01",
    "9999-12-31",
    "理赔",
    "\u{feff}",
    "e\u{301}\u{200d}\u{1f469}",
    "\u{202e}",
];

/// What a text may hold that is laid beside a policy.
const PRINTED: [&str; 12] = [
    "<p>",
    "</td>",
    "<table><tr><td>",
    "&#x4e00;",
    "&amp",
    "<!--",
    "<script>",
    "**",
    "\u{c}",
    "第九十九条",
    "（一）",
    "99999999999 年",
];

/// A pair of files that belong together, or an operation file alone would mean nothing.
struct Pair {
    policy: String,
    operation: String,
}

struct Corpus {
    pairs: Vec<Pair>,
    published: Vec<String>,
}

impl Corpus {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text =
            |path: PathBuf| std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let pair = |policy: &str| {
            let policy = root.join(policy);
            Pair { operation: text(policy.with_file_name("operation.toml")), policy: text(policy) }
        };
        let mut pairs: Vec<Pair> = [
            "platforms/anrun/2020-10-26.toml",
            "platforms/haigang/undated.toml",
            "platforms/jd-allianz/2022-02-25.toml",
            "platforms/juqianbao/2022-04-22.toml",
            "platforms/yihui-xicheng/2022-09-20.toml",
            "examples/policies/songhe/2026-03-01.toml",
            "crates/policy/tests/fixtures/engine/policy.toml",
            "crates/policy/tests/fixtures/lawful/policy.toml",
            "crates/policy/tests/fixtures/versions/2026-09-01.toml",
        ]
        .map(pair)
        .into();
        pairs.push(Pair { policy: sample::policy(), operation: sample::operation() });
        let published = ["published.md", "published.html", "published.txt"];
        Self { pairs, published: published.map(|name| text(root.join("examples/policies/songhe").join(name))).into() }
    }
}

/// The policy and the operation file of each platform.
pub(super) fn platforms() -> impl Iterator<Item = (String, String)> {
    Corpus::read().pairs.into_iter().take(5).map(|pair| (pair.policy, pair.operation))
}

/// A place in a text, between two characters.
fn between(dice: &mut Dice, text: &str) -> usize {
    let mut place = dice.roll(text.len() + 1);
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// A stretch of a text: mostly a short one.
fn stretch<'t>(dice: &mut Dice, text: &'t str) -> &'t str {
    let from = between(dice, text);
    let longest = if dice.odds(80) { 60 } else { 4_000 };
    let mut to = (from + dice.roll(longest)).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(from..to.max(from)).unwrap()
}

/// One mutation: of bytes, of lines, of what stands in quotes, by pieces of the same text or another.
fn mutated(dice: &mut Dice, text: &str, other: &str, put: &[&str]) -> String {
    let at = between(dice, text);
    let (before, after) = text.split_at(at);
    match dice.roll(11) {
        0 => {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=dice.roll(3) {
                let place = dice.roll(bytes.len().max(1));
                bytes.get_mut(place).into_iter().for_each(|byte| *byte ^= 1 << dice.roll(8));
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                let (a, b) = (dice.roll(lines.len()), dice.roll(lines.len()));
                lines.swap(a, b);
            }
            lines.join("\n")
        }
        2 => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                lines.remove(dice.roll(lines.len()));
            }
            lines.join("\n")
        }
        3 => [before, stretch(dice, other), after].concat(),
        4 => text.replacen(&stretch(dice, text).to_owned(), "", 1),
        5 => [before, dice.pick(put), after].concat(),
        6 => [before, &dice.pick(&["[", "{ all = [", "{ not = ", "a."]).repeat(1 + dice.roll(400)), after].concat(),
        7 => {
            let word = stretch(dice, other).replace(['"', '\n', '\\'], "");
            quoted(dice, text, &word)
        }
        8 => {
            let words: Vec<&str> = other.split('"').skip(1).step_by(2).collect();
            let word = if words.is_empty() { String::new() } else { dice.pick(&words).to_owned() };
            quoted(dice, text, &word)
        }
        9 => {
            let number = dice.pick(&["-1", "0", "1", "255", "65535", "65536", "4294967295", "9223372036854775807"]);
            let digits = text.char_indices().filter(|(_, sign)| sign.is_ascii_digit()).map(|(place, _)| place);
            let digits: Vec<usize> = digits.collect();
            if digits.is_empty() {
                return text.to_owned();
            }
            let place = dice.pick(&digits);
            let (head, tail) = text.split_at(place);
            [head, number, tail.trim_start_matches(|sign: char| sign.is_ascii_digit())].concat()
        }
        _ => [text, stretch(dice, text)].concat(),
    }
}

/// The text with another word in some pair of quotes.
fn quoted(dice: &mut Dice, text: &str, word: &str) -> String {
    let mut parts: Vec<&str> = text.split('"').collect();
    let inner = parts.len() / 2;
    if inner > 0 {
        parts[2 * dice.roll(inner) + 1] = word;
    }
    parts.join("\"")
}

/// One input, made of a seed, through everything.
fn tried(corpus: &Corpus, seed: u64) {
    let mut dice = Dice(seed);
    let pair = &corpus.pairs[dice.roll(corpus.pairs.len())];
    let other = &corpus.pairs[dice.roll(corpus.pairs.len())];
    let (mut policy, mut operation) = (pair.policy.clone(), pair.operation.clone());
    for _ in 0..=dice.roll(4) {
        if dice.odds(75) {
            policy = mutated(&mut dice, &policy, &other.policy, &PUT);
        } else {
            operation = mutated(&mut dice, &operation, &other.operation, &PUT);
        }
    }
    reported(&policy, dice.odds(90).then_some(operation.as_str()));
    let Some(program) = sample::read(&policy, Some(&operation)).program else { return };
    let mut text = dice.pick(&corpus.published);
    for _ in 0..dice.roll(4) {
        let put = if dice.odds(50) { &PRINTED[..] } else { &PUT };
        text = mutated(&mut dice, &text, &other.policy, put);
    }
    let source = Source::new("policy.toml", policy);
    for form in [Form::Text, Form::Html] {
        let traced = trace::trace(&program, &text, form);
        assert!(trace::human(&traced, "published", &source, &|_| true).ends_with('\n'));
        trace::json(&traced, "published", &source, &|_| true);
    }
}

/// Tries one input after another until the time is up, and says with which seed it failed.
fn fuzz(first: u64, long: Duration) -> u64 {
    println!("seeds from {first}");
    let (corpus, began) = (Corpus::read(), Instant::now());
    let mut tries = 0;
    while began.elapsed() < long {
        let seed = Dice(first.wrapping_add(tries)).roll(usize::MAX) as u64;
        let done = catch_unwind(AssertUnwindSafe(|| tried(&corpus, seed)));
        assert!(done.is_ok(), "seed {seed}, of {tries} inputs the last");
        tries += 1;
    }
    println!("{tries} inputs");
    tries
}

#[test]
fn no_input_makes_anything_panic() {
    assert!(fuzz(1, Duration::from_secs(2)) > 0);
}

/// The big size. Its seed is another in each run, and printed.
#[cfg(feature = "soak")]
#[test]
fn soak_no_input_makes_anything_panic() {
    assert!(fuzz(u64::from(std::process::id()), Duration::from_secs(600)) > 100);
}
