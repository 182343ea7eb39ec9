//! What the house does by itself while it serves: what became due is erased or made storage-only, and due dates that
//! waited for a calendar are counted again; virtual numbers that nobody may call any more are released; payments whose word
//! never came are asked about; what lies under old keys is moved under new ones; thresholds of the law that are reached are noted; sessions, codes and tickets that have ended are dropped.

use std::sync::Arc;
use std::time::Duration;

use desk::{House, Platform, Refusal, evidence, partner, pay, retain, rights, seat, threshold};
use model::calendar::day_in_shanghai;
use store::Destruction;
use tokio::time::{Instant, MissedTickBehavior};

use crate::keyring::Keyring;
use crate::system::SystemEntropy;

/// Erasure is due on a day; an hour is soon enough.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// How soon a version that another server has put in force is served here, at the latest. No act is ever decided by an
/// older one: it is the pages that nobody acts on which may be so old.
const CATCH_UP: Duration = Duration::from_secs(2);

/// How often messages about new versions are looked for.
const TELL: Duration = Duration::from_secs(5);

/// Cares for every platform, every hour, for ever; follows what other servers put in force, and goes on with what follows
/// from changed keys.
pub(crate) async fn always(house: Arc<House>, keyring: &Keyring) {
    tokio::join!(hourly(&house), following(&house, keyring), Box::pin(telling(&house)));
}

async fn following(house: &House, keyring: &Keyring) {
    let mut ticks = tokio::time::interval(CATCH_UP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(why) = house.catch_up().await {
            tracing::error!(%why, "what is in force could not be read");
        }
        match seat::end_lingering(house).await {
            Ok(0) => {}
            Ok(people) => tracing::info!(people, "sessions of the erased ended"),
            Err(why) => tracing::error!(%why, "sessions of the erased could not be ended"),
        }
        if !keys(house).await {
            // The root key may have been changed on another server, and the key file brought over since.
            match keyring.read(false, &SystemEntropy) {
                Ok(roots) => desk::keys::adopt(house, roots),
                Err(why) => tracing::error!(why = format!("{why:#}"), "the key file could not be read"),
            }
        }
    }
}

/// Goes on with what follows from changed keys; whether all went well.
pub(crate) async fn keys(house: &House) -> bool {
    let mut well = true;
    for platform in house.platforms() {
        match desk::keys::tend(house, &platform).await {
            Ok(0) => {}
            Ok(moved) => tracing::info!(platform = %platform.id, moved, "keys and tokens moved under new keys"),
            Err(why) => {
                well = false;
                tracing::error!(platform = %platform.id, %why, "keys could not be moved");
            }
        }
    }
    well
}

/// Tells people of new versions, as far as messages are due.
async fn telling(house: &House) {
    let mut ticks = tokio::time::interval(TELL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for platform in house.platforms() {
            match desk::notify::send(house, &platform).await {
                Ok(0) => {}
                Ok(tried) => tracing::info!(platform = %platform.id, tried, "messages about a new version"),
                Err(why) => tracing::error!(platform = %platform.id, %why, "nobody could be told of a new version"),
            }
        }
    }
}

async fn hourly(house: &House) {
    let mut hours = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        now(house).await;
    }
}

/// Cares for every platform once. What fails is logged, and tried again the next hour.
pub(crate) async fn now(house: &House) {
    match seat::forget_expired(house).await {
        Ok(0) => {}
        Ok(rows) => tracing::info!(rows, "what had ended was dropped"),
        Err(why) => tracing::error!(%why, "what has ended could not be dropped"),
    }
    for platform in house.platforms() {
        match round(house, &platform).await {
            Ok(0) => {}
            Ok(acts) => tracing::info!(platform = %platform.id, acts, "cared for"),
            Err(why) => tracing::error!(platform = %platform.id, %why, "could not care for what is due"),
        }
    }
}

/// One platform, until nothing is due any more. Gives the number of acts.
async fn round(house: &House, platform: &Platform) -> Result<usize, Refusal> {
    match evidence::prune(house, platform).await? {
        0 => {}
        entries => tracing::info!(platform = %platform.id, entries, "entries whose floor is over were emptied"),
    }
    match retain::confirm(house, platform).await? {
        Destruction::Nothing | Destruction::Again => {}
        Destruction::Until(leaf) => {
            tracing::info!(platform = %platform.id, leaf, "what was erased before this leaf is in no file any more");
        }
        Destruction::Waiting(what) => tracing::info!(platform = %platform.id, what, "erasures are not confirmed yet"),
        Destruction::Unseen(why) => tracing::warn!(platform = %platform.id, why, "erasures cannot be confirmed"),
    }
    let mut acts = partner::release_ended(house, platform).await? + pay::reconcile(house, platform).await?;
    acts += threshold::note(house, platform).await?.len();
    loop {
        let swept = retain::sweep(house, platform, day_in_shanghai(house.now())).await?.len();
        let counted = rights::recount(house, platform).await?.len();
        if swept + counted == 0 {
            return Ok(acts);
        }
        acts += swept + counted;
    }
}
