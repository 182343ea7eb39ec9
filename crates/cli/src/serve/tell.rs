//! Telling webhooks of changes while the house serves: one task for each, so that one that never answers holds no other up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use connect::PATIENCE;
use connect::webhook::HttpWebhooks;
use desk::ports::Webhooks;
use desk::{House, webhook};
use model::Slug;
use tokio::task::JoinSet;

use crate::config::{self, Config};
use crate::system::SystemClock;

/// How soon a change is told.
const EVERY: Duration = Duration::from_millis(500);

/// How long nothing is tried after the store did not answer.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);

/// As the configuration says.
pub(super) fn configured(config: &Config) -> anyhow::Result<Arc<dyn Webhooks>> {
    let mut hooks = BTreeMap::new();
    for hook in &config.webhooks {
        let receiver = config::receiver(&hook.address, &hook.secret)?;
        hooks.insert((hook.platform.clone(), hook.id.to_string()), receiver);
    }
    Ok(Arc::new(HttpWebhooks::new(hooks, PATIENCE, Arc::new(SystemClock::default()))))
}

/// Whoever is configured hears of everything that happens from now on, before anything does.
pub(super) async fn begin(house: &House) -> anyhow::Result<()> {
    for platform in house.platforms() {
        webhook::begin(house, &platform).await?;
    }
    Ok(())
}

/// Tells every webhook, for ever.
pub(super) async fn always(house: &Arc<House>, config: &Config) {
    let mut tasks = JoinSet::new();
    for hook in &config.webhooks {
        tasks.spawn(one(Arc::clone(house), hook.platform.clone(), hook.id.to_string()));
    }
    // A task that ended had a fault of its own; the others go on.
    while let Some(ended) = tasks.join_next().await {
        tracing::error!(fault = ended.is_err(), "a webhook is told no more until the next start");
    }
    std::future::pending::<()>().await;
}

async fn one(house: Arc<House>, platform: Slug, webhook: String) {
    loop {
        let pause = match round(&house, &platform, &webhook).await {
            Ok(0) => EVERY,
            Ok(_) => continue,
            Err(why) => {
                tracing::error!(%platform, webhook, %why, "a webhook could not be told");
                AFTER_A_FAULT
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// What is due now, a few changes at most; nothing while the platform is not in force.
async fn round(house: &House, platform: &Slug, webhook: &str) -> Result<usize, desk::Refusal> {
    let Ok(platform) = house.platform(platform.as_str()) else { return Ok(0) };
    webhook::send(house, &platform, webhook).await
}
