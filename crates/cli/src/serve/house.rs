//! Wiring: a house from a configuration.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use anyhow::Context as _;
use connect::simulated::{SimulatedFace, SimulatedSms};
use desk::House;
use desk::house::Parts;
use desk::ports::Parties;
use store::Store;
use store::sqlite::Sqlite;

use crate::config::{self, Config};
use crate::system::{SystemClock, SystemEntropy};

/// The simulated outside parties.
pub(crate) struct Simulators {
    pub(crate) sms: Arc<SimulatedSms>,
    face: Arc<SimulatedFace>,
}

impl Simulators {
    /// Each in its place.
    fn parties(&self) -> Parties {
        Parties { sms: self.sms.clone(), face: self.face.clone() }
    }
}

pub(crate) fn simulators() -> Simulators {
    Simulators { sms: Arc::default(), face: Arc::default() }
}

/// Opens the data folder and the house in it. `make` lets an empty folder get its root key.
pub(crate) async fn open(
    config: &Config,
    simulators: &Simulators,
    make: bool,
) -> anyhow::Result<(Arc<dyn Store>, Arc<House>)> {
    anyhow::ensure!(
        make || config.data.exists(),
        "nothing is installed at {}: the first `shouyue serve` makes it",
        config.data.display()
    );
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data)
        .with_context(|| format!("cannot make {}", config.data.display()))?;
    let empty = fs::read_dir(&config.data)?.next().is_none();
    let entropy = Arc::new(SystemEntropy);
    // A folder that holds something had a key: a new one would open nothing, and hide that the right one is lost.
    let root = config::root_key(&config.root_key, make && empty, &*entropy)?;
    let store = Sqlite::open(&config.data).with_context(|| format!("cannot open {}", config.data.display()))?;
    let parts = Parts {
        store: Arc::clone(&store) as Arc<dyn Store>,
        root,
        clock: Arc::new(SystemClock),
        entropy,
        parties: simulators.parties(),
    };
    let house = House::open(parts).await.context("the root key may be another one than the data's")?;
    Ok((store, house))
}

/// The demo's telephone.
pub(crate) struct Telephone(pub(crate) Arc<SimulatedSms>);

impl web::app::Inbox for Telephone {
    fn newest_code(&self, phone: &str) -> Option<String> {
        self.0.newest_for(phone)
    }
}
