//! Messages to customers about a new version, by ways of which the installation knows who carries them.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Clear, Fingerprint, Slug, SubjectId};
use policy::syntax::Route;

use super::{Nobody, Outside};

/// A way by which a message can reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A push message of the company's own application, which knows its users by our ids.
    Push,
    /// A message of a WeChat account that the person follows.
    Wechat,
    /// Short message, to a telephone.
    Sms,
    /// E-mail.
    Email,
    /// Letter.
    Letter,
}

impl Way {
    /// The ways that a text means by a route, of which any one will do, in the order in which they are tried. For what is no
    /// message there is none.
    pub const fn of(route: Route) -> &'static [Self] {
        match route {
            Route::Push => &[Self::Push, Self::Wechat],
            Route::Sms => &[Self::Sms],
            Route::Email => &[Self::Email],
            Route::Letter => &[Self::Letter],
            _ => &[],
        }
    }
}

/// To whom a message goes.
pub enum To {
    /// Whoever the company's own application knows by this id.
    User(SubjectId),
    /// Whoever a WeChat account knows by this openid.
    Follower(Clear<String>),
    /// A mobile number.
    Telephone(Clear<String>),
    /// An e-mail address.
    Mailbox(Clear<String>),
    /// What stands on an envelope.
    Envelope {
        /// Name.
        name: Clear<String>,
        /// Postal address.
        address: Clear<String>,
    },
}

impl To {
    /// By which way it goes there.
    pub const fn way(&self) -> Way {
        match self {
            Self::User(_) => Way::Push,
            Self::Follower(_) => Way::Wechat,
            Self::Telephone(_) => Way::Sms,
            Self::Mailbox(_) => Way::Email,
            Self::Envelope { .. } => Way::Letter,
        }
    }
}

/// One message to one person.
pub struct Dispatch {
    /// Platform.
    pub platform: Slug,
    /// Number of the notice, the same at every try; it names nobody.
    pub number: u64,
    /// To whom.
    pub to: To,
    /// The service, as its text calls it.
    pub service: String,
    /// Who answers for it.
    pub handler: String,
    /// Title of the policy.
    pub title: String,
    /// From when the new version is in force.
    pub from: Timestamp,
    /// Fingerprint of its notice, by which it is read.
    pub text: Fingerprint,
}

/// Carries messages.
#[async_trait]
pub trait Messages: Send + Sync {
    /// By which ways messages of a platform go.
    fn carries(&self, platform: &Slug) -> Vec<Way>;

    /// Sends a message; `Ok` once somebody has it who answers for carrying it on.
    ///
    /// # Errors
    /// [`Outside::Nobody`] for a way that is not carried.
    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside>;
}

#[async_trait]
impl Messages for Nobody {
    fn carries(&self, _: &Slug) -> Vec<Way> {
        Vec::new()
    }

    async fn send(&self, _: Dispatch) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }
}

/// Several carriers, each with ways of its own: a message goes by the first that carries its way.
pub struct Carriers(pub Vec<Arc<dyn Messages>>);

#[async_trait]
impl Messages for Carriers {
    fn carries(&self, platform: &Slug) -> Vec<Way> {
        self.0.iter().flat_map(|carrier| carrier.carries(platform)).collect()
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        let way = dispatch.to.way();
        let mut fit = self.0.iter().filter(|carrier| carrier.carries(&dispatch.platform).contains(&way));
        fit.next().ok_or(Outside::Nobody)?.send(dispatch).await
    }
}
