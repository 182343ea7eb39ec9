//! What a provider told of somebody who has something left to type: in the memory of this process, within bounds and for
//! minutes. It is never written down; a restart forgets it, and the person begins anew.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::field::Validator;
use model::{Clear, Slug};
use policy::syntax::Login;
use vault::field::accept;

use super::{Answers, WAY_MINUTES, needs};
use crate::ports::Vouched;
use crate::refusal::FieldFault;
use crate::seat::sha256;
use crate::{House, Platform, Refusal, collect};

/// Sessions that one process remembers.
const SESSIONS: usize = 1024;

/// The claim that is a telephone number, in the words of OpenID Connect Core 1.0 §5.1.
const PHONE: &str = "phone_number";

/// Somebody of whom a provider told.
pub(super) struct Pending {
    pub(super) login: Slug,
    /// Who it is to the provider.
    pub(super) who: Clear<String>,
    /// The items that came and may be kept.
    pub(super) told: Vec<(Slug, Clear<String>)>,
    pub(super) answers: Answers,
    /// Whether the function makes an account.
    pub(super) makes: bool,
    /// Items that are needed and did not come, but for the telephone.
    pub(super) missing: Vec<Slug>,
    /// The telephone that the provider vouches for.
    pub(super) phone: Option<Clear<String>>,
    /// The item as which a telephone that is typed is collected.
    phone_as: Option<Slug>,
    /// What was typed.
    pub(super) typed: Vec<(String, Clear<String>)>,
    /// The telephone to which a code went.
    pub(super) proof: Option<Clear<String>>,
    until: Timestamp,
}

impl Pending {
    /// Takes of what was told exactly what is needed or was let come. The rest is dropped here.
    pub(super) fn new(
        house: &House,
        platform: &Platform,
        login: &Login,
        mut vouched: Vouched,
        answers: Answers,
    ) -> Self {
        let needs = needs(house, platform, login);
        let phone = vouched.claims.get(PHONE).map(Clear::twin);
        let may = |item: &Slug| needs.needed.contains(item) || answers.items.contains(item);
        let mut told: Vec<(Slug, Clear<String>)> = Vec::new();
        for claim in &login.claims {
            let Some(item) = claim.item.text.parse().ok().filter(may) else { continue };
            told.extend(vouched.claims.remove(&claim.says.value).map(|value| (item, value)));
        }
        let program = platform.tables.program();
        let is_phone = |item: &Slug| {
            let validator = program.items.get(item).and_then(|facts| facts.validator);
            matches!(validator, Some(Validator::Mobile | Validator::Phone))
        };
        let came = |item: &Slug| told.iter().any(|(known, _)| known == item);
        let (phones, missing): (Vec<Slug>, Vec<Slug>) =
            needs.needed.into_iter().filter(|item| !came(item)).partition(is_phone);
        let functions = &program.policy.functions;
        let makes = functions.iter().any(|one| one.id.as_str() == login.function.text && one.makes.is_some());
        Self {
            login: login.id.value.clone(),
            who: vouched.who,
            told,
            answers,
            makes,
            missing,
            phone,
            phone_as: phones.into_iter().next(),
            typed: Vec::new(),
            proof: None,
            until: Timestamp::MIN,
        }
    }

    /// Whether nothing is left to type or to prove.
    pub(super) fn is_whole(&self) -> bool {
        self.makes && self.missing.is_empty() && self.phone_as.is_none()
    }

    /// Takes what was typed, once all of it reads; what was not asked for is dropped.
    pub(super) fn type_in(
        &mut self,
        platform: &Platform,
        phone: Clear<String>,
        fields: Vec<(String, Clear<String>)>,
    ) -> Result<(), Refusal> {
        let asked = |name: &str| self.missing.iter().any(|item| item.as_str() == name);
        let fields: Vec<_> = fields.into_iter().filter(|(name, _)| asked(name)).collect();
        let twins = fields.iter().map(|(name, value)| (name.clone(), value.twin())).collect();
        let mut faults = collect::faults(platform, twins)?;
        let came = |item: &&Slug| !fields.iter().any(|(name, _)| name == item.as_str());
        faults.extend(self.missing.iter().filter(came).map(|item| FieldFault::new(item.to_string(), "missing")));
        if accept(Validator::Mobile, &phone).is_err() {
            faults.push(FieldFault::new("phone", "shape"));
        }
        if !faults.is_empty() {
            return Err(Refusal::Fields(faults));
        }
        self.typed = fields;
        if let Some(item) = &self.phone_as {
            self.typed.push((item.to_string(), phone.twin()));
        }
        self.proof = Some(phone);
        Ok(())
    }
}

/// Everybody of whom something is left to type.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<BTreeMap<[u8; 32], Pending>>);

impl Waiting {
    /// Keeps one for a session, from now on for [`WAY_MINUTES`].
    pub(super) fn put(&self, cookie: &str, mut pending: Pending, now: Timestamp) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, one| now < one.until);
        if waiting.len() >= SESSIONS
            && let Some(first) = waiting.iter().min_by_key(|(_, one)| one.until).map(|(key, _)| *key)
        {
            waiting.remove(&first);
        }
        pending.until = now.checked_add(SignedDuration::from_mins(WAY_MINUTES)).unwrap_or(now);
        waiting.insert(sha256(cookie.as_bytes()), pending);
    }

    /// Takes a session's out.
    pub(super) fn take(&self, cookie: &str, now: Timestamp) -> Option<Pending> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&sha256(cookie.as_bytes())).filter(|one| now < one.until)
    }

    /// Looks at a session's.
    pub(super) fn look<T>(&self, cookie: &str, now: Timestamp, look: impl FnOnce(&Pending) -> T) -> Option<T> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get(&sha256(cookie.as_bytes())).filter(|one| now < one.until).map(look)
    }

    /// Forgets whatever has waited for too long.
    pub(crate) fn sweep(&self, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, one| now < one.until);
    }
}
