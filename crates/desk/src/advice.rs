//! Advice: what the tables answer. It opens nothing and leaves no leaf (design invariant 2).

use model::Slug;
use policy::question::{Answer, NotAnswerable, Processing, Question, Subject};
use policy::syntax::Kind;

use crate::act::denied;
use crate::seat::{Caller, DECIDE};
use crate::{House, Platform, Refusal, archive};

/// Answers a question, about a subject written inline or, for a caller, named by id: the answer as JSON text. A question that
/// names an instant is answered by the version in force at that (rule R62).
///
/// # Errors
/// [`Refusal::NotAllowed`] for a caller whose token does not cover advice, or, about a subject by id, the action or the
/// function; [`Refusal::NotFound`] when there is no such subject; [`Refusal::Wrong`] for what cannot be answered.
pub async fn decide(house: &House, caller: &Caller, question: Question) -> Result<String, Refusal> {
    let current = house.platform(question.platform().as_str())?;
    caller.may(&current, DECIDE, None)?;
    let now = house.now();
    let platform = match question.at() {
        Some(at) => archive::platform_at(house, &current, at).await?,
        None => current,
    };
    if let Some(no) = cut(house, &platform, &question).await? {
        return serde_json::to_string(&no).map_err(|why| Refusal::Broken(why.to_string()));
    }
    let wrong = |why: NotAnswerable| Refusal::Wrong(why.to_string());
    let Some(id) = known(&question) else {
        return platform.tables.answer(&question, now).and_then(|reply| reply.json()).map_err(wrong);
    };
    // The state of a real person is told only to who may act on it.
    covers(&platform, caller, &question)?;
    let (snapshot, born) = house.known(&platform, id).await?;
    platform.tables.reply(&question, snapshot.state(), born, now).json().map_err(wrong)
}

/// The answer about what would reach, now, a party that is cut off (rule R63).
async fn cut(house: &House, platform: &Platform, question: &Question) -> Result<Option<Answer>, Refusal> {
    let Question::Processing(asked) = question else { return Ok(None) };
    let names = &platform.tables.program().names;
    let id = |kind: Kind, text: &Option<String>| text.as_deref().and_then(|text| names.find(kind, text).ok());
    let (recipient, party) = (id(Kind::Recipient, &asked.recipient), id(Kind::Party, &asked.party));
    let cut = house.cut(platform, recipient.as_ref().map(Slug::as_str), party.as_ref().map(Slug::as_str)).await?;
    Ok(cut.filter(|_| asked.at.is_none()).map(|reason| denied(platform, house.now(), &[reason])))
}

fn known(question: &Question) -> Option<model::SubjectId> {
    match question.subject()? {
        Subject::Known { id } => Some(*id),
        Subject::Inline(_) => None,
    }
}

/// The action of a token that may ask about rights of a subject by id: what `show` covers.
const RIGHTS: &str = "show";

fn covers(platform: &Platform, caller: &Caller, question: &Question) -> Result<(), Refusal> {
    match question {
        Question::Processing(asked) => covers_processing(platform, caller, asked),
        Question::Function(asked) => {
            let function = id_of(platform, Kind::Function, Some(&asked.function))?;
            caller.may(platform, "collect", function.as_deref())
        }
        Question::Right(_) => caller.may(platform, RIGHTS, None),
        Question::Due(_) | Question::Change(_) => Ok(()),
    }
}

pub(crate) fn covers_processing(platform: &Platform, caller: &Caller, asked: &Processing) -> Result<(), Refusal> {
    let action = asked.action.word();
    let function = id_of(platform, Kind::Function, asked.function.as_deref())?;
    let purpose = id_of(platform, Kind::Purpose, asked.purpose.as_deref())?;
    if function.is_none() && purpose.is_none() {
        return Err(Refusal::NotAllowed("a question about a subject by id names its function or purpose"));
    }
    for named in [function, purpose].into_iter().flatten() {
        caller.may(platform, action, Some(&named))?;
    }
    Ok(())
}

/// A name, brought to the id that tokens are scoped by.
fn id_of(platform: &Platform, kind: Kind, text: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let found = platform.tables.program().names.find(kind, text);
    let unknown = Refusal::NotAllowed("the token does not cover this function or purpose");
    found.map(|id| Some(id.to_string())).map_err(|_| unknown)
}
