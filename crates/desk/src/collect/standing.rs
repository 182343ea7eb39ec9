//! Whoever stands in a record: found by document number, or made by the act; and the parts that go into the record.

use std::collections::{BTreeMap, BTreeSet};

use model::act::{Account, Born, Snapshot};
use model::key::SearchToken;
use model::{RecordId, Slug, SubjectId};
use store::{ConsentGiven, NewSubject, Strangers, TokenKind, Write};

use super::fields::{Checked, Typed, born, sought};
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

    /// The same, of one of many whom the act makes.
    fn unseen(new: NewSubject, document: Option<SearchToken>, values: &[Checked], seen: &Seen) -> Self {
        let snapshot = seen.strangers.snapshot(&new, &[]);
        Self { id: new.id, document, snapshot, born: born(values), stored: None, new: Some(new) }
    }

    /// The subject, when it was known before.
    pub(super) fn known(&self) -> Option<SubjectId> {
        self.new.is_none().then_some(self.id)
    }
}

/// A subject to be made, of whom these values tell.
pub(super) fn stranger(
    platform: &Platform,
    id: [u8; 16],
    values: &[Checked],
    (record, roles): (RecordId, &[Slug]),
) -> NewSubject {
    let tells = |one: &Checked| tells_birth(platform, &one.item) && one.value.checked_birth().is_some();
    let gate = roles.first().filter(|_| values.iter().any(tells)).map(|role| (record, role.clone()));
    NewSubject { id: SubjectId::from_random(id), account: Account::None, gate }
}

/// Whom a document number belongs to: somebody of this act, by place, or somebody in the store.
pub(super) enum Found {
    Here(usize),
    Known(SubjectId, Option<SearchToken>),
    Nobody,
}

/// Whom the store knows of those whom an act names, asked once for all of them; and how it sees whoever it does not know.
pub(super) struct Seen {
    documents: BTreeMap<SearchToken, SubjectId>,
    strangers: Strangers,
}

impl Seen {
    /// Of people of whom these fields are given.
    pub(super) async fn of<'t>(
        house: &House,
        platform: &Platform,
        people: impl Iterator<Item = &'t [Typed]>,
    ) -> Result<Self, Refusal> {
        let document = |typed: &[Typed]| seal::token_of(platform, TokenKind::Document, &sought(platform, typed));
        let documents: BTreeSet<SearchToken> = people.filter_map(document).collect();
        let asked = documents.iter().map(|token| (TokenKind::Document, *token)).collect();
        let owners = house.store.subjects_by_tokens(&platform.id, asked).await?;
        let known = documents.into_iter().zip(owners).filter_map(|(token, owner)| Some((token, owner?)));
        let documents = known.collect();
        let strangers = house.store.strangers(&platform.id).await?;
        Ok(Self { documents, strangers: strangers.ok_or(Refusal::NotFound("policy in force"))? })
    }

    /// The place among `standings` of the person of whom these values are given, whom the act makes if nobody knows it.
    pub(super) async fn stand(
        &self,
        (house, platform): (&House, &Platform),
        standings: &mut Vec<Standing>,
        values: &[Checked],
        new: impl FnOnce() -> NewSubject,
    ) -> Result<usize, Refusal> {
        let document = seal::token_of(platform, TokenKind::Document, values);
        let known = document.and_then(|token| self.documents.get(&token).copied());
        let is = |one: &Standing| (document.is_some() && one.document == document) || known == Some(one.id);
        if let Some(place) = standings.iter().position(is) {
            return Ok(place);
        }
        standings.push(match known {
            Some(id) => Standing::of(house, platform, id, document, values).await?,
            None => Standing::unseen(new(), document, values, self),
        });
        Ok(standings.len() - 1)
    }
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
