//! From a permit to writes: sealed values, the part's key where it is new, search tokens. Pure but for randomness.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::act::Born;
use model::key::SearchToken;
use model::{RecordId, Slug, SubjectId};
use policy::decide::Permit;
use policy::syntax::Trigger;
use store::{PartKey, PartRow, SealedValue, Token, TokenKind, Write};
use vault::Whose;

use super::fields::{Checked, is_sole, searched_as};
use crate::house::tells_birth;
use crate::{House, Platform, Refusal};

/// Where values go.
pub(crate) struct Place<'a> {
    pub(crate) record: RecordId,
    /// Whose tokens; the part's own subject unless it is the matter's.
    pub(crate) subject: SubjectId,
    pub(crate) role: &'a Slug,
    pub(crate) whose: Whose,
    /// The part as it stands, when it is there.
    pub(crate) part: Option<&'a PartRow>,
    pub(crate) trigger: Trigger,
    /// Who handed the values in, where the policy knows it as a source.
    pub(crate) source: Option<&'a Slug>,
    pub(crate) function: Option<&'a Slug>,
    pub(crate) at: Timestamp,
}

/// Seals the values under a permit and writes down what the store keeps of them.
pub(crate) fn writes(
    house: &House,
    platform: &Platform,
    permit: Permit,
    place: &Place<'_>,
    values: Vec<Checked>,
) -> Result<Vec<Write>, Refusal> {
    let subject = (place.whose == Whose::Subject).then_some(place.subject);
    let tokens: Vec<Write> = tokens(platform, place, &values);
    let versions = versions(place.part);
    let next = |item: &Slug| versions.get(item).map_or(1, |version| version + 1);
    let values = values
        .into_iter()
        .map(|checked| {
            let version = next(&checked.item);
            (checked.item, version, checked.value)
        })
        .collect();
    let wrapped = place.part.map(|part| part.wrapped.as_deref().ok_or(vault::VaultError::Erased)).transpose()?;
    let sealed = platform.keys.seal(permit, place.whose, wrapped, values, &*house.entropy)?;
    let key = sealed
        .wrapped
        .map(|wrapped| Write::PartKey(PartKey { record: place.record, subject, role: place.role.clone(), wrapped }));
    let values = sealed.values.into_iter().map(|value| {
        Write::Value(SealedValue {
            record: place.record,
            subject,
            role: place.role.clone(),
            item: value.item,
            version: value.version,
            sealed: value.bytes,
            trigger: place.trigger.word().to_owned(),
            source: place.source.cloned(),
            at: place.at,
            function: place.function.cloned(),
        })
    });
    Ok(key.into_iter().chain(values).chain(tokens).collect())
}

/// The tokens by which the subject is found. An organisation's are its own row's.
fn tokens(platform: &Platform, place: &Place<'_>, values: &[Checked]) -> Vec<Write> {
    if place.whose == Whose::Matter {
        return Vec::new();
    }
    let kinds = values.iter().filter_map(|checked| Some((searched_as(platform, checked)?, checked)));
    kinds
        .map(|(kind, checked)| {
            Write::Token(Token {
                kind,
                token: platform.token(kind, &checked.value),
                subject: place.subject,
                record: place.record,
                role: place.role.clone(),
                sole: is_sole(checked),
            })
        })
        .collect()
}

/// The first birth date that comes in of a subject known before decides about its age from now on.
pub(crate) fn gate(platform: &Platform, place: &Place<'_>, known: Option<Born>, values: &[Checked]) -> Option<Write> {
    let tells = |one: &Checked| tells_birth(platform, &one.item) && one.value.checked_birth().is_some();
    let first = known.is_none() && values.iter().any(tells);
    first.then(|| Write::Gate(place.subject, place.record, place.role.clone()))
}

/// The token of one kind among some values.
pub(crate) fn token_of(platform: &Platform, kind: TokenKind, values: &[Checked]) -> Option<SearchToken> {
    let found = values.iter().find(|checked| searched_as(platform, checked) == Some(kind))?;
    Some(platform.token(kind, &found.value))
}

fn versions(part: Option<&PartRow>) -> BTreeMap<Slug, u32> {
    let values = part.map_or(&[][..], |part| part.values.as_slice());
    values.iter().map(|value| (value.item.clone(), value.version)).collect()
}
