//! Reasons of an answer, in words, with links to the clause in the published text.

use desk::Platform;
use policy::question::{Answer, Code, Side};

use crate::pages::parts::{Clause, Reason};
use crate::words::{fill, say};

/// One reason.
pub(crate) fn of(platform: &Platform, reason: &policy::question::Reason) -> Reason {
    let label = render::labels::code(reason.code);
    let premise =
        Some(reason).filter(|reason| reason.code == Code::FactUnknown).and_then(|reason| premise(platform, reason));
    if let Some(text) = premise {
        let said = Reason { code: Some(reason.code.to_string()), text, ..Reason::default() };
        return placed(platform, reason, said);
    }
    let text = label.map_or_else(|| reason.code.to_string(), |label| label.text.clone());
    let scope = reason.scope.as_deref().and_then(|scope| render::consent::text_of(&platform.tables, scope));
    let text = match scope {
        Some(scope) => fill("reason-of-scope", &[("text", &text), ("scope", &scope.title)]),
        None => text,
    };
    let next = label.map(|label| label.next.clone());
    placed(platform, reason, Reason { text, code: Some(reason.code.to_string()), next, ..Reason::default() })
}

/// With the places in text and law where it stands.
fn placed(platform: &Platform, reason: &policy::question::Reason, said: Reason) -> Reason {
    Reason {
        clause: reason.clause.as_deref().map(|number| clause(platform, number)),
        article: reason.article.clone().filter(|_| reason.side == Side::Law),
        ..said
    }
}

/// A declared premise that nobody has settled, and who does.
fn premise(platform: &Platform, reason: &policy::question::Reason) -> Option<String> {
    let facts = &platform.tables.program().policy.facts;
    let fact = facts.iter().find(|one| reason.fact.as_deref() == Some(one.id.as_str()))?;
    let settled = match fact.attested.as_str() {
        "subject" => say("premise-by-subject"),
        "system" => say("premise-by-system"),
        _ => say("premise-by-staff"),
    };
    Some(fill("premise", &[("fact", &fact.name.value), ("settled", &settled)]))
}

/// Every distinct reason of an answer: of the whole first, then of its items.
pub(crate) fn of_answer(platform: &Platform, answer: &Answer) -> Vec<Reason> {
    let whole = answer.published.reasons.iter().chain(&answer.law.reasons);
    let all = whole.chain(answer.items.iter().flat_map(|item| &item.reasons));
    // That values are covered by default keeps nobody out.
    distinct(platform, all.filter(|reason| reason.code != Code::MaskedByDefault))
}

/// Distinct reasons, in order.
pub(crate) fn distinct<'r>(
    platform: &Platform,
    reasons: impl IntoIterator<Item = &'r policy::question::Reason>,
) -> Vec<Reason> {
    let mut seen: Vec<&policy::question::Reason> = Vec::new();
    for reason in reasons {
        let told = |other: &&policy::question::Reason| {
            let same_premise = reason.code != Code::FactUnknown || other.fact == reason.fact;
            other.code == reason.code && other.scope == reason.scope && same_premise
        };
        if !seen.iter().any(told) {
            seen.push(reason);
        }
    }
    let mut told: Vec<Reason> = Vec::new();
    for reason in seen {
        let mut reason = of(platform, reason);
        // One way on for several reasons is told once.
        reason.next = reason.next.filter(|next| !told.iter().any(|other| other.next.as_ref() == Some(next)));
        told.push(reason);
    }
    told
}

/// A clause, linked to its place in the text in force.
pub(crate) fn clause(platform: &Platform, number: &str) -> Clause {
    let anchor = render::clause_anchor(number);
    Clause { label: number.to_owned(), href: Some(format!("/p/{}/policy#{anchor}", platform.id)) }
}

/// A clause, linked to its place in the text of this very version, which need not be in force.
pub(crate) fn clause_of_version(version: &Platform, number: &str) -> Clause {
    let (text, anchor) = (version.text.short(), render::clause_anchor(number));
    Clause { label: number.to_owned(), href: Some(format!("/p/{}/policy/{text}#{anchor}", version.id)) }
}

/// For customers: the sentence, the clause and the article tell the reason; the code is for staff and for systems.
pub(crate) fn uncoded(reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.into_iter().map(|reason| Reason { code: None, ..reason }).collect()
}
