//! A Rust file taken apart just far enough for the checks: code, comments, literals, functions, test regions.
//!
//! A scanner of our own instead of a parser: the checks need comments, which `syn` drops, and no types.

use std::ops::Range;

/// A piece of a file and the line it begins on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) line: usize,
    pub(super) text: String,
    start: usize,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    /// From the line of `fn` to the closing brace.
    pub(super) lines: usize,
    start: usize,
}

/// One scanned file.
pub(super) struct Rust {
    pub(super) path: String,
    /// The file with the bytes of comments and literals blanked: same length, same lines.
    pub(super) code: String,
    /// Strings and characters, as written between their quotes.
    pub(super) literals: Vec<Piece>,
    pub(super) comments: Vec<Piece>,
    tests: Vec<Range<usize>>,
    all_test: bool,
}

impl Rust {
    pub(super) fn scan(path: &str, text: &str) -> Self {
        let mut scanner = Scanner { text, code: text.as_bytes().to_vec(), literals: Vec::new(), comments: Vec::new() };
        scanner.run();
        let code = String::from_utf8_lossy(&scanner.code).into_owned();
        let tests = test_regions(&code);
        let all_test = ["/tests/", "/examples/"].iter().any(|folder| path.contains(folder))
            || path.ends_with("/tests.rs")
            || path.starts_with("crates/testkit/");
        Self { path: path.to_owned(), code, literals: scanner.literals, comments: scanner.comments, tests, all_test }
    }

    /// Whether a place belongs to tests and not to the product.
    pub(super) fn is_test(&self, offset: usize) -> bool {
        self.all_test || self.tests.iter().any(|region| region.contains(&offset))
    }

    pub(super) fn line_of(&self, offset: usize) -> usize {
        line_of(&self.code, offset)
    }

    /// Literals of the product, tests left out.
    pub(super) fn product_literals(&self) -> impl Iterator<Item = &Piece> {
        self.literals.iter().filter(|literal| !self.is_test(literal.start))
    }

    /// Where a word stands in the code, tests left out.
    pub(super) fn product_words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        words(&self.code, word).filter(|offset| !self.is_test(*offset))
    }

    /// Functions of the product that have a body.
    pub(super) fn product_functions(&self) -> Vec<Function> {
        let all = words(&self.code, "fn").filter_map(|start| function_at(&self.code, start));
        all.filter(|function| !self.is_test(function.start)).collect()
    }

    /// The item that a place belongs to: from there to its closing brace, or to its `;`.
    pub(super) fn item_from(&self, offset: usize) -> &str {
        match body_from(&self.code, offset) {
            Some(body) => self.code.get(offset..body.end).unwrap_or_default(),
            None => self.statement_from(offset),
        }
    }

    /// The attributes and the visibility written before an item: everything back to the end of the one before.
    pub(super) fn attributes_before(&self, offset: usize) -> &str {
        let before = self.code.get(..offset).unwrap_or_default();
        before.rsplit(['}', ';']).next().unwrap_or_default()
    }

    /// The statement that a place belongs to: from there to the next `;` or the end.
    pub(super) fn statement_from(&self, offset: usize) -> &str {
        self.code.get(offset..).and_then(|rest| rest.split(';').next()).unwrap_or_default()
    }
}

/// Where a word stands, not counting longer words that contain it.
pub(super) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(start, _)| start).filter(move |&start| {
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(start + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn test_regions(code: &str) -> Vec<Range<usize>> {
    let mut regions = Vec::new();
    for marker in ["#[cfg(test)]", "#[cfg(all(test", "#[test]"] {
        for (start, _) in code.match_indices(marker) {
            let end = body_from(code, start).map_or(start + marker.len(), |body| body.end);
            regions.push(start..end);
        }
    }
    regions
}

/// The braces that open next, unless the item ends before: their range, closing brace included.
fn body_from(code: &str, from: usize) -> Option<Range<usize>> {
    let (mut depth, mut nesting, mut open) = (0_usize, 0_usize, None);
    for (offset, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' if open.is_none() => nesting += 1,
            b')' | b']' if open.is_none() => nesting = nesting.saturating_sub(1),
            b';' if open.is_none() && nesting == 0 => return None,
            b'{' => {
                open.get_or_insert(offset);
                depth += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return open.map(|start| start..offset + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn function_at(code: &str, start: usize) -> Option<Function> {
    let rest = code.get(start + 2..)?.trim_start();
    let name: String = rest.chars().take_while(|character| is_word(*character)).collect();
    if name.is_empty() {
        return None; // `fn(…)` is a type
    }
    let body = body_from(code, start)?;
    let line = line_of(code, start);
    Some(Function { name, line, lines: line_of(code, body.end) - line + 1, start })
}

struct Scanner<'a> {
    text: &'a str,
    code: Vec<u8>,
    literals: Vec<Piece>,
    comments: Vec<Piece>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut at = 0;
        let mut before = ' ';
        while let Some(character) = self.rest(at).chars().next() {
            let end = self.token(at, before);
            before = character;
            at = end.max(at + character.len_utf8());
        }
    }

    /// Takes a comment or literal that begins here; returns where it ends, or `at` for plain code.
    fn token(&mut self, at: usize, before: char) -> usize {
        let rest = self.rest(at);
        if rest.starts_with("//") {
            let end = at + rest.find('\n').unwrap_or(rest.len());
            return self.comment(at, end);
        }
        if rest.starts_with("/*") {
            return self.comment(at, at + block_comment_length(rest));
        }
        if let Some(hashes) = raw_hashes(rest).filter(|_| !is_word(before)) {
            let open = at + rest.find('"').unwrap_or_default() + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = open + self.rest(open).find(&close).unwrap_or(self.rest(open).len());
            return self.literal(open, end, close.len());
        }
        if rest.starts_with('"') {
            return self.literal(at + 1, at + 1 + escaped_length(self.rest(at + 1), '"'), 1);
        }
        match rest.strip_prefix('\'') {
            Some(inner) if is_character(inner) => self.literal(at + 1, at + 1 + escaped_length(inner, '\''), 1),
            _ => at,
        }
    }

    fn comment(&mut self, start: usize, end: usize) -> usize {
        let piece = self.piece(start, end);
        self.comments.push(piece);
        self.blank(start, end);
        end
    }

    /// `start..end` is between the quotes, the closing one `close` bytes long; the quotes stay as code.
    fn literal(&mut self, start: usize, end: usize, close: usize) -> usize {
        let piece = self.piece(start, end);
        self.literals.push(piece);
        self.blank(start, end);
        (end + close).min(self.text.len())
    }

    fn piece(&self, start: usize, end: usize) -> Piece {
        Piece { line: line_of(self.text, start), text: self.text.get(start..end).unwrap_or_default().to_owned(), start }
    }

    fn blank(&mut self, start: usize, end: usize) {
        for byte in self.code.get_mut(start..end).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
    }

    fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or_default()
    }
}

fn block_comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The number of hashes of a raw string that begins here: `r"`, `r#"`, `br"`, `cr"`.
fn raw_hashes(text: &str) -> Option<usize> {
    let tail = text.strip_prefix("br").or_else(|| text.strip_prefix("cr")).or_else(|| text.strip_prefix('r'))?;
    let bare = tail.trim_start_matches('#');
    bare.starts_with('"').then(|| tail.len() - bare.len())
}

/// The length of a literal's content up to its closing quote.
fn escaped_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            found if found == quote => return offset,
            _ => {}
        }
    }
    text.len()
}

/// Whether what follows a single quote is a character and not a lifetime.
fn is_character(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Rust {
        Rust::scan("crates/web/src/a.rs", text)
    }

    fn texts(pieces: &[Piece]) -> Vec<(usize, &str)> {
        pieces.iter().map(|piece| (piece.line, piece.text.as_str())).collect()
    }

    #[test]
    fn parts_code_comments_and_literals() {
        let scanned = scan(
            "let a = \"x // \\\" y\"; // note \"z\"\n/* b /* c */ d */ let c = '\\''; let l: &'a str = r#\"q\"r\"#;\n",
        );
        assert_eq!(texts(&scanned.literals), [(1, "x // \\\" y"), (2, "\\'"), (2, "q\"r")]);
        assert_eq!(texts(&scanned.comments), [(1, "// note \"z\""), (2, "/* b /* c */ d */")]);
        assert!(scanned.code.contains("&'a str") && !scanned.code.contains('z') && !scanned.code.contains('q'));
    }

    #[test]
    fn keeps_offsets_with_chinese_text() {
        let text = "let a = \"理赔\"; let b = '赔';\nlet c = 1; // 说明\n";
        let scanned = scan(text);
        assert_eq!(scanned.code.len(), text.len());
        assert_eq!(scanned.line_of(scanned.code.find("let c").unwrap()), 2);
        assert_eq!(texts(&scanned.literals), [(1, "理赔"), (1, "赔")]);
    }

    #[test]
    fn a_raw_string_needs_its_own_word() {
        let scanned = scan("let a = for_r#\"x\"; let b = br\"y\\\";");
        assert_eq!(texts(&scanned.literals).last(), Some(&(1, "y\\")));
    }

    #[test]
    fn measures_functions() {
        let text =
            "pub fn a<const N: usize>(x: [u8; 2]) -> u8 {\n    {\n    }\n}\ntrait T { fn b(); }\ntype F = fn(u8);\n";
        let functions = scan(text).product_functions();
        assert_eq!(functions.len(), 1);
        assert_eq!((functions[0].name.as_str(), functions[0].line, functions[0].lines), ("a", 1, 4));
    }

    #[test]
    fn knows_tests_from_product() {
        let text = "fn a() { b(\"p\") }\n#[cfg(test)]\nmod tests {\n    fn c() { d(\"t\") }\n}\nfn e() { f(\"q\") }\n";
        let scanned = scan(text);
        let literals: Vec<&str> = scanned.product_literals().map(|piece| piece.text.as_str()).collect();
        assert_eq!(literals, ["p", "q"]);
        let names: Vec<String> = scanned.product_functions().into_iter().map(|function| function.name).collect();
        assert_eq!(names, ["a", "e"]);
        for path in [
            "crates/web/tests/it/main.rs",
            "crates/web/src/x/tests.rs",
            "crates/web/examples/a.rs",
            "crates/testkit/src/a.rs",
        ] {
            assert_eq!(Rust::scan(path, text).product_literals().count(), 0, "{path}");
        }
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("aead naead aead_x (aead)", "aead").collect::<Vec<_>>(), [0, 19]);
    }
}
