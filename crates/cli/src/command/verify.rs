//! `shouyue verify`: a receipt, offline, check by check; a copy that a person took along, file by file; or two checkpoints, one
//! against the other.

mod copy;
mod heads;

use std::fs;
use std::io::Write;
use std::path::Path;

use desk::evidence::{self, Checked, Fared, VerifiedCopy};
use ledger::note::Scheme;
use ledger::{COSIGNATURE_V1, VerifierKey};
use serde_json::{Value, json};

use crate::Outcome;
use crate::options::{self, Misused};

pub(crate) fn run(asked: &options::Verify, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let read =
        |key: &String| read_keys(key, "--key", evidence::SCHEMES, "GET /v1/platforms/<platform>/ledger/key gives");
    let keys = asked.key.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?.concat();
    let read = |key: &String| read_keys(key, "--witness", &[COSIGNATURE_V1], "`shouyue witness` prints");
    let witnesses = asked.witness.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?.concat();
    let trusted = Trusted { keys, witnesses };
    if let Some(heads) = heads::found(&asked.receipts)? {
        return heads::run(&heads, asked, &trusted, out);
    }
    if asked.consistency.is_some() {
        return Err(Misused("--consistency goes with two checkpoints of one log".to_owned()).into());
    }
    let document = asked.document.as_ref().map(|path| {
        fs::read(path).map_err(|why| Misused(format!("cannot read the document {}: {why}", path.display())))
    });
    let document = document.transpose()?;
    let mut fine = true;
    for path in &asked.receipts {
        fine &= match copy::found(path)? {
            Some(found) => verified_copy((path, &found), &trusted.keys, asked.format.json, out)?,
            None => receipt(path, &trusted, document.as_deref(), asked.format.json, out)?,
        };
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

/// Keys that whoever verifies trusts.
struct Trusted {
    /// Of the log.
    keys: Vec<VerifierKey>,
    /// Of witnesses that must have cosigned.
    witnesses: Vec<VerifierKey>,
}

fn receipt(
    path: &Path,
    Trusted { keys, witnesses }: &Trusted,
    document: Option<&[u8]>,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let bytes = fs::read(path).map_err(|why| Misused(format!("cannot read the receipt {}: {why}", path.display())))?;
    // One that is no text is no receipt either: it is rejected, and the others are looked at all the same.
    let mut verified = evidence::verify(&String::from_utf8_lossy(&bytes), keys);
    verified.checks.extend(evidence::cosigned(&verified.checkpoint, witnesses));
    let mut fine = verified.holds();
    if let (Some(document), Some(entry)) = (document, &verified.entry) {
        let checks = evidence::document(entry, document, keys);
        fine &= checks.iter().all(|check| check.passed == Some(true));
        verified.checks.extend(checks);
    }
    if json {
        writeln!(out, "{}", as_json(path, &verified))?;
    } else {
        print(path, &verified, out)?;
    }
    Ok(fine)
}

fn verified_copy(
    (path, found): (&Path, &copy::Found),
    keys: &[VerifierKey],
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let verified = evidence::verify_copy(&found.note, &found.files, keys);
    if json {
        writeln!(out, "{}", copy_as_json(path, &verified))?;
    } else {
        print_copy(path, &verified, out)?;
    }
    Ok(verified.holds())
}

/// One key a line, as a log hands them out; `option` takes it, and `from` gives it.
fn read_keys(text: &str, option: &str, schemes: &[Scheme], from: &str) -> anyhow::Result<Vec<VerifierKey>> {
    let file = Path::new(text);
    let text = if file.is_file() { fs::read_to_string(file)? } else { text.to_owned() };
    let keys = text.trim().lines().map(|line| VerifierKey::parse(line.trim(), schemes));
    keys.collect::<Result<_, _>>()
        .map_err(|why| Misused(format!("{option} is neither a file nor a verifier key, which {from}: {why}")).into())
}

fn print(path: &Path, verified: &evidence::Verified, out: &mut dyn Write) -> anyhow::Result<()> {
    print_checks(path, verified.holds(), &verified.checks, out)?;
    if let (true, Some(entry)) = (verified.holds(), &verified.entry) {
        writeln!(out, "  leaf {} of {} in {}", verified.index, verified.size, verified.origin)?;
        writeln!(out, "  {} at {}, effect {}", entry.act.word(), entry.at, entry.effect.word())?;
        writeln!(out, "  policy {}", entry.policy)?;
    }
    Ok(())
}

fn print_checks(path: &Path, holds: bool, checks: &[Checked], out: &mut dyn Write) -> anyhow::Result<()> {
    let word = if holds { "VERIFIED" } else { "REJECTED" };
    writeln!(out, "{word}  {}", path.display())?;
    for check in checks {
        let mark = match check.passed {
            Some(true) => "ok",
            Some(false) => "FAILED",
            None => "-",
        };
        let line = format!("  {:<10} {:<7} {}", check.what.word(), mark, check.detail);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn print_copy(path: &Path, verified: &VerifiedCopy, out: &mut dyn Write) -> anyhow::Result<()> {
    print_checks(path, verified.holds(), &verified.checks, out)?;
    for (name, fared) in &verified.files {
        let mark = if *fared == Fared::Whole { "ok" } else { "FAILED" };
        let why = match fared {
            Fared::Whole => "",
            Fared::Altered => " is not what was signed",
            Fared::Missing => " was signed, and is missing",
            Fared::Unnamed => " was not signed",
        };
        writeln!(out, "  {:<10} {mark:<7} {}{why}", "file", name.escape_debug())?;
    }
    Ok(())
}

fn copy_as_json(path: &Path, verified: &VerifiedCopy) -> Value {
    let files: Vec<Value> =
        verified.files.iter().map(|(name, fared)| json!({"name": name, "found": fared.word()})).collect();
    json!({
        "copy": path.display().to_string(), "verified": verified.holds(), "origin": verified.origin,
        "checks": checks_as_json(&verified.checks), "files": files,
    })
}

fn checks_as_json(checks: &[Checked]) -> Vec<Value> {
    let check = |check: &Checked| json!({"check": check.what.word(), "passed": check.passed, "detail": check.detail});
    checks.iter().map(check).collect()
}

fn as_json(path: &Path, verified: &evidence::Verified) -> Value {
    json!({
        "receipt": path.display().to_string(), "verified": verified.holds(), "index": verified.index,
        "size": verified.size, "origin": verified.origin, "entry": verified.entry,
        "checks": checks_as_json(&verified.checks),
    })
}
