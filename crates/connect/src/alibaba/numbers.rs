//! Number protection (号码隐私保护, version 2017-05-25): actions `BindAxb` and `UnbindSubscription`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Bound, Clock, Numbers, Outside};
use jiff::Timestamp;
use jiff::tz;
use model::{Clear, Entropy};
use serde::Deserialize;
use serde_json::Value;

use super::{AccessKey, Service, form};
use crate::line::Line;

/// The service's own address.
pub(crate) const HOST: &str = "dyplsapi.aliyuncs.com";

/// Its version.
pub(crate) const VERSION: &str = "2017-05-25";

/// The pool of numbers that the account holds.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pool {
    /// `PoolKey`.
    pub key: String,
}

/// Virtual numbers by Alibaba Cloud.
pub struct AlibabaNumbers {
    service: Service,
    pool: Pool,
}

impl AlibabaNumbers {
    /// `origin`: another than the vendor's own.
    pub fn new(
        (origin, patience): (Option<&str>, Duration),
        key: &AccessKey,
        pool: Pool,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> Self {
        let line = Line::new(&origin.map_or_else(|| format!("https://{HOST}"), str::to_owned), patience);
        let service = Service { line, host: HOST, version: VERSION, key: key.clone(), clock, entropy };
        Self { service, pool }
    }
}

#[async_trait]
impl Numbers for AlibabaNumbers {
    async fn bind(&self, customer: Clear<String>, partner: Clear<String>, until: Timestamp) -> Result<Bound, Outside> {
        let pool = self.pool.key.clone();
        // The documents give the end as a wall clock of China, which has kept +08:00 since 1992.
        let until = tz::offset(8).to_datetime(until).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let asked = customer.zip(partner).map(|(customer, partner)| {
            let fields = [
                ("PoolKey", pool.as_str()),
                ("PhoneNoA", customer.as_str()),
                ("PhoneNoB", partner.as_str()),
                ("Expiration", until.as_str()),
            ];
            form(&fields)
        });
        let answer = self.service.call("BindAxb", asked).await?;
        let told = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let (number, binding) = (told("/SecretBindDTO/SecretNo"), told("/SecretBindDTO/SubsId"));
        let (number, binding) = number.zip(binding).ok_or(Outside::Untrusted)?;
        Ok(Bound { number, binding })
    }

    async fn unbind(&self, bound: &Bound) -> Result<(), Outside> {
        let fields = [
            ("PoolKey", self.pool.key.as_str()),
            ("SecretNo", bound.number.as_str()),
            ("SubsId", bound.binding.as_str()),
        ];
        match self.service.call("UnbindSubscription", Clear::new(form(&fields))).await {
            // There is no such binding any more.
            Ok(_) | Err(Outside::Refused) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
