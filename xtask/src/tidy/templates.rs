//! Pages work under a strict content security policy and for a reader who does not see them.

use super::Finding;
use super::tree::{File, Tree};

/// A start tag: its name and attributes, as written.
struct Tag<'a> {
    line: usize,
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Scripts and styles stand in files of their own: the content security policy forbids them in the page.
pub(super) fn inline(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in templates(tree) {
        for tag in tags(file) {
            let mut report = |what: String, mend| findings.push(Finding::new(&file.path, tag.line, what, mend));
            if tag.is("script") && tag.attribute("src").is_none() {
                report("a script in the page".to_owned(), "move it to static/ and name it in `src`");
            }
            if tag.is("style") {
                report("a style sheet in the page".to_owned(), "move it to static/ and link it");
            }
            for (name, value) in &tag.attributes {
                let name = name.to_ascii_lowercase();
                if name == "style" || name.starts_with("on") || value.trim_start().starts_with("javascript:") {
                    report(format!("inline `{name}`"), "give the element a class or a `data-` attribute");
                }
            }
        }
    }
    findings
}

/// Fields say what they want, pictures say what they show.
pub(super) fn labels(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in templates(tree) {
        let tags = tags(file);
        let named: Vec<&str> =
            tags.iter().filter(|tag| tag.is("label")).filter_map(|tag| tag.attribute("for")).collect();
        let mut inside_label = false;
        for tag in &tags {
            match tag.name {
                "label" => inside_label = true,
                "/label" => inside_label = false,
                _ => {}
            }
            if tag.is("img") && tag.attribute("alt").is_none() {
                findings.push(Finding::new(
                    &file.path,
                    tag.line,
                    "a picture without `alt`",
                    "say what it shows; `alt=\"\"` for ornament",
                ));
            }
            let labelled = inside_label
                || tag.attribute("id").is_some_and(|id| named.contains(&id))
                || tag.attribute("aria-label").or(tag.attribute("aria-labelledby")).is_some();
            if wants_label(tag) && !labelled {
                let what = format!("<{}> without a label", tag.name);
                findings.push(Finding::new(
                    &file.path,
                    tag.line,
                    what,
                    "put it in a <label>, or name its `id` in `for`",
                ));
            }
        }
    }
    findings
}

fn wants_label(tag: &Tag<'_>) -> bool {
    let kind = tag.attribute("type").unwrap_or("text");
    let silent = ["hidden", "submit", "button", "reset", "image"].contains(&kind);
    (tag.is("input") && !silent) || tag.is("select") || tag.is("textarea")
}

fn templates(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files().iter().filter(|file| file.path.contains("/templates/") && file.has_extension(&["html", "svg"]))
}

/// Every tag of a page, end tags as `/name`; comments are left out.
fn tags(file: &File) -> Vec<Tag<'_>> {
    let text = file.text.as_deref().unwrap_or_default();
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['<', '{'])) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        if let Some(length) = opaque_length(rest) {
            at = start + length;
        } else if rest.starts_with('<')
            && rest.chars().nth(1).is_some_and(|next| next.is_ascii_alphabetic() || next == '/')
        {
            let inner = text.get(start + 1..).unwrap_or_default();
            let length = tag_length(inner);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            tags.push(parse_tag(inner.get(..length).unwrap_or_default(), line));
            at = start + 1 + length;
        } else {
            at = start + 1;
        }
    }
    tags
}

/// The length of a comment or of a template's own expression, which no tag begins or ends in.
fn opaque_length(text: &str) -> Option<usize> {
    let pairs = [("<!--", "-->"), ("{#", "#}"), ("{%", "%}"), ("{{", "}}")];
    let (_, close) = pairs.into_iter().find(|(open, _)| text.starts_with(open))?;
    Some(text.find(close).map_or(text.len(), |end| end + close.len()))
}

/// The length of a tag up to its `>`, past quotes and template expressions.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    let mut at = 0;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if let Some(length) = opaque_length(text.get(at..).unwrap_or_default()) {
            at += length;
            continue;
        }
        match (quote, character) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        at += character.len_utf8();
    }
    text.len()
}

fn parse_tag(text: &str, line: usize) -> Tag<'_> {
    let (name, mut rest) = split_at(text, text.find(|c: char| c.is_whitespace()).unwrap_or(text.len()));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return Tag { line, name: name.trim_end_matches(|c: char| c == '/' && name.len() > 1), attributes };
        }
        if let Some(length) = opaque_length(rest) {
            rest = split_at(rest, length).1;
            continue;
        }
        let (key, tail) = split_at(rest, rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len()));
        let (value, tail) = tail.strip_prefix('=').map_or(("", tail), attribute_value);
        attributes.push((key, value));
        rest = if key.is_empty() { split_at(tail, tail.chars().next().map_or(0, char::len_utf8)).1 } else { tail };
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (value, tail) = split_at(inner, quoted_length(inner, quote));
            return (value, tail.strip_prefix(quote).unwrap_or(tail));
        }
    }
    split_at(text, text.find(char::is_whitespace).unwrap_or(text.len()))
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty() && !rest.starts_with(quote)) {
        at += opaque_length(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
    }
    at.min(text.len())
}

fn split_at(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    fn lines(check: fn(&Tree) -> Vec<Finding>, text: &str) -> Vec<usize> {
        check(&Tree::sample(&[("crates/web/templates/a.html", text)])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn inline_code_is_caught() {
        let text =
            "<script>a()</script>\n<style>b{}</style>\n<p style=\"x\">\n<p onclick='y'>\n<a href=\"javascript:z\">\n";
        assert_eq!(lines(inline, text), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn files_of_their_own_pass() {
        let text = "<!-- <p style=\"x\"> -->\n<script src=\"/a.js\" defer></script>\n<link rel=stylesheet href=/a.css>\n{# <style> #}<p class=\"on\" data-style=\"x\">1 < 2</p>";
        assert!(lines(inline, text).is_empty());
    }

    #[test]
    fn a_field_without_label_is_caught() {
        let text = "<input name=a>\n<select name=\"b\"></select>\n<label for=\"other\">x</label><textarea id=\"c\"></textarea>\n<img src=\"/x.svg\">\n";
        assert_eq!(lines(labels, text), [1, 2, 3, 4]);
    }

    #[test]
    fn labelled_fields_pass() {
        let text = "<label>x <input name=a></label>\n<label for=\"{{ f.id }}\">y</label><input id=\"{{ f.id }}\" {% if f.on %}checked{% endif %}>\n\
            <input type=\"hidden\" name=t><input type=submit><input aria-label=\"{{ \"a>b\" }}\"><img alt=\"\" src=\"/x.svg\"/>";
        assert!(lines(labels, text).is_empty());
    }

    #[test]
    fn only_templates_are_read() {
        let tree = Tree::sample(&[("docs/a.html", "<script>x</script>")]);
        assert!(places(&inline(&tree)).is_empty());
    }
}
