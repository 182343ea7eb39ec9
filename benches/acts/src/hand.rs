//! By whom acts are done: a system of the company's, in this process or over HTTP. Both do the same acts.

use std::sync::Arc;

use anyhow::Result;
use desk::collect::{Addition, PersonFields, Registration, add, register};
use desk::consent::{Choice, Manner, give_as};
use desk::read::service_page;
use desk::retain::erase;
use desk::seat::Caller;
use desk::{House, Platform};
use model::act::GivenBy;
use model::{Clear, SubjectId};
use policy::question::Facts;
use policy::syntax::Trigger;

use crate::wire::Wire;
use crate::workload::Workload;

/// What is typed, by item.
pub(crate) type Typed = Vec<(String, String)>;

/// One client.
pub(crate) enum Hand {
    Inside(Inside),
    Wire(Wire),
}

/// A client in the house's own process.
#[derive(Clone)]
pub(crate) struct Inside {
    pub(crate) house: Arc<House>,
    pub(crate) platform: Arc<Platform>,
    pub(crate) caller: Caller,
    pub(crate) workload: Arc<Workload>,
}

impl Hand {
    pub(crate) async fn register(&mut self, typed: Typed) -> Result<SubjectId> {
        match self {
            Self::Inside(inside) => inside.register(typed).await,
            Self::Wire(wire) => wire.register(typed).await,
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

    async fn register(&self, typed: Typed) -> Result<SubjectId> {
        let register_as = &self.workload.register;
        let fields = typed.into_iter().map(|(item, value)| (item, Clear::new(value))).collect();
        let registration = Registration {
            function: register_as.function.clone(),
            channel: None,
            product: None,
            persons: vec![PersonFields { person: register_as.person.clone(), fields }],
            consents: register_as.consents.iter().map(|scope| self.yes(scope)).collect(),
            facts: Facts::default(),
        };
        let done = register(&self.house, &self.platform, registration, self.caller.who(), None).await;
        Ok(done?.subject)
    }

    async fn consent(&self, subject: SubjectId) -> Result<()> {
        let choices = vec![self.yes(&self.workload.consent.scope)];
        give_as(&self.house, &self.platform, subject, choices, self.caller.who(), None).await?;
        Ok(())
    }

    async fn collect(&self, subject: SubjectId) -> Result<()> {
        let collected = &self.workload.collect;
        let fields = collected.items.iter().map(|(item, value)| (item.clone(), Clear::new(value.clone())));
        let addition = Addition {
            function: collected.function.clone(),
            channel: None,
            product: None,
            record: None,
            person: collected.person.clone(),
            fields: fields.collect(),
            consents: Vec::new(),
            facts: Facts::default(),
            trigger: Trigger::Automatic,
        };
        add(&self.house, &self.platform, subject, addition, self.caller.who(), None).await?;
        Ok(())
    }

    async fn read(&self, subject: SubjectId) -> Result<()> {
        let function = &self.workload.read.function;
        let page = service_page(&self.house, &self.platform, &self.caller, subject, function, None).await;
        std::hint::black_box(page?.records);
        Ok(())
    }

    async fn erase(&self, subject: SubjectId) -> Result<()> {
        erase(&self.house, &self.platform, subject, self.caller.who()).await?;
        Ok(())
    }
}
