//! One version after another: consents that carry over are projected to bits like those to the version in force.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use model::Fingerprint;
use model::act::Consent;

use super::Tables;
use crate::decide::project::fits;
use crate::diff;
use crate::terms::word::Word;

impl Tables {
    /// These tables as the next version after `old`: consents that were given to it, or that carried over to it from an
    /// earlier one, count where the scope reaches no further ([`crate::diff`]). A chain of versions is made from the first
    /// on, each after the one before; a consent counts as long as every step carries it.
    ///
    /// Answers depend on what came before from now on, and so does the [fingerprint](Self::fingerprint).
    #[must_use]
    pub fn after(&self, old: &Self) -> Self {
        let mut next = self.clone();
        next.alphabet.carried = BTreeMap::new();
        let mut word = Word::default();
        diff::carried(old, self).for_each(|scope| word.set(scope));
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
        if !next.alphabet.carried.is_empty() {
            next.fingerprint = next.following();
        }
        next
    }

    /// Whether a consent counts for this version: it was given to it, or carries over to it, and in the form that its scope
    /// needs now. Whether it stands, and whether the right person gave it, is weighed at each act.
    pub fn counts(&self, consent: &Consent) -> bool {
        let scope = self.alphabet.scope(&consent.scope).and_then(|place| self.scopes().get(usize::from(place)));
        let fits = scope.is_some_and(|scope| fits(consent, scope.form));
        fits && self.alphabet.counts(&consent.policy, &consent.scope)
    }

    /// The fingerprint of these tables and of every consent that carries over to them.
    fn following(&self) -> Fingerprint {
        let mut digest = digest::Context::new(&digest::SHA256);
        let mut part = |bytes: &[u8]| {
            digest.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(bytes);
        };
        part(b"shouyue/tables/1/after");
        part(self.fingerprint.as_bytes());
        for (version, counts) in &self.alphabet.carried {
            part(version.as_bytes());
            let scopes = counts.bits().filter_map(|bit| self.scopes().get(usize::from(bit)));
            let scopes: Vec<&str> = scopes.map(|scope| scope.id.as_str()).collect();
            part(scopes.join("\n").as_bytes());
        }
        Fingerprint::from_digest(digest.finish().as_ref().try_into().unwrap_or([0; 32]))
    }
}
