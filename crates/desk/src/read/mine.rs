//! My information: the two lists (双清单) with this person's own data: what was collected, and what really went to whom.

use jiff::Timestamp;
use model::act::{Account, SubjectState};
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Actor, Retain};
use policy::syntax::{Action, Basis, Category, Function, Kind, Method, Regime, Use};

use super::page::{Ask, Least, look, own_places};
use super::{RecordView, Shown};
use crate::identity::{self, Sight, Way};
use crate::leaf::{Act, Entry, Who};
use crate::{House, Platform, Refusal, evidence};

/// Both lists, of one instant.
pub struct MyInformation {
    /// What is held (已收集个人信息清单).
    pub collected: Vec<Collected>,
    /// What was given to others (与第三方共享清单), newest first.
    pub shared: Vec<SharedLine>,
    /// The instant.
    pub as_of: Timestamp,
    /// Leaf of the look; `None` when nothing is held.
    pub leaf: Option<u64>,
    /// While the identity is not verified: how to have it verified. What other systems handed in is not on the lists
    /// before, whether there is any or not.
    pub unverified: Option<Vec<Way>>,
}

/// One item that is held.
pub struct Collected {
    /// In which record.
    pub record: RecordId,
    /// Class of the record.
    pub class: Slug,
    /// Published name of the class.
    pub class_name: String,
    /// In which role.
    pub person: Slug,
    /// Published name of the role.
    pub person_name: String,
    /// The item, masked.
    pub shown: Shown,
    /// Category of the item.
    pub category: Option<Category>,
    /// Published name of the function that collected it.
    pub function_name: Option<String>,
    /// Published name of the source that handed it in.
    pub source_name: Option<String>,
    /// Purposes of that function, or of the use that takes it from its source: id and published name.
    pub purposes: Vec<(Slug, String)>,
    /// Ground that the text states for it.
    pub basis: Option<Basis>,
    /// Clause of the function.
    pub clause: Option<String>,
    /// How long it is kept.
    pub kept: Option<Retain>,
}

/// One time that something was given to somebody, as the ledger has it.
#[derive(Debug, Clone)]
pub struct SharedLine {
    /// Leaf.
    pub leaf: u64,
    /// When.
    pub at: Timestamp,
    /// Recipient: id and published name.
    pub recipient: Option<(Slug, String)>,
    /// The party that was chosen: id and registered name.
    pub party: Option<(Slug, String)>,
    /// The terms under which the recipient receives.
    pub regime: Option<Regime>,
    /// Items: id and published name.
    pub items: Vec<(Slug, String)>,
    /// Purpose: id and published name.
    pub purpose: Option<(Slug, String)>,
    /// How it reached them.
    pub method: Option<Method>,
}

/// Shows a subject both lists, under the right of access. Values are masked; each can be seen clear by an act of its own,
/// [`super::clear_view`].
pub async fn my_information(house: &House, platform: &Platform, subject: SubjectId) -> Result<MyInformation, Refusal> {
    let (snapshot, _) = house.known(platform, subject).await?;
    let (sight, records) = identity::seen(house, platform, subject).await?;
    let shared = shared(house, platform, subject, &sight).await?;
    let places: Vec<_> = records.iter().flat_map(|record| own_places(record, subject)).collect();
    let ask = access(None);
    let page = look(house, platform, subject, &ask, &places).await?;
    let now = house.now();
    let collected = page.records.into_iter().flat_map(|record| collected(platform, snapshot.state(), record, now));
    // A guest has no way to be verified by: that is for who has an account.
    let asked = !sight.is_verified() && snapshot.state().account != Account::None;
    let unverified = asked.then(|| identity::ways(platform));
    Ok(MyInformation { collected: collected.collect(), shared, as_of: now, leaf: page.leaf, unverified })
}

/// The right of access, exercised on one's own page: what the subject asks in the course of no function (PIPL art. 45).
pub(crate) const fn access(because: Option<&'static str>) -> Ask<'static> {
    Ask {
        act: Act::Read,
        who: Who::Subject,
        actor: Actor::Subject,
        action: Action::Show,
        function: None,
        purpose: None,
        channel: None,
        recipient: None,
        party: None,
        because,
        covered: true,
        least: Least::Reasons,
    }
}

pub(super) fn collected(
    platform: &Platform,
    state: &SubjectState,
    record: RecordView,
    now: Timestamp,
) -> Vec<Collected> {
    let program = platform.tables.program();
    let held = state.records.iter().find(|held| held.id == Some(record.record));
    let kept = held.map(|held| platform.tables.retain_record(held, day_in_shanghai(now)));
    let mut lines = Vec::new();
    for part in record.parts {
        for shown in part.items {
            let function = shown.function.as_ref();
            let function = program.policy.functions.iter().find(|one| Some(&one.id.value) == function);
            let purposes = purposes(platform, function, &shown);
            lines.push(Collected {
                record: record.record,
                class: record.class.clone(),
                class_name: record.class_name.clone(),
                person: part.person.clone(),
                person_name: part.person_name.clone(),
                category: program.items.get(&shown.item).map(|facts| facts.category),
                function_name: function.map(|function| function.name.value.clone()),
                purposes: purposes.into_iter().filter_map(|one| named(platform, Kind::Purpose, one)).collect(),
                source_name: shown.source.as_ref().map(|source| platform.name_of(Kind::Source, source.as_str())),
                basis: function.and_then(|function| function.basis.said().copied()),
                clause: function.and_then(|function| function.clause.first()).map(|clause| clause.value.clone()),
                kept: kept.clone(),
                shown,
            });
        }
    }
    lines
}

/// What an item was collected for: what its function does, or the uses that take it from its source.
fn purposes<'p>(platform: &'p Platform, function: Option<&'p Function>, shown: &Shown) -> Vec<&'p str> {
    let of_function = function.into_iter().flat_map(|function| &function.purposes);
    let from = |used: &&Use| {
        shown.source.as_ref().is_some_and(|source| used.sources.iter().any(|one| one.text == source.as_str()))
    };
    let uses = platform.tables.program().policy.uses.iter().filter(|_| function.is_none()).filter(from);
    of_function.chain(uses.map(|used| &used.purpose)).map(|purpose| purpose.text.as_str()).collect()
}

/// What the ledger says was given to others.
pub(super) async fn shared(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    sight: &Sight,
) -> Result<Vec<SharedLine>, Refusal> {
    let own = house.store.leaves_of(&platform.id, subject).await?;
    let leaves = evidence::seen(house, platform, &own, sight).await?;
    let lines = leaves.into_iter().filter_map(|leaf| shared_line(platform, leaf.index, leaf.entry?));
    Ok(lines.collect())
}

fn shared_line(platform: &Platform, leaf: u64, entry: Entry) -> Option<SharedLine> {
    if !matches!(entry.act, Act::Share | Act::Disclose) {
        return None;
    }
    let policy = &platform.tables.program().policy;
    let is = |slug: &Option<Slug>, id: &str| slug.as_ref().is_some_and(|slug| slug.as_str() == id);
    let recipient = policy.recipients.iter().find(|one| is(&entry.recipient, one.id.as_str()));
    let share = policy.shares.iter().find(|share| {
        let purpose = share.purpose.said().map(|purpose| purpose.text.as_str());
        is(&entry.recipient, &share.recipient.text) && entry.purpose.as_ref().map(Slug::as_str) == purpose
    });
    let name = |kind: Kind, id: Option<Slug>| id.and_then(|id| named(platform, kind, id.as_str()));
    Some(SharedLine {
        leaf,
        at: entry.at,
        regime: recipient.map(|recipient| recipient.regime.value),
        method: share.and_then(|share| share.method.said().copied()),
        recipient: name(Kind::Recipient, entry.recipient),
        party: name(Kind::Party, entry.party),
        items: entry.items.iter().filter_map(|item| named(platform, Kind::Item, item.as_str())).collect(),
        purpose: name(Kind::Purpose, entry.purpose),
    })
}

fn named(platform: &Platform, kind: Kind, id: &str) -> Option<(Slug, String)> {
    Some((id.parse().ok()?, platform.name_of(kind, id)))
}
