//! What staff see: one person's page, masked, with the reasons of both sides; and the search that leads there.

use model::act::Account;
use model::field::Validator;
use model::{Clear, Slug, SubjectId};
use policy::question::{Actor, Code};
use policy::syntax::{Action, Kind, Role};
use store::TokenKind;
use vault::field::accept;

use super::RecordView;
use super::page::{Ask, Least, look, own_places};
use crate::act::{Draft, TRIES};
use crate::consent::ConsentView;
use crate::evidence::{self, LeafView};
use crate::identity::SEARCH;
use crate::leaf::{Act, Who};
use crate::refusal::{FieldFault, by_law};
use crate::rights::{self, RequestView};
use crate::seat::Duty;
use crate::{House, Platform, Refusal, approval};

/// Leaves that a subject's page lists.
const LEAVES: u32 = 20;

/// A subject's page.
pub struct SubjectPage {
    /// Whose.
    pub subject: SubjectId,
    /// The account.
    pub account: Account,
    /// The function in whose course the page is shown.
    pub function: Slug,
    /// Its published name.
    pub function_name: String,
    /// Other functions that the role may look under: id and published name.
    pub functions: Vec<(Slug, String)>,
    /// Records, masked; withheld items with their reasons.
    pub records: Vec<RecordView>,
    /// Consents.
    pub consents: Vec<ConsentView>,
    /// The newest leaves about this person.
    pub leaves: Vec<LeafView>,
    /// Requests, newest first.
    pub requests: Vec<RequestView>,
    /// Leaf of the look; `None` when no record holds anything.
    pub leaf: Option<u64>,
}

/// Shows staff a subject's page, in the course of `function` (id), else of the first function of the role.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject or function; [`Refusal::Denied`], with a leaf, when the role may
/// not act in the course of that function.
pub async fn subject_page(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    subject: SubjectId,
    function: Option<&str>,
) -> Result<SubjectPage, Refusal> {
    let role = role(platform, duty)?;
    let row = house.store.subject(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let allowed: Vec<&str> = role.functions.iter().map(|function| function.text.as_str()).collect();
    let wanted = match function {
        Some(function) => {
            let entry = platform.tables.program().names.entry(Kind::Function, function);
            Some(entry.ok_or(Refusal::NotFound("function"))?.id.as_str())
        }
        None => allowed.first().copied(),
    };
    let Some(function) = wanted.filter(|function| allowed.contains(function)) else {
        return Err(not_this_role(house, platform, duty, Some(subject)).await);
    };
    let records = house.store.records_of(&platform.id, subject).await?;
    let places: Vec<_> = records.iter().flat_map(|record| own_places(record, subject)).collect();
    let approved = approval::holds(house, platform, duty.seat(), subject, function).await?;
    let page = look(house, platform, subject, &ask(duty, function, approved), &places).await?;
    let (leaves, _) = evidence::every_leaf_of(house, platform, subject, 0, LEAVES).await?;
    let named = |id: &&str| Some((id.parse().ok()?, platform.name_of(Kind::Function, id)));
    Ok(SubjectPage {
        subject,
        account: row.account,
        function: function.parse().map_err(|_| Refusal::NotFound("function"))?,
        function_name: platform.name_of(Kind::Function, function),
        functions: allowed.iter().filter_map(named).collect(),
        records: page.records,
        consents: crate::consent::list(house, platform, subject).await?,
        leaves,
        requests: rights::list(house, platform, subject).await?,
        leaf: page.leaf,
    })
}

pub(crate) fn ask<'a>(duty: &Duty, function: &'a str, approved: bool) -> Ask<'a> {
    Ask {
        act: Act::Read,
        who: duty.who(),
        actor: Actor::Staff { role: duty.role().to_string(), approved, clear_view: false },
        action: Action::Show,
        function: Some(function),
        purpose: None,
        channel: None,
        recipient: None,
        party: None,
        because: None,
        covered: false,
        least: Least::Reasons,
    }
}

/// What a subject is searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Telephone number of an account.
    Phone,
    /// Number of an identity document.
    Document,
    /// E-mail address.
    Email,
    /// Policy number.
    PolicyNumber,
    /// Certificate number of an organisation: finds its contact.
    Organisation,
}

impl Sign {
    const fn kind(self) -> TokenKind {
        match self {
            Self::Phone => TokenKind::Phone,
            Self::Document => TokenKind::Document,
            Self::Email => TokenKind::Email,
            Self::PolicyNumber => TokenKind::PolicyNumber,
            Self::Organisation => TokenKind::Organisation,
        }
    }
}

/// Finds a subject by one exact value: a telephone, document or policy number, an e-mail address, an organisation's
/// certificate number. Leaves a leaf, found or not, without the value.
///
/// # Errors
/// [`Refusal::Fields`] for what cannot be such a value; [`Refusal::Denied`], with a leaf, for a role without functions.
pub async fn search(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    sign: Sign,
    text: &Clear<String>,
) -> Result<Option<SubjectId>, Refusal> {
    if role(platform, duty)?.functions.is_empty() {
        return Err(not_this_role(house, platform, duty, None).await);
    }
    sought(house, platform, duty.who(), sign, text).await
}

/// Searches as an act, found or not.
pub(super) async fn sought(
    house: &House,
    platform: &Platform,
    who: Who,
    sign: Sign,
    text: &Clear<String>,
) -> Result<Option<SubjectId>, Refusal> {
    let kind = sign.kind();
    let normal = accept(shape(kind), text)
        .map_err(|_| Refusal::Fields(vec![FieldFault::new(kind.word().replace(' ', "-"), "shape")]))?;
    let found = house.store.subject_by_token(&platform.id, kind, &platform.token(kind, &normal)).await?;
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let mut entry = platform.entry(Act::Read, who.clone(), house.now());
        entry.because = Some(SEARCH.to_owned());
        let draft = Draft {
            expect: Vec::new(),
            writes: Vec::new(),
            entry,
            subjects: found.into_iter().collect(),
            record: None,
            key: None,
        };
        if house.commit(&platform, draft).await?.is_some() {
            return Ok(found);
        }
    }
    Err(Refusal::Contended)
}

/// How a search value is brought to the form under which its token was made.
pub(crate) const fn shape(kind: TokenKind) -> Validator {
    match kind {
        TokenKind::Phone => Validator::Phone,
        TokenKind::Document => Validator::Document,
        TokenKind::Email => Validator::Email,
        TokenKind::PolicyNumber | TokenKind::Federated => Validator::Identifier,
        TokenKind::Organisation => Validator::CreditCode,
    }
}

/// The operation file's role of a seat on duty.
pub(crate) fn role<'p>(platform: &'p Platform, duty: &Duty) -> Result<&'p Role, Refusal> {
    duty.on(platform)?;
    let roles = &platform.tables.program().operation.roles;
    roles.iter().find(|role| role.id.value == *duty.role()).ok_or(Refusal::NotAllowed("the role is no longer declared"))
}

/// Refuses, with a leaf, what the operation file does not let a role do.
pub(crate) async fn not_this_role(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    subject: Option<SubjectId>,
) -> Refusal {
    let now = house.now();
    let entry = platform.entry(Act::Read, duty.who(), now);
    let reason = by_law(platform, Code::RoleNotAllowed, None, "R56", now);
    house.refuse_for(platform, entry, subject, vec![reason]).await
}
