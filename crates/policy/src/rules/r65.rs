//! R65: citations lead to what stands.

use super::said::{said, unsure};
use super::view::View;
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::law::{Superseded, Within};

pub(super) const RULE: Rule = Rule { code: "R65", gravest: Severity::Warning, check };

/// Citations may stand in any text of a policy, so the file itself is read; its comments are not.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let text = &*view.policy.text;
    let kind = view.said().handler.kind.value;
    let known = view.program.law.wording().superseded.iter();
    for superseded in known.filter(|one| one.since <= view.day && one.concerns(kind)) {
        for word in &superseded.words {
            for (start, _) in text.match_indices(word.as_str()) {
                let span = Span::from(start..start + word.len());
                if !is_comment(text, start) && is_meant(view, superseded, span) {
                    tell(view, superseded, word, span, to);
                }
            }
        }
    }
}

fn tell(view: &View<'_>, superseded: &Superseded, word: &str, span: Span, to: &mut Report<'_>) {
    let unsure = unsure(superseded.certain);
    let Superseded { now, since, .. } = superseded;
    let message = if superseded.handlers.is_empty() {
        said!("`{word}` is superseded by {now}", word, now)
    } else {
        said!("`{word}` does not hold for such a handler; {now} does", word, now)
    };
    let mut finding = to.finding(Severity::Warning, message);
    finding.cites = vec![said!("{now} (in force since {since}{unsure})", now, since, unsure).into()];
    let label = if superseded.handlers.is_empty() { said!("superseded") } else { said!("not of this handler") };
    to.push(finding.at(view.policy, span, label));
}

fn is_meant(view: &View<'_>, superseded: &Superseded, span: Span) -> bool {
    let inside = |whole: Span| whole.start <= span.start && span.end <= whole.end;
    match superseded.within {
        None => true,
        Some(Within::SensitiveDefinition) => {
            let definitions = view.said().statements.iter().filter(|one| !one.sensitive.is_empty());
            definitions.into_iter().any(|one| inside(one.text.span))
        }
    }
}

/// Whether a place is behind a `#` that stands in no string.
fn is_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.match_indices('#').any(|(hash, _)| line.get(..hash).is_some_and(|head| head.matches('"').count() % 2 == 0))
}
