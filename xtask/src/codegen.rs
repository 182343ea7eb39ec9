//! Files that are made from others: committed for the reader, compared with what makes them at every run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tally::Tally;
use crate::{browser, lawtable, process, say, texttable};

/// A committed file and what makes its content.
struct Generated {
    path: &'static str,
    maker: Maker,
}

/// What makes a file.
enum Maker {
    /// `shouyue` prints it when called with these arguments.
    Shouyue(&'static [&'static str]),
    /// It is made from the sources.
    Sources(fn(&Path) -> Result<Vec<u8>>),
}

/// One line per generated file.
const GENERATED: &[Generated] = &[
    Generated { path: "docs/law.md", maker: Maker::Sources(lawtable::page) },
    Generated { path: "docs/text.md", maker: Maker::Sources(texttable::page) },
    Generated {
        path: "docs/data-flow-map.svg",
        maker: Maker::Shouyue(&["render", "examples/policies/songhe", "--document", "map", "--to", "svg"]),
    },
    Generated { path: "docs/schema/policy.schema.json", maker: Maker::Shouyue(&["schema", "policy"]) },
    Generated { path: "docs/schema/operation.schema.json", maker: Maker::Shouyue(&["schema", "operation"]) },
    Generated { path: "docs/schema/vocabulary.schema.json", maker: Maker::Shouyue(&["schema", "vocabulary"]) },
];

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

/// The content of every generated file. What is made from the sources comes first: it needs no program to be built.
fn printed(root: &Path) -> Result<Vec<(&'static Generated, Vec<u8>)>> {
    let mut program = None;
    let content = |generated: &'static Generated| {
        let content = match generated.maker {
            Maker::Sources(make) => make(root).with_context(|| format!("cannot make {}", generated.path))?,
            Maker::Shouyue(arguments) => {
                let built = match program.take() {
                    Some(built) => built,
                    None => browser::build_program(root)?,
                };
                let content = process::output(Command::new(&built).args(arguments).current_dir(root))?;
                program = Some(built);
                content
            }
        };
        Ok((generated, content))
    };
    GENERATED.iter().map(content).collect()
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
