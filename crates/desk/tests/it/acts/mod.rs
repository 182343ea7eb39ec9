//! Acts that put something in or take it out: consent, collecting, erasing, publishing.

mod apply;
mod choices;
mod collect;
mod consent;
mod draft;
mod handed;
mod import;
mod inbound;
mod invariants;
mod invite;
mod later;
mod lifecycle;
mod notify;
mod outbox;
mod pay;
mod publish;
mod refund;
mod retain;
mod roster;
mod service;
mod upload;
mod verify;

use model::SubjectId;
use policy::question::{Answer, Code};
use shouyue_desk::Refusal;
use shouyue_desk::leaf::{Act, Entry};

use crate::house::Bench;

/// The answer of a refusal that the decision caused.
fn denied(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Denied(answer) => *answer,
        other => panic!("not denied: {other:?}"),
    }
}

/// The codes of the fields that were refused, by item.
fn faults(refusal: Refusal) -> Vec<(String, &'static str)> {
    match refusal {
        Refusal::Fields(faults) => faults.into_iter().map(|fault| (fault.item, fault.code)).collect(),
        other => panic!("not about fields: {other:?}"),
    }
}

fn codes(answer: &Answer) -> Vec<Code> {
    let whole = answer.published.reasons.iter().chain(&answer.law.reasons);
    whole.chain(answer.items.iter().flat_map(|item| &item.reasons)).map(|reason| reason.code).collect()
}

/// The newest leaf, which must be a refusal for that reason (rule R59).
async fn refused_for(bench: &Bench, code: Code) -> Entry {
    let entry = bench.entries().await.pop().unwrap();
    assert_eq!(entry.act, Act::Refused);
    assert!(entry.reasons.contains(&code), "{:?} lacks {code:?}", entry.reasons);
    entry
}

/// How many sealed values the subject has in all its records.
async fn sealed(bench: &Bench, subject: SubjectId) -> usize {
    let platform = bench.platform();
    let mut count = 0;
    for record in bench.store.records_of(&platform.id, subject).await.unwrap() {
        for (_, role) in record.roles.iter().filter(|(whose, _)| *whose == subject) {
            let part = bench.store.part(&platform.id, record.id, Some(subject), role).await.unwrap();
            count += part.map_or(0, |part| part.values.len());
        }
    }
    count
}
