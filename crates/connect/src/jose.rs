//! Signatures of others on JSON: compact JWS (RFC 7515) under keys of a JWK set (RFC 7517), as much of it as OpenID Connect
//! and our tickets use. RS256, ES256 (RFC 7518) and EdDSA over Ed25519 (RFC 8037); nothing symmetric, no `none`.
//!
//! The crates for it bring a second cryptography, or a clock of their own; the checks themselves are these few lines.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The longest token that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// A signed document, its signature not looked at yet.
pub(crate) struct Jws<'a> {
    pub(crate) algorithm: String,
    pub(crate) kind: Option<String>,
    pub(crate) key: Option<String>,
    payload: Vec<u8>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads the three parts. `None` for anything else, and for extensions that must be understood (RFC 7515 §4.1.11).
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
        if header.get("crit").is_some() {
            return None;
        }
        let word = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            algorithm: word("alg")?,
            kind: word("typ"),
            key: word("kid"),
            payload: decoded(payload)?,
            signed,
            signature: decoded(signature)?,
        })
    }

    /// The document, if the key signed it.
    pub(crate) fn open(&self, key: &Key) -> Option<Value> {
        let holds = self.algorithm == key.algorithm() && key.signed(self.signed.as_bytes(), &self.signature);
        if holds { serde_json::from_slice(&self.payload).ok() } else { None }
    }
}

/// A public key. It goes with one algorithm, whatever a header says (RFC 8725 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The uncompressed point.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    /// Reads a key of a set; `None` for kinds that we do not use and for keys that encrypt.
    pub(crate) fn of_jwk(jwk: &Value) -> Option<Self> {
        let word = |name: &str| jwk.get(name).and_then(Value::as_str);
        if word("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |name: &str| decoded(word(name)?);
        match (word("kty")?, word("crv")) {
            ("RSA", _) => Some(Self::Rsa { modulus: bytes("n")?, exponent: bytes("e")? }),
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                (x.len() == 32 && y.len() == 32).then(|| Self::P256([&[4], x.as_slice(), &y].concat()))
            }
            ("OKP", Some("Ed25519")) => bytes("x").filter(|x| x.len() == 32).map(Self::Ed25519),
            _ => None,
        }
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RS256",
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
        }
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let outcome = match self {
            Self::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
        };
        outcome.is_ok()
    }
}

/// Base64url without padding.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The same, the other way.
pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is to be signed of a document.
pub(crate) fn to_sign(header: &Value, payload: &Value) -> String {
    format!("{}.{}", encoded(header.to_string()), encoded(payload.to_string()))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
    use serde_json::json;

    use super::*;

    /// RFC 8037, appendix A.4 and A.5.
    #[test]
    fn the_example_of_the_rfc_verifies_and_a_changed_one_does_not() {
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let key = Key::of_jwk(&key).unwrap();
        let text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6d\
            WbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let jws = Jws::read(text).unwrap();
        assert!(key.signed(jws.signed.as_bytes(), &jws.signature));
        let changed = text.replace("RXhhb", "RXhhc");
        let jws = Jws::read(&changed).unwrap();
        assert!(!key.signed(jws.signed.as_bytes(), &jws.signature));
    }

    #[test]
    fn an_rsa_key_opens_what_it_signed_under_its_own_algorithm_only() {
        let pair = RsaPair::generate(KeySize::Rsa2048).unwrap();
        // RFC 8017, appendix A.1.1, for 2048 bits: head of nine bytes, modulus, head of two, exponent of three.
        let der = pair.public_key().as_ref();
        let (modulus, exponent) = (&der[9..265], &der[267..270]);
        let jwk = json!({ "kty": "RSA", "use": "sig", "n": encoded(modulus), "e": encoded(exponent) });
        let key = Key::of_jwk(&jwk).unwrap();
        let signed = |algorithm: &str| {
            let signed = to_sign(&json!({ "alg": algorithm }), &json!({ "sub": "a" }));
            let mut signature = vec![0; pair.public_modulus_len()];
            let random = aws_lc_rs::rand::SystemRandom::new();
            pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
            format!("{signed}.{}", encoded(signature))
        };
        assert_eq!(Jws::read(&signed("RS256")).unwrap().open(&key), Some(json!({ "sub": "a" })));
        for algorithm in ["none", "HS256", "ES256"] {
            assert_eq!(Jws::read(&signed(algorithm)).unwrap().open(&key), None, "{algorithm}");
        }
    }

    #[test]
    fn what_is_no_token_or_must_be_understood_is_not_read() {
        let critical = format!("{}.e30.AA", encoded(r#"{"alg":"EdDSA","crit":["exp"]}"#));
        for text in ["", ".", "..", "a.b.c", "e30.e30.AA", &critical, &"a".repeat(LONGEST + 1)] {
            assert!(Jws::read(text).is_none(), "{text:.20}");
        }
        for jwk in [
            json!({}),
            json!({ "kty": "oct", "k": "AA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
        ] {
            assert_eq!(Key::of_jwk(&jwk), None);
        }
    }
}
