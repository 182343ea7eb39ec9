//! Just enough of an HTML reader to hold our own pages to their rules. It refuses what a browser would forgive.

use std::collections::BTreeMap;

/// Elements that have no end tag (HTML standard, "Void elements").
const VOID: [&str; 8] = ["area", "br", "hr", "img", "input", "link", "meta", "col"];

/// One start tag.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    /// Lower-case name.
    pub(crate) name: String,
    /// Attributes; without a value: empty.
    pub(crate) attributes: BTreeMap<String, String>,
    /// Names of the open elements around it.
    pub(crate) inside: Vec<String>,
    /// Position of the nearest open `<form>` in the list of tags.
    pub(crate) form: Option<usize>,
}

impl Tag {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }
}

/// All start tags of a document, in order.
///
/// # Panics
/// When a tag is not closed, closed twice, or an attribute stands twice or without quotes.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut rest = html.strip_prefix("<!doctype html>").expect("a doctype");
    while let Some((_, tag)) = rest.split_once('<') {
        let (inner, after) = split_tag(tag);
        rest = after;
        if let Some(name) = inner.strip_prefix('/') {
            let (opened, _) = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
            assert_eq!(opened, name, "</{name}> closes <{opened}>");
            continue;
        }
        let (name, attributes) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
        let (name, closed) = name.strip_suffix('/').map_or((name, attributes.ends_with('/')), |name| (name, true));
        let form = open.iter().rev().find(|(name, _)| name == "form").map(|(_, at)| *at);
        let inside = open.iter().map(|(name, _)| name.clone()).collect();
        if !closed && !VOID.contains(&name) {
            open.push((name.to_owned(), tags.len()));
        }
        let attributes = read_attributes(attributes.trim_end_matches('/'));
        tags.push(Tag { name: name.to_owned(), attributes, inside, form });
    }
    assert!(open.is_empty(), "left open: {open:?}");
    tags
}

/// Splits at the `>` that ends the tag, not at one inside quotes.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quoted = false;
    text.split_once(|c: char| {
        quoted ^= c == '"';
        c == '>' && !quoted
    })
    .expect("the tag ends")
}

fn read_attributes(mut text: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return attributes;
        }
        let end = text.find([' ', '\n', '=']).unwrap_or(text.len());
        let (name, after) = text.split_at(end);
        text = after;
        let mut value = String::new();
        if let Some(quoted) = text.strip_prefix('=') {
            let quoted = quoted.strip_prefix('"').unwrap_or_else(|| panic!("{name} is not quoted"));
            let (inner, after) = quoted.split_once('"').expect("the quote ends");
            inner.clone_into(&mut value);
            text = after;
        }
        assert!(attributes.insert(name.to_owned(), value).is_none(), "{name} stands twice");
    }
}
