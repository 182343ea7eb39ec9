//! Policies to render.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use policy::Sources;
use policy::compile::Tables;
use policy::finding::{Severity, Source};

/// A policy and its operation file, as they stand on disk.
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) policy: String,
    operation: Option<String>,
}

impl Written {
    fn read(policy: &Path, operation: &Path) -> Self {
        Self {
            name: policy.display().to_string(),
            policy: fs::read_to_string(policy).unwrap(),
            operation: fs::read_to_string(operation).ok(),
        }
    }

    /// The same with other words in the operation file.
    pub(crate) fn operated(mut self, from: &str, to: &str) -> Self {
        let operation = self.operation.take().unwrap();
        assert!(operation.contains(from), "{from} does not stand in it");
        self.operation = Some(operation.replace(from, to));
        self
    }

    pub(crate) fn load(&self) -> Arc<Tables> {
        let policy = Source::new(self.name.as_str(), self.policy.as_str());
        let operation = self.operation.as_deref().map(|text| Source::new("operation.toml", text));
        let loaded = policy::load(&Sources { policy: &policy, operation: operation.as_ref() });
        let errors: Vec<_> = loaded
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error && finding.code.starts_with('L'))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", self.name);
        loaded.tables.unwrap()
    }

    /// Every clause number that the file names, found without the language.
    pub(crate) fn clauses(&self) -> Vec<String> {
        fn walk(value: &toml::Value, clauses: &mut Vec<String>) {
            match value {
                toml::Value::Table(table) => table.iter().for_each(|(key, value)| match (key.as_str(), value) {
                    ("clause", toml::Value::Array(list)) => {
                        clauses.extend(list.iter().map(|clause| clause.as_str().unwrap().to_owned()));
                    }
                    ("clause", toml::Value::String(one)) => clauses.push(one.clone()),
                    // What the printed text has there is no element.
                    ("document", _) => {}
                    _ => walk(value, clauses),
                }),
                toml::Value::Array(list) => list.iter().for_each(|value| walk(value, clauses)),
                _ => {}
            }
        }
        let mut clauses = Vec::new();
        walk(&toml::from_str(&self.policy).unwrap(), &mut clauses);
        clauses.sort();
        clauses.dedup();
        clauses
    }
}

/// The invented policy.
pub(crate) fn yunfan() -> Written {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    Written::read(&fixtures.join("yunfan.toml"), &fixtures.join("yunfan.operation.toml"))
}

/// Every policy version in `platforms/` and among the examples, and the invented one.
pub(crate) fn all() -> Vec<Written> {
    let folders =
        ["../../platforms", "../../examples/policies"].map(|at| Path::new(env!("CARGO_MANIFEST_DIR")).join(at));
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .flat_map(|platform| fs::read_dir(platform.unwrap().path()).into_iter().flatten())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "toml"))
        .filter(|file| {
            let stem = file.file_stem().unwrap().to_string_lossy();
            stem == "undated" || stem.parse::<jiff::civil::Date>().is_ok()
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut written: Vec<_> =
        files.iter().map(|file| Written::read(file, &file.with_file_name("operation.toml"))).collect();
    written.push(yunfan());
    written
}
