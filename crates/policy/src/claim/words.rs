//! The words of a claim, and where they stand.

use jiff::civil::Date;

use super::ClaimError;
use crate::syntax::nearest;

/// Opening quotes with the closing ones: a name in quotes may hold anything.
const QUOTES: [(char, char); 5] =
    [('"', '"'), ('`', '`'), ('\u{201c}', '\u{201d}'), ('\u{300c}', '\u{300d}'), ('\u{300a}', '\u{300b}')];
/// Commas, half and full width, and the Chinese comma of lists.
const COMMAS: [char; 3] = [',', '\u{ff0c}', '\u{3001}'];

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As written, without quotes.
    pub(super) text: String,
    /// Where its first letter stands, in bytes.
    pub(super) at: usize,
    /// How long it is as written, in bytes.
    pub(super) length: usize,
    /// Whether it stands in quotes, and so is a name.
    quoted: bool,
}

/// The words of one claim, read from left to right.
pub(super) struct Words<'a> {
    text: &'a str,
    list: Vec<Word>,
    next: usize,
    day: Date,
}

impl<'a> Words<'a> {
    /// Splits a claim; `day` is the one whose law is asked.
    pub(super) fn of(text: &'a str, day: Date) -> Result<Self, ClaimError> {
        let mut words = Vec::new();
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if let Some((_, closing)) = QUOTES.iter().find(|(opening, _)| *opening == letter) {
                let mut name = String::new();
                let end = letters.by_ref().find(|(_, letter)| {
                    let ends = letter == closing;
                    if !ends {
                        name.push(*letter);
                    }
                    ends
                });
                let Some((end, letter)) = end else {
                    return Err(ClaimError::at(text, at, text.len() - at, "this quote is not closed", None));
                };
                words.push(Word { text: name, at, length: end + letter.len_utf8() - at, quoted: true });
            } else if COMMAS.contains(&letter) {
                words.push(Word { text: ",".to_owned(), at, length: letter.len_utf8(), quoted: false });
            } else if !letter.is_whitespace() {
                let mut word = String::from(letter);
                while let Some((_, letter)) =
                    letters.next_if(|(_, next)| !next.is_whitespace() && !COMMAS.contains(next))
                {
                    word.push(letter);
                }
                let length = word.len();
                words.push(Word { text: word, at, length, quoted: false });
            }
        }
        if let Some(last) = words.last_mut().filter(|last| !last.quoted) {
            last.text = last.text.trim_end_matches(['.', '\u{3002}']).to_owned();
        }
        words.retain(|word| word.quoted || !word.text.is_empty());
        Ok(Self { text, list: words, next: 0, day })
    }

    pub(super) const fn day(&self) -> Date {
        self.day
    }

    pub(super) const fn place(&self) -> usize {
        self.next
    }

    pub(super) const fn back(&mut self, to: usize) {
        self.next = to;
    }

    pub(super) fn at_end(&self) -> bool {
        self.next >= self.list.len()
    }

    fn keyword(&self, ahead: usize) -> Option<&str> {
        self.list.get(self.next + ahead).filter(|word| !word.quoted).map(|word| word.text.as_str())
    }

    /// The next word, unless it stands in quotes.
    pub(super) fn peek(&self) -> Option<&str> {
        self.keyword(0)
    }

    /// Whether the next word is one of these.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        self.keyword(0).is_some_and(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    }

    /// Whether the word after the next is one of these.
    pub(super) fn second_is(&self, words: &[&str]) -> bool {
        self.keyword(1).is_some_and(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    }

    /// Whether something that can be a name follows the next word.
    pub(super) fn second_is_name(&self) -> bool {
        let second = self.list.get(self.next + 1);
        second.is_some_and(|word| word.quoted || !RESERVED.contains(&word.text.as_str()))
    }

    /// The next word, after one of these where it stands first.
    pub(super) fn after(&self, articles: &[&str]) -> Option<&str> {
        self.keyword(usize::from(self.is(articles)))
    }

    pub(super) fn next(&mut self) {
        self.next += 1;
    }

    /// Takes the next word, whatever it is.
    pub(super) fn take(&mut self) -> Option<Word> {
        let word = self.list.get(self.next).cloned();
        self.next += 1;
        word
    }

    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.is(words);
        self.next += usize::from(found);
        found
    }

    /// Takes a phrase, if it stands here whole.
    pub(super) fn eat_all(&mut self, phrase: &[&str]) -> bool {
        let whole = phrase
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.keyword(ahead).is_some_and(|known| known.eq_ignore_ascii_case(word)));
        if whole {
            self.next += phrase.len();
        }
        whole
    }

    pub(super) fn expect(&mut self, words: &[&str]) -> Result<(), ClaimError> {
        if self.eat(words) { Ok(()) } else { Err(self.expected("another word", words)) }
    }

    /// Goes past a list of names; says whether there was one.
    pub(super) fn skip_list(&mut self) -> bool {
        let from = self.next;
        while self.list.get(self.next).is_some_and(|word| word.quoted || !RESERVED.contains(&word.text.as_str())) {
            self.next += 1;
            if !(self.is(&[",", "or", "and"]) && self.second_is_name()) {
                break;
            }
            self.next += 1;
        }
        self.next > from
    }

    /// One of these words was expected.
    pub(super) fn expected(&self, what: &str, words: &[&str]) -> ClaimError {
        let near = self.peek().and_then(|word| nearest(words.iter().copied(), word));
        let help =
            near.map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = match self.list.get(self.next) {
            Some(word) => format!("`{}` stands where {what} belongs", word.text),
            None => format!("the claim ends, and {what} is missing"),
        };
        self.fault(message, Some(help))
    }

    /// Something is wrong with the next word.
    pub(super) fn error(&self, message: impl Into<String>) -> ClaimError {
        self.fault(message.into(), None)
    }

    fn fault(&self, message: String, help: Option<String>) -> ClaimError {
        match self.list.get(self.next) {
            Some(word) => self.error_at(word, message, help),
            None => ClaimError::at(self.text, self.text.len(), 0, message, help),
        }
    }

    /// Something is wrong with a word.
    pub(super) fn error_at(&self, word: &Word, message: String, help: Option<String>) -> ClaimError {
        ClaimError::at(self.text, word.at, word.length, message, help)
    }
}

/// Words of the grammar that are no names unless they stand in quotes.
const RESERVED: [&str; 24] = [
    "is", "are", "never", "only", "gets", "get", "with", "to", "by", "in", "for", "of", "on", "under", "from", "when",
    "without", "unless", "or", "and", ",", "stops", "not", "no",
];
