//! Which version of a platform is in force when (rule R62): of those whose instant has come, the one that was published last.
//!
//! A version that was announced takes effect by the clock alone, in every server that knows it; who does not know it yet
//! learns of it when its next act does not commit.

use std::sync::Arc;

use jiff::Timestamp;
use model::key::WrappedKey;
use policy::compile::Tables;
use store::{PublicationHead, PublicationRow};
use vault::PlatformKeys;

use crate::Platform;

/// The versions of one platform that are served now or later, in the order of publication.
#[derive(Default)]
pub(crate) struct Timeline(Vec<Arc<Platform>>);

impl Timeline {
    /// The version in force at an instant; `None` before the first.
    pub(crate) fn at(&self, instant: Timestamp) -> Option<&Arc<Platform>> {
        self.0.iter().rev().find(|version| version.since <= instant)
    }

    /// Which of the versions was published last; 0 where none is known.
    pub(crate) fn newest(&self) -> u64 {
        self.0.last().map_or(0, |version| version.version)
    }

    /// Takes a version in, in the place of what was known of it. What is over longer than the version before this one is
    /// dropped: an act may still be under way that began in that.
    pub(crate) fn take(&mut self, version: Arc<Platform>, now: Timestamp) {
        self.0.retain(|known| known.version != version.version);
        let place = self.0.partition_point(|known| known.version < version.version);
        self.0.insert(place, version);
        let in_force = self.0.iter().rposition(|version| version.since <= now).unwrap_or(0);
        self.0.drain(..in_force.saturating_sub(1));
    }

    /// Puts other keys into every version.
    pub(crate) fn rekey(&mut self, keys: &Arc<PlatformKeys>, wrapped: &Arc<[WrappedKey]>) {
        for version in &mut self.0 {
            let (keys, wrapped) = (Arc::clone(keys), Arc::clone(wrapped));
            *version = Arc::new(Platform { keys, wrapped, ..Platform::clone(version) });
        }
    }
}

/// The tables of those of some versions, by number, that take effect up to an instant, each made as the one after those
/// before. A version that no longer compiles carries nothing over, and has no tables.
pub(crate) fn chain(publications: &[PublicationRow], until: Timestamp) -> Vec<(u64, Option<Arc<Tables>>)> {
    let mut made: Vec<(u64, Option<Arc<Tables>>)> = Vec::new();
    let earlier: Vec<&PublicationRow> = publications.iter().filter(|row| row.head.from <= until).collect();
    for (place, PublicationRow { head, texts }) in earlier.iter().enumerate() {
        let replaces = |later: &PublicationHead| later.from <= head.from && later.at < head.from;
        if earlier.iter().skip(place + 1).any(|later| replaces(&later.head)) {
            continue;
        }
        let policy = policy::finding::Source::new(format!("{}.toml", head.stem), texts.source.as_str());
        let operation = policy::finding::Source::new("operation.toml", texts.operation.as_str());
        let own = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) }).tables;
        let last = made.last().and_then(|(_, tables)| tables.clone());
        let tables = own.map(|own| last.map_or_else(|| Arc::clone(&own), |last| Arc::new(own.after(&last))));
        made.push((head.number, tables));
    }
    made
}
