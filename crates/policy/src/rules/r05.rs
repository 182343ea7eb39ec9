//! R5: exceptions only where the law has them, and as narrow as it has them.

use super::said::{Bilingual, Listed, joined, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::law::Limit;
use crate::syntax::{Basis, Condition, Exception, Kind, Share, Stated};

pub(super) const RULE: Rule = Rule { code: "R5", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let natural = |share: &&Share| share.of.iter().any(|of| view.is_natural(of));
    for share in view.shares().filter(|share| view.is_excepted(share)).filter(natural) {
        let name = &share.name.value;
        let message = said!("`{name}` goes without consent in a case that the law does not have", name);
        to.error(share.id.span, message, said!("no ground of the closed list"));
    }
    for exception in &view.said().exceptions {
        let residual = exception.residual.as_ref().is_some_and(|residual| residual.value);
        match &exception.article {
            _ if residual => other_cases(view, exception, to),
            Stated::Said(article) => {
                wider(view, exception, article.value, to);
                beside(view, exception, article.value, to);
            }
            Stated::Nothing(_) | Stated::NotStated { .. } => {
                let message = said!("no article frees from consent for `{name}`", name = exception.name.value);
                to.warning(exception.id.span, message, said!("no ground of the closed list"));
            }
        }
    }
}

/// The residual clause points to the law itself, and only to laws and administrative regulations.
fn other_cases(view: &View<'_>, exception: &Exception, to: &mut Report<'_>) {
    if let Some(lesser) = view.program.law.wording().lesser_law(&exception.name) {
        let message = said!(
            "`{name}` frees from consent by `{lesser}`, and only laws and administrative regulations can",
            name = exception.name.value,
            lesser
        );
        to.warning(exception.name.span, message, said!("by less than a law"));
    }
}

/// What the ground asks and the text does not say. A condition that the file adds for the law alone is one that the text lacks.
fn wider(view: &View<'_>, exception: &Exception, article: Basis, to: &mut Report<'_>) {
    let facts = exception.when.iter().flat_map(|when| when.value.atoms()).filter_map(|atom| match atom {
        Condition::Fact(fact) => Some(view.name(Kind::Fact, &fact.text)),
        _ => None,
    });
    let said: Vec<&str> = std::iter::once(exception.name.as_str()).chain(facts).collect();
    let limits = view.program.law.wording().ground.iter().filter(|limit| limit.basis == article);
    let missing: Vec<&Limit> = limits.filter(|limit| !said.iter().any(|text| limit.is_named(text))).collect();
    let (name, article) = (&exception.name.value, Listed(article));
    let asks = missing.iter().map(|limit| in_words(limit)).reduce(|all, next| said!("{all}; {next}", all, next));
    if let Some(asks) = asks {
        let message =
            said!("`{name}` frees more than its ground (`{article}`), which asks for {asks}", name, article, asks);
        let severity = if missing.iter().all(|limit| limit.light) { Severity::Note } else { Severity::Warning };
        to.push(to.finding(severity, message).at(view.policy, exception.id.span, said!("wider than the law")));
    } else if let Some(added) = &exception.article_when {
        let facts = joined(added.value.atoms().into_iter().filter_map(|atom| asked(view, atom)));
        let message = said!(
            "`{name}` frees more than its ground (`{article}`), which asks further for {facts}",
            name,
            article,
            facts
        );
        to.warning(exception.id.span, message, said!("wider than the law"));
    }
}

/// What a ground asks.
fn in_words(limit: &Limit) -> Bilingual {
    Bilingual { english: limit.asks.clone(), chinese: limit.chinese.clone() }
}

/// What a condition looks at: as the file writes it, and in Chinese by the name of the fact.
fn asked(view: &View<'_>, atom: &Condition) -> Option<Bilingual> {
    let english = atom.asks()?;
    let chinese = match atom {
        Condition::Fact(fact) => view.name(Kind::Fact, &fact.text).to_owned(),
        Condition::SamePerson(_) => said!("one person").chinese,
        Condition::Product(_) => said!("product").chinese,
        Condition::Channel(_) => said!("channel").chinese,
        Condition::AgeUnder(_) => said!("age").chinese,
        _ => english.clone(),
    };
    Some(Bilingual { english, chinese })
}

/// What stands in the law and has nothing to do with this text.
fn beside(view: &View<'_>, exception: &Exception, article: Basis, to: &mut Report<'_>) {
    let said = view.said();
    let uses = said.uses.iter().map(|one| &one.basis).chain(said.disclosures.iter().map(|one| &one.basis));
    let reports =
        uses.chain(said.functions.iter().map(|one| &one.basis)).any(|basis| basis.said() == Some(&Basis::News));
    let name = &exception.name.value;
    let message = if article == Basis::News && !reports {
        said!("`{name}` is for the press, and nothing in this text reports news", name)
    } else if view.program.law.wording().is_of_employees(name) {
        said!("`{name}` is for employers, and this text is for customers", name)
    } else {
        return;
    };
    let finding = to.finding(Severity::Note, message);
    to.push(finding.at(view.policy, exception.name.span, said!("copied from the statute")));
}
