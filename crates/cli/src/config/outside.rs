//! Whom the program speaks to over HTTP: where they are, and the secrets by which they know it.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use connect::courier::Address;
use connect::webhook::Secret;

use super::secret;

/// Reads `https://host/path`.
///
/// # Errors
/// For what is no address.
pub(crate) fn address(text: &str) -> anyhow::Result<Address> {
    Address::read(text).ok_or_else(|| anyhow!("`{text}` is no address: write https://host/path"))
}

/// Where somebody is who is told by signed messages, and the secret in the file, which both sides know.
///
/// # Errors
/// For what is no address, and for a file that others can read or that holds no secret.
pub(crate) fn receiver(at: &str, file: &Path) -> anyhow::Result<(Address, Secret)> {
    let address = address(at)?;
    let read = Secret::read(&secret(file)?)
        .with_context(|| format!("{}: a secret is `whsec_` and the base64 of 24 to 64 bytes", file.display()));
    Ok((address, read?))
}
