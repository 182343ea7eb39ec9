//! An authority that says who servers are, made for a test by OpenSSL, which Debian's PostgreSQL brings along.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A key and its own certificate.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap() };
        let key = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
        let out = ["-subj", "/CN=An authority", "-keyout", "ca.key", "-out", "ca.pem"];
        made.openssl(&[&key[..], &out].concat());
        made
    }

    /// Its certificate, as a PEM file.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Writes `server.key` and `server.crt` into a folder, for these names (`DNS:localhost`).
    pub fn certify(&self, names: &str, to: &Path) {
        let (key, signed) = (to.join("server.key"), to.join("server.crt"));
        let (key, signed) = (key.to_str().unwrap(), signed.to_str().unwrap());
        let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=A server"];
        self.openssl(&[&new[..], &["-keyout", key, "-out", "request"]].concat());
        std::fs::write(self.folder.path().join("names"), format!("subjectAltName={names}\n")).unwrap();
        let sign = ["x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        self.openssl(&[&sign[..], &["-days", "2", "-extfile", "names", "-out", signed]].concat());
    }

    fn openssl(&self, arguments: &[&str]) {
        let mut openssl = Command::new("openssl");
        openssl.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        let ran = openssl.output().expect("OpenSSL is not installed: `cargo xtask test` says how");
        assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
