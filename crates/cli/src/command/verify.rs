//! `shouyue verify`: a receipt, offline, check by check.

use std::fs;
use std::io::Write;
use std::path::Path;

use desk::evidence;
use ledger::VerifierKey;
use serde_json::{Value, json};

use crate::Outcome;
use crate::options::{self, Misused};

pub(crate) fn run(asked: &options::Verify, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let keys = asked.key.iter().map(|key| read_key(key)).collect::<anyhow::Result<Vec<_>>>()?;
    let document = asked.document.as_ref().map(|path| {
        fs::read(path).map_err(|why| Misused(format!("cannot read the document {}: {why}", path.display())))
    });
    let document = document.transpose()?;
    let mut fine = true;
    for path in &asked.receipts {
        let text = fs::read_to_string(path)
            .map_err(|why| Misused(format!("cannot read the receipt {}: {why}", path.display())))?;
        let mut verified = evidence::verify(&text, &keys);
        fine &= verified.holds();
        if let (Some(document), Some(entry)) = (&document, &verified.entry) {
            let checks = evidence::document(entry, document, &keys);
            fine &= checks.iter().all(|check| check.passed == Some(true));
            verified.checks.extend(checks);
        }
        if asked.format.json {
            writeln!(out, "{}", as_json(path, &verified))?;
        } else {
            print(path, &verified, out)?;
        }
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn read_key(text: &str) -> anyhow::Result<VerifierKey> {
    let file = Path::new(text);
    let text = if file.is_file() { fs::read_to_string(file)? } else { text.to_owned() };
    text.trim().parse().map_err(|why| {
        let from = "GET /v1/platforms/<platform>/ledger/key";
        Misused(format!("--key is neither a file nor a verifier key, which {from} gives: {why}")).into()
    })
}

fn print(path: &Path, verified: &evidence::Verified, out: &mut dyn Write) -> anyhow::Result<()> {
    let word = if verified.holds() { "VERIFIED" } else { "REJECTED" };
    writeln!(out, "{word}  {}", path.display())?;
    for check in &verified.checks {
        let mark = match check.passed {
            Some(true) => "ok",
            Some(false) => "FAILED",
            None => "-",
        };
        let line = format!("  {:<10} {:<7} {}", check.what.word(), mark, check.detail);
        writeln!(out, "{}", line.trim_end())?;
    }
    if let (true, Some(entry)) = (verified.holds(), &verified.entry) {
        writeln!(out, "  leaf {} of {} in {}", verified.index, verified.size, verified.origin)?;
        writeln!(out, "  {} at {}, effect {}", entry.act.word(), entry.at, entry.effect.word())?;
        writeln!(out, "  policy {}", entry.policy)?;
    }
    Ok(())
}

fn as_json(path: &Path, verified: &evidence::Verified) -> Value {
    let checks: Vec<Value> = verified
        .checks
        .iter()
        .map(|check| json!({"check": check.what.word(), "passed": check.passed, "detail": check.detail}))
        .collect();
    json!({
        "receipt": path.display().to_string(), "verified": verified.holds(), "index": verified.index,
        "size": verified.size, "origin": verified.origin, "entry": verified.entry, "checks": checks,
    })
}
