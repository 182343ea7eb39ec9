//! Markdown from our own HTML: one template says each sentence once, and the two forms cannot drift apart.
//!
//! Reads the small part of HTML that our templates write (headings, paragraphs, lists, definition lists, tables, links,
//! emphasis) and leaves out navigation. Ids become empty anchors, so that links into the notice work in both forms.

use std::fmt::Write as _;

/// The Markdown of a fragment that our templates wrote.
pub(crate) fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    for piece in Pieces(html) {
        match piece {
            Piece::Open(name, attributes) => writer.open(name, attributes),
            Piece::Close(name) => writer.close(name),
            Piece::Text(text) => writer.text(text),
        }
    }
    writer.end_block();
    writer.out
}

/// One piece of HTML.
enum Piece<'h> {
    Open(&'h str, &'h str),
    Close(&'h str),
    Text(&'h str),
}

/// The pieces of a fragment, in order.
struct Pieces<'h>(&'h str);

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Piece<'h>> {
        let rest = self.0;
        if rest.is_empty() {
            return None;
        }
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, rest) = rest.split_at(end);
            self.0 = rest;
            return Some(Piece::Text(text));
        };
        // Our attribute values never hold a `>`: it is escaped.
        let (tag, rest) = tag.split_once('>').unwrap_or((tag, ""));
        self.0 = rest;
        if let Some(name) = tag.strip_prefix('/') {
            return Some(Piece::Close(name));
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        Some(Piece::Open(name, attributes))
    }
}

/// The value of an attribute, as written.
fn attribute<'h>(attributes: &'h str, name: &str) -> Option<&'h str> {
    let mut rest = attributes;
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"')?;
        if key.trim() == name {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// Whether a tag is no block itself: its id goes to the first block inside.
fn is_container(name: &str) -> bool {
    matches!(name, "section" | "article" | "dl" | "ul" | "ol" | "table" | "header" | "footer")
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The block that is being written, without its prefix.
    block: String,
    prefix: String,
    link: Option<String>,
    /// Whether the block belongs to the line before it: a row of a table, an item of a list.
    tight: bool,
    /// Columns of the head of the table that is being read.
    columns: usize,
    in_table: bool,
    /// Whether a list has begun and has no item yet.
    fresh: bool,
    /// Anchors of containers, for the next block.
    anchors: String,
    skipped: usize,
}

impl Writer {
    fn open(&mut self, name: &str, attributes: &str) {
        if name == "nav" || self.skipped > 0 {
            self.skipped += usize::from(name == "nav");
            return;
        }
        match name {
            "h1" => self.begin("# ", false),
            "h2" => self.begin("## ", false),
            "h3" => self.begin("### ", false),
            "h4" => self.begin("#### ", false),
            "p" | "dl" | "ul" | "ol" | "table" | "section" | "article" | "header" | "footer" => self.begin("", false),
            "li" | "dt" => {
                let tight = !self.fresh || !self.block.is_empty();
                self.begin("- ", tight);
                self.fresh = false;
            }
            "dd" => self.block.push('\u{ff1a}'),
            "tr" => {
                self.begin("|", self.in_table);
                self.columns = 0;
            }
            "th" | "td" => {
                self.block.push(' ');
                self.columns += 1;
            }
            "strong" => self.block.push_str("**"),
            "em" => self.block.push('*'),
            "code" => self.block.push('`'),
            _ => {}
        }
        self.fresh |= matches!(name, "ul" | "ol" | "dl");
        if name == "a"
            && let Some(target) = attribute(attributes, "href")
        {
            self.block.push('[');
            self.link = Some(target.to_owned());
        }
        if let Some(id) = attribute(attributes, "id") {
            let anchors = if is_container(name) { &mut self.anchors } else { &mut self.block };
            // Writing into a text cannot fail.
            let _ = write!(anchors, "<a id=\"{id}\"></a>");
        }
    }

    fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= usize::from(name == "nav");
            return;
        }
        match name {
            "th" | "td" => self.block.push_str(" |"),
            "tr" => {
                self.end_block();
                self.in_table = true;
            }
            "thead" => {
                self.out.push('|');
                (0..self.columns).for_each(|_| self.out.push_str(" --- |"));
                self.out.push('\n');
            }
            "table" => self.in_table = false,
            "strong" => self.block.push_str("**"),
            "em" => self.block.push('*'),
            "code" => self.block.push('`'),
            "a" => {
                if let Some(target) = self.link.take() {
                    let _ = write!(self.block, "]({target})");
                }
            }
            "h1" | "h2" | "h3" | "h4" | "p" | "li" | "dd" | "section" | "article" | "header" | "footer" => {
                self.end_block();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 || (text.trim().is_empty() && text.contains('\n')) {
            return;
        }
        let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
        for sign in text.replace("&#38;", "&").chars() {
            match sign {
                '\n' => {}
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' => {
                    self.block.push('\\');
                    self.block.push(sign);
                }
                other => self.block.push(other),
            }
        }
    }

    fn begin(&mut self, prefix: &str, tight: bool) {
        self.end_block();
        prefix.clone_into(&mut self.prefix);
        self.tight = tight;
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.trim().is_empty() {
            return;
        }
        if !self.out.is_empty() && !self.tight {
            self.out.push('\n');
        }
        let anchors = std::mem::take(&mut self.anchors);
        let block = if self.prefix == "|" { block.trim_end() } else { block.trim() };
        let _ = writeln!(self.out, "{}{anchors}{block}", self.prefix);
        self.prefix.clear();
        self.tight = false;
    }
}

#[cfg(test)]
mod tests {
    use super::from_html;

    #[test]
    fn the_subset_reads_as_markdown() {
        let html = "<section id=\"s\"><h2>一、A &#38; *B*</h2>\n<nav><ul><li>x</li></ul></nav>\n\
                    <p>甲<em>乙</em>，<a href=\"#c-s1\">一</a><a class=\"clause\" id=\"c-s2\">二</a></p>\n\
                    <ul>\n<li>一条</li>\n<li>二条</li>\n</ul>\n<dl><dt>名</dt><dd>值</dd><dt>号</dt><dd>1|2</dd></dl>\n\
                    <table>\n<thead><tr><th>甲</th><th>乙</th></tr></thead>\n<tbody>\n<tr><td>1</td><td>&#60;2</td></tr>\n\
                    </tbody>\n</table>\n<p>末</p></section>";
        assert_eq!(
            from_html(html),
            "## <a id=\"s\"></a>一、A \\& \\*B\\*\n\n甲*乙*，[一](#c-s1)<a id=\"c-s2\"></a>二\n\n- 一条\n- 二条\n\n- 名：值\n\
             - 号：1\\|2\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | \\<2 |\n\n末\n"
        );
    }
}
