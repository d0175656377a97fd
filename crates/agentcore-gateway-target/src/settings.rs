//! What the environment says. Every variable that this crate reads is named here.

use std::env::VarError;
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::access::{Access, UnknownAccess};

/// Highest level of tools that are listed and called: `read-only` (default), `read-write`, `sensitive`.
pub const ACCESS: &str = "MCP_FLEET_ACCESS";
/// Comma-separated names of the only tools to offer. Default: all.
pub const TOOLS_INCLUDE: &str = "MCP_FLEET_TOOLS_INCLUDE";
/// Comma-separated names of tools not to offer. Default: none.
pub const TOOLS_EXCLUDE: &str = "MCP_FLEET_TOOLS_EXCLUDE";
/// The server's arguments as a JSON array of strings. Default: none.
pub const ARGS: &str = "MCP_FLEET_ARGS";
/// What a Lambda invocation returns: `mcp` (default) or `payload`.
pub const RESULT_MODE: &str = "MCP_FLEET_RESULT_MODE";
/// How HTTP events are answered: `buffered` (default) or `streaming`.
pub const HTTP_RESPONSE: &str = "MCP_FLEET_HTTP_RESPONSE";
/// `none` (default), or `emf`: each call of a tool is counted, in lines of CloudWatch's Embedded Metric Format.
pub const METRICS: &str = "MCP_FLEET_METRICS";
/// The CloudWatch namespace of the metrics. Default: `mcp-fleet/<id of the server>`.
pub const METRICS_NAMESPACE: &str = "MCP_FLEET_METRICS_NAMESPACE";
/// Seconds between two looks at the secrets that variables name, 1 to 86,400. Default: 300.
pub const SECRETS_REFRESH: &str = "MCP_FLEET_SECRETS_REFRESH";
/// Written by this crate: which variables named which secrets, as a JSON object.
pub(crate) const SECRET_REFERENCES: &str = "MCP_FLEET_SECRET_REFERENCES";
/// `error`, `warn`, `info` (default), `debug` or `trace`.
pub const LOG: &str = "MCP_FLEET_LOG";
/// Set by Lambda: where the Runtime API listens. Its presence selects Lambda mode.
pub const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// What a Lambda invocation returns for a tool that succeeded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ResultMode {
    /// The MCP `CallToolResult`.
    #[default]
    Mcp,
    /// The structured content, else the text.
    Payload,
}

/// How an HTTP event is answered. The event does not tell what the function's URL expects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum HttpResponse {
    /// As one JSON value, which API Gateway and Function URLs make a response of.
    #[default]
    Buffered,
    /// As an event stream, for Function URLs with invoke mode `RESPONSE_STREAM`.
    Streaming,
}

/// Everything that the environment decides, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    /// `None` offers every tool.
    pub(crate) include: Option<Vec<String>>,
    pub(crate) exclude: Vec<String>,
    pub(crate) args: Vec<String>,
    pub(crate) result_mode: ResultMode,
    pub(crate) http_response: HttpResponse,
    pub(crate) metrics: bool,
    /// `None`: one by the server's id.
    pub(crate) metrics_namespace: Option<String>,
    pub(crate) secrets_refresh: Duration,
    pub(crate) log: Log,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access: Access::default(),
            include: None,
            exclude: Vec::new(),
            args: Vec::new(),
            result_mode: ResultMode::default(),
            http_response: HttpResponse::default(),
            metrics: false,
            metrics_namespace: None,
            secrets_refresh: Duration::from_secs(300),
            log: Log::default(),
        }
    }
}

/// The level of this process's own log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Log(pub(crate) LevelFilter);

impl Default for Log {
    fn default() -> Self {
        Self(LevelFilter::INFO)
    }
}

/// A variable that cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("{ACCESS}: {0}")]
    Access(UnknownAccess),
    #[error(
        "{ARGS}: the value is not a JSON array of strings (line {line}, column {column}); write it as `[\"a\",\"b\"]`"
    )]
    // Without the value: a server's arguments may be what nobody is to read in a log.
    Args { line: usize, column: usize },
    #[error("{RESULT_MODE}: `{0}` is not a result mode; write `mcp` or `payload`")]
    ResultMode(String),
    #[error("{HTTP_RESPONSE}: `{0}` is not a response mode; write `buffered` or `streaming`")]
    HttpResponse(String),
    #[error("{METRICS}: `{0}` is no form of metrics; write `emf` or `none`")]
    Metrics(String),
    #[error(
        "{METRICS_NAMESPACE}: `{0}` is not a CloudWatch namespace; write 1 to 255 letters, digits and `.-_/#:`, not beginning with `:` or `AWS/`"
    )]
    MetricsNamespace(String),
    #[error("{SECRETS_REFRESH}: `{0}` is not a number of seconds from 1 to 86400")]
    SecretsRefresh(String),
    #[error("{LOG}: `{0}` is not a level; write `error`, `warn`, `info`, `debug` or `trace`")]
    Log(String),
    #[error("{0}: the value is not valid UTF-8")]
    NotUnicode(&'static str),
}

impl Settings {
    /// Reads the process environment.
    pub(crate) fn from_env() -> Result<Self, SettingsError> {
        Self::read(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(SettingsError::NotUnicode(name)),
        })
    }

    /// Reads from anywhere. A variable that is empty counts as one that is not set.
    pub(crate) fn read(
        lookup: impl Fn(&'static str) -> Result<Option<String>, SettingsError>,
    ) -> Result<Self, SettingsError> {
        let value = |name| Ok(lookup(name)?.filter(|value| !value.trim().is_empty()));
        let mut settings = Self::default();
        if let Some(text) = value(ACCESS)? {
            settings.access = text.trim().parse().map_err(SettingsError::Access)?;
        }
        settings.include = value(TOOLS_INCLUDE)?.map(|text| names(&text));
        settings.exclude = value(TOOLS_EXCLUDE)?.map_or_else(Vec::new, |text| names(&text));
        if let Some(value) = value(ARGS)? {
            settings.args = serde_json::from_str(&value).map_err(|error| SettingsError::Args {
                line: error.line(),
                column: error.column(),
            })?;
        }
        if let Some(text) = value(RESULT_MODE)? {
            settings.result_mode = match text.trim() {
                "mcp" => ResultMode::Mcp,
                "payload" => ResultMode::Payload,
                other => return Err(SettingsError::ResultMode(other.to_owned())),
            };
        }
        if let Some(text) = value(HTTP_RESPONSE)? {
            settings.http_response = match text.trim() {
                "buffered" => HttpResponse::Buffered,
                "streaming" => HttpResponse::Streaming,
                other => return Err(SettingsError::HttpResponse(other.to_owned())),
            };
        }
        if let Some(text) = value(METRICS)? {
            settings.metrics = match text.trim() {
                "emf" => true,
                "none" => false,
                other => return Err(SettingsError::Metrics(other.to_owned())),
            };
        }
        settings.metrics_namespace = value(METRICS_NAMESPACE)?.map(namespace).transpose()?;
        if let Some(text) = value(SECRETS_REFRESH)? {
            let seconds = text.trim().parse().ok();
            let seconds = seconds.filter(|seconds| (1..=86_400).contains(seconds));
            let seconds = seconds.ok_or(SettingsError::SecretsRefresh(text))?;
            settings.secrets_refresh = Duration::from_secs(seconds);
        }
        if let Some(text) = value(LOG)? {
            settings.log = match text.trim() {
                "error" => Log(LevelFilter::ERROR),
                "warn" => Log(LevelFilter::WARN),
                "info" => Log(LevelFilter::INFO),
                "debug" => Log(LevelFilter::DEBUG),
                "trace" => Log(LevelFilter::TRACE),
                other => return Err(SettingsError::Log(other.to_owned())),
            };
        }
        Ok(settings)
    }
}

/// As `PutMetricData` takes it:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>.
fn namespace(text: String) -> Result<String, SettingsError> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#:".contains(&byte);
    let reserved = text.starts_with(':') || text.starts_with("AWS/");
    if text.len() <= 255 && text.bytes().all(is_name) && !reserved {
        Ok(text)
    } else {
        Err(SettingsError::MetricsNamespace(text))
    }
}

fn names(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_environment_is_the_default() {
        let settings = read(&[(ACCESS, ""), (TOOLS_INCLUDE, " ")]).unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(settings.access, Access::ReadOnly);
    }

    #[test]
    fn every_variable_is_read() {
        let settings = read(&[
            (ACCESS, "sensitive"),
            (TOOLS_INCLUDE, "a, b,"),
            (TOOLS_EXCLUDE, "c"),
            (ARGS, r#"["--flag","x y"]"#),
            (RESULT_MODE, "payload"),
            (HTTP_RESPONSE, "streaming"),
            (METRICS, "emf"),
            (METRICS_NAMESPACE, "team/mcp"),
            (SECRETS_REFRESH, "60"),
            (LOG, "debug"),
        ]);
        let expected = Settings {
            access: Access::Sensitive,
            include: Some(vec!["a".to_owned(), "b".to_owned()]),
            exclude: vec!["c".to_owned()],
            args: vec!["--flag".to_owned(), "x y".to_owned()],
            result_mode: ResultMode::Payload,
            http_response: HttpResponse::Streaming,
            metrics: true,
            metrics_namespace: Some("team/mcp".to_owned()),
            secrets_refresh: Duration::from_secs(60),
            log: Log(LevelFilter::DEBUG),
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn a_bad_value_names_the_variable_the_value_and_the_right_form() {
        let cases = [
            (
                ACCESS,
                "all",
                "MCP_FLEET_ACCESS: `all` is not an access level; write `read-only`, `read-write` or `sensitive`",
            ),
            (
                RESULT_MODE,
                "json",
                "MCP_FLEET_RESULT_MODE: `json` is not a result mode; write `mcp` or `payload`",
            ),
            (
                HTTP_RESPONSE,
                "sse",
                "MCP_FLEET_HTTP_RESPONSE: `sse` is not a response mode; write `buffered` or `streaming`",
            ),
            (
                METRICS,
                "statsd",
                "MCP_FLEET_METRICS: `statsd` is no form of metrics; write `emf` or `none`",
            ),
            (
                METRICS_NAMESPACE,
                "AWS/Lambda",
                "MCP_FLEET_METRICS_NAMESPACE: `AWS/Lambda` is not a CloudWatch namespace; write 1 to 255 letters, digits and `.-_/#:`, not beginning with `:` or `AWS/`",
            ),
            (
                SECRETS_REFRESH,
                "0",
                "MCP_FLEET_SECRETS_REFRESH: `0` is not a number of seconds from 1 to 86400",
            ),
            (
                LOG,
                "verbose",
                "MCP_FLEET_LOG: `verbose` is not a level; write `error`, `warn`, `info`, `debug` or `trace`",
            ),
            (
                ARGS,
                r#"{"--token": "hunter2"}"#,
                "MCP_FLEET_ARGS: the value is not a JSON array of strings (line 1, column 0); write it as `[\"a\",\"b\"]`",
            ),
        ];
        for (name, value, message) in cases {
            assert_eq!(read(&[(name, value)]), Err(message.to_owned()));
        }
    }
}
