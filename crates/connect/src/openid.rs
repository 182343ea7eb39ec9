//! OpenID Connect Core 1.0 (incorporating errata set 2), authorisation code flow, with Discovery 1.0, PKCE (RFC 7636) and
//! a nonce: of any provider that keeps to them.
//!
//! What was agreed to and nothing else is asked for: by the `claims` parameter (Core §5.5) where the provider knows it,
//! else by the narrowest scopes (§5.4). The ID token is checked as §3.1.3.7 says; a telephone number counts only as
//! verified.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::{Errand, Outside};
use jiff::Timestamp;
use model::Clear;
use serde_json::{Map, Value, json};

use crate::client::{Claims, Client, address, form, text};
use crate::jose::{Jws, Key, encoded};
use crate::line::{Line, Reply};

/// How far the provider's clock may be from ours, in seconds.
const SKEW: i64 = 60;

/// Scopes and the claims that each yields (Core §5.4); those that a platform may ask for.
const SCOPES: [(&str, &[&str]); 3] = [
    (
        "profile",
        &["name", "nickname", "preferred_username", "profile", "picture", "gender", "birthdate", "zoneinfo", "locale"],
    ),
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// A client of one provider.
pub(crate) struct OpenId {
    issuer: String,
    id: String,
    secret: String,
    patience: Duration,
    found: Mutex<Option<Found>>,
}

/// What the provider says of itself.
#[derive(Clone)]
struct Found {
    authorize: String,
    token: String,
    userinfo: Option<String>,
    keys_at: String,
    by_claim: bool,
    keys: Vec<(Option<String>, Key)>,
}

impl OpenId {
    pub(crate) fn new(client: &Client, patience: Duration) -> Self {
        let Client { id, secret, origin, .. } = client.clone();
        Self { issuer: origin, id, secret, patience, found: Mutex::new(None) }
    }

    /// The address of the provider's page.
    pub(crate) async fn begin(&self, errand: &Errand) -> Result<String, Outside> {
        let found = self.found().await?;
        let challenge = encoded(digest(&SHA256, errand.verifier.as_bytes()));
        let (scope, claims) = asking(errand, found.by_claim);
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", errand.back.as_str()),
            ("scope", scope.as_str()),
            ("state", errand.state.as_str()),
            ("nonce", errand.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        query.extend(claims.as_deref().map(|claims| ("claims", claims)));
        Ok(address(&found.authorize, &query))
    }

    /// Redeems a code: the provider's number of the person, and what was asked for.
    pub(crate) async fn finish(
        &self,
        errand: &Errand,
        code: Clear<String>,
        now: Timestamp,
    ) -> Result<(String, Claims), Outside> {
        let found = self.found().await?;
        let (back, verifier) = (errand.back.clone(), errand.verifier.clone());
        let body = code.map(|code| {
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", back.as_str()),
                ("code_verifier", verifier.as_str()),
            ];
            form(&fields).into_bytes()
        });
        // RFC 6749 §2.3.1: each half is form-encoded before the two are joined.
        let half = |text: &str| form(&[("", text)]).trim_start_matches('=').to_owned();
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", half(&self.id), half(&self.secret))));
        let (line, path) = self.line(&found.token)?;
        let headers = move |_: &[u8]| {
            vec![
                ("authorization", basic.clone()),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("accept", "application/json".to_owned()),
            ]
        };
        let told = answered(&line.post(&path, body, headers).await?)?;
        let token = text(&told, "id_token").ok_or(Outside::Untrusted)?;
        let identity = self.opened(found.clone(), &token).await?;
        let subject = self.checked(&identity, errand, now)?;
        let mut claims = told_in(&identity, &errand.claims);
        if errand.claims.iter().any(|claim| !claims.contains_key(claim)) {
            let access = text(&told, "access_token").ok_or(Outside::Untrusted)?;
            claims.extend(self.userinfo(&found, &access, &subject, &errand.claims).await?);
        }
        // Who logs in is known by it, asked for or not.
        claims.insert("sub".to_owned(), Clear::new(subject.clone()));
        Ok((subject, claims))
    }

    /// The claims of the ID token that the provider's key signed. A key that is not known is asked for once.
    async fn opened(&self, found: Found, token: &str) -> Result<Value, Outside> {
        let jws = Jws::read(token).ok_or(Outside::Untrusted)?;
        let fits = |known: &Option<String>| jws.key.is_none() || known.is_none() || *known == jws.key;
        let open = |keys: &[(Option<String>, Key)]| {
            keys.iter().filter(|(name, _)| fits(name)).find_map(|(_, key)| jws.open(key))
        };
        if let Some(identity) = open(&found.keys) {
            return Ok(identity);
        }
        let keys = self.keys(&found.keys_at).await?;
        let opened = open(&keys);
        self.keep(Found { keys, ..found });
        opened.ok_or(Outside::Untrusted)
    }

    /// Core §3.1.3.7: issuer, audience, time, nonce.
    fn checked(&self, identity: &Value, errand: &Errand, now: Timestamp) -> Result<String, Outside> {
        let ours = |value: &Value| value.as_str() == Some(self.id.as_str());
        let (audience, several) = match identity.get("aud") {
            Some(Value::Array(all)) => (all.iter().any(ours), all.len() > 1),
            Some(one) => (ours(one), false),
            None => (false, false),
        };
        let party = identity.get("azp");
        let party = if several { party.is_some_and(ours) } else { party.is_none_or(ours) };
        let second = |name: &str| identity.get(name).and_then(Value::as_i64);
        let now = now.as_second();
        let in_time = second("exp").is_some_and(|end| now < end.saturating_add(SKEW))
            && second("iat").is_some_and(|made| made <= now.saturating_add(SKEW));
        let nonce = text(identity, "nonce").unwrap_or_default();
        let same = verify_slices_are_equal(nonce.as_bytes(), errand.nonce.as_bytes()).is_ok();
        let issuer = text(identity, "iss").is_some_and(|issuer| issuer == self.issuer);
        let subject = text(identity, "sub").filter(|subject| subject.len() <= 255 && subject.is_ascii());
        let fine = issuer && audience && party && in_time && same;
        subject.filter(|_| fine).ok_or(Outside::Untrusted)
    }

    async fn userinfo(&self, found: &Found, access: &str, subject: &str, asked: &[String]) -> Result<Claims, Outside> {
        let Some(at) = &found.userinfo else { return Ok(Claims::new()) };
        let (line, path) = self.line(at)?;
        let told = answered(&line.get(&path, vec![("authorization", format!("Bearer {access}"))]).await?)?;
        // Core §5.3.2: else it may be somebody else's.
        if text(&told, "sub").as_deref() != Some(subject) {
            return Err(Outside::Untrusted);
        }
        Ok(told_in(&told, asked))
    }

    async fn found(&self) -> Result<Found, Outside> {
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(found) = known {
            return Ok(found);
        }
        let (line, path) = self.line(&format!("{}/.well-known/openid-configuration", self.issuer))?;
        let told = answered(&line.get(&path, Vec::new()).await?)?;
        // Discovery §4.3: a provider that speaks for another is none.
        if text(&told, "issuer").as_deref() != Some(self.issuer.as_str()) {
            return Err(Outside::Untrusted);
        }
        let place = |name: &str| text(&told, name).ok_or(Outside::Untrusted);
        let keys_at = place("jwks_uri")?;
        let found = Found {
            authorize: place("authorization_endpoint")?,
            token: place("token_endpoint")?,
            userinfo: text(&told, "userinfo_endpoint"),
            by_claim: told.get("claims_parameter_supported").and_then(Value::as_bool) == Some(true),
            keys: self.keys(&keys_at).await?,
            keys_at,
        };
        self.keep(found.clone());
        Ok(found)
    }

    fn keep(&self, found: Found) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }

    async fn keys(&self, at: &str) -> Result<Vec<(Option<String>, Key)>, Outside> {
        let (line, path) = self.line(at)?;
        let told = answered(&line.get(&path, Vec::new()).await?)?;
        let all = told.get("keys").and_then(Value::as_array).ok_or(Outside::Untrusted)?;
        Ok(all.iter().filter_map(|jwk| Some((text(jwk, "kid"), Key::of_jwk(jwk)?))).collect())
    }

    /// A line to an address that the provider named: over TLS, or of the issuer's own origin.
    fn line(&self, at: &str) -> Result<(Line, String), Outside> {
        let (origin, path) = parted(at).ok_or(Outside::Untrusted)?;
        let own = parted(&self.issuer).is_some_and(|(own, _)| own == origin);
        if !own && !origin.starts_with("https://") {
            return Err(Outside::Untrusted);
        }
        Ok((Line::new(origin, self.patience), path.to_owned()))
    }
}

/// Origin, and path with query.
fn parted(address: &str) -> Option<(&str, &str)> {
    let (_, rest) = address.split_once("://")?;
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let origin = address.len() - rest.len() + host;
    address.split_at_checked(origin)
}

/// Scope, and the value of the parameter `claims`.
fn asking(errand: &Errand, by_claim: bool) -> (String, Option<String>) {
    let asked: Vec<&str> = errand.claims.iter().map(String::as_str).filter(|claim| *claim != "sub").collect();
    if by_claim {
        let mut claims: Map<String, Value> = asked.iter().map(|claim| ((*claim).to_owned(), Value::Null)).collect();
        if asked.contains(&"phone_number") {
            claims.insert("phone_number_verified".to_owned(), Value::Null);
        }
        let parameter = (!claims.is_empty()).then(|| json!({ "userinfo": claims }).to_string());
        return ("openid".to_owned(), parameter);
    }
    let scopes = SCOPES.iter().filter(|(_, claims)| claims.iter().any(|claim| asked.contains(claim)));
    let words: Vec<&str> = std::iter::once("openid").chain(scopes.map(|(scope, _)| *scope)).collect();
    (words.join(" "), None)
}

/// What of a document was asked for. A telephone number or address that nobody verified is not told.
fn told_in(document: &Value, asked: &[String]) -> Claims {
    let verified = |claim: &str| match claim {
        "phone_number" | "email" => document.get(format!("{claim}_verified")) == Some(&Value::Bool(true)),
        _ => true,
    };
    let told = asked.iter().filter(|claim| verified(claim));
    told.filter_map(|claim| Some((claim.clone(), Clear::new(text(document, claim)?)))).collect()
}

/// The document of an answer; its error, if it is one (RFC 6749 §5.2, RFC 6750 §3.1).
fn answered(reply: &Reply) -> Result<Value, Outside> {
    if reply.status == 200 {
        return reply.json();
    }
    let error = reply.json().ok().and_then(|document| text(&document, "error"));
    Err(match (reply.status, error.as_deref()) {
        (_, Some("invalid_grant")) => Outside::Refused,
        (_, Some("invalid_client" | "unauthorized_client")) => Outside::Unaccepted,
        (429 | 503, _) => Outside::Busy,
        (500..=599, _) => Outside::TimedOut,
        _ => Outside::Untrusted,
    })
}

#[cfg(test)]
mod tests;
