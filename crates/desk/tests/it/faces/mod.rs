//! What shows, shares, proves and lets in: the desks that face people, with the cast that their tests share.

mod advice;
mod approval;
pub(crate) mod attach;
mod evidence;
mod export;
mod federate;
mod identity;
mod keys;
mod partner;
mod read;
mod report;
mod rights;
mod seat;
mod share;
mod threshold;
mod track;
mod under_way;
mod webhook;
mod witness;

use std::num::NonZeroU32;
use std::sync::Arc;

use model::{RecordId, SubjectId};
use shouyue_desk::collect::{HandIn, Handed, HandedIn, hand_in};
use shouyue_desk::consent::{Choice, Done, give};
use shouyue_desk::house::Parts;
use shouyue_desk::ports::Parties;
use shouyue_desk::read::RecordView;
use shouyue_desk::seat::{
    Caller, Duty, NewSeat, NewToken, Seat, Stretch, caller, duty, first_link, first_operator, seat_new, seat_of,
    service_token_new, staff_login,
};
use shouyue_desk::{House, Refusal};

use crate::house::{Bench, Faces, Person, Seeded, SentCodes, SetClock, field, grant, slug, yes};

/// So few rounds that tests need not wait.
const QUICK: Stretch = Stretch::of(NonZeroU32::new(2).unwrap());

const PASSPHRASE: &str = "correct horse battery staple";

/// What a policy says besides its bearer's own items.
const POLICY_INFO: &str = "保单P2026000777号";
const BANK_CARD: &str = "6222021234567890128";

impl Bench {
    /// The first operator.
    pub(crate) async fn operator(&self) -> Seat {
        let link = first_link(&self.house).await.unwrap();
        let id = first_operator(&self.house, QUICK, link.expose(), "root", PASSPHRASE).await.unwrap();
        seat_of(&self.house, id).await.unwrap()
    }

    /// A seat with a role on 海港, on duty.
    pub(crate) async fn on_duty(&self, by: &Seat, role: &str) -> Duty {
        let roles = vec![(slug("haigang"), slug(role))];
        let seat = NewSeat { name: role.to_owned(), passphrase: PASSPHRASE.to_owned(), roles, operator: false };
        seat_new(&self.house, QUICK, by, seat).await.unwrap();
        let seat = staff_login(&self.house, QUICK, role, PASSPHRASE).await.unwrap();
        duty(&self.platform(), &seat).unwrap()
    }

    /// A system with a token.
    async fn system(&self, by: &Seat, actions: &[&str], purposes: &[&str], party: Option<&str>) -> Caller {
        let new = NewToken {
            name: "core system".to_owned(),
            platform: slug("haigang"),
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            purposes: purposes.iter().map(|purpose| slug(purpose)).collect(),
            party: party.map(slug),
            rate: 600,
        };
        let issued = service_token_new(&self.house, by, new).await.unwrap();
        caller(&self.house, issued.secret.expose()).await.unwrap()
    }

    /// An agency's system.
    async fn agency(&self, by: &Seat, party: &str) -> Caller {
        self.system(by, &["share"], &["authorise-agency"], Some(party)).await
    }

    /// A policy in force whose applicant and insured is this person, handed in by the core system.
    async fn policy(&self, by: &Seat, person: &Person) -> HandedIn {
        self.policy_of(by, &[(person, "applicant"), (person, "insured")]).await
    }

    /// A policy in force of several people, or of one in several roles.
    async fn policy_of(&self, by: &Seat, people: &[(&Person, &str)]) -> HandedIn {
        let core = self.system(by, &["collect"], &[], None).await;
        let mut handed: Vec<(&Person, Handed)> = Vec::new();
        for &(person, role) in people {
            match handed.iter_mut().find(|(known, _)| known.number == person.number) {
                Some((_, known)) => known.roles.push(slug(role)),
                None => handed.push((person, Handed { roles: vec![slug(role)], fields: policy_fields(person, role) })),
            }
        }
        let handed = HandIn {
            class: slug("policy"),
            product: None,
            in_force_from: Some("2026-01-01".parse().unwrap()),
            in_force_until: Some("2030-12-31".parse().unwrap()),
            people: handed.into_iter().map(|(_, handed)| handed).collect(),
        };
        hand_in(&self.house, &self.platform(), &core, handed, None).await.unwrap()
    }

    /// Gives consents, each in the form that its scope asks for.
    async fn consent(&self, subject: SubjectId, scopes: &[&str]) -> Vec<Done> {
        let choices = scopes.iter().map(|scope| yes(&self.platform(), scope)).collect();
        give(&self.house, &self.platform(), subject, choices).await.unwrap()
    }

    /// Every scope of an element, its own first.
    fn scopes(&self, element: &str) -> Vec<String> {
        let platform = self.platform();
        let of_element = platform.tables.scopes().iter().filter(|scope| scope.element.as_str() == element);
        of_element.map(|scope| scope.id.clone()).collect()
    }

    /// Agrees to everything that an element may need.
    async fn agree(&self, subject: SubjectId, element: &str) -> Vec<Done> {
        let scopes = self.scopes(element);
        self.consent(subject, &scopes.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// Grants an agency everything that its share may cover.
    async fn authorise(&self, subject: SubjectId, party: &str) -> Vec<Done> {
        let scopes = self.scopes("agency-query");
        let choices: Vec<Choice> = scopes.iter().map(|scope| grant(&self.platform(), scope, party)).collect();
        give(&self.house, &self.platform(), subject, choices).await.unwrap()
    }

    /// The same house after its database file was tampered with while nobody had it open.
    async fn reopened_after(self, platform: &str, tamper: impl FnOnce(&mut Vec<u8>)) -> Self {
        let Self { house, store, clock, entropy, sms, face, names, folder } = self;
        drop((house, store));
        // Opening copies the write-ahead log back, so that the tampering meets the leaf where it lies.
        drop(opened(folder.path()).await);
        let file = folder.path().join(format!("{platform}.sqlite"));
        let mut bytes = std::fs::read(&file).unwrap();
        tamper(&mut bytes);
        std::fs::write(&file, bytes).unwrap();
        let store: Arc<dyn store::Store> = opened(folder.path()).await;
        let house = Self::over(&store, &clock, &entropy, &sms, &face).await;
        Self { house, store, clock, entropy, sms, face, names, folder }
    }

    /// A second server over the same store.
    pub(crate) async fn second(&self) -> Arc<House> {
        Self::over(&self.store, &self.clock, &self.entropy, &self.sms, &self.face).await
    }

    /// A second server over the same store, with a keyring of its own.
    pub(crate) async fn rooted(&self, root: vault::RootKeys) -> Result<Arc<House>, Refusal> {
        let parts = Parts {
            store: Arc::clone(&self.store),
            root,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            parties: Parties::default(),
            largest_attachment: crate::house::LARGEST,
        };
        House::open(parts).await
    }

    async fn over(
        store: &Arc<dyn store::Store>,
        clock: &Arc<SetClock>,
        entropy: &Arc<Seeded>,
        sms: &Arc<SentCodes>,
        face: &Arc<Faces>,
    ) -> Arc<House> {
        let parts = Parts {
            store: Arc::clone(store),
            root: vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            parties: Parties { sms: sms.clone(), face: face.clone(), ..Parties::default() },
            largest_attachment: crate::house::LARGEST,
        };
        House::open(parts).await.unwrap()
    }
}

/// Opens a data folder as soon as whoever had it open has let go.
async fn opened(folder: &std::path::Path) -> Arc<store::SqlStore> {
    loop {
        match store::sqlite::open(folder) {
            Ok(store) => return store,
            Err(store::StoreError::Busy) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// What a policy holds of a person; only applicants pay.
fn policy_fields(person: &Person, role: &str) -> Vec<(String, model::Clear<String>)> {
    let mut fields = person.fields();
    fields.retain(|(item, _)| ["name", "id-type", "id-number", "sex", "birth-date"].contains(&item.as_str()));
    fields.push(field("policy-info", POLICY_INFO));
    if role == "applicant" {
        fields.push(field("bank-card", BANK_CARD));
    }
    fields
}

/// The value of an item, whichever record and role has it first.
fn value<'v>(records: &'v [RecordView], item: &str) -> Option<&'v str> {
    let shown = records.iter().flat_map(|record| &record.parts).flat_map(|part| &part.items);
    shown.filter(|shown| shown.item.as_str() == item).find_map(|shown| shown.value.as_deref())
}

/// The reason codes of every item and part.
fn codes(records: &[RecordView]) -> Vec<policy::question::Code> {
    let parts = records.iter().flat_map(|record| &record.parts);
    let of_items = parts.clone().flat_map(|part| &part.items).flat_map(|shown| &shown.answer.reasons);
    let mut codes: Vec<_> = parts.flat_map(|part| &part.reasons).chain(of_items).map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The reason codes of a denial; none for any other outcome.
fn denied<T>(result: Result<T, Refusal>) -> Vec<policy::question::Code> {
    let Err(Refusal::Denied(answer)) = result else { return Vec::new() };
    let whole = answer.published.reasons.iter().chain(&answer.law.reasons);
    whole.chain(answer.items.iter().flat_map(|item| &item.reasons)).map(|reason| reason.code).collect()
}

/// What a refusal says, so that tests may compare two.
fn said<T>(result: Result<T, Refusal>) -> String {
    result.err().map(|refusal| refusal.to_string()).unwrap_or_default()
}

/// A record id that nobody has.
const NO_RECORD: RecordId = RecordId::from_random([0xee; 16]);
