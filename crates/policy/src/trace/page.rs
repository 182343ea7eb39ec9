//! A published text as one run of signs, however its lines were broken, with the line from which each sign comes.
//!
//! Everything that differs between two prints of one text goes: spaces, line breaks, the width of signs, marks of emphasis,
//! page numbers. What is left are words, in which a mention can be looked for, and the places where paragraphs begin.

use super::words::Words;

/// One paragraph: its signs, each with its line, from 1. A page break ends it, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Paragraph(Vec<(char, usize)>);

impl Paragraph {
    /// Adds signs of one line.
    pub(super) fn push(&mut self, text: &str, line: usize) {
        self.0.extend(text.chars().map(|sign| (sign, line)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Plain text or Markdown: paragraphs are what stands between blank lines and form feeds.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut all = vec![Paragraph::default()];
    for (line, number) in text.lines().zip(1_usize..) {
        for (n, part) in line.split('\u{c}').enumerate() {
            let ends = n > 0 || part.trim().is_empty();
            if ends && all.last().is_some_and(|last| !last.is_empty()) {
                all.push(Paragraph::default());
            }
            if let Some(last) = all.last_mut() {
                last.push(part.trim(), number);
            }
        }
    }
    all
}

/// A text to look for mentions in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// The signs that count, in one run.
    pub(super) text: String,
    /// From which byte on which line holds.
    lines: Vec<(usize, usize)>,
    /// Bytes at which paragraphs begin.
    pub(super) begins: Vec<usize>,
}

impl Page {
    pub(super) fn of(paragraphs: &[Paragraph], words: &Words) -> Self {
        let mut page = Self { text: String::new(), lines: Vec::new(), begins: Vec::new() };
        for paragraph in paragraphs.iter().filter(|paragraph| !is_page_number(paragraph, words)) {
            page.begins.push(page.text.len());
            for (sign, line) in unlinked(paragraph) {
                if page.lines.last().is_none_or(|(_, last)| *last != line) {
                    page.lines.push((page.text.len(), line));
                }
                page.text.push(sign);
            }
        }
        page
    }

    /// Whether a line of the source begins at a byte.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.lines.binary_search_by_key(&at, |(from, _)| *from).is_ok()
    }

    /// The line from which the sign at a byte comes.
    pub(super) fn line(&self, at: usize) -> usize {
        let after = self.lines.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).and_then(|n| self.lines.get(n)).map_or(1, |(_, line)| *line)
    }
}

/// The signs of a paragraph that count. Marks of emphasis and headings go, and of a link its target.
fn unlinked(paragraph: &Paragraph) -> Vec<(char, usize)> {
    let mut kept: Vec<(char, usize)> = Vec::new();
    let mut signs = paragraph.0.iter().filter_map(|(sign, line)| Some((fold(*sign)?, *line))).peekable();
    while let Some((sign, line)) = signs.next() {
        match sign {
            ']' if signs.peek().is_some_and(|(next, _)| *next == '(') => {
                // The target ends where its bracket does; brackets within would have been escaped.
                let target: Vec<(char, usize)> =
                    std::iter::from_fn(|| signs.next_if(|(next, _)| *next != ')')).collect();
                let closed = signs.next_if(|(next, _)| *next == ')');
                let second = target.get(1).map_or(')', |(sign, _)| *sign);
                // A remark in brackets behind a word in brackets is no target, and stays.
                if !second.is_ascii() {
                    kept.extend(target.into_iter().chain(closed));
                }
            }
            '[' | ']' | '`' | '#' => {}
            // Between figures it is a times sign.
            '*' if !(is_figure(kept.last()) && is_figure(signs.peek())) => {}
            _ => kept.push((sign, line)),
        }
    }
    kept
}

fn is_figure(sign: Option<&(char, usize)>) -> bool {
    sign.is_some_and(|(sign, _)| sign.is_ascii_digit())
}

/// A sign as it is compared: half as wide, in lower case; `None` for what is no sign.
fn fold(sign: char) -> Option<char> {
    let narrow = match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0)?,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => return None,
        other => other,
    };
    (!narrow.is_whitespace() && !narrow.is_control()).then(|| narrow.to_ascii_lowercase())
}

/// A word as it stands in a page.
pub(super) fn folded(word: &str) -> String {
    let mut paragraph = Paragraph::default();
    paragraph.push(word, 1);
    unlinked(&paragraph).into_iter().map(|(sign, _)| sign).collect()
}

/// Whether nothing but a page number stands here: 12, - 12 -, 3/40, and the like in words.
fn is_page_number(paragraph: &Paragraph, words: &Words) -> bool {
    let mut text: String = paragraph.0.iter().filter_map(|(sign, _)| fold(*sign)).collect();
    if text.len() > 40 {
        return false;
    }
    let digits = text.chars().any(|sign| sign.is_ascii_digit());
    text.retain(|sign| !sign.is_ascii_digit());
    for word in &words.pages.words {
        text = text.replace(word.as_str(), "");
    }
    digits && text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page::of(&paragraphs(text), Words::bundled())
    }

    #[test]
    fn spaces_width_and_emphasis_are_no_difference() {
        assert_eq!(page("**姓 名**、Ｏｐｅｎ　ID（见下）\n").text, "姓名、openid(见下)");
        assert_eq!(page("## 一、收集\n- [公司介绍](#a) 和[附件](见下文)").text, "一、收集-公司介绍和附件(见下文)");
        assert_eq!(page("7*24小时").text, "7*24小时");
    }

    #[test]
    fn a_word_goes_on_behind_a_page_number() {
        for number in ["12", "- 12 -", "第 3 页 共 10 页", "3/40", "Page 3 of 10", "１２"] {
            let page = page(&format!("证件号\n\n{number}\n\u{c}码"));
            assert_eq!(page.text, "证件号码", "{number}");
            assert_eq!((page.line(0), page.line(9)), (1, 4));
        }
        assert_eq!(page("拨打\n\n95900。\n").text, "拨打95900。");
    }

    #[test]
    fn paragraphs_begin_behind_blank_lines() {
        let page = page("一、\n姓名\n\n二、性别\n");
        assert_eq!(page.text, "一、姓名二、性别");
        assert_eq!(page.begins, [0, "一、姓名".len()]);
    }
}
