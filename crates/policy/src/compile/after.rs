//! One version after another: consents that carry over are projected to bits like those to the version in force.

use std::collections::{BTreeMap, BTreeSet};

use model::act::Consent;

use super::Tables;
use crate::decide::project::fits;
use crate::diff::{self, Widened};
use crate::terms::word::Word;

impl Tables {
    /// These tables as the next version after `old`: consents that were given to it, or that carried over to it from an
    /// earlier one, count where the scope reaches no further ([`crate::diff`]). A chain of versions is made from the first
    /// on, each after the one before; a consent counts as long as every step carries it.
    ///
    /// The [fingerprint](Self::fingerprint) stays what the file makes it, so that a notice prints what decisions bear: which
    /// versions came before is told by the ledger, where each publication has its leaf.
    #[must_use]
    pub fn after(&self, old: &Self) -> Self {
        let mut next = self.clone();
        next.alphabet.carried = BTreeMap::new();
        let mut word = Word::default();
        next.outgrown = old.outgrown.clone();
        for (place, scope, widened) in diff::widened(old, self) {
            if widened.is_empty() {
                word.set(place);
            } else {
                next.outgrow(old, &scope.id, &widened);
            }
        }
        // The bits of an old version's scopes, as bits of the new one's.
        let led = |was: &Word| {
            let scopes = was.bits().filter_map(|bit| old.scopes().get(usize::from(bit)));
            let bits = scopes.filter_map(|scope| self.alphabet.scope(&scope.id));
            bits.fold(Word::default(), |led, bit| led.with(&Word::bit(bit))).only(&word)
        };
        let earlier = old.alphabet.carried.iter().map(|(version, was)| (version.clone(), led(was)));
        let own = old.alphabet.versions.iter().map(|version| (version.clone(), word));
        for (version, counts) in earlier.chain(own) {
            if !self.alphabet.versions.contains(&version) && counts != Word::default() {
                next.alphabet.carried.insert(version, counts);
            }
        }
        next
    }

    /// Notes why no consent to a scope carries over from the versions that have counted for it so far.
    fn outgrow(&mut self, old: &Self, scope: &str, widened: &BTreeSet<Widened>) {
        let bit = old.alphabet.scope(scope);
        let counted = |word: &Word| bit.is_some_and(|bit| word.bits().any(|one| one == bit));
        let carried = old.alphabet.carried.iter().filter(|(_, word)| counted(word)).map(|(version, _)| version);
        let versions = self.outgrown.entry(scope.to_owned()).or_default();
        for version in old.alphabet.versions.iter().chain(carried) {
            versions.entry(version.clone()).or_default();
        }
        // Who is not asked until a later version has widened it further reads of both.
        for why in versions.values_mut() {
            why.extend(widened.iter().cloned());
        }
    }

    /// In what the scope of a consent reaches further than the version that it was given to, where it does not count for this
    /// one; its form, where it reaches no further.
    pub fn outgrown(&self, consent: &Consent) -> Vec<Widened> {
        let why = self.outgrown.get(&consent.scope).and_then(|versions| versions.get(&consent.policy));
        match why {
            Some(why) => why.iter().cloned().collect(),
            None => vec![diff::unnamed(diff::Cause::Form)],
        }
    }

    /// Whether a consent counts for this version: it was given to it, or carries over to it, and in the form that its scope
    /// needs now. Whether it stands, and whether the right person gave it, is weighed at each act.
    pub fn counts(&self, consent: &Consent) -> bool {
        let scope = self.alphabet.scope(&consent.scope).and_then(|place| self.scopes().get(usize::from(place)));
        let fits = scope.is_some_and(|scope| fits(consent, scope.form));
        fits && self.alphabet.counts(&consent.policy, &consent.scope)
    }
}
