//! Ways that need no face (rule R33), as staff go them: who looked at the person's papers notes it.

use jiff::Timestamp;
use model::{Slug, SubjectId};
use policy::syntax::{Alternative, Kind, Role};

use super::{Verified, alternative};
use crate::leaf::{Act, Entry};
use crate::read::staff::{not_this_role, role};
use crate::seat::Duty;
use crate::{House, Platform, Refusal, evidence, identity};

/// A way of the operation file, as it stands with one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWay {
    /// Its id.
    pub id: Slug,
    /// Its name.
    pub name: String,
    /// How it is gone.
    pub text: String,
    /// The published name of the function that asks for the face.
    pub function_name: String,
    /// Since when the person waits for it: chosen, and not gone since.
    pub waits: Option<Timestamp>,
    /// When it was gone last.
    pub gone: Option<Timestamp>,
}

/// The ways that a seat may note for somebody who registered: those of functions in whose course its role acts. It tells
/// nothing of a record and leaves no leaf.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a seat that is on duty elsewhere, or in a role that is no longer declared.
pub async fn open_ways(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    subject: SubjectId,
) -> Result<Vec<OpenWay>, Refusal> {
    let role = role(platform, duty)?;
    let ways: Vec<&Alternative> =
        platform.tables.program().operation.alternatives.iter().filter(|way| acts(role, way)).collect();
    if ways.is_empty() || identity::sight(house, platform, subject).await?.home().is_none() {
        return Ok(Vec::new());
    }
    let (leaves, _) = evidence::every_leaf_of(house, platform, subject, 0, u32::MAX).await?;
    let stands = |way: &&Alternative| {
        let is_of_way = |entry: &Entry| {
            entry.because.as_deref() == Some(way.id.as_str())
                && entry.function.as_ref().map(Slug::as_str) == Some(way.function.text.as_str())
        };
        let of_way = leaves.iter().filter(|leaf| leaf.entry.as_ref().is_some_and(is_of_way));
        let last = of_way.max_by_key(|leaf| leaf.index).and_then(|leaf| leaf.entry.as_ref());
        OpenWay {
            id: way.id.value.clone(),
            name: way.name.value.clone(),
            text: way.text.value.clone(),
            function_name: platform.name_of(Kind::Function, &way.function.text),
            waits: last.filter(|entry| entry.act == Act::Step).map(|entry| entry.at),
            gone: last.filter(|entry| entry.act == Act::Event).map(|entry| entry.at),
        }
    };
    Ok(ways.iter().map(stands).collect())
}

/// Notes that a seat checked who somebody is, by a way of the operation file.
///
/// # Errors
/// [`Refusal::NotFound`] for a way that the operation file does not name; [`Refusal::Denied`], with a leaf, for a role that
/// does not act in the course of its function; [`Refusal::Wrong`] for somebody who never registered.
pub async fn attest(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    subject: SubjectId,
    way: &str,
) -> Result<Verified, Refusal> {
    let role = role(platform, duty)?;
    let ways = &platform.tables.program().operation.alternatives;
    let known = ways.iter().find(|known| known.id.value.as_str() == way).ok_or(Refusal::NotFound("way"))?;
    if !acts(role, known) {
        return Err(not_this_role(house, platform, duty, Some(subject)).await);
    }
    alternative(house, platform, subject, way, duty.who()).await
}

fn acts(role: &Role, way: &Alternative) -> bool {
    role.functions.iter().any(|function| function.text == way.function.text)
}
