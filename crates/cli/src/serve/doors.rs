//! Where parties take in the copies that customers have sent to them: from the configuration, or, for the demo, simulated.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use connect::PATIENCE;
use connect::courier::{Address, HttpCourier};
use connect::simulated::SimulatedReceiver;
use desk::ports::Courier;
use desk::{House, evidence};
use model::Slug;

use crate::config::{self, Config};
use crate::folder;
use crate::system::{SystemClock, SystemEntropy};

fn courier(doors: BTreeMap<(Slug, Slug), Address>) -> Arc<dyn Courier> {
    Arc::new(HttpCourier::new(doors, PATIENCE, (Arc::new(SystemClock::default()), Arc::new(SystemEntropy))))
}

/// As the configuration says.
pub(super) fn configured(config: &Config) -> anyhow::Result<Arc<dyn Courier>> {
    let mut doors = BTreeMap::new();
    for door in &config.doors {
        let address = config::address(&door.address)?;
        doors.insert((door.platform.clone(), door.party.clone()), address);
    }
    Ok(courier(doors))
}

/// The demo's parties; they serve until they are dropped.
pub(super) struct Simulated {
    pub(super) courier: Arc<dyn Courier>,
    receivers: Vec<(Slug, String, SimulatedReceiver)>,
}

impl Simulated {
    /// The first party of each platform to which copies are sent gets an address; the others have none, as it is in life.
    pub(super) fn start(platforms: &Path) -> anyhow::Result<Self> {
        let (mut doors, mut receivers) = (BTreeMap::new(), Vec::new());
        for folder in super::demo::folders(platforms)? {
            let written = folder::newest(&folder)?;
            let sources = policy::Sources { policy: &written.policy, operation: written.operation.as_ref() };
            let Some(program) = policy::read(&sources).program else { continue };
            let mut sent = program.operation.deliveries.iter();
            let shares = &program.policy.shares;
            let Some(share) = sent.find_map(|one| shares.iter().find(|share| share.id.as_str() == one.share.text))
            else {
                continue;
            };
            let mut parties = program.operation.parties.iter().filter(|party| party.recipient == share.recipient);
            let Some(party) = parties.next() else { continue };
            let platform = program.policy.policy.platform.value.clone();
            let receiver = SimulatedReceiver::start(Arc::new(SystemClock::default()))
                .context("a simulated party does not start")?;
            doors.insert((platform.clone(), party.id.value.clone()), receiver.address());
            receivers.push((platform, party.name.value.clone(), receiver));
        }
        Ok(Self { courier: courier(doors), receivers })
    }

    /// Gives each party the key by which it knows who sends.
    pub(super) fn trust(&self, house: &House) -> anyhow::Result<()> {
        for (platform, _, receiver) in &self.receivers {
            receiver.trust(&evidence::verifier_key(&*house.platform(platform.as_str())?)?.to_string());
        }
        Ok(())
    }

    /// Who takes copies in.
    pub(super) fn told(&self) -> String {
        let mut out = String::new();
        for (_, name, receiver) in &self.receivers {
            // Writing into a string cannot fail.
            let _ = writeln!(out, "simulated  {name}: takes copies in at {}", receiver.address().origin);
        }
        out
    }
}
