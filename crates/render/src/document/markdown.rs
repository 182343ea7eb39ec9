//! Documents as Markdown: the same words, and the same anchors as empty links.

use std::fmt::Write as _;

use super::{Block, Document, Part, Run, Section, Table, Text};
use crate::labels::phrase;
use crate::told::Marks;

impl Document {
    /// The document as Markdown; anchors are those of the HTML.
    pub fn markdown(&self) -> String {
        let mut out = Out(String::new());
        out.line(&["# ", &escaped(&self.title)].concat());
        self.lead.iter().for_each(|text| out.block(&line(text)));
        self.sections.iter().for_each(|section| out.section(section));
        out.0
    }
}

/// Writing into a text cannot fail.
struct Out(String);

impl Out {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A line with a blank one before it.
    fn block(&mut self, line: &str) {
        if !line.is_empty() {
            self.0.push('\n');
            self.line(line);
        }
    }

    fn section(&mut self, section: &Section) {
        self.block(&["## ", &anchor(&section.anchor), &escaped(&section.title)].concat());
        section.blocks.iter().for_each(|block| self.any(block));
    }

    fn any(&mut self, block: &Block) {
        match block {
            Block::Paragraph(text) => self.block(&line(text)),
            Block::Heading(text) => self.block(&["### ", &escaped(text)].concat()),
            Block::Facts(facts) => {
                let facts = facts.iter().map(|(label, text)| (escaped(label), line(text)));
                self.facts(facts);
            }
            Block::List(lines) => {
                for (at, text) in lines.iter().enumerate() {
                    self.item(at, &line(text));
                }
            }
            Block::Table(table) => self.table(table),
            Block::Part(part) => self.part(part),
            // What a picture shows is said beside it, or stands in a document of its own.
            Block::Picture(picture) => self.block(&escaped(&picture.alt)),
        }
    }

    fn item(&mut self, at: usize, item: &str) {
        let item = ["- ", item].concat();
        if at == 0 {
            self.block(&item);
        } else {
            self.line(&item);
        }
    }

    fn facts(&mut self, facts: impl Iterator<Item = (String, String)>) {
        for (at, (label, text)) in facts.enumerate() {
            self.item(at, &[label.as_str(), "\u{ff1a}", &text].concat());
        }
    }

    fn part(&mut self, part: &Part) {
        if !part.name.is_empty() {
            let marks = marks(&part.marks);
            let heading = ["### ", &anchor(&part.anchor), &escaped(&part.name), " ", &marks].concat();
            self.block(heading.trim_end());
        } else if !part.marks.is_empty() {
            self.block(&phrase("carried-by", &[("clauses", &marks(&part.marks))]));
        }
        self.facts(part.facts.iter().map(|(label, text)| (escaped(label), escaped(text))));
        part.table.iter().for_each(|table| self.table(table));
        self.block(&escaped(&part.silences()));
        let ours = phrase("ours", &[]);
        part.notes.iter().for_each(|note| self.block(&["**", &ours, "** ", &escaped(note)].concat()));
    }

    fn table(&mut self, table: &Table) {
        if table.lines.is_empty() {
            self.block(&escaped(&table.nothing()));
            return;
        }
        let heads = table.heads.iter().chain(&table.clause).map(|head| escaped(head));
        let heads: Vec<String> = heads.collect();
        self.block(&row(&heads));
        self.line(&["|", &" --- |".repeat(heads.len())].concat());
        for line in &table.lines {
            let cells = line.cells.iter().map(|cell| match cell.text.as_str() {
                "" => "\u{2014}".to_owned(),
                text if cell.silent => ["*", &escaped(text), "*"].concat(),
                text => escaped(text),
            });
            let marked = table.clause.iter().map(|_| match marks(&line.marks) {
                none if none.is_empty() => "\u{2014}".to_owned(),
                marks => marks,
            });
            self.line(&row(&cells.chain(marked).collect::<Vec<_>>()));
        }
        self.block(&escaped(&table.silences()));
    }
}

fn row(cells: &[String]) -> String {
    ["| ", &cells.join(" | "), " |"].concat()
}

fn anchor(id: &str) -> String {
    if id.is_empty() { String::new() } else { ["<a id=\"", id, "\"></a>"].concat() }
}

fn marks(marks: &Marks) -> String {
    let each = marks.0.iter().map(|mark| {
        let clause = escaped(&mark.clause);
        if mark.here { anchor(&mark.anchor) + &clause } else { ["[", &clause, "](#", &mark.anchor, ")"].concat() }
    });
    each.collect::<Vec<_>>().join(" ")
}

fn line(text: &Text) -> String {
    let mut out = String::new();
    for run in &text.0 {
        let said = escaped(run.text());
        let _ = match run {
            Run::Plain(_) => write!(out, "{said}"),
            Run::Strong(_) => write!(out, "**{said}**"),
            Run::Soft(_) => write!(out, "*{said}*"),
            Run::Code(code) => write!(out, "`{code}`"),
            Run::Link { to, .. } => write!(out, "[{said}](#{to})"),
        };
    }
    out
}

/// Text without signs that Markdown would read.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\n' => {}
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' => out.extend(['\\', sign]),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, line};
    use crate::document::{Run, Text};

    #[test]
    fn signs_of_markdown_are_words() {
        assert_eq!(escaped("一、A & *B*\n1|2 <x>"), "一、A \\& \\*B\\*1\\|2 \\<x\\>");
        let text = Text(vec![Run::Plain("甲".into()), Run::Soft("乙".into()), Run::Code("a_b".into())]);
        assert_eq!(line(&text.then(Text::link("丙", "c-s1"))), "甲*乙*`a_b`[丙](#c-s1)");
    }
}
