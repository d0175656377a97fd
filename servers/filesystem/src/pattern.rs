//! What `search_files` looks for, and what it and `directory_tree` leave out.

use std::path::Path;

use crate::FilesystemError;
use crate::glob::Glob;

/// What to look for.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// Part of a name, in lower case.
    Name(String),
    /// Part of a path, in lower case: it has a slash.
    Path(String),
    /// All that the glob matches, or all that it does not.
    Glob { glob: Glob, negated: bool },
}

/// All that is left out, with what is below it.
#[derive(Debug)]
pub(crate) struct Exclusions(Vec<Exclusion>);

#[derive(Debug)]
enum Exclusion {
    /// A name at any depth, or the end of a path.
    Path(String),
    Glob {
        glob: Glob,
        negated: bool,
    },
}

impl Pattern {
    pub(crate) fn new(pattern: &str) -> Result<Self, FilesystemError> {
        if pattern.is_empty() {
            return Err(invalid(pattern, "it is empty; `**/*` finds everything"));
        }
        Ok(if is_glob(pattern) {
            let (glob, negated) = glob(pattern)?;
            Self::Glob { glob, negated }
        } else if pattern.contains('/') {
            Self::Path(relative(pattern).to_lowercase())
        } else {
            Self::Name(pattern.to_lowercase())
        })
    }

    /// `path` is relative to where the search began, `name` its last part.
    pub(crate) fn matches(&self, path: &Path, name: &str) -> bool {
        match self {
            Self::Name(part) => name.to_lowercase().contains(part),
            Self::Path(part) => path.to_string_lossy().to_lowercase().contains(part),
            Self::Glob { glob, negated } => glob.matches(&path.to_string_lossy()) != *negated,
        }
    }
}

impl Exclusions {
    pub(crate) fn new(patterns: &[String]) -> Result<Self, FilesystemError> {
        let exclusion = |pattern: &String| match pattern.as_str() {
            "" => Err(invalid(pattern, "it is empty")),
            pattern if is_glob(pattern) => {
                let (glob, negated) = glob(pattern)?;
                Ok(Exclusion::Glob { glob, negated })
            }
            pattern => Ok(Exclusion::Path(relative(pattern).to_owned())),
        };
        let exclusions = patterns.iter().map(exclusion);
        exclusions.collect::<Result<_, _>>().map(Self)
    }

    /// `path` is relative to where the listing or search began.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        self.0.iter().any(|exclusion| match exclusion {
            Exclusion::Path(end) => path.ends_with(end),
            Exclusion::Glob { glob, negated } => glob.matches(&path.to_string_lossy()) != *negated,
        })
    }
}

/// Whether a pattern is more than part of a name.
fn is_glob(pattern: &str) -> bool {
    pattern.starts_with('!') || pattern.contains(['*', '?', '[', '{'])
}

/// The glob, and whether it is turned round by `!`.
fn glob(pattern: &str) -> Result<(Glob, bool), FilesystemError> {
    let positive = pattern.trim_start_matches('!');
    let negated = (pattern.len() - positive.len()) % 2 == 1;
    let glob = Glob::new(relative(positive)).map_err(|reason| invalid(pattern, reason))?;
    Ok((glob, negated))
}

/// Paths are matched without `./` before and `/` around them.
fn relative(pattern: &str) -> &str {
    pattern.trim_start_matches("./").trim_matches('/')
}

fn invalid(pattern: &str, reason: &'static str) -> FilesystemError {
    FilesystemError::InvalidPattern {
        pattern: pattern.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Exclusions, Pattern};

    #[test]
    fn patterns() {
        let cases = [
            ("readme", "docs/README.md", true),
            ("É", "é.txt", true),
            ("readme", "readme/other.md", false),
            ("docs/read", "docs/README.md", true),
            ("./docs/", "docs/README.md", true),
            ("*.md", "docs/README.md", false),
            ("./docs/*.md", "docs/README.md", true),
            ("!*.md", "a.txt", true),
            ("!*.md", "a.md", false),
            ("!!*.md", "a.md", true),
        ];
        for (pattern, path, expected) in cases {
            let path = Path::new(path);
            let name = path.file_name().unwrap().to_string_lossy();
            let found = Pattern::new(pattern).unwrap().matches(path, &name);
            assert_eq!(found, expected, "{pattern} on {path:?}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        let cases = [
            (
                "",
                "`` is not a pattern: it is empty; `**/*` finds everything",
            ),
            (
                "!*.@(js|ts)",
                "`!*.@(js|ts)` is not a pattern: groups as `@(a|b)` are not known; write \
                 alternatives as `{a,b}`",
            ),
        ];
        for (pattern, message) in cases {
            assert_eq!(Pattern::new(pattern).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn exclusions() {
        let cases = [
            ("node_modules", "node_modules", true),
            ("node_modules", "a/node_modules", true),
            ("node_modules", "a/node_modules2", false),
            ("node_modules/", "node_modules", true),
            ("a/b", "x/a/b", true),
            ("a/b", "x/ca/b", false),
            ("*.log", "a.log", true),
            ("*.log", "a/a.log", false),
            ("**/*.log", "a/a.log", true),
            ("node_modules/**", "node_modules/x", true),
            ("node_modules/**", "node_modules", false),
        ];
        for (pattern, path, expected) in cases {
            let exclusions = Exclusions::new(&[pattern.to_owned()]).unwrap();
            assert_eq!(
                exclusions.matches(Path::new(path)),
                expected,
                "{pattern} on {path}"
            );
        }
    }
}
