//! Whoever stands in a record: found by document number, or made by the act; and the parts that go into the record.

use std::collections::BTreeMap;

use model::act::{Account, Born, Snapshot};
use model::key::SearchToken;
use model::{RecordId, Slug, SubjectId};
use store::{ConsentGiven, NewSubject, TokenKind, Write};

use super::fields::{Checked, born};
use super::seal;
use crate::house::tells_birth;
use crate::{House, Platform, Refusal};

/// One subject of the record: known before, or made by this act.
pub(super) struct Standing {
    pub(super) id: SubjectId,
    document: Option<SearchToken>,
    pub(super) snapshot: Snapshot,
    /// The day of birth that decides: the one that is stored, else the one that this act brings.
    pub(super) born: Option<Born>,
    /// The day of birth that was stored before this act.
    pub(super) stored: Option<Born>,
    pub(super) new: Option<NewSubject>,
}

impl Standing {
    /// Somebody who was known before this act.
    pub(super) async fn of(
        house: &House,
        platform: &Platform,
        id: SubjectId,
        document: Option<SearchToken>,
        values: &[Checked],
    ) -> Result<Self, Refusal> {
        let (snapshot, stored) = house.known(platform, id).await?;
        Ok(Self { id, document, snapshot, born: stored.or_else(|| born(values)), stored, new: None })
    }

    /// The same on the consents that this act gives with it.
    pub(super) async fn consenting(
        self,
        house: &House,
        platform: &Platform,
        consents: &[ConsentGiven],
    ) -> Result<Self, Refusal> {
        let snapshot = house.store.snapshot_given(&platform.id, self.id, consents).await?;
        Ok(Self { snapshot: snapshot.ok_or(Refusal::NotFound("subject"))?, ..self })
    }

    /// Somebody whom this act makes, without an account.
    pub(super) async fn made(
        house: &House,
        platform: &Platform,
        new: NewSubject,
        values: &[Checked],
        consents: &[ConsentGiven],
    ) -> Result<Self, Refusal> {
        let document = seal::token_of(platform, TokenKind::Document, values);
        let snapshot = house.store.snapshot_new(&platform.id, &new, consents).await?;
        let snapshot = snapshot.ok_or(Refusal::NotFound("policy in force"))?;
        Ok(Self { id: new.id, document, snapshot, born: born(values), stored: None, new: Some(new) })
    }

    /// The subject, when it was known before.
    pub(super) fn known(&self) -> Option<SubjectId> {
        self.new.is_none().then_some(self.id)
    }
}

/// A subject to be made, of whom these values tell.
pub(super) fn stranger(
    house: &House,
    platform: &Platform,
    values: &[Checked],
    (record, roles): (RecordId, &[Slug]),
) -> NewSubject {
    let tells = |one: &Checked| tells_birth(platform, &one.item) && one.value.checked_birth().is_some();
    let gate = roles.first().filter(|_| values.iter().any(tells)).map(|role| (record, role.clone()));
    NewSubject { id: SubjectId::from_random(house.entropy.draw()), account: Account::None, gate }
}

/// Whom a document number belongs to: somebody of this act, by place, or somebody in the store.
pub(super) enum Found {
    Here(usize),
    Known(SubjectId, Option<SearchToken>),
    Nobody,
}

/// Looks a person up by document number.
pub(super) async fn find(
    house: &House,
    platform: &Platform,
    standings: &[Standing],
    values: &[Checked],
) -> Result<Found, Refusal> {
    let document = seal::token_of(platform, TokenKind::Document, values);
    let Some(token) = &document else { return Ok(Found::Nobody) };
    let known = house.store.subject_by_token(&platform.id, TokenKind::Document, token).await?;
    let here = |one: &Standing| one.document == document || known == Some(one.id);
    Ok(match (standings.iter().position(here), known) {
        (Some(place), _) => Found::Here(place),
        (None, Some(id)) => Found::Known(id, document),
        (None, None) => Found::Nobody,
    })
}

/// One part, ready.
pub(super) struct Part {
    pub(super) role: Option<(SubjectId, Slug)>,
    pub(super) items: Vec<Slug>,
    pub(super) writes: Vec<Write>,
}

/// Everything that goes into the record.
#[derive(Default)]
pub(super) struct Filed {
    pub(super) roles: Vec<(SubjectId, Slug)>,
    items: Vec<Slug>,
    pub(super) writes: Vec<Write>,
    tokens: Claims,
}

/// Who claims each search token.
pub(super) type Claims = BTreeMap<(TokenKind, SearchToken), SubjectId>;

impl Filed {
    /// One of several records of an act: what others of them claim is claimed.
    pub(super) fn beside(tokens: Claims) -> Self {
        Self { tokens, ..Self::default() }
    }

    /// What it and the records beside it claim.
    pub(super) fn claims(&mut self) -> Claims {
        std::mem::take(&mut self.tokens)
    }

    /// Takes a part in.
    pub(super) fn add(&mut self, part: Part) {
        self.roles.extend(part.role);
        self.items.extend(part.items);
        for write in part.writes {
            // Two people may bear one number, a policy's or a family's telephone: the first is found by it.
            if let Write::Token(token) = &write {
                let owner = self.tokens.entry((token.kind, token.token)).or_insert(token.subject);
                if *owner != token.subject {
                    continue;
                }
            }
            self.writes.push(write);
        }
    }

    /// Every item of it, once.
    pub(super) fn items(&self) -> Vec<Slug> {
        let mut items = self.items.clone();
        items.sort_unstable();
        items.dedup();
        items
    }
}
