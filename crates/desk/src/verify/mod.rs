//! Checks with others (核验), and what they attest: that the house knows who somebody is, and the facts for which the
//! operation file has a check.
//!
//! Of a check nothing is kept but its result: the fact, yes or no, who attested it, when, and the attester's number of the
//! request (rule R44). The result enters every question about the subject from then on, so that a check that failed closes
//! what the policy's conditions say, and nothing else; what was never checked is unknown.

mod counter;
mod face;
mod named;

use jiff::{SignedDuration, Timestamp};
use model::act::{Attested, SubjectState};
use model::{Slug, SubjectId};
use policy::syntax::{Check, CheckBy};
use store::{Expect, Write};

pub use counter::{OpenWay, attest, open_ways};
pub(crate) use face::faces;
pub use face::{FaceTry, alternative, by_face};
pub use named::by_name;

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Entry, Who};
use crate::{House, Platform, Refusal, identity};

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Leaf of the result.
    pub leaf: u64,
    /// Whether it holds.
    pub verified: bool,
}

/// After so many checks that failed within a day nobody outside is asked again until a day has passed.
const FAILURES: usize = 5;

/// How a check stands with a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The check's id.
    pub check: Slug,
    /// The last result; `None`: never checked, or no longer counted.
    pub holds: Option<bool>,
    /// When that was.
    pub at: Option<Timestamp>,
}

/// A check of the operation file.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn check<'p>(platform: &'p Platform, id: &str) -> Result<&'p Check, Refusal> {
    let checks = &platform.tables.program().operation.checks;
    checks.iter().find(|check| check.id.as_str() == id).ok_or(Refusal::NotFound("check"))
}

/// How every check of the operation file stands with a subject, in the file's order.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn stands(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Stand>, Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let attested = &snapshot.state().attested;
    let stand = |check: &Check| {
        let last = attested.iter().rfind(|one| one.fact == check.fact.text).filter(|one| one.holds.is_some());
        Stand { check: check.id.value.clone(), holds: last.and_then(|one| one.holds), at: last.map(|one| one.at) }
    };
    Ok(platform.tables.program().operation.checks.iter().map(stand).collect())
}

/// Whether a fact was checked in vain too often for another try.
fn spent(state: &SubjectState, fact: &str, now: Timestamp) -> bool {
    let lately = |at: Timestamp| now.duration_since(at) < SignedDuration::from_hours(24);
    let failed = |one: &&Attested| one.fact == fact && one.holds == Some(false) && lately(one.at);
    state.attested.iter().filter(failed).count() >= FAILURES
}

/// How somebody was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One check by name and number: it attests its own fact, for anybody may type a true pair.
    Name,
    /// A face against the document: it tells who somebody is.
    Face,
    /// A way of the operation file that stands in for the face.
    Otherwise,
    /// Such a way was chosen, and nobody has gone it yet.
    Chosen,
}

/// What came out, before it is written down.
struct Outcome<'a> {
    function: &'a Slug,
    way: Way,
    /// The check, where one was asked for by name.
    check: Option<&'a Check>,
    /// What the leaf gives as the reason.
    because: &'a str,
    holds: bool,
    /// The attester's number of the request.
    request: Option<String>,
}

impl Outcome<'_> {
    /// The facts of the operation file's checks that it attests.
    fn facts(&self, platform: &Platform, now: Timestamp) -> Vec<Attested> {
        let checks = platform.tables.program().operation.checks.iter();
        let here = checks.filter(|check| match self.way {
            Way::Name => self.check.is_some_and(|own| own.id.value == check.id.value),
            Way::Face => check.by.value == CheckBy::Face && check.function.text == self.function.as_str(),
            Way::Otherwise => check.function.text == self.function.as_str(),
            Way::Chosen => false,
        });
        let attested = |check: &Check| Attested {
            fact: check.fact.text.clone(),
            holds: Some(self.holds),
            by: check.id.to_string(),
            at: now,
            request: self.request.clone(),
        };
        here.map(attested).collect()
    }
}

/// Writes a result down: what it attests, and its leaf on the subject's own record.
async fn result(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    who: Who,
    outcome: Outcome<'_>,
) -> Result<Verified, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let now = house.now();
        let attested = outcome.facts(&platform, now);
        let tells_who = outcome.holds && matches!(outcome.way, Way::Face | Way::Otherwise);
        let act = if tells_who || !attested.is_empty() { Act::Event } else { Act::Step };
        let mut entry: Entry = platform.entry(act, who.clone(), now);
        entry.function = Some(outcome.function.clone());
        entry.because = Some(outcome.because.to_owned());
        let sight = identity::sight(house, &platform, subject).await?;
        let known = if tells_who { vec![sight.verified_now(outcome.because, now)?] } else { Vec::new() };
        let writes = known.into_iter().chain(attested).map(|one| Write::Attest(subject, one));
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: writes.collect(),
            entry,
            subjects: vec![subject],
            record: sight.home().filter(|_| act == Act::Event),
            key: None,
        };
        if let Some(act) = house.commit(&platform, draft).await? {
            return Ok(Verified { leaf: act.leaf(), verified: outcome.holds });
        }
    }
    Err(Refusal::Contended)
}
