//! Findings for machines.

use serde_json::{Value, json as value};

use super::{Count, count, count_of, ends};
use crate::finding::{Finding, Language, Severity, Source};

/// All findings, in the order of [`super::order`], and how many of each; those of the law and of the text itself also apart.
///
/// Lines and columns begin at 1; columns count characters. `start` and `end` are bytes of the file. What a rule says stands in both
/// languages; `…_zh` is null where there is only English.
pub fn json(findings: &[Finding], sources: &[Source]) -> Value {
    let mut sorted = findings.to_vec();
    super::order(&mut sorted);
    let count = count(&sorted);
    value!({
        "findings": sorted.iter().map(|finding| one(finding, sources)).collect::<Vec<_>>(),
        "errors": count.errors,
        "warnings": count.warnings,
        "notes": count.notes,
        "acknowledged": count.acknowledged,
        "law": counted(count_of(&sorted, 'R')),
        "text": counted(count_of(&sorted, 'T')),
    })
}

fn counted(count: Count) -> Value {
    let Count { errors, warnings, notes, acknowledged } = count;
    value!({"errors": errors, "warnings": warnings, "notes": notes, "acknowledged": acknowledged})
}

fn one(finding: &Finding, sources: &[Source]) -> Value {
    let places = finding.places.iter().map(|place| {
        let mut told = value!({
            "file": &*place.file, "start": place.span.start, "end": place.span.end,
            "label": place.label.english, "label_zh": place.label.chinese,
        });
        let source = sources.iter().find(|source| source.name == place.file);
        if let (Some(source), Some(told)) = (source, told.as_object_mut()) {
            let [from, to] = ends(source, place.span);
            told.insert("from".to_owned(), value!({"line": from.0, "column": from.1}));
            told.insert("to".to_owned(), value!({"line": to.0, "column": to.1}));
        }
        told
    });
    value!({
        "code": finding.code,
        "severity": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": finding.message.english,
        "message_zh": finding.message.chinese,
        "places": places.collect::<Vec<_>>(),
        "element": finding.element,
        "clause": finding.clause,
        "cites": finding.cites.iter().map(|cite| &cite.english).collect::<Vec<_>>(),
        "cites_zh": finding.cites.iter().map(|cite| cite.in_language(Language::Chinese)).collect::<Vec<_>>(),
        "mend": finding.mend.as_ref().map(|mend| &mend.english),
        "mend_zh": finding.mend.as_ref().and_then(|mend| mend.chinese.as_ref()),
        "acknowledged": finding.acknowledged.as_ref().map(|by| value!({"reason": by.reason, "on": by.on.to_string()})),
    })
}
