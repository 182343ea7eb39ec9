//! What stands around every page of a portal.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use desk::Platform;
use desk::seat::{self, Holder};
use serde::Deserialize;

use crate::app::{App, Site};
use crate::pages::parts::{Fact, Link, Status, Tone};
use crate::pages::portal::{Problem, ProblemKind};
use crate::pages::shell::{Csrf, Portal};
use crate::session::{Visit, cookie, elder_cookie, html, portal_cookie};
use crate::trouble::Trouble;
use crate::words::say;

/// The act that led here, by its leaf: `?done=17`. It says nothing about a person; a receipt is shown to its subject only.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    pub(crate) done: Option<u64>,
}

impl Visit {
    /// Around a page of this visit.
    pub(crate) fn shell(&self) -> Portal {
        let mut shell = around(&self.app.site, &self.platform);
        shell.elder = self.elder;
        shell.csrf = Csrf(self.session.csrf.clone());
        shell.visitor = self.subject().map(|_| say("customer"));
        shell
    }

    /// What stands around a page that is kept as it is for everybody: no token, nobody's name.
    pub(crate) fn bare_shell(&self) -> Portal {
        around(&self.app.site, &self.platform)
    }

    /// The same as [`Visit::shell`], saying that the act of `done` was done.
    pub(crate) fn shell_after(&self, done: &Done) -> Portal {
        let status = done.done.map(|leaf| Status {
            tone: Tone::Good,
            text: say("done"),
            receipt: Some(crate::told::acts::receipt(&self.platform, leaf)),
        });
        Portal { status, ..self.shell() }
    }
}

/// What says the same to everybody.
fn around(site: &Site, platform: &Platform) -> Portal {
    let policy = &platform.tables.program().policy;
    let contacts = policy.handler.contacts.iter();
    let contact = |one: &policy::syntax::Contact| Fact {
        label: policy::label::label(one.route.value),
        value: one.value.value.clone(),
    };
    Portal {
        base: format!("/p/{}", platform.id),
        platform: policy.policy.service.value.clone(),
        handler: policy.handler.name.value.clone(),
        theme: site.theme_of(platform.id.as_str()),
        contacts: contacts.map(contact).collect(),
        demo: site.inbox.is_some(),
        ..Portal::default()
    }
}

/// A problem, as a page of the platform. Nothing is looked up for it but the session.
pub(crate) async fn problem(
    app: &Arc<App>,
    platform: &Platform,
    headers: &HeaderMap,
    kind: ProblemKind,
    next: Vec<Link>,
) -> Result<Response, Trouble> {
    let mut shell = around(&app.site, platform);
    shell.elder = cookie(headers, &elder_cookie(&app.site)).is_some();
    if let Some(secret) = cookie(headers, &portal_cookie(&app.site, &platform.id)) {
        let session = seat::session(&app.house, secret).await.ok().flatten();
        if let Some(session) = session {
            shell.visitor = matches!(session.holder, Holder::Subject(..)).then(|| say("customer"));
            shell.csrf = Csrf(session.csrf);
        }
    }
    html(StatusCode::OK, &Problem { shell, kind, next })
}
