//! Where a program is.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The program's path: looked for in `PATH`, unless it has a slash.
///
/// # Errors
///
/// Why there is none, to follow `is not installed here:`.
pub(super) fn find(program: &str) -> Result<PathBuf, String> {
    find_in(program, std::env::var_os("PATH").as_deref())
}

fn find_in(program: &str, path: Option<&OsStr>) -> Result<PathBuf, String> {
    if program.contains('/') {
        let file = PathBuf::from(program);
        return match file.is_file() {
            true if is_executable(&file) => Ok(file),
            true => Err("the file may not be executed".to_owned()),
            false => Err("there is no such file".to_owned()),
        };
    }
    let path = path.ok_or("`PATH` is not set")?;
    let mut candidates = std::env::split_paths(path).map(|folder| folder.join(program));
    let found = candidates.find(|file| file.is_file() && is_executable(file));
    found.ok_or_else(|| match program.contains(' ') {
        true => "no folder in `PATH` has it; arguments belong into `args`".to_owned(),
        false => "no folder in `PATH` has it".to_owned(),
    })
}

fn is_executable(file: &Path) -> bool {
    file.metadata()
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_program_is_found_or_the_reason_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let tool = folder.path().join("tool");
        fs::write(&tool, "").unwrap();
        fs::set_permissions(&tool, Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        fs::write(&data, "").unwrap();
        fs::set_permissions(&data, Permissions::from_mode(0o644)).unwrap();
        let empty = tempfile::tempdir().unwrap();
        let path = std::env::join_paths([empty.path(), folder.path()]).unwrap();
        let find = |program: &str| find_in(program, Some(&path));
        assert_eq!(find("tool"), Ok(tool.clone()));
        assert_eq!(find(tool.to_str().unwrap()), Ok(tool));
        for (program, reason) in [
            ("data", "no folder in `PATH` has it"),
            (
                "tool --flag",
                "no folder in `PATH` has it; arguments belong into `args`",
            ),
            ("/nowhere/tool", "there is no such file"),
            (data.to_str().unwrap(), "the file may not be executed"),
        ] {
            assert_eq!(find(program), Err(reason.to_owned()), "{program}");
        }
        assert_eq!(find_in("tool", None), Err("`PATH` is not set".to_owned()));
    }
}
