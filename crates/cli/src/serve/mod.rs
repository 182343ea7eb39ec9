//! `shouyue serve`: the house with its faces, until it is told to stop.

pub(crate) mod care;
mod demo;
mod doors;
pub(crate) mod house;
mod messages;
mod tell;
mod ways;
pub(crate) mod witness;
mod witnesses;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use desk::ports::{Nobody, Parties};
use desk::seat::{self, Stretch};
use desk::{attach, keys};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use web::app::{App, Site};
use web::assets::Theme;

use crate::admin::Host;
use crate::config::{Config, Log, LogFormat, STOP_WITHIN};
use crate::keyring::Keyring;
use crate::{Outcome, admin, options};

/// How long threads that wait for somebody outside are waited for after that.
const LEFT: Duration = Duration::from_secs(5);

pub(crate) fn run(asked: &options::Serve, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = asked.config.as_deref().map(Config::read).transpose()?;
    if let Some(config) = &config {
        logs(config.log, BoxMakeWriter::new(std::io::stderr));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        match &config {
            Some(config) => installation(config, out).await,
            None => demonstration(asked, out).await,
        }
    });
    // What still runs was given its time: a call to somebody outside is not waited for.
    runtime.shutdown_timeout(LEFT);
    ended
}

/// An installation: empty and safe until an operator comes by the one-time link.
async fn installation(config: &Config, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        config.simulated,
        "no outside parties are configured: this release has simulated ones only, say `simulated = true` to use them"
    );
    let simulators = house::simulators(&config.origin)?;
    let ways = ways::configured(config)?;
    let parties = Parties {
        courier: doors::configured(config)?,
        messages: messages::configured(config)?,
        ocr: house::reader(config)?,
        webhooks: tell::configured(config)?,
        witnesses: witnesses::configured(config)?,
        payment: house::payment(config)?.unwrap_or_else(|| Arc::clone(&simulators.parties.payment)),
        ..ways.among(simulators.parties.clone())
    };
    let keyring = Arc::new(Keyring::open(config)?);
    let (store, house) = house::open(config, &keyring, parties, true).await?;
    // Before anything is added to a database that may be an old one.
    witnesses::begin(&house).await?;
    keys::finish_root(&house).await?;
    attach::settle(&house).await?;
    tell::begin(&house).await?;
    care::now(&house).await;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}: say another `listen` in the configuration", config.listen))?;
    let socket = config.socket();
    let (commands, stop) = (admin::bind(&socket)?, stop()?);
    writeln!(out, "serving {} on {}", config.origin, listener.local_addr()?)?;
    if let Ok(link) = seat::first_link(&house).await {
        writeln!(out, "first operator: {}/console/first/{}  (works once)", config.origin, link.expose())?;
    }
    if house.every_platform().is_empty() {
        writeln!(out, "no platform is published yet: shouyue publish <platform folder> --config <this file>")?;
    }
    out.flush()?;
    let app = App {
        house: Arc::clone(&house),
        site: Site {
            origin: config.origin.clone(),
            stretch: Stretch::default(),
            themes: themes(&config.colours)?,
            inbox: None,
        },
    };
    tokio::select! {
        served = serve(listener, app, stop, config.stop_within) => served?,
        listened = admin::listen(commands, Host::new(store, Arc::clone(&house), Arc::clone(&keyring))) => listened?,
        () = care::always(Arc::clone(&house), &keyring) => {}
        () = tell::always(&house, config) => {}
        () = witnesses::always(&house) => {}
    }
    drop(std::fs::remove_file(socket));
    tracing::info!("stopped");
    Ok(Outcome::Fine)
}

/// The demo: this machine only, its own folder, filled once with invented people through the public API.
async fn demonstration(asked: &options::Serve, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], asked.port)))
        .await
        .with_context(|| format!("port {} is taken: choose another with --port", asked.port))?;
    let config = demo_config(&asked.data, listener.local_addr()?.port());
    let simulators = house::simulators(&config.origin)?;
    let ways = ways::Simulated::start(&config.origin, &asked.platforms)?;
    let doors = doors::Simulated::start(&asked.platforms)?;
    let parties = Parties {
        courier: Arc::clone(&doors.courier),
        // Who only tries things out need not have it.
        ocr: house::reader(&config).unwrap_or_else(|_| Arc::new(Nobody)),
        ..ways.parties.among(simulators.parties.clone())
    };
    let keyring = Arc::new(Keyring::open(&config)?);
    let (store, house) = house::open(&config, &keyring, parties, true).await?;
    // In a file: whoever tries it out reads on the screen where to click, and nothing between.
    logs(config.log, BoxMakeWriter::new(Mutex::new(demo::log(&asked.data)?)));
    attach::settle(&house).await?;
    demo::publish(&house, &asked.platforms).await?;
    doors.trust(&house)?;
    let app = App {
        house: Arc::clone(&house),
        site: Site {
            origin: config.origin.clone(),
            stretch: Stretch::default(),
            themes: themes(&demo::colours(&asked.platforms)?)?,
            inbox: Some(Arc::new(house::Telephone(Arc::clone(&simulators.tencent), Arc::clone(&simulators.payment)))),
        },
    };
    let serving = tokio::spawn(serve(listener, app, stop()?, config.stop_within));
    let told = demo::fill(&house, &config.origin, &asked.data, &asked.platforms).await?;
    care::now(&house).await;
    let socket = config.socket();
    let commands = admin::bind(&socket)?;
    write!(out, "{told}{}{}", ways.told(), doors.told())?;
    out.flush()?;
    tokio::select! {
        served = serving => served??,
        listened = admin::listen(commands, Host::new(store, Arc::clone(&house), Arc::clone(&keyring))) => listened?,
        () = care::always(house, &keyring) => {}
    }
    drop(std::fs::remove_file(socket));
    Ok(Outcome::Fine)
}

/// The configuration of a demo's folder.
pub(crate) fn demo_config(data: &Path, port: u16) -> Config {
    Config {
        postgres: None,
        objects: None,
        mail: None,
        sms: None,
        wechat: Vec::new(),
        push: None,
        letter: None,
        data: data.join("data"),
        root_key: data.join("root.key"),
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        origin: format!("http://127.0.0.1:{port}"),
        simulated: true,
        largest_attachment: desk::attach::LARGEST,
        tesseract: Some("tesseract".to_owned()),
        colours: std::collections::BTreeMap::new(),
        hsm: None,
        payment: None,
        logins: Vec::new(),
        tickets: Vec::new(),
        doors: Vec::new(),
        webhooks: Vec::new(),
        witnesses: Vec::new(),
        log: Log::default(),
        stop_within: STOP_WITHIN,
    }
}

/// Serves until it is told to stop: then no connection is taken any more, and what is under way has so many seconds to end.
async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
    within: u64,
) -> anyhow::Result<()> {
    let router = web::router(Arc::new(app));
    let (told, mut stopping) = tokio::sync::watch::channel(false);
    let stop = async move {
        stop.await;
        tracing::info!("stopping: no connection is taken any more");
        told.send_replace(true);
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop);
    let over = async {
        // The sender goes with the server, which then has ended by itself.
        if stopping.wait_for(|told| *told).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_secs(within)).await;
    };
    tokio::select! {
        served = serving => served.context("the server stopped"),
        () = over => {
            tracing::warn!("stopped with requests under way: what they were not answered may be done or not");
            Ok(())
        }
    }
}

/// Ends when the process is told to stop. From the call on, not only once it is awaited: whoever reads that the server is
/// ready may stop it at once.
fn stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn themes(colours: &std::collections::BTreeMap<String, String>) -> anyhow::Result<Vec<Theme>> {
    colours
        .iter()
        .map(|(platform, colour)| {
            Theme::new(platform, colour).map_err(|why| anyhow::anyhow!("colour of `{platform}`: {why}"))
        })
        .collect()
}

/// Where lines of the log go. What is logged is decided where it is logged; personal information never is.
fn logs(log: Log, to: BoxMakeWriter) {
    let filter = tracing_subscriber::EnvFilter::new(log.level.word());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(to);
    drop(match log.format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Text => lines.with_ansi(false).try_init(),
    });
}

/// Where a demo keeps what it must tell again at the next start.
pub(crate) fn notes(data: &Path) -> PathBuf {
    data.join("demo.json")
}
