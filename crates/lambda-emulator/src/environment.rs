//! The environment of a handler process: what Lambda sets, what the person at the laptop needs on top, nothing else.

use std::{ffi::OsString, path::Path};

use crate::FunctionSpec;

/// Names that [`FunctionSpec::environment`] may not hold, because Lambda sets them.
/// Credentials are not among them: on a laptop a function may well need its own.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
pub const RESERVED_VARIABLES: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// Variables of this process that handlers get too: credentials, endpoints and network settings, which on AWS come from the
/// function's role and network. `HOME` is where the AWS configuration files are. Everything else stays behind, so that a
/// handler that works here does not depend on a shell's variables.
pub const PASSED_ON_VARIABLES: &[&str] = &[
    "ALL_PROXY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "RUST_BACKTRACE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// `AWS_ENDPOINT_URL_S3` and the like.
const PASSED_ON_PREFIX: &str = "AWS_ENDPOINT_URL_";

/// Everything that is the same for each process of a function; the rest is [`for_process`].
pub(crate) fn for_function(
    spec: &FunctionSpec,
    region: &str,
    host: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    let task_root = spec.binary.parent().unwrap_or(Path::new("/"));
    let mut variables: Vec<(OsString, OsString)> =
        host.filter(|(name, _)| is_passed_on(name)).collect();
    let lambda = [
        ("AWS_DEFAULT_REGION", region),
        ("AWS_LAMBDA_FUNCTION_NAME", &spec.name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_REGION", region),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ];
    variables.extend(
        lambda
            .into_iter()
            .map(|(name, value)| (name.into(), value.into())),
    );
    variables.push(("LAMBDA_TASK_ROOT".into(), task_root.into()));
    variables.push((
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE".into(),
        spec.memory_mb.to_string().into(),
    ));
    variables.push(("AWS_LAMBDA_LOG_GROUP_NAME".into(), log_group(spec).into()));
    // Last, so that the function's own value wins.
    variables.extend(
        spec.environment
            .iter()
            .map(|(name, value)| (name.into(), value.into())),
    );
    variables
}

/// What differs between two processes of a function.
pub(crate) fn for_process(runtime_api: &str, log_stream: &str) -> [(&'static str, String); 2] {
    [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", log_stream.to_owned()),
    ]
}

pub(crate) fn log_group(spec: &FunctionSpec) -> String {
    format!("/aws/lambda/{}", spec.name)
}

fn is_passed_on(name: &OsString) -> bool {
    name.to_str().is_some_and(|name| {
        PASSED_ON_VARIABLES.contains(&name) || name.starts_with(PASSED_ON_PREFIX)
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::*;

    fn variables(own: &[(&str, &str)], host: &[(&str, &str)]) -> BTreeMap<String, String> {
        let spec = FunctionSpec {
            name: "mcp-server-x".to_owned(),
            description: String::new(),
            binary: "/fleet/mcp-server-x".into(),
            environment: own
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            memory_mb: 256,
            timeout: Duration::from_secs(1),
            architecture: "arm64".to_owned(),
            max_processes: 1,
            idle_timeout: Duration::from_secs(1),
        };
        let host = host.iter().map(|(name, value)| (name.into(), value.into()));
        for_function(&spec, "eu-west-3", host)
            .into_iter()
            .map(|(name, value)| (name.into_string().unwrap(), value.into_string().unwrap()))
            .collect()
    }

    #[test]
    fn a_shells_variables_stay_behind() {
        let variables = variables(
            &[],
            &[
                ("EDITOR", "vi"),
                ("PATH", "/home/me/bin"),
                ("TZ", "Asia/Tokyo"),
                ("AWS_REGION", "us-gov-west-1"),
                ("AWS_LAMBDA_RUNTIME_API", "elsewhere"),
                ("AWS_PROFILE", "dev"),
                ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:4600"),
                ("https_proxy", "http://proxy"),
            ],
        );
        let expected = [
            ("AWS_DEFAULT_REGION", "eu-west-3"),
            ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:4600"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_NAME", "mcp-server-x"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/mcp-server-x"),
            ("AWS_PROFILE", "dev"),
            ("AWS_REGION", "eu-west-3"),
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
            ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            ("LAMBDA_TASK_ROOT", "/fleet"),
            ("LANG", "en_US.UTF-8"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
            ("TZ", ":UTC"),
            ("_HANDLER", "bootstrap"),
            ("https_proxy", "http://proxy"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(variables, BTreeMap::from(expected));
    }

    #[test]
    fn the_functions_own_value_wins() {
        let variables = variables(
            &[
                ("AWS_PROFILE", "own"),
                ("PATH", "/own"),
                ("MCP_FLEET_ACCESS", "read-only"),
            ],
            &[("AWS_PROFILE", "host")],
        );
        assert_eq!(variables["AWS_PROFILE"], "own");
        assert_eq!(variables["PATH"], "/own");
        assert_eq!(variables["MCP_FLEET_ACCESS"], "read-only");
    }
}
