//! A running installation: its store, its keys, its platforms with their compiled policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use model::act::{Born, Snapshot};
use model::field::Validator;
use model::key::{SearchToken, WrappedKey};
use model::{Entropy, Fingerprint, Slug, SubjectId};
use policy::compile::Tables;
use policy::syntax::Cryptography;
use store::{PartRow, Store, TokenKind};
use vault::field::Normal;
use vault::{PartName, PlatformKeys, RootKeys, Sealed, Suite};

use crate::Refusal;
use crate::archive::Archive;
use crate::collect::Rosters;
use crate::evidence::Said;
use crate::federate::Waiting;
use crate::measure::Measures;
use crate::ports::{Clock, Parties};
use crate::seat::Watch;
use crate::timeline::{Timeline, chain};

/// What a house is built from.
pub struct Parts {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The root keys.
    pub root: RootKeys,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Parties outside.
    pub parties: Parties,
    /// Largest attachment that is taken, in bytes; [`crate::attach::LARGEST`] where nobody chose another.
    pub largest_attachment: u64,
}

/// A running installation.
pub struct House {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) root: RwLock<Arc<RootKeys>>,
    /// Versions of platforms' keys under which every part's key is wrapped, as far as this process has seen.
    pub(crate) rewrapped: Mutex<BTreeMap<Slug, u32>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) parties: Parties,
    pub(crate) largest_attachment: u64,
    /// Tells this process from other servers on the same databases.
    pub(crate) server: [u8; 16],
    pub(crate) watch: Watch,
    pub(crate) waiting: Waiting,
    pub(crate) rosters: Rosters,
    /// Held by every batch of an import that is under way, and by one that is decided anew against all others.
    pub(crate) importing: tokio::sync::RwLock<()>,
    /// The erased whose sessions have yet to end.
    pub(crate) lingering: Mutex<BTreeSet<(Slug, SubjectId)>>,
    pub(crate) measures: Measures,
    pub(crate) said: Said,
    pub(crate) archive: Archive,
    platforms: RwLock<BTreeMap<Slug, Timeline>>,
}

/// One version of a platform as it is served: a value. Publishing puts a new one beside it, which takes its place at its instant.
#[derive(Clone)]
pub struct Platform {
    /// Id.
    pub id: Slug,
    /// Its compiled policy.
    pub tables: Arc<Tables>,
    /// Fingerprint of its rendered notice.
    pub text: Fingerprint,
    /// In force here from this instant on.
    pub since: Timestamp,
    /// Which of the versions published here, from 1.
    pub(crate) version: u64,
    pub(crate) keys: Arc<PlatformKeys>,
    /// The keys as the store has them.
    pub(crate) wrapped: Arc<[WrappedKey]>,
}

impl House {
    /// Opens every platform of the store: unwraps its key, compiles its policy in force. It changes nothing there: the database
    /// may be an old one, which only witnesses can tell.
    ///
    /// # Errors
    /// [`Refusal::Broken`] when the root key is another one, or a stored policy no longer compiles.
    pub async fn open(parts: Parts) -> Result<Arc<Self>, Refusal> {
        let Parts { store, root, clock, entropy, parties, largest_attachment } = parts;
        let server = entropy.draw();
        let house = Arc::new(Self {
            store,
            root: RwLock::new(Arc::new(root)),
            rewrapped: Mutex::default(),
            clock,
            entropy,
            parties,
            largest_attachment,
            server,
            watch: Watch::default(),
            waiting: Waiting::default(),
            rosters: Rosters::default(),
            importing: tokio::sync::RwLock::default(),
            lingering: Mutex::default(),
            measures: Measures::default(),
            said: Said::default(),
            archive: Archive::default(),
            platforms: RwLock::default(),
        });
        for id in house.store.platforms().await? {
            house.load(&id).await?;
            house.set_clock_on(&id).await?;
        }
        Ok(house)
    }

    /// Sets the clock on to the newest leaf of a platform, where it is behind.
    async fn set_clock_on(&self, id: &Slug) -> Result<(), Refusal> {
        let size = self.store.head(id).await?.size;
        let newest = self.store.leaves(id, size.saturating_sub(1), 1).await?;
        if let Some(leaf) = newest.last() {
            self.clock.not_before(leaf.at);
        }
        Ok(())
    }

    /// Reads a platform's key and its versions from the store, and serves from now on the one in force and, each from its
    /// instant on, those that were announced. A platform without a published policy is not served.
    pub(crate) async fn load(&self, id: &Slug) -> Result<(), Refusal> {
        let (keys, wrapped) = self.open_keys(id).await?;
        let (publications, now) = (self.store.publications(id).await?, self.now());
        for (number, tables) in chain(&publications, Timestamp::MAX) {
            let Some(row) = publications.iter().map(|row| &row.head).find(|row| row.number == number) else { continue };
            if row.until.is_some_and(|until| until <= now) {
                continue;
            }
            let tables = tables.ok_or_else(|| {
                Refusal::Broken(format!("the stored policy of `{id}` does not compile any more: run `shouyue check`"))
            })?;
            let (keys, wrapped) = (Arc::clone(&keys), Arc::clone(&wrapped));
            let (id, text, since, version) = (id.clone(), row.text, row.from, number);
            self.serve(Platform { id, tables, text, since, version, keys, wrapped });
        }
        Ok(())
    }

    /// The tables of the version that one from this instant on comes after, with the consents to earlier ones that carry over to
    /// it; `None` before the first. `known` is how many versions there are.
    pub(crate) async fn before(
        &self,
        id: &Slug,
        instant: Timestamp,
        known: u64,
    ) -> Result<Option<Arc<Tables>>, Refusal> {
        // What was announced for the very same instant never comes into force; what is in force now was.
        let at_once = instant <= self.now();
        let before =
            if at_once { instant } else { instant.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(instant) };
        let served = self.timelines(|timelines| {
            let timeline = timelines.get(id).filter(|timeline| timeline.newest() == known)?;
            timeline.at(before).map(|served| Arc::clone(&served.tables))
        });
        match served {
            Some(tables) => Ok(Some(tables)),
            None => Ok(chain(&self.store.publications(id).await?, before).pop().and_then(|(_, tables)| tables)),
        }
    }

    fn timelines<T>(&self, read: impl FnOnce(&BTreeMap<Slug, Timeline>) -> T) -> T
    where
        T: Default,
    {
        self.platforms.read().map(|timelines| read(&timelines)).unwrap_or_default()
    }

    /// Whether other servers may work on the same databases.
    pub fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// Serves what another server has published meanwhile.
    ///
    /// # Errors
    /// [`Refusal::Broken`], as of [`House::open`].
    pub async fn catch_up(&self) -> Result<(), Refusal> {
        for id in self.store.platforms().await? {
            self.catch_up_on(&id).await?;
        }
        Ok(())
    }

    /// A platform's keys, opened as they are in use now, and as the store has them.
    pub(crate) async fn open_keys(&self, id: &Slug) -> Result<(Arc<PlatformKeys>, Arc<[WrappedKey]>), Refusal> {
        let wrapped: Arc<[WrappedKey]> = self.store.platform_keys(id).await?.into();
        let root = Arc::clone(&*self.root.read().unwrap_or_else(PoisonError::into_inner));
        Ok((Arc::new(root.open_platform(id, &wrapped, self.now())?), wrapped))
    }

    /// The same for one platform. Where nobody else serves, nobody else publishes.
    pub(crate) async fn catch_up_on(&self, id: &Slug) -> Result<(), Refusal> {
        if !self.is_shared() {
            return Ok(());
        }
        let known = self.timelines(|timelines| timelines.get(id).map(Timeline::newest)).unwrap_or(0);
        if self.store.published(id).await? == known { Ok(()) } else { self.load(id).await }
    }

    /// Serves a version from its instant on.
    pub(crate) fn serve(&self, platform: Platform) -> Arc<Platform> {
        let (platform, now) = (Arc::new(platform), self.now());
        if let Ok(mut platforms) = self.platforms.write() {
            platforms.entry(platform.id.clone()).or_default().take(Arc::clone(&platform), now);
        }
        platform
    }

    /// Serves every version of a platform with other keys.
    pub(crate) fn serve_with(&self, id: &Slug, keys: &Arc<PlatformKeys>, wrapped: &Arc<[WrappedKey]>) {
        if let Ok(mut platforms) = self.platforms.write()
            && let Some(timeline) = platforms.get_mut(id)
        {
            timeline.rekey(keys, wrapped);
        }
    }

    /// A platform that is served, as its version in force now has it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Overtaken`] for one that a witness has seen more of, [`Refusal::NotAsDeclared`].
    pub fn platform(&self, id: &str) -> Result<Arc<Platform>, Refusal> {
        let platform = self.any_platform(id)?;
        self.is_not_overtaken(&platform.id)?;
        platform.is_as_declared()?;
        Ok(platform)
    }

    /// A platform with a policy in force, whether it is served or not: for what is done about that it is not.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn any_platform(&self, id: &str) -> Result<Arc<Platform>, Refusal> {
        let now = self.now();
        let served = self.timelines(|timelines| timelines.get(id).and_then(|timeline| timeline.at(now)).cloned());
        served.ok_or(Refusal::NotFound("platform"))
    }

    /// The version of a platform that is in force at an instant, as far as it is served: `None` where a version is asked for that
    /// was over before the one in force took effect.
    pub(crate) fn served_at(&self, id: &Slug, instant: Timestamp) -> Option<Arc<Platform>> {
        self.timelines(|timelines| timelines.get(id).and_then(|timeline| timeline.at(instant)).cloned())
    }

    /// Refuses what a witness has seen more of.
    pub(crate) fn is_not_overtaken(&self, id: &Slug) -> Result<(), Refusal> {
        self.said.barred(id).map_or(Ok(()), |why| Err(Refusal::Overtaken(why)))
    }

    /// Every platform that is served, in order of id.
    pub fn platforms(&self) -> Vec<Arc<Platform>> {
        let mut served = self.every_platform();
        served.retain(|platform| self.said.barred(&platform.id).is_none() && platform.is_as_declared().is_ok());
        served
    }

    /// Every platform with a policy in force, in order of id: also those that are not served, because a witness has seen more
    /// or because their keys are not of the suite that is declared.
    pub fn every_platform(&self) -> Vec<Arc<Platform>> {
        let now = self.now();
        self.timelines(|timelines| timelines.values().filter_map(|timeline| timeline.at(now)).cloned().collect())
    }

    /// The version of a platform that is in force now; the one given, when there is none yet.
    pub(crate) fn current(&self, platform: &Platform) -> Arc<Platform> {
        self.any_platform(platform.id.as_str()).unwrap_or_else(|_| Arc::new(platform.clone()))
    }

    /// A word that no other page has: the key of a form, by which sending it twice is one act.
    pub fn word(&self) -> String {
        hex::encode(self.entropy.draw::<16>())
    }

    /// Largest attachment that is taken, in bytes.
    pub const fn largest_attachment(&self) -> u64 {
        self.largest_attachment
    }

    /// Whether the store answers, the key of every platform unwraps, the head of its ledger reads, and whatever has a
    /// policy in force is served.
    ///
    /// # Errors
    /// [`Refusal::Overtaken`], [`Refusal::Broken`], and what the store answers.
    pub async fn ready(&self) -> Result<(), Refusal> {
        for id in self.store.platforms().await? {
            self.store.head(&id).await?;
            self.open_keys(&id).await?;
            self.is_not_overtaken(&id)?;
            let is_known = self.timelines(|timelines| timelines.contains_key(&id));
            if self.store.published(&id).await? > 0 && !is_known {
                return Err(Refusal::Broken(format!("`{id}` has a published policy and is not served")));
            }
            if let Err(closed @ Refusal::NotAsDeclared { .. }) = self.platform(id.as_str()) {
                return Err(closed);
            }
        }
        Ok(())
    }

    /// Now, by the house's clock, in the whole microseconds that the store keeps: a leaf states no instant that the row
    /// beside it cannot repeat.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// The state of a subject, for a decision, with its birth date where one is sealed.
    pub(crate) async fn known(
        &self,
        platform: &Platform,
        subject: SubjectId,
    ) -> Result<(Snapshot, Option<Born>), Refusal> {
        let known = self.store.snapshot_and_gate(&platform.id, subject).await?;
        let (snapshot, gate) = known.ok_or(Refusal::NotFound("subject"))?;
        let born = gate.map(|part| born(platform, part)).transpose()?.flatten();
        Ok((snapshot, born))
    }
}

/// The birth date that is sealed in a part.
pub(crate) fn born(platform: &Platform, part: PartRow) -> Result<Option<Born>, Refusal> {
    let PartRow { record, subject, role, wrapped, values, .. } = part;
    let tells = |item: &Slug| tells_birth(platform, item);
    let by_date = values.iter().find(|value| value.item.as_str() == BIRTH_DATE);
    let gate = by_date.or_else(|| values.iter().find(|value| tells(&value.item)));
    let (Some(value), Some(wrapped)) = (gate, wrapped.as_deref()) else { return Ok(None) };
    let name = PartName { record, subject, role };
    let sealed = Sealed { item: value.item.clone(), version: value.version, bytes: value.sealed.clone() };
    Ok(platform.keys.born(&name, Some(wrapped), &sealed)?)
}

/// The suite that an operation file declares.
pub(crate) fn declared_suite(tables: &Tables) -> Option<Suite> {
    let declared = tables.program().operation.cryptography.as_ref();
    declared.map(|declared| match declared.value {
        Cryptography::International => Suite::International,
        Cryptography::Guomi => Suite::Guomi,
    })
}

/// The vocabulary item that decisions about age open.
pub(crate) const BIRTH_DATE: &str = "birth-date";

/// Whether an item can tell its bearer's day of birth: the date itself, or a number that contains it.
pub(crate) fn tells_birth(platform: &Platform, item: &Slug) -> bool {
    let validator = platform.tables.program().items.get(item).and_then(|facts| facts.validator);
    item.as_str() == BIRTH_DATE || matches!(validator, Some(Validator::ResidentId | Validator::Document))
}

impl Platform {
    /// The suite of algorithms under which new values are sealed.
    pub fn suite(&self) -> Suite {
        self.keys.suite()
    }

    /// The suite that the operation file declares, where it declares one (rule R68).
    pub fn declared_suite(&self) -> Option<Suite> {
        declared_suite(&self.tables)
    }

    /// R68: a platform whose operation file declares a suite is served under that one or not at all.
    pub(crate) fn is_as_declared(&self) -> Result<(), Refusal> {
        let used = self.keys.newest_suite();
        match self.declared_suite() {
            Some(declared) if declared != used => {
                Err(Refusal::NotAsDeclared { declared: declared.word(), used: used.word() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The channel that the portal is, where the operation file names it.
    pub fn portal_channel(&self) -> Option<Slug> {
        let channel = self.tables.program().operation.switches.portal_channel.as_ref();
        channel.and_then(|channel| channel.text.parse().ok())
    }

    /// The search token of a checked value, under the one name that its kind has.
    ///
    /// Of an account that somebody else keeps only the token is kept, so that no other key could make it anew.
    pub(crate) fn token(&self, kind: TokenKind, value: &Normal) -> SearchToken {
        match kind {
            TokenKind::Federated => SearchToken::steady(self.keys.mark(kind.word(), value)),
            kind => self.keys.token(kind.word(), value),
        }
    }
}
