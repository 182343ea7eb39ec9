//! A security module in software, SoftHSM from Debian's packages, with a folder of its own that goes away with the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where Debian puts the module: the path of the package, and that of one for several architectures.
const MODULES: &[&str] = &["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];

/// Tokens in a folder.
pub struct Softhsm {
    folder: TempDir,
}

impl Softhsm {
    /// One without a token.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("shouyue-softhsm-").tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let text =
            format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
        std::fs::write(folder.path().join("softhsm2.conf"), text).unwrap();
        Self { folder }
    }

    /// What a process must have in its environment to find the tokens.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.folder.path().join("softhsm2.conf"))
    }

    /// The module to load.
    pub fn module() -> &'static Path {
        let found = MODULES.iter().map(Path::new).find(|module| module.is_file());
        found.expect("SoftHSM is not installed: `cargo xtask test` says how")
    }

    /// Makes a token whose user has this PIN.
    pub fn token(&self, label: &str, pin: &str) {
        self.tool(&["--init-token", "--free", "--label", label, "--so-pin", "an-officer", "--pin", pin]);
    }

    /// Takes a token and all its keys away.
    pub fn delete(&self, label: &str) {
        self.tool(&["--delete-token", "--token", label]);
    }

    /// Puts a key of 32 equal bytes into a token, under an id of hexadecimal digits.
    pub fn import(&self, (label, pin): (&str, &str), id: &str, byte: u8) {
        let file = self.folder.path().join("imported");
        std::fs::write(&file, [byte; 32]).unwrap();
        let file = file.to_str().unwrap();
        self.tool(&["--import", file, "--aes", "--token", label, "--pin", pin, "--label", "imported", "--id", id]);
    }

    fn tool(&self, arguments: &[&str]) {
        let (name, value) = self.environment();
        let mut tool = Command::new("softhsm2-util");
        tool.args(arguments).env(name, value).stdin(Stdio::null());
        let ran = tool.output().expect("SoftHSM is not installed: `cargo xtask test` says how");
        assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

impl Default for Softhsm {
    fn default() -> Self {
        Self::new()
    }
}
