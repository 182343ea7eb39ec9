//! Telling webhooks of changes, each at least once: from the feed, in the background, by one server at a time.
//!
//! Whoever was told of somebody hears of the erasure in the same way, and when it answered is kept (rule R49).
//!
//! A change that is not taken in is tried again at growing intervals, others meanwhile; one that is not taken in for three
//! days is a dead letter, which stays until somebody has it sent again. What is told is [`Change`], as in the feed.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::change::{Claim, DeadLetter, Delivery, WebhookRow};

use crate::feed::Change;
use crate::ports::Message;
use crate::{House, Platform, Refusal};

/// Seconds before each further try, as Standard Webhooks 1.0 proposes them; after the last one it is given up.
const AGAIN: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How long a server sends for a webhook before another may; longer than [`AT_ONCE`] calls that nobody answers.
const CLAIMED: SignedDuration = SignedDuration::from_secs(90);

/// Changes that are sent before the claim is renewed.
const AT_ONCE: u32 = 5;

/// Most dead letters that are listed.
const LISTED: u32 = 200;

/// The body of a message, in the members that Standard Webhooks 1.0 names.
#[derive(Serialize)]
struct Told<'a> {
    r#type: &'static str,
    timestamp: Timestamp,
    data: &'a Change,
}

/// Lets every webhook of a platform hear of what happens from now on; those that are known already go on where they stand.
///
/// # Errors
/// What the store answers when it cannot be written.
pub async fn begin(house: &House, platform: &Platform) -> Result<(), Refusal> {
    let known = house.store.webhooks(&platform.id).await?;
    for webhook in house.parties.webhooks.of(&platform.id) {
        if !known.iter().any(|row| row.webhook == webhook) {
            house.store.webhook_claim(&platform.id, &webhook, claim(house)?).await?;
        }
    }
    Ok(())
}

/// Sends what is due for one webhook, a few changes at most; how many were tried. 0 where another server is at it.
///
/// # Errors
/// What the store answers; a webhook that does not answer is no error.
pub async fn send(house: &House, platform: &Platform, webhook: &str) -> Result<usize, Refusal> {
    let now = house.now();
    let waits = |row: &WebhookRow| row.new > 0 || row.next.is_some_and(|next| next <= now);
    let rows = house.store.webhooks(&platform.id).await?;
    // One that is not known yet is made known by the claim, and hears of what happens from then on.
    let due = rows.iter().find(|row| row.webhook == webhook).is_none_or(waits);
    if !due || !house.store.webhook_claim(&platform.id, webhook, claim(house)?).await? {
        return Ok(0);
    }
    let due = house.store.deliveries(&platform.id, webhook, house.now(), AT_ONCE).await?;
    let count = due.len();
    for delivery in due {
        one(house, platform, webhook, delivery).await?;
    }
    Ok(count)
}

async fn one(house: &House, platform: &Platform, webhook: &str, delivery: Delivery) -> Result<(), Refusal> {
    let Delivery { row, tries } = delivery;
    let change = Change::of(&platform.id, row);
    let (number, told) = (change.number, Told { r#type: change.kind, timestamp: change.at, data: &change });
    let content = serde_json::to_vec(&told).map_err(|why| Refusal::Broken(why.to_string()))?;
    let (webhook_of, id) = (webhook.to_owned(), change.id.clone());
    let message = Message { platform: platform.id.clone(), webhook: webhook_of, id, content };
    match house.parties.webhooks.post(message).await {
        Ok(()) => house.store.delivery_done(&platform.id, webhook, number, house.now()).await?,
        Err(outside) => {
            let due = again(house.now(), tries);
            tracing::warn!(platform = %platform.id, webhook, number, tries, %outside, dead = due.is_none(), "not told");
            house.store.delivery_failed(&platform.id, (webhook, number), due, outside.word()).await?;
        }
    }
    Ok(())
}

/// When to try again after so many tries; `None` after the last.
fn again(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let pause = AGAIN.get(usize::try_from(tries).unwrap_or(usize::MAX))?;
    now.checked_add(SignedDuration::from_secs(*pause)).ok()
}

fn claim(house: &House) -> Result<Claim, Refusal> {
    let now = house.now();
    let until = now.checked_add(CLAIMED).map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    // Whoever has the files for itself need not wait for the claim of a process that was killed.
    let now = if house.is_shared() { now } else { Timestamp::MAX };
    Ok(Claim { server: house.server, now, until })
}

/// How a platform's webhooks stand.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn standings(house: &House, platform: &Platform) -> Result<Vec<WebhookRow>, Refusal> {
    Ok(house.store.webhooks(&platform.id).await?)
}

/// What was given up.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn dead_letters(house: &House, platform: &Platform) -> Result<Vec<DeadLetter>, Refusal> {
    Ok(house.store.dead_letters(&platform.id, LISTED).await?)
}

/// Has a dead letter sent again, from the first try on.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub async fn resend(house: &House, platform: &Platform, webhook: &str, number: u64) -> Result<(), Refusal> {
    let found = house.store.delivery_again(&platform.id, webhook, number, house.now()).await?;
    found.then_some(()).ok_or(Refusal::NotFound("dead letter"))
}
