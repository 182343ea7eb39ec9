//! What the machine needs beyond Rust: found, or installed from Debian's packages, or asked for in one exact command.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::tally::Tally;
use crate::{process, say};

struct Need {
    why: &'static str,
    packages: &'static [&'static str],
    met: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { why: "a browser for the page journeys", packages: &["chromium"], met: || chromium().is_some() },
    Need {
        why: "Chinese type, so that screenshots show words and not boxes",
        packages: &["fonts-noto-cjk"],
        met: has_chinese_type,
    },
    Need {
        why: "a reader of Chinese documents, for the tests of filling in from a picture",
        packages: &["tesseract-ocr", "tesseract-ocr-chi-sim"],
        met: reads_chinese,
    },
    Need {
        why: "pdftotext, which reads the words out of a PDF, for the tests of documents",
        packages: &["poppler-utils"],
        met: || on_path("pdftotext").is_some(),
    },
    Need { why: "PostgreSQL, for the tests of the store on it", packages: &["postgresql"], met: has_postgres },
    Need {
        why: "a security module in software, for the tests of root keys in one",
        packages: &["softhsm2"],
        met: || on_path("softhsm2-util").is_some(),
    },
    Need {
        why: "Python with virtual environments, for an object store and a mail server to test against",
        packages: &["python3", "python3-venv"],
        met: || succeeds("python3", &["-c", "import ensurepip, venv"]),
    },
    Need {
        why: "systemd-analyze, which verifies deploy/shouyue.service",
        packages: &["systemd"],
        met: || on_path("systemd-analyze").is_some(),
    },
    Need { why: "Node.js 18 or later, to drive the browser", packages: &["nodejs"], met: has_node },
    Need {
        why: "npm, to fetch the driver named in e2e/package-lock.json",
        packages: &["npm"],
        met: || on_path("npm").is_some(),
    },
];

/// The servers of the tests, as Python's index has them, and the program of each.
const SERVERS: [(&str, &str); 2] = [("moto[server]==5.2.1", "moto_server"), ("aiosmtpd==1.4.6", "aiosmtpd")];

/// Makes sure that every later step finds its tools. Root gets them installed; anyone else is told the command.
pub(crate) fn prepare(root: &Path, _tally: &mut Tally) -> Result<()> {
    toolchain()?;
    let missing = missing();
    if missing.is_empty() {
        servers(root)?;
        say("environment: all there");
        return Ok(());
    }
    for need in &missing {
        say(&format!("environment: missing {} ({})", need.packages.join(", "), need.why));
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if !is_root() || on_path("apt-get").is_none() {
        bail!("on Debian, run this, then the tests again:\n\n    {}\n", asked_for(&packages));
    }
    // A third-party list that cannot be read is no reason to stop: whether the packages can be had is seen at the install.
    if let Err(error) = process::run(apt_get().arg("update")) {
        say(&format!("environment: {error}; trying to install all the same"));
    }
    process::run(apt_get().args(["install", "--no-install-recommends", "--yes"]).args(&packages))?;
    match self::missing().first() {
        Some(need) => bail!("installed {}, yet still missing: {}", packages.join(" "), need.why),
        None => servers(root),
    }
}

/// A service that speaks S3, for the tests of files in a bucket, and a mail server: no Debian package has the one, and the other
/// is to be one version everywhere, so they go into a folder of Python's beside what is built, where the tests look for them.
fn servers(root: &Path) -> Result<()> {
    let built = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = built.join("moto");
    for (server, program) in SERVERS {
        if folder.join("bin").join(program).is_file() || on_path(program).is_some() {
            continue;
        }
        say(&format!("environment: installing {server} into {}", folder.display()));
        if !folder.join("bin/pip").is_file() {
            process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        process::run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", server]))?;
    }
    Ok(())
}

/// The browser to drive: the first of the usual names on the path.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path)
}

/// Where a program stands on the search path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// rustup's minimal profile leaves out the formatter and the linter.
fn toolchain() -> Result<()> {
    let absent: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(command, _)| !succeeds("cargo", &[command, "--version"]))
        .map(|(_, component)| component)
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!("cargo lacks {}; install the toolchain's component of that name", absent.join(" and "));
    }
    process::run(Command::new("rustup").args(["component", "add"]).args(&absent))
}

fn missing() -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| !(need.met)()).collect()
}

fn asked_for(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install --no-install-recommends --yes {}", packages.join(" "))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Debian keeps the server's programs off the path, a folder for each version.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin/initdb").is_file())
}

fn has_node() -> bool {
    printed("node", &["--version"]).is_some_and(|version| is_new_enough(&version))
}

fn is_new_enough(version: &str) -> bool {
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= 18)
}

fn has_chinese_type() -> bool {
    printed("fc-list", &[":lang=zh-cn", "family"]).is_some_and(|families| !families.trim().is_empty())
}

fn reads_chinese() -> bool {
    printed("tesseract", &["--list-langs"]).is_some_and(|known| known.lines().any(|line| line.trim() == "chi_sim"))
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    printed(program, arguments).is_some()
}

fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_18_is_the_floor() {
        assert!(is_new_enough("v18.20.4\n"));
        assert!(is_new_enough("v20.1.0"));
        assert!(!is_new_enough("v16.0.0"));
        assert!(!is_new_enough("nonsense"));
    }

    #[test]
    fn the_path_is_searched() {
        assert!(on_path("sh").is_some());
        assert!(on_path("no-such-program-here").is_none());
    }

    #[test]
    fn the_command_asked_for_can_be_pasted() {
        assert_eq!(
            asked_for(&["chromium", "npm"]),
            "sudo apt-get update && sudo apt-get install --no-install-recommends --yes chromium npm"
        );
    }
}
