//! The files of a project: given in the call, or read below the one root that is configured.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Files that one call looks at.
const MOST_FILES: usize = 5_000;
/// Bytes of one file. Source code is smaller; what is larger is generated.
const LARGEST_FILE: u64 = 1 << 20;
/// Bytes of all files.
const LARGEST_PROJECT: u64 = 64 << 20;
/// Levels of folders.
const DEEPEST: usize = 32;
/// Folders with other people's code, or with output.
const SKIPPED: [&str; 9] = [
    "node_modules",
    "cdk.out",
    ".git",
    ".terraform",
    ".terragrunt-cache",
    ".venv",
    "venv",
    "site-packages",
    "__pycache__",
];

/// A file that is sent with the call.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceFile {
    /// Path in the project, relative: `lib/stack.ts`, `modules/db/main.tf`.
    pub(crate) path: String,
    /// What is in the file.
    pub(crate) content: String,
}

/// A project's files, sorted by path.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) files: Vec<SourceFile>,
    /// Files that are too many or too large.
    pub(crate) left_out: usize,
    /// The root, and where the project is below it: local modules may be elsewhere in the root.
    root: Option<(Dir, PathBuf)>,
    endings: &'static [&'static str],
}

/// Why a project was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    #[error("there is no folder `{0}` below the project root\nhint: {HINT}")]
    Missing(String),
    #[error("`{0}` is not below the project root, and nothing else is read\nhint: {HINT}")]
    Outside(String),
    #[error("`{0}` is a file, not a folder\nhint: {HINT}")]
    NotAFolder(String),
    #[error("`{path}` cannot be read")]
    Io {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the file path {0:?} is not relative, or has `..` in it")]
    Path(String),
    #[error("the project could not be looked at")]
    Panicked(String),
}

const HINT: &str = "send the project's files in `files`, or start the server with `--project-root`";

impl Unread {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "path_not_found",
            Self::Outside(_) => "outside_root",
            Self::NotAFolder(_) => "not_a_folder",
            Self::Io { .. } => "unreadable",
            Self::Path(_) => "invalid_arguments",
            Self::Panicked(_) => "analysis_failed",
        }
    }

    /// `details.error`: upstream's word where it has one.
    pub(crate) fn short(&self) -> &'static str {
        match self {
            Self::Missing(_) => "Path not found",
            Self::Outside(_) => "Path outside the project root",
            Self::NotAFolder(_) => "Path is not a folder",
            Self::Io { .. } => "Path cannot be read",
            Self::Path(_) => "Invalid file path",
            Self::Panicked(_) => "Analysis failed",
        }
    }
}

/// The files of the call that are of the right kind.
pub(crate) fn inline(
    files: Vec<SourceFile>,
    endings: &'static [&'static str],
) -> Result<Project, Unread> {
    let mut kept = Vec::new();
    for file in files {
        let Some(path) = clean(Path::new(&file.path)).filter(|path| !path.as_os_str().is_empty())
        else {
            return Err(Unread::Path(file.path));
        };
        let path = path.to_string_lossy().into_owned();
        if endings.iter().any(|ending| path.ends_with(ending)) {
            kept.push(SourceFile { path, ..file });
        }
    }
    kept.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Project {
        files: kept,
        left_out: 0,
        root: None,
        endings,
    })
}

/// Without `.` and inner `..`; `None` when it leads out.
fn clean(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir if clean.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

/// The files of a folder below the root. The root is opened by name; everything below it by
/// handle, so that neither `..` nor a link leads out.
pub(crate) fn below(
    root: &Path,
    asked: &str,
    endings: &'static [&'static str],
) -> Result<Project, Unread> {
    let io = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => Unread::Missing(asked.to_owned()),
        std::io::ErrorKind::NotADirectory => Unread::NotAFolder(asked.to_owned()),
        // What cap-std says to a link that leads out.
        std::io::ErrorKind::PermissionDenied if source.raw_os_error().is_none() => {
            Unread::Outside(asked.to_owned())
        }
        _ => Unread::Io {
            path: asked.to_owned(),
            source,
        },
    };
    let relative = match Path::new(asked) {
        path if path.is_absolute() => path
            .strip_prefix(root)
            .map_err(|_| Unread::Outside(asked.to_owned()))?,
        path => path,
    };
    let relative = clean(relative).ok_or_else(|| Unread::Outside(asked.to_owned()))?;
    let root = Dir::open_ambient_dir(root, ambient_authority()).map_err(io)?;
    let folder = match relative.as_os_str().is_empty() {
        true => root.try_clone(),
        false => root.open_dir(&relative),
    }
    .map_err(io)?;
    let mut walk = Walk {
        endings,
        files: Vec::new(),
        left_out: 0,
        bytes: 0,
    };
    walk.folder(&folder, "", DEEPEST).map_err(io)?;
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Project {
        files: walk.files,
        left_out: walk.left_out,
        root: Some((root, relative)),
        endings,
    })
}

impl Project {
    /// The folder that a path names, seen from one of the files: relative to the project, where it
    /// may lead out of it. `None` when it cannot be one.
    pub(crate) fn folder_from(&self, file: &str, path: &str) -> Option<String> {
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        let project = match &self.root {
            Some((_, project)) => project.as_path(),
            None => Path::new(""),
        };
        let target = clean(&project.join(folder).join(path))?;
        match target.strip_prefix(project) {
            Ok(inside) => Some(inside.to_string_lossy().into_owned()),
            // Outside the project, below the root: marked by the leading slash.
            Err(_) => Some(format!("/{}", target.to_string_lossy())),
        }
    }

    /// The folders that files of the project are in.
    pub(crate) fn folders(&self) -> HashSet<String> {
        let parents = self
            .files
            .iter()
            .filter_map(|file| Path::new(&file.path).parent());
        parents
            .map(|folder| folder.to_string_lossy().into_owned())
            .collect()
    }

    /// Files in a folder outside the project and below the root, not deeper.
    pub(crate) fn outside(&self, folder: &str) -> Vec<SourceFile> {
        let (Some((root, _)), Some(folder)) = (&self.root, folder.strip_prefix('/')) else {
            return Vec::new();
        };
        let mut walk = Walk {
            endings: self.endings,
            files: Vec::new(),
            left_out: 0,
            bytes: 0,
        };
        let read = root
            .open_dir(folder)
            .and_then(|dir| walk.folder(&dir, "", 0));
        match read {
            Ok(()) => walk.files,
            // Reported as a module that cannot be looked into.
            Err(_) => Vec::new(),
        }
    }
}

struct Walk {
    endings: &'static [&'static str],
    files: Vec<SourceFile>,
    left_out: usize,
    bytes: u64,
}

impl Walk {
    fn folder(&mut self, dir: &Dir, prefix: &str, deeper: usize) -> std::io::Result<()> {
        for entry in dir.entries()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            // Links are not followed: what they lead to is found at its own place, or is elsewhere.
            if kind.is_dir() && deeper > 0 && !SKIPPED.contains(&name.as_str()) {
                self.folder(&entry.open_dir()?, &format!("{path}/"), deeper - 1)?;
            } else if kind.is_file() && self.endings.iter().any(|ending| name.ends_with(ending)) {
                let size = entry.metadata()?.len();
                if self.files.len() >= MOST_FILES
                    || size > LARGEST_FILE
                    || self.bytes + size > LARGEST_PROJECT
                {
                    self.left_out += 1;
                    continue;
                }
                let mut bytes = Vec::new();
                entry.open()?.take(LARGEST_FILE).read_to_end(&mut bytes)?;
                self.bytes += size;
                let content = String::from_utf8_lossy(&bytes).into_owned();
                self.files.push(SourceFile { path, content });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn paths(project: &Project) -> Vec<&str> {
        project
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect()
    }

    #[test]
    fn only_what_is_below_the_root_is_read() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("root");
        fs::create_dir_all(root.join("p/node_modules/x")).unwrap();
        fs::create_dir_all(outer.path().join("secret")).unwrap();
        for file in [
            "root/p/a.ts",
            "root/p/node_modules/x/b.ts",
            "root/p/c.md",
            "secret/s.ts",
        ] {
            fs::write(outer.path().join(file), "x").unwrap();
        }
        std::os::unix::fs::symlink(outer.path().join("secret"), root.join("link")).unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret/s.ts"), root.join("p/s.ts")).unwrap();
        let read = |path: &str| below(&root, path, &[".ts"]);
        let absolute = root.join("p").to_string_lossy().into_owned();
        for path in ["p", "./p/../p", &absolute] {
            assert_eq!(paths(&read(path).unwrap()), ["a.ts"], "{path}");
        }
        assert_eq!(paths(&read(".").unwrap()), ["p/a.ts"]);
        let secret = outer.path().join("secret").to_string_lossy().into_owned();
        for path in ["../secret", "/", "link", "p/../../secret", &secret] {
            assert_eq!(read(path).unwrap_err().code(), "outside_root", "{path}");
        }
        assert_eq!(read("none").unwrap_err().code(), "path_not_found");
        assert_eq!(read("p/a.ts").unwrap_err().code(), "not_a_folder");
        let gone = below(Path::new("/nonexistent-root"), "p", &[".ts"]);
        assert_eq!(gone.unwrap_err().code(), "path_not_found");
    }

    #[test]
    fn inline_files_are_taken_by_kind_and_stay_inside() {
        let file = |path: &str| SourceFile {
            path: path.to_owned(),
            content: String::new(),
        };
        let project = inline(
            vec![file("b.tf"), file("./a/../a.tf"), file("README.md")],
            &[".tf"],
        );
        assert_eq!(paths(&project.unwrap()), ["a.tf", "b.tf"]);
        for path in ["/a.tf", "../a.tf", "a/../../b.tf", ""] {
            let error = inline(vec![file(path)], &[".tf"]).unwrap_err();
            assert_eq!(error.code(), "invalid_arguments", "{path}");
        }
    }
}
