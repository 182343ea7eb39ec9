//! A published text as a web page: what a reader sees of it, with the lines of its source.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use super::page::Paragraph;

/// Elements whose content nobody reads.
const UNSEEN: &[&[u8]] = &[b"head", b"script", b"style", b"template", b"noscript"];

/// Elements that stand in a line.
const INLINE: &[&[u8]] = &[
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"big", b"br", b"cite", b"code", b"del", b"dfn", b"em", b"font", b"i", b"img",
    b"ins", b"kbd", b"label", b"mark", b"q", b"ruby", b"s", b"samp", b"small", b"span", b"strong", b"sub", b"sup",
    b"time", b"tt", b"u", b"var", b"wbr",
];

/// The paragraphs of a page. Each element that is not of a line begins one, and ends one.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    // Scripts and styles are one run of text each, as in a browser.
    emitter.naively_switch_states(true);
    let mut reading = Reading { all: vec![Paragraph::default()], unseen: Vec::new(), lists: Vec::new() };
    let mut lines = Lines { text, at: 0, line: 1 };
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => reading.open(&tag, lines.to(tag.span.start)),
            Token::EndTag(tag) => reading.close(&tag.name),
            Token::String(said) => reading.say(&String::from_utf8_lossy(&said), lines.to(said.span.start)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reading.all
}

/// Counts lines while it is led through a text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a byte; bytes come in order.
    fn to(&mut self, at: usize) -> usize {
        self.line += self.text.get(self.at..at).unwrap_or_default().matches('\n').count();
        self.at = self.at.max(at);
        self.line
    }
}

/// What has been read of a page.
struct Reading {
    all: Vec<Paragraph>,
    /// Open elements whose content nobody reads.
    unseen: Vec<Vec<u8>>,
    /// Open lists: how far the numbers of an ordered one have come.
    lists: Vec<Option<u32>>,
}

impl Reading {
    fn open(&mut self, tag: &StartTag<usize>, line: usize) {
        let name: &[u8] = &tag.name;
        if UNSEEN.contains(&name) && !tag.self_closing {
            self.unseen.push(name.to_vec());
        }
        if !INLINE.contains(&name) {
            self.paragraph();
        }
        match name {
            // Browsers print the numbers, and texts refer to them.
            b"ol" if attribute(tag, b"type").is_none_or(|kind| kind == b"1") => {
                let start = attribute(tag, b"start").and_then(|start| std::str::from_utf8(start).ok()?.parse().ok());
                self.lists.push(Some(start.unwrap_or(1)));
            }
            b"ol" | b"ul" | b"menu" => self.lists.push(None),
            b"li" => {
                if let Some(Some(number)) = self.lists.last_mut() {
                    let said = format!("{number}.");
                    *number = number.saturating_add(1);
                    self.say(&said, line);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some(open) = self.unseen.iter().rposition(|open| open == name) {
            self.unseen.truncate(open);
        }
        if !INLINE.contains(&name) {
            self.paragraph();
        }
        if [b"ol".as_slice(), b"ul", b"menu"].contains(&name) {
            self.lists.pop();
        }
    }

    fn say(&mut self, text: &str, from: usize) {
        let Some(last) = self.all.last_mut().filter(|_| self.unseen.is_empty()) else { return };
        for (part, line) in text.split('\n').zip(from..) {
            last.push(part.trim(), line);
        }
    }

    fn paragraph(&mut self) {
        if self.all.last().is_some_and(|last| !last.is_empty()) {
            self.all.push(Paragraph::default());
        }
    }
}

fn attribute<'t>(tag: &'t StartTag<usize>, name: &[u8]) -> Option<&'t [u8]> {
    let found = tag.attributes.iter().find(|(key, _)| key.as_slice() == name);
    found.map(|(_, value)| value.as_slice())
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::super::words::Words;
    use super::*;

    fn page(text: &str) -> Page {
        Page::of(&paragraphs(text), Words::bundled())
    }

    #[test]
    fn what_nobody_sees_is_not_read() {
        let html = "<!doctype html><html><head><title>策</title><style>p { 姓名 }</style></head>\n<body><p>我们收集<b>姓</b>名</p>\n\
                    <script>var a = '<p>性别</p>';</script><!-- 年龄 --><p>和&#25163;机号&nbsp;码。</p>";
        assert_eq!(page(html).text, "我们收集姓名和手机号码。");
    }

    #[test]
    fn numbers_of_lists_are_read_and_lines_counted() {
        let html = "<ol>\n<li>姓名\n<li>性别\n<ul><li>女</ul></ol>\n<p>年\n龄</p>";
        let page = page(html);
        assert_eq!(page.text, "1.姓名2.性别女年龄");
        assert_eq!(page.line(page.text.find('性').unwrap()), 3);
        assert_eq!(page.line(page.text.find('龄').unwrap()), 6);
    }
}
