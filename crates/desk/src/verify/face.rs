//! Verifying by face, and the ways that need none (rule R33): the picture is compared and gone, and so is what was typed
//! for it; only the result stays (rule R44).

use model::field::Validator;
use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Code, Facts};
use policy::syntax::{Action, Function};
use store::TokenKind;
use vault::field::accept;

use super::{Outcome, Verified, Way, result};
use crate::act::{Draft, TRIES};
use crate::collect::ask::{Context, question};
use crate::leaf::{Act, Who};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal};

/// One try. None of it is stored.
pub struct FaceTry {
    /// Function that asks for the face.
    pub function: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// Name, as typed for this try.
    pub name: Clear<String>,
    /// Document number, as typed for this try; it must be the one that the subject is registered under.
    pub document: Clear<String>,
    /// The picture.
    pub picture: Clear<Vec<u8>>,
}

/// Compares a face with the registered identity. The leaf that the picture was taken comes first, then the comparison
/// outside, then the leaf of its result; without the first nothing leaves the house.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, without the separate consent for the face; [`Refusal::Fields`] when the document
/// number is not the registered one; [`Refusal::Outside`] when the comparison does not answer.
pub async fn by_face(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    face: FaceTry,
) -> Result<Verified, Refusal> {
    let FaceTry { function, channel, name, document, picture } = face;
    let number = accept(Validator::Document, &document)
        .map_err(|error| Refusal::Fields(vec![FieldFault::new("id-number", error.reason.code())]))?;
    let token = platform.token(TokenKind::Document, &number);
    let owner = house.store.subject_by_token(&platform.id, TokenKind::Document, &token).await?;
    if owner != Some(subject) {
        return Err(Refusal::Fields(vec![FieldFault::new("id-number", "contradicts")]));
    }
    taken(house, platform, subject, &function, channel.as_ref()).await?;
    let said = house.parties.face.compare(name, document, picture).await?;
    let because = if said.holds { "face-matches" } else { "face-differs" };
    let outcome =
        Outcome { function: &function, way: Way::Face, check: None, because, holds: said.holds, request: said.request };
    result(house, platform, subject, Who::Subject, outcome).await
}

/// Runs a way of the operation file that needs no face. The subject chooses it; staff, or a system of the company's
/// that has checked the identity, completes it.
///
/// # Errors
/// [`Refusal::Wrong`] for a way that the operation file does not name, and to verify somebody who never registered.
pub async fn alternative(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    way: &str,
    who: Who,
) -> Result<Verified, Refusal> {
    let ways = &platform.tables.program().operation.alternatives;
    let way = ways.iter().find(|known| known.id.value.as_str() == way);
    let way = way.ok_or(Refusal::Wrong("the operation file names no such way".into()))?;
    let function: Slug = way.function.text.parse().map_err(|_| Refusal::Broken("an unresolved name".into()))?;
    let gone = matches!(who, Who::Staff { .. } | Who::Service { .. });
    let outcome = Outcome {
        function: &function,
        way: if gone { Way::Otherwise } else { Way::Chosen },
        check: None,
        because: way.id.as_str(),
        holds: gone,
        request: None,
    };
    result(house, platform, subject, who, outcome).await
}

/// Decides on taking the picture, and leaves the leaf.
async fn taken(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    function: &Slug,
    channel: Option<&Slug>,
) -> Result<(), Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let (snapshot, born) = house.known(&platform, subject).await?;
        let now = house.now();
        let mut entry = platform.entry(Act::Collect, Who::Subject, now);
        let program = platform.tables.program();
        let Some(asking) = program.policy.functions.iter().find(|known| known.id.value == *function) else {
            let unknown = crate::refusal::by_policy(Code::UnknownFunction, None);
            return Err(house.refuse_for(&platform, entry, Some(subject), vec![unknown]).await);
        };
        let (person, items) =
            faces(&platform, asking).ok_or(Refusal::Wrong("this function asks for no face".into()))?;
        let facts = Facts::default();
        let context = Context { channel, ..Context::of(Action::Collect, Some(asking), &facts, &Who::Subject, now) };
        entry.function = Some(function.clone());
        entry.person = Some(person.clone());
        entry.items.clone_from(&items);
        let asked = question(&platform, &snapshot, context, &person, items.iter().map(ToString::to_string).collect());
        // The picture is never sealed: the permit is for a record that nobody makes.
        let nowhere = RecordId::from_random(house.entropy.draw());
        let (answer, permit) = platform.tables.permit(&snapshot, born, &asked, nowhere, now);
        if permit.is_none() {
            return Err(house.refuse(&platform, entry, Some(subject), answer).await);
        }
        entry.basis = answer.basis;
        let draft = Draft::of_leaf(entry, subject, &snapshot);
        if house.commit(&platform, draft).await?.is_some() {
            return Ok(());
        }
    }
    Err(Refusal::Contended)
}

/// The face items that a function takes, and of whom.
pub(crate) fn faces(platform: &Platform, function: &Function) -> Option<(Slug, Vec<Slug>)> {
    let known = &platform.tables.program().items;
    function.collects.said().into_iter().flatten().find_map(|group| {
        let items = group.items.iter().filter_map(|item| known.get(item.text.as_str()));
        let faces: Vec<Slug> = items.filter(|item| item.face).map(|item| item.id.clone()).collect();
        (!faces.is_empty()).then_some((group.of.text.parse().ok()?, faces))
    })
}
