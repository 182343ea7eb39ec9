//! Names of things: words chosen by people ([`Slug`]) and numbers drawn at random (the `…Id` types).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name that people chose: lower-case ASCII letters, digits and single hyphens, at most 64 bytes, beginning with a
/// letter or digit. Platforms, items, functions, purposes, persons, recipients and the parts of a scope bear slugs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// Why a text is no [`Slug`] or no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Not the shape of a slug.
    #[error("a name is made of lower-case letters, digits and single hyphens, at most 64 in all")]
    Slug,
    /// Not the shape of an id.
    #[error("an id is `{0}-` and 32 lower-case hexadecimal digits")]
    Id(&'static str),
}

impl Slug {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let words = !text.is_empty() && text.len() <= 64;
        let whole = text
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if words && whole { Ok(Self(text.into())) } else { Err(NotAName::Slug) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Slug {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Makes the id from 16 random bytes, which the caller draws.
            pub const fn from_random(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes, as they are stored and bound into associated data.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, concat!($prefix, "-{:032x}"), u128::from_be_bytes(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = NotAName;

            fn from_str(text: &str) -> Result<Self, NotAName> {
                let digits = text.strip_prefix(concat!($prefix, "-")).ok_or(NotAName::Id($prefix))?;
                let lower = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                if digits.len() != 32 || !lower {
                    return Err(NotAName::Id($prefix));
                }
                u128::from_str_radix(digits, 16).map(|n| Self(n.to_be_bytes())).map_err(|_| NotAName::Id($prefix))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_id!(
    /// One natural person on one platform.
    SubjectId, "sub"
);
random_id!(
    /// One business record (业务记录): a registration, a policy, a claim.
    RecordId, "rec"
);
random_id!(
    /// One given consent or grant.
    ConsentId, "con"
);
random_id!(
    /// One organisation that customers deal for; no subject, its contacts and employees are.
    OrganisationId, "org"
);
random_id!(
    /// One party that holds a service token or a staff seat.
    ActorId, "act"
);
random_id!(
    /// One attachment (附件): a picture, a recording or a paper in a record part. Also the name of its object.
    AttachmentId, "att"
);
random_id!(
    /// One upload (分次上传) of a file that comes in by several requests.
    UploadId, "upl"
);
random_id!(
    /// One invitation (邀请) into a role of a record.
    InvitationId, "inv"
);
random_id!(
    /// One approval for staff to look at a minor's data (审批).
    ApprovalId, "apr"
);
random_id!(
    /// One customer handed to an outside party's people, to be called (交办).
    AssignmentId, "asg"
);
random_id!(
    /// One payment (支付单): what is due for a record. The payment network's order is numbered by its digits.
    PaymentId, "pay"
);
random_id!(
    /// One request of a subject (主体权利请求).
    RequestId, "req"
);
random_id!(
    /// One track of a sale (销售轨迹): what one browser was shown and did until the matter was taken in.
    TrackId, "trk"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_words_joined_by_hyphens() {
        for good in ["phone", "id-number", "1", "loss-adjuster", "wechat-openid"] {
            assert_eq!(good.parse::<Slug>().unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "A", "手机", "a b", &"x".repeat(65)] {
            assert_eq!(bad.parse::<Slug>(), Err(NotAName::Slug), "{bad}");
        }
    }

    #[test]
    fn ids_round_trip_and_refuse_other_kinds() {
        let id = SubjectId::from_random([7; 16]);
        assert_eq!(id.to_string().parse::<SubjectId>(), Ok(id));
        assert_eq!(id.to_string().parse::<RecordId>(), Err(NotAName::Id("rec")));
        assert_eq!(id.to_string().to_uppercase().parse::<SubjectId>(), Err(NotAName::Id("sub")));
        assert_eq!("sub-+000000000000000000000000000007".parse::<SubjectId>(), Err(NotAName::Id("sub")));
    }
}
