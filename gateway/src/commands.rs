//! `gateway tools` and `gateway call`: a running gateway, from the command line.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use gateway_client::{Authorization, Client, ClientError};
use serde_json::{Value, json};
use url::Url;

use crate::catalog::DELIMITER;

/// Suggestions for a name that no tool has.
const SUGGESTIONS: usize = 3;

/// A gateway as `tools` and `call` reach it.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Its MCP endpoint.
    pub url: Url,
    /// What its inbound authorization wants to see.
    pub authorization: Authorization,
}

/// Prints all tools: name and first sentence, or with `as_json` the whole list.
///
/// # Errors
///
/// When there is no such gateway, or it refuses.
pub async fn tools(gateway: &Remote, as_json: bool) -> anyhow::Result<()> {
    let tools = connect(gateway).await?.tools().await?.tools;
    if as_json {
        return print(&format!("{:#}", json!({ "tools": tools })));
    }
    let text = |tool: &Value, member: &str| tool[member].as_str().unwrap_or_default().to_owned();
    let rows: Vec<(String, String)> = tools
        .iter()
        .map(|tool| {
            (
                text(tool, "name"),
                first_sentence(&text(tool, "description")).to_owned(),
            )
        })
        .collect();
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    let lines: Vec<String> = rows
        .iter()
        .map(|(name, text)| format!("{name:width$}  {text}"))
        .collect();
    print(&lines.join("\n"))
}

/// Calls a tool and prints its result: the `CallToolResult` as JSON, or with `as_text` its text blocks.
///
/// The exit code is 0, or 1 when the tool reports an error.
///
/// # Errors
///
/// When there is no such gateway, or it refuses, when it has no such tool, or `arguments` is not a JSON object.
pub async fn call(
    gateway: &Remote,
    tool: &str,
    arguments: &str,
    as_text: bool,
) -> anyhow::Result<ExitCode> {
    let arguments = read_arguments(arguments)?;
    let mut client = connect(gateway).await?;
    let result = match client.call(tool, arguments).await {
        Err(ClientError::Refused(error)) if error.message.starts_with("Unknown tool: ") => {
            return Err(unknown_tool(&mut client, tool).await?);
        }
        result => result?,
    };
    print(&if as_text {
        text_of(&result)
    } else {
        format!("{result:#}")
    })?;
    let is_error = result["isError"].as_bool().unwrap_or(false);
    Ok(if is_error {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

async fn connect(gateway: &Remote) -> anyhow::Result<Client> {
    let Remote { url, authorization } = gateway;
    let connected = Client::connect(url.clone(), "gateway", authorization.prepare()).await;
    connected.map_err(|error| match &error {
        ClientError::Unreachable { .. } => anyhow::anyhow!(
            "{error}\nhint: start one with `scripts/up`, or name another with `--url`"
        ),
        ClientError::Denied { status, .. } => {
            anyhow::anyhow!("{error}\nhint: {}", authorization.advice(*status))
        }
        _ => error.into(),
    })
}

/// Reads `arguments`, or standard input for `-`.
fn read_arguments(arguments: &str) -> anyhow::Result<Value> {
    let mut text = arguments.to_owned();
    if arguments == "-" {
        text.clear();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input could not be read")?;
    }
    match serde_json::from_str(&text) {
        Ok(arguments @ Value::Object(_)) => Ok(arguments),
        Ok(_) => bail!("the arguments must be a JSON object such as `{{\"path\": \"/tmp\"}}`"),
        Err(error) => bail!("the arguments are not JSON: {error}"),
    }
}

async fn unknown_tool(client: &mut Client, tool: &str) -> Result<anyhow::Error, ClientError> {
    let tools = client.tools().await?.tools;
    let names: Vec<&str> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    let hint = match suggestions(tool, &names).as_slice() {
        [] => "`gateway tools` lists all tools".to_owned(),
        close => format!(
            "did you mean {}?",
            close
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(" or ")
        ),
    };
    Ok(anyhow::anyhow!("unknown tool `{tool}`\nhint: {hint}"))
}

/// The names that `wanted` may stand for: those that lack only the target, else similar ones.
fn suggestions<'a>(wanted: &str, names: &[&'a str]) -> Vec<&'a str> {
    let without_target = |name: &&&str| {
        name.split_once(DELIMITER)
            .is_some_and(|(_, tool)| tool == wanted)
    };
    let exact: Vec<&str> = names
        .iter()
        .filter(without_target)
        .take(SUGGESTIONS)
        .copied()
        .collect();
    if !exact.is_empty() {
        return exact;
    }
    similar::get_close_matches(wanted, names, SUGGESTIONS, 0.6)
}

/// Up to the first full stop that ends a sentence, or the first line.
fn first_sentence(text: &str) -> &str {
    let line = text.trim_start().lines().next().unwrap_or_default();
    line.split_once(". ")
        .map_or(line, |(sentence, _)| sentence)
        .trim_end()
        .trim_end_matches('.')
}

/// The text blocks of a result, one after the other.
fn text_of(result: &Value) -> String {
    let blocks = result["content"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    blocks
        .iter()
        .filter_map(|block| block["text"].as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        // `gateway tools | head` has read what it wanted.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output could not be written"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = [
        "filesystem___read_file",
        "filesystem___write_file",
        "git-repo___git_log",
        "other___git_log",
    ];

    #[test]
    fn a_name_without_its_target_is_completed() {
        assert_eq!(suggestions("read_file", &NAMES), ["filesystem___read_file"]);
        assert_eq!(
            suggestions("git_log", &NAMES),
            ["git-repo___git_log", "other___git_log"]
        );
    }

    #[test]
    fn a_misspelt_name_is_corrected() {
        assert_eq!(
            suggestions("filesystem__reed_file", &NAMES)[0],
            "filesystem___read_file"
        );
        assert_eq!(suggestions("something_else_entirely", &NAMES), [""; 0]);
    }

    #[test]
    fn a_first_sentence_ends_at_a_full_stop_or_a_line() {
        for (text, sentence) in [
            ("Read a file. Returns text.", "Read a file"),
            ("Version 1.5 of it", "Version 1.5 of it"),
            ("\n  Line one\nline two", "Line one"),
            ("", ""),
        ] {
            assert_eq!(first_sentence(text), sentence);
        }
    }

    #[test]
    fn arguments_must_be_an_object() {
        assert_eq!(read_arguments("{\"a\":1}").unwrap(), json!({"a": 1}));
        assert!(
            read_arguments("[1]")
                .unwrap_err()
                .to_string()
                .starts_with("the arguments must be a JSON object")
        );
        assert!(
            read_arguments("{a}")
                .unwrap_err()
                .to_string()
                .starts_with("the arguments are not JSON: ")
        );
    }
}
