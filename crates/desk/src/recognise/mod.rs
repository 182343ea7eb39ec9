//! Filling in from a picture (OCR): what stands on a document is suggested, and kept only when the person sends the form.
//!
//! The picture is read in memory and gone. Where the policy collects it, it is sent in as an attachment, by an act of its
//! own. Only what the form asks, and what policy and law let it take at that instant, is looked for.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use model::act::Committed;
use model::field::Validator;
use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Code, Outcome};
use policy::syntax::{Action, Function, Permission};

use crate::act::{Draft, TRIES};
use crate::collect::ask::{Context, question};
use crate::collect::{Setting, asked};
use crate::leaf::{Act, Who};
use crate::ports::Outside;
use crate::refusal::by_policy;
use crate::{House, Platform, Refusal};

/// The word of it on its leaf.
const BECAUSE: &str = "read-from-picture";

/// What a picture tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Values by item, as far as they read.
    pub values: BTreeMap<Slug, String>,
    /// Leaf.
    pub leaf: u64,
}

/// The permission under which the text of the policy reads pictures to fill in a function; `None` where it says no such
/// thing.
pub fn reads<'p>(platform: &'p Platform, function: &Function) -> Option<&'p Permission> {
    platform.tables.program().policy.permissions.iter().find(|permission| {
        let reading = permission.modes.iter().filter(|mode| mode.reads_text.as_ref().is_some_and(|reads| reads.value));
        reading.flat_map(|mode| &mode.functions).any(|named| named.text == function.id.as_str())
    })
}

/// Whether the installation has a reader.
pub fn is_there(house: &House) -> bool {
    house.parties.ocr.is_there()
}

/// Reads a picture of the subject's own document for what a function asks of it in these roles. The leaf says that a
/// picture was looked at, and for which items; it comes first, and without it nothing is read.
///
/// # Errors
/// [`Refusal::Wrong`] where the text reads no pictures, or nothing on a document is asked; [`Refusal::Denied`], with a
/// leaf, when none of it may be taken, or the device permission is off; [`Refusal::Outside`] when the reader does not
/// answer, or cannot tell what it is.
pub async fn suggest(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (setting, roles): (&Setting<'_>, &[Slug]),
    picture: Clear<Vec<u8>>,
) -> Result<Suggested, Refusal> {
    if !is_there(house) {
        return Err(Outside::Nobody.into());
    }
    let (wanted, act) = looked(house, platform, subject, (setting, roles)).await?;
    let text = house.parties.ocr.read(picture).await?;
    let values = text.map(|text| read::values(&text, &wanted)).release(&act);
    Ok(Suggested { values, leaf: act.leaf() })
}

/// What is looked for, decided and on the ledger.
async fn looked(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (setting, roles): (&Setting<'_>, &[Slug]),
) -> Result<(Vec<(Slug, Validator)>, Committed), Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let permission = reads(platform, setting.function);
        let permission = permission.ok_or(Refusal::Wrong("the text reads no pictures for this function".into()))?;
        let (snapshot, born) = house.known(platform, subject).await?;
        let now = house.now();
        let mut entry = platform.entry(Act::Collect, Who::Subject, now);
        entry.function = Some(setting.function.id.value.clone());
        entry.person = roles.first().cloned();
        entry.because = Some(BECAUSE.to_owned());
        let states = &snapshot.state().permissions;
        if states.iter().any(|known| known.permission == permission.id.value && !known.on) {
            let off = by_policy(Code::PermissionOff, None);
            return Err(house.refuse_for(platform, entry, Some(subject), vec![off]).await);
        }
        let context = Context {
            channel: setting.channel,
            product: setting.product,
            ..Context::of(Action::Collect, Some(setting.function), &setting.facts, &Who::Subject, now)
        };
        let (mut wanted, mut denied) = (Vec::new(), None);
        for role in roles {
            let items = readable(platform, setting, role, now);
            if items.is_empty() {
                continue;
            }
            let names = items.iter().map(|(item, _)| item.to_string()).collect();
            let question = question(platform, &snapshot, context, role, names);
            // Nothing is sealed: the permit is for a record that nobody makes.
            let nowhere = RecordId::from_random(house.entropy.draw());
            let (answer, permit) = platform.tables.permit(&snapshot, born, &question, nowhere, now);
            if permit.is_none() {
                denied = Some(answer);
                continue;
            }
            let clear = answer.items.iter().filter(|one| one.outcome == Outcome::Clear);
            let clear: Vec<&str> = clear.map(|one| one.item.as_str()).collect();
            wanted.extend(items.into_iter().filter(|(item, _)| clear.contains(&item.as_str())));
            entry.basis = answer.basis;
        }
        if wanted.is_empty() {
            let nothing = Refusal::Wrong("this function asks nothing that stands on a document".into());
            let Some(answer) = denied else { return Err(nothing) };
            return Err(house.refuse(platform, entry, Some(subject), answer).await);
        }
        entry.items = wanted.iter().map(|(item, _)| item.clone()).collect();
        let draft = Draft::of_leaf(entry, subject, &snapshot);
        if let Some(act) = house.commit(platform, draft).await? {
            return Ok((wanted, act));
        }
    }
    Err(Refusal::Contended)
}

/// What a function asks of somebody in a role that a machine can read off a document, with what it must look like.
fn readable(platform: &Platform, setting: &Setting<'_>, role: &Slug, now: jiff::Timestamp) -> Vec<(Slug, Validator)> {
    let items = asked(platform, setting, std::slice::from_ref(role), now).into_iter().map(|one| one.item);
    let kind = |validator: Option<Validator>| validator.unwrap_or(Validator::Text);
    items.map(|item| (item.id.clone(), kind(item.validator))).filter(|(item, kind)| read::knows(item, *kind)).collect()
}
