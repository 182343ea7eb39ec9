//! `shouyue serve`: the house with its faces, until it is told to stop.

mod care;
mod demo;
mod doors;
pub(crate) mod house;
mod ways;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use desk::ports::{Nobody, Parties};
use desk::seat::{self, Stretch};
use tokio::net::TcpListener;
use web::app::{App, Site};
use web::assets::Theme;

use crate::config::Config;
use crate::{Outcome, admin, options};

pub(crate) fn run(asked: &options::Serve, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    logs();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &asked.config {
            Some(path) => installation(&Config::read(path)?, out).await,
            None => demonstration(asked, out).await,
        }
    })
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
        ocr: house::reader(config)?,
        payment: house::payment(config)?.unwrap_or_else(|| Arc::clone(&simulators.parties.payment)),
        ..ways.among(simulators.parties.clone())
    };
    let (store, house) = house::open(config, parties, true).await?;
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
    if house.platforms().is_empty() {
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
        served = serve(listener, app, stop) => served?,
        listened = admin::listen(commands, store, Arc::clone(&house)) => listened?,
        () = care::always(house) => {}
    }
    drop(std::fs::remove_file(socket));
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
    let (store, house) = house::open(&config, parties, true).await?;
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
    let serving = tokio::spawn(serve(listener, app, stop()?));
    let told = demo::fill(&house, &config.origin, &asked.data, &asked.platforms).await?;
    care::now(&house).await;
    let socket = config.socket();
    let commands = admin::bind(&socket)?;
    write!(out, "{told}{}{}", ways.told(), doors.told())?;
    out.flush()?;
    tokio::select! {
        served = serving => served??,
        listened = admin::listen(commands, store, Arc::clone(&house)) => listened?,
        () = care::always(house) => {}
    }
    drop(std::fs::remove_file(socket));
    Ok(Outcome::Fine)
}

/// The configuration of a demo's folder.
pub(crate) fn demo_config(data: &Path, port: u16) -> Config {
    Config {
        postgres: None,
        data: data.join("data"),
        root_key: data.join("root.key"),
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        origin: format!("http://127.0.0.1:{port}"),
        simulated: true,
        largest_attachment: desk::attach::LARGEST,
        tesseract: Some("tesseract".to_owned()),
        colours: std::collections::BTreeMap::new(),
        payment: None,
        logins: Vec::new(),
        tickets: Vec::new(),
        doors: Vec::new(),
    }
}

async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let router = web::router(Arc::new(app));
    axum::serve(listener, router).with_graceful_shutdown(stop).await.context("the server stopped")
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

/// JSON lines on stderr. What is logged is decided where it is logged; personal information never is.
fn logs() {
    let filter = tracing_subscriber::EnvFilter::new("info");
    drop(tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init());
}

/// Where a demo keeps what it must tell again at the next start.
pub(crate) fn notes(data: &Path) -> PathBuf {
    data.join("demo.json")
}
