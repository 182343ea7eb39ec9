//! Findings for tools that show them beside the text: SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format).
//!
//! One run. Each code that was found is a rule with the words of the catalogue; each finding is a result. What somebody
//! answers for is a result too, suppressed with its reason. Numbers in comments are sections of the standard.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Value, json};

use super::words::Words;
use super::{ends, explain};
use crate::finding::{Finding, Language, Place, Severity, Source};
use crate::label::fill;
use crate::rules;

/// The schema that the standard names (§3.13.3).
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How a fingerprint is made; another way gets another number (§3.27.17).
const FINGERPRINT: &str = "finding/v1";

/// All findings as one SARIF log, in the order of [`super::order`] and in one language, as the standard has it (§3.14.7). What makes a
/// finding the same one hangs on no language.
///
/// Lines and columns begin at 1 and columns count characters; the end is the place after the last character. Names of
/// sources become URIs relative to where the user stands, absolute ones `file:` URIs.
pub fn sarif(findings: &[Finding], sources: &[Source], language: Language) -> Value {
    let mut sorted = findings.to_vec();
    super::order(&mut sorted);
    let rules = gravest(&sorted);
    let codes: Vec<&str> = rules.keys().copied().collect();
    let mut alike = BTreeMap::new();
    let results = sorted.iter().map(|finding| {
        let rule = codes.binary_search(&finding.code).ok();
        Reported { finding, sources, language }.result(rule, &fingerprint(finding, &mut alike))
    });
    stated(json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "shouyue",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|(code, severity)| rule(code, *severity, language)).collect::<Vec<_>>(),
            } },
            "language": match language {
                Language::English => "en",
                Language::Chinese => "zh-CN",
            },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    }))
}

/// SARIF knows no `null`: what is not stated is left out.
fn stated(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            object.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, stated(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(stated).collect(),
        other => other,
    }
}

/// Each code that was found, with the gravest that it reports: by the rules of law and text, otherwise of what was found.
fn gravest(findings: &[Finding]) -> BTreeMap<&'static str, Severity> {
    let mut gravest: BTreeMap<&'static str, Severity> = BTreeMap::new();
    for finding in findings {
        let severity = gravest.entry(finding.code).or_insert(finding.severity);
        *severity = finding.severity.max(*severity);
    }
    for (code, severity) in rules::checked().chain(rules::text::checked()) {
        gravest.entry(code).and_modify(|known| *known = severity);
    }
    gravest
}

/// A reporting descriptor (§3.49).
fn rule(code: &str, severity: Severity, language: Language) -> Value {
    let text = explain(code, language).unwrap_or_else(|| code.to_owned());
    let title = text.lines().next().map_or(code, |line| line.strip_prefix(code).unwrap_or(line).trim());
    let of = match code.as_bytes().first() {
        Some(b'L') => "language",
        Some(b'R') => "law",
        _ => "text",
    };
    json!({
        "id": code,
        "shortDescription": { "text": title },
        "help": { "text": text, "markdown": markdown(&text) },
        "defaultConfiguration": { "level": level(severity) },
        "properties": { "tags": [of] },
    })
}

/// An explanation as Markdown: each line a paragraph; its examples are indented, and so blocks of code already.
fn markdown(text: &str) -> String {
    let mut marked = String::new();
    for line in text.lines() {
        if !line.starts_with(' ') && !marked.ends_with("\n\n") && !marked.is_empty() {
            marked.push('\n');
        }
        if !line.is_empty() {
            marked.push_str(line);
            marked.push('\n');
        }
    }
    marked
}

/// A finding as it is reported.
struct Reported<'f> {
    finding: &'f Finding,
    sources: &'f [Source],
    language: Language,
}

impl Reported<'_> {
    /// A result (§3.27).
    fn result(&self, rule: Option<usize>, fingerprint: &str) -> Value {
        let Self { finding, language, .. } = *self;
        let main = finding.places.first().map(|place| {
            let element = finding
                .element
                .as_ref()
                .filter(|element| !element.is_empty())
                .map(|element| json!([{ "name": element, "kind": "element" }]));
            json!({
                "physicalLocation": self.physical(place),
                "message": self.label(place),
                "logicalLocations": element,
            })
        });
        let related = finding.places.iter().enumerate().skip(1).map(
            |(id, place)| json!({ "id": id, "physicalLocation": self.physical(place), "message": self.label(place) }),
        );
        let suppression = finding.acknowledged.as_ref().map(|by| {
            let on = json!({ "on": by.on.to_string() });
            json!({ "kind": "external", "status": "accepted", "justification": by.reason, "properties": on })
        });
        json!({
            "ruleId": finding.code,
            "ruleIndex": rule,
            "level": level(finding.severity),
            "message": { "text": self.message() },
            "locations": Vec::from_iter(main),
            "relatedLocations": related.collect::<Vec<_>>(),
            "partialFingerprints": { FINGERPRINT: fingerprint },
            // Empty, and not left out, where nobody answers: the standard reads absence as "not known" (§3.27.23).
            "suppressions": Vec::from_iter(suppression),
            "properties": {
                "clause": finding.clause,
                "cites": finding.cites.iter().map(|cite| cite.in_language(language)).collect::<Vec<_>>(),
                "mend": finding.mend.as_ref().map(|mend| mend.in_language(language)),
            },
        })
    }

    /// One sentence after the other: tools show the first, and all of them on demand (§3.11.3).
    fn message(&self) -> String {
        let Self { finding, language, .. } = *self;
        let words = Words::of(language);
        let mut text =
            finding.message.in_language(language).trim_end_matches(words.stop.as_str()).to_owned() + &words.stop;
        if let Some(clause) = &finding.clause {
            text.push_str(&fill(&words.sentence_clause, &[("clause", clause)]));
        }
        if !finding.cites.is_empty() {
            let cites: Vec<&str> = finding.cites.iter().map(|cite| cite.in_language(language)).collect();
            text.push_str(&fill(&words.sentence_by, &[("by", &cites.join(&words.cites))]));
        }
        if let Some(mend) = &finding.mend {
            text.push_str(&fill(&words.sentence_mend, &[("mend", mend.in_language(language))]));
        }
        text
    }

    /// A physical location (§3.29). Of a file that is not at hand only the name is told.
    fn physical(&self, place: &Place) -> Value {
        let region = self.sources.iter().find(|source| source.name == place.file).map(|source| {
            let [from, to] = ends(source, place.span);
            json!({ "startLine": from.0, "startColumn": from.1, "endLine": to.0, "endColumn": to.1 })
        });
        json!({ "artifactLocation": artifact(&place.file), "region": region })
    }

    /// The words under the carets.
    fn label(&self, place: &Place) -> Option<Value> {
        (!place.label.is_empty()).then(|| json!({ "text": place.label.in_language(self.language) }))
    }
}

/// An artifact location (§3.4): a path as URI reference (RFC 3986), of the source root where it is relative.
fn artifact(path: &str) -> Value {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    if path.starts_with('/') {
        json!({ "uri": format!("file://{uri}") })
    } else {
        json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// What makes a finding the same one in the next run, wherever its lines have moved: code, file, element and words, and
/// which one it is of several that are alike.
fn fingerprint<'a>(finding: &'a Finding, alike: &mut BTreeMap<[&'a str; 4], u32>) -> String {
    let file = finding.places.first().map_or("", |place| &*place.file);
    let parts = [finding.code, file, finding.element.as_deref().unwrap_or_default(), finding.message.english.as_str()];
    let nth = alike.entry(parts).or_default();
    *nth += 1;
    let mut hash = Context::new(&SHA256);
    for part in parts {
        // The length keeps the parts apart.
        hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(&nth.to_be_bytes());
    hex::encode(hash.finish())
}
