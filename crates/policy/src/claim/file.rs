//! The claim file as it is written: `platforms/<id>/<name>.claims.toml`.

use jiff::Timestamp;
use jiff::civil::Date;
use model::Slug;
use model::calendar::midnight_in_shanghai;

use super::{Claim, ClaimError, On, Proof};
use crate::compile::Tables;
use crate::finding::{Finding, Severity, Source};
use crate::syntax::declare::tables;
use crate::syntax::{At, read};

tables! {
    /// Claims about a policy, each with what must come of it.
    ClaimFile "a claim file" {
        /// Version of the language: 1.
        language: At<u32>,
        /// Platform id.
        platform: At<Slug>,
        /// The day whose law is asked.
        on: At<Date>,
        /// The claims.
        claims = "claim": Vec<StatedClaim>,
    }

    /// One claim.
    StatedClaim "a claim" {
        /// The claim, in the language of `docs/claims.md`.
        text: At<String>,
        /// Why it must come out so.
        why: At<String>,
        /// Whose verdict it is about; absent: what takes effect.
        side: Option<At<On>>,
        /// Whether it must hold; absent: it must. One that must not hold keeps a weakness of the text in view.
        holds: Option<At<bool>>,
    }
}

/// Reads a claim file; the claims themselves are read when they are run.
pub fn read_claims(source: &Source) -> (Option<ClaimFile>, Vec<Finding>) {
    let (file, mut findings) = read::<ClaimFile>(source);
    for claim in file.iter().flat_map(|file| &file.claims) {
        if claim.text.value.trim().is_empty() {
            let finding = Finding::new("L0111", Severity::Error, "a claim is empty".to_owned());
            findings.push(finding.at(source, claim.text.span, "says nothing").mend("say something, or leave it out"));
        }
    }
    (file, findings)
}

/// The claims of a file that cannot be read for these tables.
pub fn check(tables: &Tables, file: &ClaimFile, source: &Source) -> Vec<Finding> {
    let read = |stated: &StatedClaim| {
        let why = Claim::read(tables, &stated.text.value, file.on.value).err()?;
        let finding = Finding::new("L0604", Severity::Error, format!("a claim cannot be read: {}", why.message));
        let finding = finding.at(source, stated.text.span, format!("at `{}`", why.wrong()));
        Some(finding.mend(why.help.unwrap_or_else(|| "docs/claims.md explains the language of claims".to_owned())))
    };
    file.claims.iter().filter_map(read).collect()
}

/// How one claim came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Came {
    /// The claim.
    pub text: String,
    /// Whose verdict it is about.
    pub side: On,
    /// Whether it had to hold.
    pub holds: bool,
    /// Why.
    pub why: String,
    /// What came of it.
    pub proof: Result<Proof, ClaimError>,
}

impl Came {
    /// Whether it came out as it had to.
    pub fn passed(&self) -> bool {
        self.proof.as_ref().is_ok_and(|proof| proof.witness.is_none() == self.holds)
    }
}

impl std::fmt::Display for Came {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.passed() {
            return write!(out, "ok      {} [{}]", self.text, self.side.word());
        }
        write!(out, "FAILED  {} [{}]\n        {}", self.text, self.side.word(), self.why)?;
        match &self.proof {
            Err(why) => write!(out, "\n        {why}"),
            Ok(Proof { witness: Some(witness), .. }) => write!(out, "\n        but: {}", witness.json()),
            Ok(_) => write!(out, "\n        it holds: take `holds = false` away, or find out what changed"),
        }
    }
}

/// The instant of a claim file: noon of its day.
fn instant(file: &ClaimFile) -> Timestamp {
    let midnight = midnight_in_shanghai(file.on.value).unwrap_or_default();
    midnight.checked_add(jiff::SignedDuration::from_hours(12)).unwrap_or(midnight)
}

/// Checks every claim of a file.
pub fn run(tables: &Tables, file: &ClaimFile) -> Vec<Came> {
    file.claims.iter().map(|stated| came(tables, file, stated)).collect()
}

/// Whether every claim comes out as it must; stops at the first that does not.
pub(crate) fn passes(tables: &Tables, file: &ClaimFile) -> bool {
    file.claims.iter().all(|stated| came(tables, file, stated).passed())
}

fn came(tables: &Tables, file: &ClaimFile, stated: &StatedClaim) -> Came {
    let side = stated.side.as_ref().map_or(On::Effect, |side| side.value);
    let read = Claim::read(tables, &stated.text.value, file.on.value);
    Came {
        text: stated.text.value.clone(),
        side,
        holds: stated.holds.as_ref().is_none_or(|holds| holds.value),
        why: stated.why.value.clone(),
        proof: read.map(|claim| claim.prove(tables, side, instant(file))),
    }
}
