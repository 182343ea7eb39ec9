//! The files that the checks read: everything in the checkout that `.gitignore` does not name.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::rust::Rust;

/// One file, by its path from the root, with `/` between folders.
pub(super) struct File {
    pub(super) path: String,
    pub(super) bytes: usize,
    /// `None` for what is not UTF-8.
    pub(super) text: Option<String>,
}

impl File {
    pub(super) fn has_extension(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| extensions.iter().any(|extension| found == *extension))
    }

    /// The text, with the number of each line.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.as_deref().unwrap_or_default().lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// All files, sorted by path, and the Rust ones scanned.
pub(super) struct Tree {
    files: Vec<File>,
    rust: Vec<Rust>,
}

impl Tree {
    /// Reads a checkout. Needs no git: of `.gitignore` it understands `/folder` and `*.ending`.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let ignore = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let mut files = Vec::new();
        walk(root, "", &Ignored::parse(&ignore), &mut files)?;
        Ok(Self::of(files))
    }

    fn of(mut files: Vec<File>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let rust = files
            .iter()
            .filter(|file| file.has_extension(&["rs"]))
            .filter_map(|file| Some(Rust::scan(&file.path, file.text.as_deref()?)))
            .collect();
        Self { files, rust }
    }

    /// A tree made of samples, for tests.
    #[cfg(test)]
    pub(super) fn sample(files: &[(&str, &str)]) -> Self {
        let file =
            |&(path, text): &(&str, &str)| File { path: path.into(), bytes: text.len(), text: Some(text.into()) };
        Self::of(files.iter().map(file).collect())
    }

    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    pub(super) fn rust(&self) -> &[Rust] {
        &self.rust
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether a file or a folder of that path exists.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }
}

struct Ignored<'a> {
    folders: Vec<&'a str>,
    endings: Vec<&'a str>,
}

impl<'a> Ignored<'a> {
    fn parse(gitignore: &'a str) -> Self {
        Self {
            folders: gitignore.lines().filter_map(|line| line.strip_prefix('/')).collect(),
            endings: gitignore.lines().filter_map(|line| line.strip_prefix('*')).collect(),
        }
    }

    fn contains(&self, path: &str) -> bool {
        path == ".git" || self.folders.contains(&path) || self.endings.iter().any(|ending| path.ends_with(ending))
    }
}

fn walk(root: &Path, folder: &str, ignored: &Ignored<'_>, files: &mut Vec<File>) -> Result<()> {
    let shown = || format!("cannot read the folder `{folder}`");
    for entry in fs::read_dir(root.join(folder)).with_context(shown)? {
        let entry = entry.with_context(shown)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if ignored.contains(&path) {
            continue;
        }
        let kind = entry.file_type().with_context(shown)?;
        if kind.is_dir() {
            walk(root, &path, ignored, files)?;
        } else if kind.is_file() {
            let content = fs::read(entry.path()).with_context(|| format!("cannot read `{path}`"))?;
            files.push(File { path, bytes: content.len(), text: String::from_utf8(content).ok() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_what_git_ignores() {
        let ignored = Ignored::parse("/target\n/e2e/shots\n*.snap.new\n");
        for path in ["target", "e2e/shots", "crates/a/x.snap.new", ".git"] {
            assert!(ignored.contains(path), "{path}");
        }
        for path in ["crates/target", "e2e", "a.snap", ".gitignore"] {
            assert!(!ignored.contains(path), "{path}");
        }
    }

    #[test]
    fn knows_files_and_folders() {
        let tree = Tree::sample(&[("docs/law.md", "x")]);
        assert!(tree.has("docs/law.md") && tree.has("docs") && tree.has("docs/"));
        assert!(!tree.has("doc"));
    }

    #[test]
    fn reads_this_checkout() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let tree = Tree::read(root).unwrap();
        assert!(tree.has("xtask/src/tidy/tree.rs"));
        assert!(!tree.has("target"));
    }
}
