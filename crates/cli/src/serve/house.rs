//! Wiring: a house from a configuration.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use connect::PATIENCE;
use connect::alibaba::AlibabaNumbers;
use connect::simulated::{SimulatedAlibaba, SimulatedTencent, SimulatedWechatPay};
use connect::tencent::{TencentFace, TencentRealName, TencentSms};
use connect::tesseract::Tesseract;
use connect::wechat_pay::{Merchants, WechatPay};
use desk::House;
use desk::house::Parts;
use desk::ports::{Nobody, Ocr, Parties, Payment};
use store::Store;
use store::{postgres, sqlite};

use crate::config::{self, Config};
use crate::keyring::Keyring;
use crate::system::{SystemClock, SystemEntropy};

/// The simulated outside parties, and the adapters that reach them.
pub(crate) struct Simulators {
    /// Who delivers messages, and compares names and faces.
    pub(crate) tencent: Arc<SimulatedTencent>,
    /// Virtual numbers; it serves until it is dropped.
    _numbers: SimulatedAlibaba,
    /// The payment network; who holds the demo's telephone pays there.
    pub(crate) payment: Arc<SimulatedWechatPay>,
    pub(crate) parties: Parties,
}

/// Starts the simulators of an installation that browsers reach at `origin`.
pub(crate) fn simulators(origin: &str) -> anyhow::Result<Simulators> {
    let (clock, entropy) = (Arc::new(SystemClock::default()), Arc::new(SystemEntropy));
    let tencent =
        SimulatedTencent::start(clock.clone(), entropy.clone()).context("the simulated cloud does not start")?;
    let (at, key) = (tencent.origin(), tencent.key());
    let at = (Some(at.as_str()), PATIENCE);
    let payment =
        SimulatedWechatPay::start(&format!("{origin}{}", web::hooks::PAYMENT), clock.clone(), entropy.clone())
            .context("the simulated payment network does not start")?;
    let virtual_numbers =
        SimulatedAlibaba::start(clock.clone(), entropy.clone()).context("the simulated numbers do not start")?;
    let (own, pool) = (virtual_numbers.origin(), virtual_numbers.pool());
    let own = (Some(own.as_str()), PATIENCE);
    let numbers = AlibabaNumbers::new(own, &virtual_numbers.key(), pool, (clock.clone(), entropy.clone()));
    let merchants = Merchants { other: Some(payment.merchant()), ..Merchants::default() };
    let pay = WechatPay::new(&payment.origin(), PATIENCE, &merchants, (clock.clone(), entropy))?;
    let parties = Parties {
        sms: Arc::new(TencentSms::new(at, &key, tencent.texts(), clock.clone())),
        face: Arc::new(TencentFace::new(at, &key, clock.clone())),
        real_name: Arc::new(TencentRealName::new(at, &key, clock)),
        numbers: Arc::new(numbers),
        payment: Arc::new(pay),
        ..Parties::default()
    };
    Ok(Simulators { tencent: Arc::new(tencent), _numbers: virtual_numbers, payment: Arc::new(payment), parties })
}

/// The payment network of the configuration; `None` where it has none.
pub(crate) fn payment(config: &Config) -> anyhow::Result<Option<Arc<dyn Payment>>> {
    let Some(network) = &config.payment else { return Ok(None) };
    let accounts = config::secret(&network.accounts)?;
    // What stands there are keys: of a mistake no more is told than the line.
    let merchants: Merchants = toml::from_str(&accounts).map_err(|why: toml::de::Error| {
        let before = why.span().and_then(|span| accounts.get(..span.start)).unwrap_or_default();
        let (path, line) = (network.accounts.display(), before.matches('\n').count() + 1);
        anyhow!("{path} cannot be used, line {line}: README.md shows what stands in it")
    })?;
    let steady = (Arc::new(SystemClock::default()) as _, Arc::new(SystemEntropy) as _);
    Ok(Some(Arc::new(WechatPay::new(&network.origin, PATIENCE, &merchants, steady)?)))
}

/// Who reads text off pictures, as the configuration says.
pub(crate) fn reader(config: &Config) -> anyhow::Result<Arc<dyn Ocr>> {
    let Some(program) = &config.tesseract else { return Ok(Arc::new(Nobody)) };
    let found = Tesseract::find(program, connect::tesseract::PATIENCE);
    let found = found.with_context(|| {
        format!(
            "`{program}` reads no Chinese here: install tesseract-ocr and tesseract-ocr-chi-sim, or drop `tesseract`"
        )
    })?;
    Ok(Arc::new(found))
}

/// Opens the data folder and the house in it. `make` lets an empty folder get its root key.
pub(crate) async fn open(
    config: &Config,
    keyring: &Keyring,
    parties: Parties,
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
    let mut empty = fs::read_dir(&config.data)?.next().is_none();
    let entropy = Arc::new(SystemEntropy);
    let bucket = config.bucket()?;
    let store = match config.server()? {
        None => sqlite::open_with(&config.data, bucket.as_ref())
            .with_context(|| format!("cannot open {}", config.data.display()))?,
        Some((address, folder)) => {
            let opened =
                tokio::task::spawn_blocking(move || postgres::open(&address, &folder, bucket.as_ref())).await?;
            opened.context("cannot open the database")?
        }
    };
    empty &= store.platforms().await?.is_empty();
    // What holds something had a key: a new one would open nothing, and hide that the right one is lost.
    let root = keyring.read(make && empty, &*entropy)?;
    let parts = Parts {
        store: Arc::clone(&store) as Arc<dyn Store>,
        root,
        clock: Arc::new(SystemClock::default()),
        entropy,
        parties,
        largest_attachment: config.largest_attachment,
    };
    let house = House::open(parts).await.context("the house does not open")?;
    Ok((store, house))
}

/// The demo's telephone.
pub(crate) struct Telephone(pub(crate) Arc<SimulatedTencent>, pub(crate) Arc<SimulatedWechatPay>);

impl web::app::Inbox for Telephone {
    fn newest_code(&self, phone: &str) -> Option<String> {
        self.0.newest_for(phone)
    }

    fn scan_page(&self, code: &str, back: &str) -> Option<String> {
        Some(self.1.scan_page(code, back))
    }
}
