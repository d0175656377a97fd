//! The environment variables of a native server, from the constants that name them.
//!
//! A server keeps the names in `src/settings.rs` or `src/config.rs`, each a constant whose doc comment says what the
//! variable is for. So the documents cannot name one that the code does not read.

use serde::Serialize;

use crate::workspace::Workspace;

/// Where a server may keep its constants.
const FILES: [&str; 2] = ["src/settings.rs", "src/config.rs"];

/// One variable.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// The constant's doc comment, on one line.
    pub(crate) meaning: String,
}

/// The variables of a server, in the order in which its code names them.
pub(crate) fn of_server(workspace: &Workspace, server: &str) -> Vec<Variable> {
    let folder = workspace.server_folder(server);
    let texts = FILES
        .iter()
        .filter_map(|file| std::fs::read_to_string(folder.join(file)).ok());
    texts.flat_map(|text| read(&text)).collect()
}

fn read(source: &str) -> Vec<Variable> {
    let mut variables = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            comment.push(text.trim());
            continue;
        }
        if let Some(name) = constant(line).filter(|name| is_variable(name)) {
            variables.push(Variable {
                name: name.to_owned(),
                meaning: comment.join(" "),
            });
        }
        comment.clear();
    }
    variables
}

/// The value of a text constant.
fn constant(line: &str) -> Option<&str> {
    let declared = line
        .strip_prefix("pub(crate) ")
        .or(line.strip_prefix("pub "));
    let rest = declared.unwrap_or(line).strip_prefix("const ")?;
    let (_name, value) = rest.split_once(": &str = \"")?;
    value.strip_suffix("\";")
}

fn is_variable(value: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    value.contains('_') && value.bytes().all(known) && !value.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_that_name_variables_are_found_with_their_comments() {
        let source = r#"
//! Settings.

/// Folders, separated by
/// colons.
pub(crate) const ROOTS: &str = "DEMO_ROOTS";
/// Not a variable.
const DEFAULT: &str = "/tmp/demo";
pub mod variables {
    /// A limit.
    pub const MOST: &str = "DEMO_MOST";
}
const PLAIN: &str = "DEMO_PLAIN";
"#;
        let found: Vec<(String, String)> = read(source)
            .into_iter()
            .map(|variable| (variable.name, variable.meaning))
            .collect();
        let expected = [
            ("DEMO_ROOTS", "Folders, separated by colons."),
            ("DEMO_MOST", "A limit."),
            ("DEMO_PLAIN", ""),
        ];
        let expected = expected.map(|(name, meaning)| (name.to_owned(), meaning.to_owned()));
        assert_eq!(found, expected);
    }
}
