//! The witnesses of our ledgers: asked at the start, before anything is served, and while it is. No act waits for one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use connect::PATIENCE;
use connect::courier::Address;
use connect::witness::{HttpWitnesses, Words};
use desk::evidence::{self, Word};
use desk::ports::{Witness, Witnesses};
use desk::{House, Platform, Refusal};
use ledger::witness::{ADD_CHECKPOINT, SIZE_TYPE};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::config::{self, Config};

/// How soon what was added is offered to witnesses.
const EVERY: Duration = Duration::from_secs(5);

/// As the configuration says.
pub(super) fn configured(config: &Config) -> anyhow::Result<Arc<dyn Witnesses>> {
    let mut witnesses: Vec<(Witness, Address)> = Vec::new();
    for one in &config.witnesses {
        let witness = Witness::read(&one.key, one.required).with_context(|| {
            format!("`key` of a [[witness]]: `{}` is not what `shouyue witness` prints as its verifier key", one.key)
        })?;
        let address = config::address(&one.address)?;
        if witnesses.iter().any(|(known, _)| known.key.name() == witness.key.name()) {
            bail!("two [[witness]] have the name {}: each has its own", witness.key.name());
        }
        witnesses.push((witness, address));
    }
    let words = Words { call: ADD_CHECKPOINT, size: SIZE_TYPE };
    Ok(Arc::new(HttpWitnesses::new(witnesses, words, PATIENCE)))
}

/// Asks about every platform, before anything is served. A platform that a witness contradicts is not served from then on.
///
/// # Errors
/// Where a witness without whose word nothing is to be served did not cosign.
pub(super) async fn begin(house: &Arc<House>) -> anyhow::Result<()> {
    round(house).await;
    let silent = house.witnesses().into_iter().find(|(_, one)| {
        // One that contradicts has spoken: its platform is closed, the others need not be.
        one.is_required && !matches!(one.last, Word::Cosigned | Word::Contradicts)
    });
    silent.map_or(Ok(()), |(platform, one)| {
        bail!(
            "the witness {} did not cosign the ledger of {platform} ({}), and `required` says that nothing is served without its \
             word: bring it back, or drop `required`",
            one.witness,
            one.last.word()
        )
    })
}

/// Offers what was added, for ever.
pub(super) async fn always(house: &Arc<House>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        round(house).await;
    }
}

/// Every platform at once: a witness that does not answer is waited for.
async fn round(house: &Arc<House>) {
    let mut asked = JoinSet::new();
    for platform in house.platforms() {
        asked.spawn(one(Arc::clone(house), platform));
    }
    asked.join_all().await;
}

async fn one(house: Arc<House>, platform: Arc<Platform>) {
    match evidence::ask_witnesses(&house, &platform).await {
        // What a witness contradicts is in the log already, with what to do.
        Ok(()) | Err(Refusal::Overtaken(_)) => {}
        Err(why) => tracing::error!(platform = %platform.id, %why, "witnesses could not be asked"),
    }
}
