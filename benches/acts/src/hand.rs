//! By whom acts are done: in this process, or over HTTP.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use desk::collect::{Addition, PersonFields, Registration, add, register};
use desk::consent::{Choice, Manner, give};
use desk::leaf::Who;
use desk::read::my_information;
use desk::retain::erase;
use desk::{House, Platform};
use model::act::GivenBy;
use model::{Clear, Slug, SubjectId};
use policy::question::Facts;
use policy::syntax::Trigger;

use crate::people::Numbers;
use crate::wire::Wire;

/// What somebody must have agreed to before the acts of this race.
pub(crate) const AGREED: [&str; 2] = ["collect.register", "collect.register.identity-document"];

/// What the race itself agrees to, again and again.
pub(crate) const SCOPE: &str = "collect.security";

/// Six items that come with every visit.
pub(crate) const VISIT: [(&str, &str); 6] = [
    ("visit-time", "2026-06-01T10:00:00+08:00"),
    ("visit-duration", "42"),
    ("visit-count", "3"),
    ("visited-pages", "/home /mine /policy"),
    ("click-events", "submit"),
    ("network-log", "GET /home 200"),
];

/// One client.
pub(crate) enum Hand {
    Inside(Inside),
    Wire(Wire),
}

/// A client in the house's own process.
pub(crate) struct Inside {
    pub(crate) house: Arc<House>,
    pub(crate) platform: Arc<Platform>,
}

impl Hand {
    /// Somebody who registered and agreed to what the race does.
    pub(crate) async fn prepared(&mut self, own: &Numbers) -> Result<SubjectId> {
        let subject = self.register(&own.at(0)).await?;
        self.consent(subject).await?;
        Ok(subject)
    }

    pub(crate) async fn register(&mut self, fields: &[(&'static str, String)]) -> Result<SubjectId> {
        match self {
            Self::Inside(inside) => inside.register(fields).await,
            Self::Wire(wire) => wire.register(fields).await,
        }
    }

    pub(crate) async fn consent(&mut self, subject: SubjectId) -> Result<()> {
        match self {
            Self::Inside(inside) => inside.consent(subject).await,
            Self::Wire(wire) => wire.consent(subject).await,
        }
    }

    pub(crate) async fn collect(&mut self, subject: SubjectId) -> Result<()> {
        match self {
            Self::Inside(inside) => inside.collect(subject).await,
            Self::Wire(wire) => wire.collect(subject).await,
        }
    }

    pub(crate) async fn read(&mut self, subject: SubjectId) -> Result<()> {
        match self {
            Self::Inside(inside) => inside.read(subject).await,
            Self::Wire(wire) => wire.read(subject).await,
        }
    }

    pub(crate) async fn erase(&mut self, subject: SubjectId) -> Result<()> {
        match self {
            Self::Inside(inside) => inside.erase(subject).await,
            Self::Wire(wire) => wire.erase(subject).await,
        }
    }
}

impl Inside {
    fn yes(&self, scope: &str) -> Choice {
        Choice {
            scope: scope.to_owned(),
            party: None,
            artefact: Manner::Separate,
            policy: self.platform.tables.policy(),
            text: self.platform.text,
            by: GivenBy::Oneself,
            until: None,
        }
    }

    async fn register(&self, fields: &[(&'static str, String)]) -> Result<SubjectId> {
        let fields = fields.iter().map(|(item, value)| ((*item).to_owned(), Clear::new(value.clone()))).collect();
        let registration = Registration {
            function: slug("register")?,
            channel: None,
            product: None,
            persons: vec![PersonFields { person: slug("registrant")?, fields }],
            consents: AGREED.map(|scope| self.yes(scope)).into(),
            facts: Facts::default(),
        };
        let done = register(&self.house, &self.platform, registration, Who::House, None).await;
        Ok(done.context("registering")?.subject)
    }

    async fn consent(&self, subject: SubjectId) -> Result<()> {
        give(&self.house, &self.platform, subject, vec![self.yes(SCOPE)]).await.context("consenting")?;
        Ok(())
    }

    async fn collect(&self, subject: SubjectId) -> Result<()> {
        let addition = Addition {
            function: slug("security")?,
            channel: None,
            product: None,
            record: None,
            person: slug("registrant")?,
            fields: VISIT.map(|(item, value)| (item.to_owned(), Clear::new(value.to_owned()))).into(),
            consents: Vec::new(),
            facts: Facts::default(),
            trigger: Trigger::Automatic,
        };
        add(&self.house, &self.platform, subject, addition, Who::House, None).await.context("collecting")?;
        Ok(())
    }

    async fn read(&self, subject: SubjectId) -> Result<()> {
        my_information(&self.house, &self.platform, subject).await.context("reading")?;
        Ok(())
    }

    async fn erase(&self, subject: SubjectId) -> Result<()> {
        erase(&self.house, &self.platform, subject, Who::Subject).await.context("erasing")?;
        Ok(())
    }
}

fn slug(text: &str) -> Result<Slug> {
    text.parse().with_context(|| format!("{text} is no name"))
}
