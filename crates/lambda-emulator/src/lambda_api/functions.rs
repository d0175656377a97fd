//! `GetFunction`, `GetFunctionConfiguration` and `ListFunctions`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path as FilePath,
    time::{Duration, SystemTime},
};

use axum::{Json, extract::State};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Name, Parameters, Qualifier,
    error::ApiError,
    name::{FunctionName, VERSION},
};
use crate::{Emulator, environment::log_group, pool::Function};

/// Most functions of one answer, and the default: <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>.
const PAGE: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListParameters {
    marker: Option<String>,
    max_items: Option<String>,
}

/// The members of AWS's `FunctionConfiguration` that are known here.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    function_name: String,
    function_arn: String,
    runtime: &'static str,
    role: String,
    handler: &'static str,
    /// Size of the binary; on AWS of the zip file.
    code_size: u64,
    /// Of the binary; on AWS of the zip file.
    code_sha256: String,
    description: String,
    timeout: u64,
    memory_size: u32,
    last_modified: String,
    version: &'static str,
    environment: Environment,
    tracing_config: Mode,
    package_type: &'static str,
    architectures: [String; 1],
    ephemeral_storage: Size,
    snap_start: SnapStart,
    logging_config: Logging,
    /// Not in a list, as on AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    variables: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Mode {
    mode: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Size {
    size: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStart {
    apply_on: &'static str,
    optimization_status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Logging {
    log_format: &'static str,
    log_group: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetFunction {
    configuration: Configuration,
    code: Code,
    concurrency: Concurrency,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Code {
    repository_type: &'static str,
    location: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Concurrency {
    reserved_concurrent_executions: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    functions: Vec<Configuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
}

pub(super) async fn get(
    State(emulator): State<Emulator>,
    name: Name,
    qualifier: Parameters<Qualifier>,
) -> Result<Json<GetFunction>, ApiError> {
    let (name, qualifier) = (name?, qualifier?);
    let function = FunctionName::parse(&name)?.find(&emulator, qualifier.as_deref())?;
    Ok(Json(GetFunction {
        configuration: read_configuration(function, true).await?,
        code: Code {
            repository_type: "S3",
            location: format!("file://{}", function.spec.binary.display()),
        },
        concurrency: Concurrency {
            reserved_concurrent_executions: function.spec.max_processes,
        },
    }))
}

pub(super) async fn configuration(
    State(emulator): State<Emulator>,
    name: Name,
    qualifier: Parameters<Qualifier>,
) -> Result<Json<Configuration>, ApiError> {
    let (name, qualifier) = (name?, qualifier?);
    let function = FunctionName::parse(&name)?.find(&emulator, qualifier.as_deref())?;
    Ok(Json(read_configuration(function, true).await?))
}

pub(super) async fn list(
    State(emulator): State<Emulator>,
    parameters: Parameters<ListParameters>,
) -> Result<Json<List>, ApiError> {
    let parameters = parameters?;
    let page = match parameters.max_items.as_deref() {
        None => PAGE,
        Some(text) => match text.parse::<usize>() {
            // The API takes up to 10,000 and answers with 50.
            Ok(count @ 1..=10_000) => count.min(PAGE),
            _ => {
                return Err(ApiError::InvalidParameter(format!(
                    "`{text}` is not a number of functions: MaxItems is 1 to 10000"
                )));
            }
        },
    };
    let mut names: Vec<&str> = emulator
        .functions()
        .iter()
        .map(|spec| spec.name.as_str())
        .collect();
    names.sort_unstable();
    // The marker is the last name of the page before: it holds when the fleet changes in between.
    let after = parameters.marker.as_deref().unwrap_or("");
    let mut rest = names.into_iter().filter(|name| *name > after);
    let mut functions = Vec::new();
    let mut last = None;
    for name in rest.by_ref().take(page) {
        if let Some(function) = emulator.function(name) {
            functions.push(read_configuration(function, false).await?);
            last = Some(name.to_owned());
        }
    }
    let next_marker = rest.next().and(last);
    Ok(Json(List {
        functions,
        next_marker,
    }))
}

async fn read_configuration(
    function: &Function,
    with_state: bool,
) -> Result<Configuration, ApiError> {
    let spec = function.spec.clone();
    let arn = function.arn.clone();
    let account = &function.shared.options.account;
    let role = format!("arn:aws:iam::{account}:role/{}", spec.name);
    let code = tokio::task::spawn_blocking({
        let binary = spec.binary.clone();
        move || Binary::read(&binary)
    })
    .await
    .map_err(|error| ApiError::Service(error.to_string()))?
    .map_err(|error| {
        ApiError::Service(format!("cannot read `{}`: {error}", spec.binary.display()))
    })?;
    Ok(Configuration {
        logging_config: Logging {
            log_format: "Text",
            log_group: log_group(&spec),
        },
        function_name: spec.name,
        function_arn: arn,
        runtime: "provided.al2023",
        role,
        handler: "bootstrap",
        code_size: code.size,
        code_sha256: code.sha256,
        description: spec.description,
        timeout: spec.timeout.as_secs_f64().ceil() as u64,
        memory_size: spec.memory_mb,
        last_modified: code.modified,
        version: VERSION,
        environment: Environment {
            variables: spec.environment,
        },
        tracing_config: Mode {
            mode: "PassThrough",
        },
        package_type: "Zip",
        architectures: [spec.architecture],
        ephemeral_storage: Size { size: 512 },
        snap_start: SnapStart {
            apply_on: "None",
            optimization_status: "Off",
        },
        state: with_state.then_some("Active"),
        last_update_status: with_state.then_some("Successful"),
    })
}

/// What a handler's file says of it.
struct Binary {
    size: u64,
    sha256: String,
    modified: String,
}

impl Binary {
    /// Reads the whole file: a few megabytes, and only when somebody asks.
    fn read(path: &FilePath) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                length => hash.update(buffer.get(..length).unwrap_or_default()),
            }
        }
        Ok(Self {
            size: metadata.len(),
            sha256: BASE64_STANDARD.encode(hash.finalize()),
            modified: date(metadata.modified()?),
        })
    }
}

/// As Lambda writes it: `2026-11-21T03:25:00.000+0000`.
fn date(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let timestamp = i64::try_from(since.as_millis())
        .ok()
        .and_then(|milliseconds| jiff::Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or_default();
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_lambda_does() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_574_265_042);
        assert_eq!(date(time), "2023-11-21T13:44:25.042+0000");
    }
}
