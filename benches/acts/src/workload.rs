//! What is done in the race, as `workload.toml` says it: platforms are data, and no code here knows one by name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use model::Slug;
use policy::finding::Source;
use serde::Deserialize;

const TEXT: &str = include_str!("../workload.toml");

/// The acts, in the words of one platform's policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workload {
    pub(crate) platform: Slug,
    /// File stem of the policy version.
    policy: String,
    /// What the service token may do.
    pub(crate) actions: Vec<String>,
    /// In the course of what.
    pub(crate) purposes: Vec<Slug>,
    pub(crate) register: Register,
    pub(crate) consent: Consent,
    pub(crate) collect: Collect,
    pub(crate) read: Read,
    pub(crate) import: Import,
    pub(crate) seal: Seal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    pub(crate) function: Slug,
    pub(crate) person: Slug,
    pub(crate) consents: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Consent {
    pub(crate) scope: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collect {
    pub(crate) function: Slug,
    pub(crate) person: Slug,
    pub(crate) items: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Read {
    pub(crate) function: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    pub(crate) class: Slug,
    /// Items of a person that the class does not hold.
    pub(crate) without: Vec<String>,
    /// When the consents were given.
    pub(crate) at: jiff::Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    pub(crate) item: Slug,
}

impl Workload {
    pub(crate) fn read() -> Result<Self> {
        toml::from_str(TEXT).context("workload.toml does not read")
    }

    /// The version's file stem.
    pub(crate) fn version(&self) -> &str {
        &self.policy
    }

    /// Policy and operation file of the platform.
    pub(crate) fn sources(&self) -> Result<(Source, Source)> {
        let folder = platforms().join(self.platform.as_str());
        let source = |name: String| {
            let path = folder.join(&name);
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            anyhow::Ok(Source::new(name, text))
        };
        Ok((source(format!("{}.toml", self.policy))?, source("operation.toml".to_owned())?))
    }

    /// What the `n`th invented person types: texts by item.
    pub(crate) fn person(n: u32) -> Vec<(String, String)> {
        let fields = testkit::person(n).fields();
        let texts = fields.as_object().into_iter().flatten();
        texts.filter_map(|(item, value)| Some((item.clone(), value.as_str()?.to_owned()))).collect()
    }
}

fn platforms() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms")
}
