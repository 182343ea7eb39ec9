//! Signed notes: a text and the signatures under it, as C2SP [signed-note] writes them.
//!
//! A signature algorithm is a [`Scheme`]. Ed25519 (type `0x01`) is built in; any other is handed in by whoever has its
//! code, under type `0xff` and a longer identifier. So this room needs to know of no second algorithm.
//!
//! [signed-note]: https://c2sp.org/signed-note

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hash::sha256;

/// Longest note that is read, in bytes.
pub const MAX_NOTE: usize = 128 * 1024;

/// Most signature lines that are read; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// Longest key in text form that is read, in bytes.
const MAX_VKEY: usize = 8 * 1024;

/// A signature algorithm.
///
/// Its identifier is the type byte of signed-note, for `0xff` followed by the longer identifier that is recommended there; the
/// public key follows in key texts and key ids, so no identifier may be the beginning of another one.
#[derive(Clone, Copy)]
pub struct Scheme {
    /// Type byte, with what follows it before the public key.
    pub identifier: &'static [u8],
    /// What people call it.
    pub label: &'static str,
    /// Is this a well-formed public key?
    pub accepts_key: fn(public_key: &[u8]) -> bool,
    /// Is this the signature of the key over the message?
    pub verify: fn(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool,
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label)
    }
}

/// Ed25519 (RFC 8032) over the note text, type `0x01`.
pub const ED25519_NOTE: Scheme = Scheme {
    identifier: &[0x01],
    label: "Ed25519",
    accepts_key: |public_key| public_key.len() == 32,
    verify: |public_key, message, signature| {
        UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
    },
};

/// The short id by which a signature line names its key: a hint, not a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A public key that is trusted to sign under a name.
///
/// `Display` and [`parse`](Self::parse) are the key text `<name>+<key id>+<base64>`, in which the log hands its key out.
#[derive(Debug, Clone)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    scheme: Scheme,
    public_key: Vec<u8>,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Empty, or with a space, a plus sign or a control character.
    #[error("a key name is not empty and has neither spaces, plus signs nor control characters")]
    Name,
    /// Not `<name>+<key id>+<base64>`.
    #[error("expected a key in the form <name>+<eight hexadecimal digits>+<base64>")]
    Form,
    /// The type is of no known scheme.
    #[error("the key is of signature type {0:#04x}, which this verifier does not know; ask for the log's Ed25519 key")]
    UnknownType(u8),
    /// The public key is not one of its scheme.
    #[error("the public key is not a well-formed {0} key")]
    PublicKey(&'static str),
    /// Name and public key do not give the id that stands in the text.
    #[error("the key says its id is {stated}, but name and public key give {computed}: it was copied wrongly")]
    IdMismatch {
        /// What stands in the text.
        stated: KeyId,
        /// What name and key give.
        computed: KeyId,
    },
    /// The private key could not be read.
    #[error("the private key is not an Ed25519 key in the form that was expected")]
    PrivateKey,
}

impl VerifierKey {
    /// A key of `scheme` with its encoded public key.
    pub fn new(name: &str, scheme: Scheme, public_key: &[u8]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        if !(scheme.accepts_key)(public_key) {
            return Err(KeyError::PublicKey(scheme.label));
        }
        let hash = sha256(&[name.as_bytes(), b"\n", scheme.identifier, public_key].concat());
        let [a, b, c, d, ..] = hash.0;
        let id = KeyId(u32::from_be_bytes([a, b, c, d]));
        Ok(Self { name: name.to_owned(), id, scheme, public_key: public_key.to_vec() })
    }

    /// Reads a key text of one of `schemes`.
    pub fn parse(text: &str, schemes: &[Scheme]) -> Result<Self, KeyError> {
        if text.len() > MAX_VKEY {
            return Err(KeyError::Form);
        }
        // Base64 has plus signs too, names have none: the first two separate.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if id.len() != 8 || !id.bytes().all(lower_hex) {
            return Err(KeyError::Form);
        }
        let stated = KeyId(u32::from_str_radix(id, 16).map_err(|_| KeyError::Form)?);
        let key = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let known = schemes.iter().find_map(|scheme| Some((*scheme, key.strip_prefix(scheme.identifier)?)));
        let Some((scheme, public_key)) = known else {
            return Err(key.first().map_or(KeyError::Form, |kind| KeyError::UnknownType(*kind)));
        };
        let key = Self::new(name, scheme, public_key)?;
        if key.id == stated { Ok(key) } else { Err(KeyError::IdMismatch { stated, computed: key.id }) }
    }

    /// Under which name the key signs; for a log, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id in its signature lines.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Its algorithm.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The public key, encoded as its scheme says.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Is this the key's signature over the message?
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        (self.scheme.verify)(&self.public_key, message, signature)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads the text of an Ed25519 key.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text, &[ED25519_NOTE])
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [self.scheme.identifier, &self.public_key].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

fn is_key_name(name: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && !name.contains(bad)
}

/// Something that signs notes: a private key, or the device or service that has one.
pub trait Signer {
    /// The public half: name, id and algorithm of the signature line.
    fn key(&self) -> &VerifierKey;

    /// Signs the bytes of a note text.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed>;
}

/// The signer could not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {name} could not sign: {reason}")]
pub struct SigningFailed {
    /// Name of the key.
    pub name: String,
    /// What its implementation says.
    pub reason: String,
}

/// An Ed25519 private key under a name.
pub struct Ed25519Signer {
    key: VerifierKey,
    pair: Ed25519KeyPair,
}

impl Ed25519Signer {
    /// From the 32-byte seed of RFC 8032.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::new(name, Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::PrivateKey)?)
    }

    /// From a PKCS #8 document (RFC 8410), with or without the public key in it.
    pub fn from_pkcs8(name: &str, document: &[u8]) -> Result<Self, KeyError> {
        Self::new(name, Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map_err(|_| KeyError::PrivateKey)?)
    }

    fn new(name: &str, pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let key = VerifierKey::new(name, ED25519_NOTE, pair.public_key().as_ref())?;
        Ok(Self { key, pair })
    }
}

impl Signer for Ed25519Signer {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let failed = |_| SigningFailed { name: self.key.name.clone(), reason: "Ed25519 is unavailable".to_owned() };
        self.pair.try_sign(message).map(|signature| signature.as_ref().to_vec()).map_err(failed)
    }
}

impl fmt::Debug for Ed25519Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Signer({})", self.key)
    }
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// Id of the key.
    pub id: KeyId,
    /// The signature, in the form of its scheme.
    pub bytes: Vec<u8>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [&self.id.0.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "— {} {}", self.name, STANDARD.encode(blob))
    }
}

/// A text with the signatures under it, none of them checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// Why a note is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Too long to be looked at.
    #[error("the note has {0} bytes; at most {MAX_NOTE} are read")]
    TooLong(usize),
    /// A control character other than the newline.
    #[error("the note holds a control character; it was altered on its way")]
    ControlCharacter,
    /// No text that ends in a newline, an empty line and signature lines.
    #[error(
        "a note is a text, an empty line and signature lines, each ended by a newline; check that it was copied whole"
    )]
    Form,
    /// A signature line is not `— <name> <base64>`.
    #[error("signature line {0} is not an em dash, a key name and base64")]
    SignatureLine(usize),
    /// More signature lines than are read.
    #[error("the note has more than {MAX_SIGNATURES} signature lines")]
    TooManySignatures,
    /// The signature of a known key is wrong: the text or the signature was altered.
    #[error("the signature of {name} ({id}) does not fit the text: it was altered or forged")]
    BadSignature {
        /// Name of the key.
        name: String,
        /// Id of the key.
        id: KeyId,
    },
    /// None of the signatures is by a key that was given.
    #[error(
        "no signature is by a trusted key; the note is signed by: {signed_by}; get the log's key from a place you trust"
    )]
    NoTrustedSignature {
        /// Names and ids in the note, separated by commas.
        signed_by: String,
    },
}

impl Note {
    /// Signs a text, which must end in a newline, with every one of `signers`, in their order.
    pub fn sign(text: String, signers: &[&dyn Signer]) -> Result<Self, SignError> {
        check_text(&text)?;
        let signature = |signer: &&dyn Signer| {
            let bytes = signer.sign(text.as_bytes())?;
            Ok(Signature { name: signer.key().name.clone(), id: signer.key().id, bytes })
        };
        let signatures: Vec<_> = signers.iter().map(signature).collect::<Result<_, SigningFailed>>()?;
        if signatures.is_empty() { Err(SignError::NoSigner) } else { Ok(Self { text, signatures }) }
    }

    /// Reads a note, without checking any signature.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::TooLong(note.len()));
        }
        // The last empty line separates: a text may hold others.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let text = format!("{text}\n");
        check_text(&text)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let numbered = lines.split('\n').enumerate().take(MAX_SIGNATURES + 1);
        let parsed = numbered.map(|(n, line)| parse_signature(line).ok_or(NoteError::SignatureLine(n + 1)));
        let signatures: Vec<_> = parsed.collect::<Result<_, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            Err(NoteError::TooManySignatures)
        } else {
            Ok(Self { text, signatures })
        }
    }

    /// The text, with its last newline. Not to be relied on before [`verify`](Self::verify).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Checks the signatures of all `keys` that signed and returns those keys.
    ///
    /// Lines of unknown keys are passed over; one known key must have signed, and no known key's signature may be wrong.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut verified: Vec<&VerifierKey> = Vec::new();
        for Signature { name, id, bytes } in &self.signatures {
            for key in keys.iter().filter(|key| key.id == *id && key.name == *name) {
                if !key.verifies(self.text.as_bytes(), bytes) {
                    return Err(NoteError::BadSignature { name: name.clone(), id: *id });
                }
                if !verified.iter().any(|seen| std::ptr::eq(*seen, key)) {
                    verified.push(key);
                }
            }
        }
        if verified.is_empty() {
            Err(NoteError::NoTrustedSignature { signed_by: self.signed_by() })
        } else {
            Ok(verified)
        }
    }

    /// The line of one key, checked.
    pub fn line_of(&self, key: &VerifierKey) -> Result<&Signature, NoteError> {
        self.verify(std::slice::from_ref(key))?;
        let line = self.signatures.iter().find(|line| line.id == key.id && line.name == key.name);
        line.ok_or_else(|| NoteError::NoTrustedSignature { signed_by: self.signed_by() })
    }

    /// Adds a line, in the place of an older one of the same key.
    pub(crate) fn put_line(&mut self, line: Signature) {
        self.signatures.retain(|old| old.id != line.id || old.name != line.name);
        self.signatures.push(line);
    }

    fn signed_by(&self) -> String {
        let names: Vec<_> = self.signatures.iter().map(|line| format!("{} ({})", line.name, line.id)).collect();
        names.join(", ")
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// Why a note was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The text is not one of a note.
    #[error(transparent)]
    Text(#[from] NoteError),
    /// No signer was given.
    #[error("a note needs at least one signer")]
    NoSigner,
    /// A signer failed.
    #[error(transparent)]
    Signer(#[from] SigningFailed),
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_NOTE {
        return Err(NoteError::TooLong(text.len()));
    }
    if text.contains(|c: char| c < ' ' && c != '\n') {
        return Err(NoteError::ControlCharacter);
    }
    if text.ends_with('\n') { Ok(()) } else { Err(NoteError::Form) }
}

fn parse_signature(line: &str) -> Option<Signature> {
    let (name, blob) = line.strip_prefix("— ")?.split_once(' ')?;
    let blob = STANDARD.decode(blob).ok()?;
    let (id, bytes) = blob.split_first_chunk::<4>()?;
    let is_signature = is_key_name(name) && !bytes.is_empty();
    is_signature.then(|| Signature { name: name.to_owned(), id: KeyId(u32::from_be_bytes(*id)), bytes: bytes.to_vec() })
}
