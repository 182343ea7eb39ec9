//! The inventory of cryptography (rule R68): what is declared and what is used, by which standards, under which keys, and
//! what waits for a newer one.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use vault::{Custody, Suite};

use super::table::{Cell, Table};
use super::{Fault, PAGE, faults};
use crate::{House, Platform, Refusal, evidence};

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cryptography {
    /// The suite that the operation file declares.
    pub declared: Option<&'static str>,
    /// The suite under which new values are sealed.
    pub used: &'static str,
    /// The suite of the newest key, which seals as soon as every server has read it.
    pub newest: &'static str,
    /// What does what, by which standard.
    pub algorithms: Vec<Purpose>,
    /// The platform's keys, by purpose and version.
    pub keys: Vec<KeyInUse>,
    /// Parts whose keys lie under an older key of the platform still.
    pub parts_waiting: u64,
    /// Values that are sealed under another suite still.
    pub values_waiting: u64,
    /// Under each head: whose signature, and by which algorithm.
    pub signatures: Vec<(String, &'static str)>,
    /// Version of the key whose search tokens are being made anew; absent when none are.
    pub tokens_anew: Option<u32>,
}

/// What an algorithm is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Purpose {
    /// For what.
    pub purpose: &'static str,
    /// Algorithm.
    pub algorithm: &'static str,
    /// Standard.
    pub standard: &'static str,
}

/// A key of the platform; no key is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyInUse {
    /// What it is for.
    pub purpose: &'static str,
    /// Version.
    pub version: u32,
    /// In use since.
    pub since: Timestamp,
    /// Its suite.
    pub suite: &'static str,
    /// The root key that wraps it, by name.
    pub root: String,
    /// `file` or `module`; absent where this server does not hold that root key.
    pub custody: Option<&'static str>,
}

const fn purpose(purpose: &'static str, algorithm: &'static str, standard: &'static str) -> Purpose {
    Purpose { purpose, algorithm, standard }
}

/// What a suite uses for what. The tree is of SHA-256 in both, as its public formats are.
const fn algorithms(suite: Suite) -> &'static [Purpose] {
    const INTERNATIONAL: &[Purpose] = &[
        purpose("values", "AES-256-GCM", "NIST SP 800-38D"),
        purpose("search-tokens", "HMAC-SHA-256", "RFC 2104, FIPS 180-4"),
        purpose("derivation", "HKDF-SHA-256", "RFC 5869"),
        purpose("heads", "Ed25519", "RFC 8032"),
        purpose("ledger", "SHA-256", "FIPS 180-4, RFC 6962"),
    ];
    const GUOMI: &[Purpose] = &[
        purpose("values", "SM4-GCM", "GB/T 32907, RFC 8998"),
        purpose("search-tokens", "HMAC-SM3", "GB/T 32905, RFC 2104"),
        purpose("derivation", "HKDF-SHA-256", "RFC 5869"),
        purpose("heads", "SM2 + SM3", "GB/T 32918.2, GB/T 32905"),
        purpose("heads", "Ed25519", "RFC 8032"),
        purpose("ledger", "SHA-256", "FIPS 180-4, RFC 6962"),
    ];
    match suite {
        Suite::International => INTERNATIONAL,
        Suite::Guomi => GUOMI,
    }
}

impl Cryptography {
    pub(super) fn faults(&self) -> Vec<Fault> {
        let differs = self.declared.is_some_and(|declared| declared != self.newest);
        let unknown = self.keys.iter().filter(|key| key.custody.is_none()).count();
        faults([("not-as-declared", differs.into()), ("no-custody", u64::try_from(unknown).unwrap_or(u64::MAX))])
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let facts = vec![
            ("declared", self.declared.map_or(Cell::Nothing, Cell::Word)),
            ("used", Cell::Word(self.used)),
            ("newest", Cell::Word(self.newest)),
            ("parts-waiting", self.parts_waiting.into()),
            ("values-waiting", self.values_waiting.into()),
            ("tokens-anew", self.tokens_anew.map(u64::from).into()),
        ];
        let algorithm = |one: &Purpose| vec![Cell::Word(one.purpose), one.algorithm.into(), one.standard.into()];
        let key = |one: &KeyInUse| {
            vec![
                Cell::Word(one.purpose),
                u64::from(one.version).into(),
                one.since.into(),
                Cell::Word(one.suite),
                one.root.as_str().into(),
                one.custody.map_or(Cell::Nothing, Cell::Word),
            ]
        };
        let signature = |(key, algorithm): &(String, &'static str)| vec![key.as_str().into(), Cell::from(*algorithm)];
        vec![
            Table::facts("suite", facts),
            Table::new(
                "algorithms",
                vec!["purpose", "algorithm", "standard"],
                self.algorithms.iter().map(algorithm).collect(),
            ),
            Table::new(
                "keys",
                vec!["purpose", "version", "in-use-since", "suite", "root-key", "custody"],
                self.keys.iter().map(key).collect(),
            ),
            Table::new(
                "signatures",
                vec!["verifier-key", "algorithm"],
                self.signatures.iter().map(signature).collect(),
            ),
        ]
    }
}

pub(super) async fn read(house: &House, platform: &Platform) -> Result<Cryptography, Refusal> {
    let roots = Arc::clone(&*house.root.read().unwrap_or_else(PoisonError::into_inner));
    let mut keys = Vec::with_capacity(platform.wrapped.len());
    for key in &*platform.wrapped {
        let told = roots.told(key)?;
        keys.push(KeyInUse {
            purpose: key.purpose.id(),
            version: key.version,
            since: key.since,
            suite: told.suite.word(),
            root: told.root.to_string(),
            custody: told.custody.map(|custody| match custody {
                Custody::File => "file",
                Custody::Module => "module",
            }),
        });
    }
    let suite = platform.keys.suite();
    let label = |first: bool| if first { "Ed25519" } else { "SM2" };
    let signatures = evidence::verifier_keys(platform)?.into_iter().zip(0..);
    Ok(Cryptography {
        declared: platform.declared_suite().map(Suite::word),
        used: suite.word(),
        newest: platform.keys.newest_suite().word(),
        algorithms: algorithms(suite).to_vec(),
        keys,
        parts_waiting: parts_waiting(house, platform).await?,
        values_waiting: values_waiting(house, platform, suite).await?,
        signatures: signatures.map(|(key, place)| (key.to_string(), label(place == 0))).collect(),
        tokens_anew: house.store.retoken(&platform.id).await?.map(|state| state.old),
    })
}

async fn parts_waiting(house: &House, platform: &Platform) -> Result<u64, Refusal> {
    let (mut after, mut count, version) = (None, 0, platform.keys.version());
    loop {
        let page = house.store.part_keys_under_others(&platform.id, version, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        count += u64::try_from(page.len()).unwrap_or(u64::MAX);
        after = Some(last.clone());
    }
}

async fn values_waiting(house: &House, platform: &Platform, suite: Suite) -> Result<u64, Refusal> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = house.store.values_under_others(&platform.id, suite.byte(), after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        count += u64::try_from(page.len()).unwrap_or(u64::MAX);
        after = Some(last.clone());
    }
}
