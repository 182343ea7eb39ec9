//! Links in the documents lead somewhere.

use super::Finding;
use super::tree::Tree;

/// Relative links of Markdown files whose target is not in the tree.
pub(super) fn resolve(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.has_extension(&["md"])) {
        let mut fenced = false;
        for (line, text) in file.lines() {
            fenced ^= text.trim_start().starts_with("```");
            let targets = if fenced { Vec::new() } else { targets(text) };
            for target in targets.into_iter().filter(|target| is_relative(target)) {
                let path = target.split('#').next().unwrap_or_default();
                if !path.is_empty()
                    && !resolved(&file.path, path).is_some_and(|path| path.is_empty() || tree.has(&path))
                {
                    let what = format!("the link `{target}` leads nowhere");
                    findings.push(Finding::new(&file.path, line, what, "mend the path"));
                }
            }
        }
    }
    findings
}

/// What stands in `](…)`.
fn targets(line: &str) -> Vec<&str> {
    let ends = line.match_indices("](").filter_map(|(at, open)| line.get(at + open.len()..));
    ends.filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

fn is_relative(target: &str) -> bool {
    !target.contains("://") && !target.starts_with("mailto:")
}

/// The path from the root that a link in `from` means; `None` when it climbs out of the tree.
fn resolved(from: &str, link: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = if link.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(link.split('/')).filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn dead_links_are_caught() {
        let readme = "[a](docs/a.md) [b](docs/b.md)\n[c](https://example.org) [d](#part) [e](docs/)\n```\n[f](no)\n```\n[g](../out)\n";
        let tree = Tree::sample(&[("README.md", readme), ("docs/a.md", "[up](../README.md#x) [no](README.md)\n")]);
        assert_eq!(places(&resolve(&tree)), ["README.md:1", "README.md:6", "docs/a.md:1"]);
    }
}
