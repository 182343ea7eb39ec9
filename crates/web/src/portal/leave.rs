//! Erasing and closing the account: the plan, the confirmation, the certificate.

use axum::extract::Path;
use axum::response::Response;
use desk::evidence;
use desk::leaf::Who;
use desk::retain::{self, Certificate as Proof, Destroyed, Fate, PartFate};
use desk::{Platform, Refusal, rights};
use policy::syntax::{Kind, RightKind};

use super::exercise::side;
use super::receipts::{checks, witnesses};
use crate::pages::parts::{Day, Fact, Form, Link, Moment, Reason};
use crate::pages::portal::{AccountClosed, Certificate, CloseAccount, DestroyedPage, Kept};
use crate::pages::qr::Qr;
use crate::session::{Customer, Signed, Visit};
use crate::told::acts::number;
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

/// A part of a record, for people.
fn part(platform: &Platform, class: &str, role: &str) -> String {
    let names = &platform.tables.program().names;
    fill("part", &[("class", names.name_of(Kind::Record, class)), ("role", names.name_of(Kind::Person, role))])
}

/// What the law keeps, and until when.
pub(crate) fn kept(platform: &Platform, fates: &[PartFate]) -> Vec<Kept> {
    let keeps = |one: &PartFate| match &one.fate {
        Fate::StorageOnly { until, floor, article } => Some(Kept {
            what: part(platform, one.class.as_str(), one.role.as_str()),
            until: until.map(Day),
            period: if until.is_some() { String::new() } else { say("until-the-end-is-known") },
            why: floor.as_deref().map_or_else(|| say("why-in-force"), floor_word),
            law: article.clone().unwrap_or_else(|| say("not-stated")),
        }),
        Fate::EraseNow | Fate::Claim { .. } | Fate::Blocked(_) => None,
    };
    fates.iter().filter_map(keeps).collect()
}

/// What stays in use for an open claim, and for nothing else.
fn claims(platform: &Platform, fates: &[PartFate]) -> Vec<Reason> {
    let open = |one: &PartFate| match &one.fate {
        Fate::Claim { article } => Some(Reason {
            text: part(platform, one.class.as_str(), one.role.as_str()),
            article: article.clone(),
            ..Reason::default()
        }),
        Fate::EraseNow | Fate::StorageOnly { .. } | Fate::Blocked(_) => None,
    };
    fates.iter().filter_map(open).collect()
}

/// The floor of that word, in words.
fn floor_word(word: &str) -> String {
    let floor = policy::syntax::Floor::ALL.iter().copied().find(|floor| floor.word() == word);
    floor.map_or_else(|| word.to_owned(), policy::label::label)
}

/// `GET /close`.
pub(crate) async fn ask(customer: Customer) -> Reply {
    let platform = &customer.platform;
    let plan = retain::plan(&customer.app.house, platform, customer.subject).await?;
    let answer = rights::ask(&customer.app.house, platform, customer.subject, RightKind::CloseAccount).await?;
    let stated = platform.tables.program().policy.rights.iter().any(|one| one.kind.value == RightKind::CloseAccount);
    let gone = plan.parts.iter().filter(|one| one.fate == Fate::EraseNow);
    let blocked = plan.parts.iter().any(|one| matches!(one.fate, Fate::Blocked(_)));
    let link = |label: &'static str, path: &str| Link { label: say(label), href: format!("{}{path}", customer.base()) };
    customer.show(&CloseAccount {
        shell: customer.shell(),
        erased: gone
            .map(|one| part(platform, one.class.as_str(), one.role.as_str()))
            .chain([say("log-in-and-index")])
            .collect(),
        kept: kept(platform, &plan.parts),
        claims: claims(platform, &plan.parts),
        backup_days: platform.tables.program().operation.backup_days.value,
        due: plan.due.map(|due| Day(due.day)),
        published: side(platform, &answer.published, stated),
        law: side(platform, &answer.law, true),
        blocks: if blocked {
            vec![Reason { text: say("not-declared-any-more"), ..Reason::default() }]
        } else {
            Vec::new()
        },
        before: vec![link("see-collected", "/mine"), link("keep-receipts", "/receipts")],
        form: Form::default(),
    })
}

/// `POST /close`.
pub(crate) async fn sent(Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let erased = retain::erase(house, platform, customer.subject, Who::Subject).await?;
    let proof: Proof = serde_json::from_str(&erased.certificate)
        .map_err(|_| Refusal::Broken("a certificate does not read".to_owned()))?;
    let mut shell = customer.shell();
    (shell.visitor, shell.csrf) = (None, crate::pages::shell::Csrf::default());
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let place = format!("{}/ledger/{}/{}/destroyed", customer.base(), proof.leaf, proof.leaf_word());
    let address = format!("{}{place}", customer.app.site.origin);
    let page = AccountClosed {
        shell,
        certificate: Certificate {
            number: number(platform, proof.leaf),
            destroyed: proof.destroyed.and_then(Destroyed::at).map(Moment),
            erased: proof.erased.iter().map(|gone| part(platform, gone.class.as_str(), gone.role.as_str())).collect(),
            backups_until: proof.backups_end.map(Day),
            facts: vec![
                fact("ledger-entry", proof.entry.clone()),
                fact("ledger-salt", proof.salt.clone()),
                fact("subject-number", proof.subject.to_string()),
            ],
            code: Qr::of(&address, say("code-erasure")),
            address,
            place,
        },
        kept: kept(platform, &erased.fates),
        claims: claims(platform, &erased.fates),
        receipt: None,
    };
    Ok(super::enter::forget(&customer, customer.show(&page)?))
}

/// `GET /ledger/{index}/{leaf}/destroyed`: since when the keys that a certificate speaks of are in no file, for anybody. The
/// answer tells of no leaf whether it was an erasure.
pub(crate) async fn destroyed(visit: Visit, Path((_, index, leaf)): Path<(String, String, String)>) -> Reply {
    let index: u64 = index.parse().map_err(|_| Trouble::Unknown)?;
    let (house, platform) = (&visit.app.house, &visit.platform);
    let found = evidence::place(house, platform, index, &leaf).await?;
    let destroyed = if found.stands { retain::destroyed(house, platform, index).await?.at() } else { None };
    visit.show(&DestroyedPage {
        shell: visit.shell(),
        number: number(platform, index),
        stands: found.stands,
        destroyed: destroyed.map(Moment),
        checks: checks(&found.checks),
        place: format!("{}/ledger/{index}/{leaf}", visit.base()),
        json: format!("/v1/platforms/{}/ledger/destroyed?leaf={index}", platform.id),
        leaf,
        index,
        size: found.size,
        witnesses: witnesses(found.witnesses),
        checkpoint: found.checkpoint,
    })
}
