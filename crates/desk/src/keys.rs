//! Changing keys while the house serves. Data are not rewritten, unless it is the suite that changes: what a new key of a platform changes is under what the
//! keys of record parts lie, and what a new one for search tokens changes is the tokens, in the background.
//!
//! Each change is an act with a leaf. What follows from it is not, for nothing of it changes what anybody may do; it goes on
//! where it was whenever a server stops. Several servers may do it at once: each step is one that can be done twice.
//!
//! A new key is read by every server before it is used, and an old one is used by nobody when it goes: between the two lies
//! [`GRACE`].

use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::Slug;
use model::key::{KeyPurpose, WrappedKey};
use policy::question::Effect;
use store::{CarriedToken, Expect, NewToken, PartKeyRow, Retoken, RetokenStage, Rewrapped, TokenOf, ValueRow, Write};
use vault::{PartName, RootId, RootKeys, Sealed, Suite, VaultError};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal};

/// How long a server may be behind: longer than any request takes, and than servers take to follow one another.
pub const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// Parts or subjects in one step.
const STEP: u32 = 200;

/// A key that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Platform.
    pub platform: Slug,
    /// Version of the new key.
    pub version: u32,
    /// From then on it is used.
    pub since: Timestamp,
    /// Leaf of the act.
    pub leaf: u64,
}

/// Wraps every platform's keys under the newest of these root keys, and opens with them from now on. What is under it
/// already stays as it is, so that a change cut short is finished by asking again. Gives the platforms whose keys moved.
///
/// # Errors
/// [`Refusal::Broken`] when they lack the root key under which something lies: then nothing is changed that was not.
pub async fn rotate_root(house: &House, roots: RootKeys) -> Result<Vec<Slug>, Refusal> {
    let roots = Arc::new(roots);
    for id in house.store.platforms().await? {
        roots.open_platform(&id, &house.store.platform_keys(&id).await?, house.now())?;
    }
    *house.root.write().unwrap_or_else(PoisonError::into_inner) = roots;
    finish_root(house).await
}

/// Opens with these root keys from now on, and wraps nothing anew: another server did.
pub fn adopt(house: &House, roots: RootKeys) {
    *house.root.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(roots);
}

/// Which root key wraps.
pub fn root(house: &House) -> RootId {
    house.root.read().unwrap_or_else(PoisonError::into_inner).newest()
}

/// Finishes what a change of the root key left undone when it was cut short.
///
/// # Errors
/// Those of [`rotate_root`].
pub async fn finish_root(house: &House) -> Result<Vec<Slug>, Refusal> {
    let roots = Arc::clone(&*house.root.read().unwrap_or_else(PoisonError::into_inner));
    let mut moved = Vec::new();
    let because = format!("root:{}", roots.newest());
    for platform in house.platforms() {
        let rewrapped = |one: &WrappedKey| roots.rewrapped(&platform.id, one, &*house.entropy).transpose();
        let done = commit(house, &platform, &because, |platform| {
            let keys = platform.wrapped.iter().filter_map(rewrapped).collect::<Result<Vec<_>, VaultError>>()?;
            Ok(keys.into_iter().map(Write::Rewrapped).collect())
        });
        if done.await?.is_some() {
            house.catch_up_on_keys(&platform.id).await?;
            moved.push(platform.id.clone());
        }
    }
    Ok(moved)
}

/// Refuses where the root key was changed on another server, and its key file is not here: a key that is made now would lie
/// under a root key that goes, and the next one that it meets would not open here.
fn is_newest(roots: &RootKeys, platform: &Slug, wrapped: &[WrappedKey]) -> Result<(), Refusal> {
    let newest = roots.newest();
    for key in wrapped {
        let under = roots.told(key)?.root;
        if under != newest {
            return Err(Refusal::Wrong(format!(
                "the keys of `{platform}` lie under root key {under}, and the newest of this server's key file is {newest}: \
                copy the key file of the server on which the root key was changed to every other, then ask again"
            )));
        }
    }
    Ok(())
}

/// A new key for the parts of a platform, and with it another suite of algorithms, if one is named. New parts lie under
/// it after [`GRACE`]; the keys of old parts are moved under it in the background, and all stay readable meanwhile.
///
/// # Errors
/// [`Refusal::Contended`] when another server changes it at the same time; [`Refusal::Wrong`] for a suite that the operation
/// file declares another for, and where the key file is not the newest. Then nothing was written.
pub async fn rotate_parts(house: &House, platform: &Platform, suite: Option<Suite>) -> Result<Changed, Refusal> {
    if let (Some(suite), Some(declared)) = (suite, platform.declared_suite())
        && suite != declared
    {
        let other = "operation.toml declares another suite: publish a version that declares none, change the key, then \
            publish one that declares the new suite";
        return Err(Refusal::Wrong(other.to_owned()));
    }
    let since = house.now().checked_add(GRACE);
    let since = since.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    change(house, platform, KeyPurpose::Parts, suite, since).await
}

/// A new key for the search tokens of a platform. Until each has been made anew, everybody is found by either; then the
/// old ones go.
///
/// # Errors
/// [`Refusal::Wrong`] while tokens are being made anew already, and where the key file is not the newest.
pub async fn rotate_tokens(house: &House, platform: &Platform) -> Result<Changed, Refusal> {
    if house.store.retoken(&platform.id).await?.is_some() {
        return Err(Refusal::Wrong("search tokens are being made anew already: wait until that is done".to_owned()));
    }
    change(house, platform, KeyPurpose::Tokens, None, house.now()).await
}

async fn change(
    house: &House,
    platform: &Platform,
    purpose: KeyPurpose,
    suite: Option<Suite>,
    since: Timestamp,
) -> Result<Changed, Refusal> {
    let mut made = 0;
    let roots = || Arc::clone(&*house.root.read().unwrap_or_else(PoisonError::into_inner));
    // Before they are opened here: that fails, too, and says less.
    is_newest(&roots(), &platform.id, &house.store.platform_keys(&platform.id).await?)?;
    let leaf = commit(house, platform, purpose.id(), |platform| {
        let (roots, wrapped) = (roots(), &platform.wrapped);
        is_newest(&roots, &platform.id, wrapped)?;
        let newest = wrapped.iter().filter(|key| key.purpose == purpose).map(|key| key.version).max();
        let suite = suite.unwrap_or_else(|| platform.keys.newest_suite());
        made = newest.unwrap_or(0).saturating_add(1);
        let key = roots.new_version(&platform.id, suite, (purpose, made), since, &*house.entropy)?;
        Ok(vec![Write::PlatformKey(key)])
    })
    .await?;
    let leaf = leaf.ok_or(Refusal::Contended)?;
    house.catch_up_on_keys(&platform.id).await?;
    Ok(Changed { platform: platform.id.clone(), version: made, since, leaf })
}

/// The act of changing keys, decided on those that the store has and on no others; `None` where there is nothing to change.
async fn commit(
    house: &House,
    platform: &Platform,
    because: &str,
    mut writes: impl FnMut(&Platform) -> Result<Vec<Write>, Refusal>,
) -> Result<Option<u64>, Refusal> {
    for _ in 0..TRIES {
        house.catch_up_on_keys(&platform.id).await?;
        let platform = &*house.current(platform);
        let writes = writes(platform)?;
        if writes.is_empty() {
            return Ok(None);
        }
        let mut entry = platform.entry(Act::Rotate, Who::House, house.now());
        entry.effect = Effect::Permit;
        entry.because = Some(because.to_owned());
        let (subjects, record, key) = (Vec::new(), None, None);
        let expect = vec![Expect::Keys(platform.wrapped.to_vec())];
        let draft = Draft { expect, writes, entry, subjects, record, key };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(Some(done.leaf()));
        }
    }
    Err(Refusal::Contended)
}

/// Goes on with what follows from changed keys, of one platform. Gives how many keys and tokens moved.
///
/// # Errors
/// What the store answers when it cannot be read or written.
pub async fn tend(house: &House, platform: &Platform) -> Result<u64, Refusal> {
    house.catch_up_on_keys(&platform.id).await?;
    let platform = &*house.current(platform);
    Ok(rewrap_parts(house, platform).await? + retoken(house, platform).await?)
}

/// Moves the keys of parts under the platform's current key. Once in a process and version: what comes after lies there.
async fn rewrap_parts(house: &House, platform: &Platform) -> Result<u64, Refusal> {
    let version = platform.keys.version();
    let seen = house.rewrapped.lock().unwrap_or_else(PoisonError::into_inner).get(&platform.id).copied();
    if seen == Some(version) || version == 1 {
        return Ok(0);
    }
    let (mut after, mut moved): (Option<PartKeyRow>, _) = (None, 0);
    loop {
        let rows = house.store.part_keys_under_others(&platform.id, version, after.clone(), STEP).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.clone());
        let keys = rows.iter().filter_map(|row| rewrapped(house, platform, row)).collect();
        moved += house.store.part_keys_rewrap(&platform.id, keys).await?;
    }
    moved += reseal_values(house, platform).await?;
    house.rewrapped.lock().unwrap_or_else(PoisonError::into_inner).insert(platform.id.clone(), version);
    Ok(moved)
}

/// Brings values under the platform's suite, where it went over to another one: the one case in which data are rewritten.
/// Objects are written once: a file stays under the suite that its header names.
async fn reseal_values(house: &House, platform: &Platform) -> Result<u64, Refusal> {
    let (mut after, mut moved): (Option<ValueRow>, _) = (None, 0);
    let suite = platform.keys.suite().byte();
    loop {
        let rows = house.store.values_under_others(&platform.id, suite, after.clone(), STEP).await?;
        let Some(last) = rows.last() else { return Ok(moved) };
        after = Some(last.clone());
        let values = rows.into_iter().filter_map(|row| resealed(house, platform, row)).collect();
        moved += house.store.values_reseal(&platform.id, values).await?;
    }
}

fn resealed(house: &House, platform: &Platform, row: ValueRow) -> Option<(ValueRow, Vec<u8>)> {
    let name = PartName { record: row.record, subject: row.subject, role: row.role.clone() };
    let sealed = Sealed { item: row.item.clone(), version: row.version, bytes: row.sealed.clone() };
    match platform.keys.resealed(&name, &row.wrapped, &sealed, &*house.entropy) {
        Ok(new) => Some((row, new?)),
        Err(why) => {
            tracing::error!(platform = %platform.id, record = %row.record, %why, "a value stays as it is");
            None
        }
    }
}

/// One that does not open stays where it is: whoever reads the part is told, and so is `fsck`.
fn rewrapped(house: &House, platform: &Platform, row: &PartKeyRow) -> Option<Rewrapped> {
    let name = PartName { record: row.record, subject: row.subject, role: row.role.clone() };
    match platform.keys.rewrapped(&name, &row.wrapped, &*house.entropy) {
        Ok(new) => Some(Rewrapped { slot: row.slot, old: row.wrapped.clone(), new: new? }),
        Err(why) => {
            tracing::error!(platform = %platform.id, record = %row.record, %why, "a part's key stays as it is");
            None
        }
    }
}

/// The making anew of search tokens, as far as it goes now.
async fn retoken(house: &House, platform: &Platform) -> Result<u64, Refusal> {
    let mut done = 0;
    while let Some(state) = house.store.retoken(&platform.id).await? {
        match state.stage {
            // Another server may have begun it a moment ago.
            RetokenStage::Make if platform.keys.token_versions().nth(1) != Some(state.old) => return Ok(done),
            RetokenStage::Make => done += make(house, platform, state).await?,
            RetokenStage::Wait => {
                if house.now().duration_since(state.at) < GRACE {
                    return Ok(done);
                }
                house.store.retoken_end(&platform.id, state.old, house.now()).await?;
                house.catch_up_on_keys(&platform.id).await?;
            }
            RetokenStage::Drop => while house.store.retoken_drop(&platform.id, state.clone(), STEP).await? {},
        }
    }
    Ok(done)
}

async fn make(house: &House, platform: &Platform, mut state: Retoken) -> Result<u64, Refusal> {
    let (subjects, organisations) = house.store.retoken_next(&platform.id, &state, STEP).await?;
    if subjects.is_empty() && organisations.is_empty() {
        state = Retoken { stage: RetokenStage::Wait, at: house.now(), ..state };
    }
    let mut made = Vec::new();
    for carried in subjects.iter().chain(&organisations) {
        made.extend(anew(platform, carried, state.old)?);
        match carried.of {
            TokenOf::Subject(subject) => state.subject = subject,
            TokenOf::Organisation(organisation) => state.organisation = state.organisation.max(organisation),
        }
    }
    let count = u64::try_from(made.len()).unwrap_or(u64::MAX);
    house.store.retoken_put(&platform.id, made, state).await?;
    Ok(count)
}

/// The new token beside an old one: of that value of the part of which the old one was made.
fn anew(platform: &Platform, carried: &CarriedToken, old: u32) -> Result<Option<NewToken>, Refusal> {
    let subject = if let TokenOf::Subject(subject) = carried.of { Some(subject) } else { None };
    let name = PartName { record: carried.record, subject, role: carried.role.clone() };
    let items = &platform.tables.program().items;
    // What the text no longer names may have been searched by once.
    let sought = carried.values.iter().filter(|(item, ..)| items.get(item).is_none_or(|facts| facts.searchable));
    let values: Vec<(&str, Sealed)> = sought
        .map(|(item, version, bytes)| {
            (carried.kind.word(), Sealed { item: item.clone(), version: *version, bytes: bytes.clone() })
        })
        .collect();
    let tokens = match platform.keys.tokens_of(&name, carried.wrapped.as_deref(), &values) {
        // Erased since: its tokens went with it.
        Err(VaultError::Erased) => return Ok(None),
        tokens => tokens?,
    };
    let of_old = |token: &&model::key::SearchToken| {
        token.before.is_some_and(|before| before.version == old && before.token == carried.token)
    };
    let Some(token) = tokens.iter().find(of_old) else {
        // A record's own part may be several, one of which holds the certificate.
        if subject.is_some() {
            let (platform, record, kind) = (&platform.id, carried.record, carried.kind);
            tracing::error!(%platform, %record, %kind, "no value stands behind a search token: it goes with the old key");
        }
        return Ok(None);
    };
    let CarriedToken { of, record, role, kind, token: old, .. } = carried.clone();
    Ok(Some(NewToken { of, record, role, kind, old, new: token.newest }))
}

impl House {
    /// Reads a platform's keys again where they were changed, or where one begins to be used.
    pub(crate) async fn catch_up_on_keys(&self, id: &Slug) -> Result<(), Refusal> {
        let Ok(served) = self.any_platform(id.as_str()) else { return Ok(()) };
        let (now, rows) = (self.now(), self.store.platform_keys(id).await?);
        let used = |key: &&WrappedKey| key.purpose == KeyPurpose::Parts && key.since <= now;
        let due = rows.iter().filter(used).map(|key| key.version).max();
        if *rows == *served.wrapped && due.is_none_or(|due| due == served.keys.version()) {
            return Ok(());
        }
        let root = Arc::clone(&*self.root.read().unwrap_or_else(PoisonError::into_inner));
        let keys = root.open_platform(id, &rows, now).map_err(|why| match why {
            // The root key was changed on another server: it goes on here as soon as the key file is brought over.
            VaultError::Root(_) => Refusal::Away(why.to_string()),
            other => other.into(),
        })?;
        self.serve_with(id, &Arc::new(keys), &rows.into());
        Ok(())
    }
}
