//! The file of an import, which is read through before anything of it is taken in, and never held.

use std::fs::File;
use std::io::{self, BufReader, Seek as _};
use std::path::Path;
use std::time::SystemTime;

use anyhow::bail;
use desk::collect::{Signs, TableText};

use super::lines::Lines;
use super::row::Read;
use super::table::{self, Table};
use crate::options::Misused;

/// The rows of a file, in order: each is read when it is asked for.
pub(super) type Rows<'f> = Box<dyn Iterator<Item = io::Result<Read>> + 'f>;

/// A file that was read through once.
#[derive(Debug)]
pub(super) struct Source<'p> {
    path: &'p Path,
    file: File,
    form: Form,
    /// Rows, read or not.
    pub(super) rows: u64,
    /// Its length and when it was written last, before it was read.
    before: Mark,
}

type Mark = (u64, Option<SystemTime>);

#[derive(Debug, Clone, Copy)]
enum Form {
    Table(Signs),
    Lines,
}

impl<'p> Source<'p> {
    /// Opens a file and reads it through: what is wrong with it as a whole is told before anything of it is taken in.
    pub(super) fn open(path: &'p Path) -> Result<Self, Misused> {
        let unread = |why: io::Error| match why.kind() {
            io::ErrorKind::InvalidData => Misused(format!("{}: {why}", path.display())),
            _ => Misused(format!("cannot read {}: {why}", path.display())),
        };
        let mut file = File::open(path).map_err(unread)?;
        let before = mark(&file).map_err(unread)?;
        let form = match path.extension().and_then(|end| end.to_str()) {
            Some("csv") => Form::Table(Signs::of(&mut file).map_err(unread)?),
            Some("jsonl") => Form::Lines,
            _ => return Err(Misused("an import is a .csv or a .jsonl file: docs/import.md has both".to_owned())),
        };
        (&file).rewind().map_err(unread)?;
        let rows = match form {
            Form::Table(signs) => table::count(TableText::new(&file, signs)),
            Form::Lines => Lines::new(BufReader::new(&file)).count(),
        };
        let rows = rows.map_err(unread)?;
        Ok(Self { path, file, form, rows, before })
    }

    /// Its rows, from the first on.
    pub(super) fn rows(&self) -> anyhow::Result<Rows<'_>> {
        (&self.file).rewind()?;
        Ok(match self.form {
            Form::Table(signs) => Box::new(Table::open(TableText::new(&self.file, signs))?),
            Form::Lines => Box::new(Lines::new(BufReader::new(&self.file))),
        })
    }

    /// Refuses a file that was written to since it was read through: what was found of it then is no longer true.
    pub(super) fn is_unchanged(&self) -> anyhow::Result<()> {
        if mark(&self.file)? != self.before {
            bail!("{} was changed while it was read", self.path.display());
        }
        Ok(())
    }
}

fn mark(file: &File) -> io::Result<Mark> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_that_is_written_to_meanwhile_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.jsonl");
        fs::write(&path, "{}\n{}\n").unwrap();
        let source = Source::open(&path).unwrap();
        assert_eq!((source.rows, source.rows().unwrap().count()), (2, 2));
        source.is_unchanged().unwrap();
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{}\n").unwrap();
        assert!(source.is_unchanged().unwrap_err().to_string().ends_with("old.jsonl was changed while it was read"));
    }

    #[test]
    fn what_is_wrong_with_a_whole_file_is_told_before_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let told = Source::open(&path).map(|source| source.rows().map(drop).unwrap_err().to_string());
            told.unwrap_or_else(|misused| misused.to_string()).replace(folder.path().to_str().unwrap(), "…")
        };
        let open = "line 20002 opens a quotation mark and does not close it";
        let quoted = format!("wages\n{}\"x\n", "y\n".repeat(20_000));
        assert_eq!(told("old.csv", quoted.as_bytes()), format!("…/old.csv: {open}"));
        let encoding = "the table is neither Unicode nor GB 18030: save it as UTF-8";
        assert_eq!(told("old.csv", b"class\n\xff\n"), format!("…/old.csv: {encoding}"));
        let column = "column 2 of the header is none that an import knows: docs/import.md has them";
        assert_eq!(told("old.csv", b"class,wages\n"), column);
        assert_eq!(told("old.jsonl", b"{}\n\xff\n"), "…/old.jsonl: line 2: JSON is UTF-8");
        assert!(told("old.txt", b"").contains(".csv or a .jsonl"));
        let none = folder.path().join("none.csv");
        assert!(Source::open(&none).unwrap_err().to_string().starts_with("cannot read "));
    }
}
