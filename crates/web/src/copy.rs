//! A copy of everything that is held of a person, as one archive that is made while it is sent: for the portal and for `/v1`.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::read::{Collected, Export, Manifest, SharedLine, file_name};
use desk::{Platform, Refusal};
use model::calendar::day_in_shanghai;

use crate::archive::{Archive, Entry, LARGEST};
use crate::pages::Template as _;
use crate::pages::parts::{Fact, Moment};
use crate::pages::portal::{CopyLine, CopyPage};
use crate::pieces::{Gone, Outlet, outlet};
use crate::told::acts::number;
use crate::words::{fill, listed, say};

/// The archive: `data.json` for programs, `data.html` for people, the files, and the signature over all of them, which comes
/// last. An archive that breaks off has no directory and no signature.
pub(crate) fn package(platform: &Arc<Platform>, copy: Export) -> Result<Response, Refusal> {
    if copy.files.iter().any(|(_, reading)| reading.size > LARGEST) {
        return Err(Refusal::Broken("a file is too large for an archive".to_owned()));
    }
    let html = page(platform, &copy).render();
    let html = html.map_err(|error| Refusal::Broken(format!("a template: {error}")))?;
    let name = format!("attachment; filename=\"{}-copy.zip\"", platform.id);
    let (outlet, body) = outlet();
    let mut headers = vec![
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    headers.extend(copy.leaf.map(|leaf| (header::HeaderName::from_static("leaf"), HeaderValue::from(leaf))));
    let platform = Arc::clone(platform);
    let packing = Packing { archive: Archive::default(), manifest: Manifest::new(&platform), outlet };
    tokio::spawn(packing.all(platform, copy, html));
    let mut response = Body::new(body).into_response();
    response.headers_mut().extend(headers);
    Ok(response)
}

/// An archive on its way to whoever takes it.
struct Packing {
    archive: Archive,
    manifest: Manifest,
    outlet: Outlet,
}

impl Packing {
    async fn all(mut self, platform: Arc<Platform>, copy: Export, html: String) {
        let leaf = copy.leaf;
        let broken = match self.files(copy, html).await {
            Ok(()) => match self.manifest.sign(&platform) {
                Ok(note) => return seal(self.archive, &self.outlet, &note).await.unwrap_or_default(),
                Err(refusal) => refusal,
            },
            // Whoever took it has gone.
            Err(Stopped::Gone) => return,
            Err(Stopped::Broken(refusal)) => refusal,
        };
        tracing::error!(?leaf, %broken, "a copy does not come out to its end");
        self.outlet.broken(broken).await;
    }

    async fn files(&mut self, copy: Export, html: String) -> Result<(), Stopped> {
        for (name, bytes) in [("data.json", copy.data), ("data.html", html)] {
            let mut entry = self.begin(name.to_owned()).await?;
            self.piece(&mut entry, bytes.as_bytes()).await?;
            self.end(entry, name).await?;
        }
        for (name, mut reading) in copy.files {
            let mut entry = self.begin(name.clone()).await?;
            while let Some(piece) = reading.next().await? {
                self.piece(&mut entry, &piece).await?;
            }
            self.end(entry, &name).await?;
        }
        Ok(())
    }

    async fn begin(&mut self, name: String) -> Result<Entry, Gone> {
        let (entry, bytes) = self.archive.begin(name);
        self.outlet.send(bytes).await?;
        Ok(entry)
    }

    async fn piece(&mut self, entry: &mut Entry, piece: &[u8]) -> Result<(), Gone> {
        self.manifest.push(piece);
        self.outlet.send(self.archive.piece(entry, piece)).await
    }

    async fn end(&mut self, entry: Entry, name: &str) -> Result<(), Gone> {
        self.manifest.end(name);
        self.outlet.send(self.archive.end(entry)).await
    }
}

/// The signature and the end.
async fn seal(mut archive: Archive, outlet: &Outlet, note: &str) -> Result<(), Gone> {
    let (mut entry, head) = archive.begin("signature.txt".to_owned());
    outlet.send(head).await?;
    outlet.send(archive.piece(&mut entry, note.as_bytes())).await?;
    outlet.send(archive.end(entry)).await?;
    outlet.send(archive.finish()).await
}

/// Why an archive does not come out to its end.
enum Stopped {
    Gone,
    Broken(Refusal),
}

impl From<Gone> for Stopped {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Broken(refusal)
    }
}

fn page(platform: &Platform, copy: &Export) -> CopyPage {
    let policy = &platform.tables.program().policy;
    CopyPage {
        platform: policy.policy.service.value.clone(),
        handler: policy.handler.name.value.clone(),
        as_of: Moment(copy.as_of),
        number: copy.leaf.map(|leaf| number(platform, leaf)).unwrap_or_default(),
        items: copy.collected.iter().map(|held| copied_item(held, copy)).collect(),
        shared: copy.shared.iter().map(copied_share).collect(),
    }
}

fn copied_item(held: &Collected, copy: &Export) -> CopyLine {
    let place = [held.class_name.as_str(), held.person_name.as_str()];
    let names = held.shown.files.iter().map(|file| file_name(file.id, file.kind));
    CopyLine {
        place: listed(place),
        item: held.shown.name.clone(),
        value: held.shown.value.clone(),
        files: names.filter(|name| copy.files.iter().any(|(known, _)| known == name)).collect(),
        purpose: listed(held.purposes.iter().map(|(_, name)| name)),
        at: Moment(held.shown.at),
    }
}

fn copied_share(line: &SharedLine) -> Fact {
    let name = line.party.as_ref().or(line.recipient.as_ref()).map(|(_, name)| name.clone());
    let items = listed(line.items.iter().map(|(_, name)| name));
    Fact {
        label: name.unwrap_or_else(|| say("not-stated")),
        value: fill("shared-on", &[("day", &day_in_shanghai(line.at).to_string()), ("items", &items)]),
    }
}
