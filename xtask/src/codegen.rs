//! Files that the program itself can print: committed for the reader, compared with the program at every run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tally::Tally;
use crate::{browser, process, say};

/// A committed file and the arguments with which `shouyue` prints its content.
struct Generated {
    path: &'static str,
    arguments: &'static [&'static str],
}

/// One line per generated file.
const GENERATED: &[Generated] = &[];

/// Writes every generated file anew.
pub(crate) fn write(root: &Path, _tally: &mut Tally) -> Result<()> {
    for (generated, content) in printed(root)? {
        let path = root.join(generated.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder of {}", generated.path))?;
        }
        fs::write(&path, content).with_context(|| format!("cannot write {}", generated.path))?;
        say(&format!("codegen: wrote {}", generated.path));
    }
    Ok(())
}

/// Fails for every file that differs from what the program prints.
pub(crate) fn check(root: &Path, _tally: &mut Tally) -> Result<()> {
    let mut stale = Vec::new();
    for (generated, content) in printed(root)? {
        let committed = fs::read(root.join(generated.path)).unwrap_or_default();
        stale.extend(difference(generated.path, &committed, &content));
    }
    if stale.is_empty() {
        say(&format!("codegen: {} generated files are current", GENERATED.len()));
        return Ok(());
    }
    bail!("{}\nrun `cargo xtask codegen` and commit what it writes", stale.join("\n"))
}

fn printed(root: &Path) -> Result<Vec<(&'static Generated, Vec<u8>)>> {
    if GENERATED.is_empty() {
        return Ok(Vec::new());
    }
    let program = browser::build_program(root)?;
    GENERATED
        .iter()
        .map(|generated| {
            let content = process::output(Command::new(&program).args(generated.arguments).current_dir(root))?;
            Ok((generated, content))
        })
        .collect()
}

/// Where two contents part, for a reader: the first line that differs.
fn difference(path: &str, committed: &[u8], generated: &[u8]) -> Option<String> {
    if committed == generated {
        return None;
    }
    let (committed, generated) = (String::from_utf8_lossy(committed), String::from_utf8_lossy(generated));
    let same = committed.lines().zip(generated.lines()).take_while(|(old, new)| old == new).count();
    let old = committed.lines().nth(same).unwrap_or("(end of file)");
    let new = generated.lines().nth(same).unwrap_or("(end of file)");
    Some(format!("{path}:{}: is out of date\n  committed: {old}\n  generated: {new}", same + 1))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn equal_contents_pass() {
        assert_eq!(difference("a", b"x\n", b"x\n"), None);
    }

    #[test]
    fn the_first_differing_line_is_named() {
        let found = difference("docs/a.json", b"one\ntwo\n", b"one\n2\n").unwrap();
        assert!(found.starts_with("docs/a.json:2: is out of date"), "{found}");
        let found = difference("docs/a.json", b"", b"one\n").unwrap();
        assert!(found.contains("(end of file)"), "{found}");
    }
}
