//! Settings: everything may be missing; what is malformed is named with the right form.

use prometheus_server::{Config, Server};

use crate::config;

#[test]
fn an_empty_environment_is_fine() {
    assert!(config(&[]).is_ok());
    assert!(config(&[("PROMETHEUS_URL", ""), ("PROMETHEUS_BEARER_TOKEN", "")]).is_ok());
    assert_eq!(Server::tools().list_all().len(), 5);
}

#[test]
fn malformed_settings_are_named() {
    for (settings, text) in [
        (
            &[("PROMETHEUS_URL", "prometheus")][..],
            "PROMETHEUS_URL: \"prometheus\" is not a URL; write one like `http://prometheus.internal:9090`",
        ),
        (
            &[("PROMETHEUS_URL", "localhost:9090")],
            "PROMETHEUS_URL: a Prometheus is reached over `http://` or `https://`, not over `localhost:`",
        ),
        (
            &[("PROMETHEUS_URL", "http://u:s3cret@h")],
            "PROMETHEUS_URL: the URL holds a user name or password; set `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD` instead",
        ),
        (
            &[(
                "PROMETHEUS_URL",
                "https://aps-workspaces.eu-west-1.amazonaws.com",
            )],
            "PROMETHEUS_URL: \"https://aps-workspaces.eu-west-1.amazonaws.com\" is not the address of an AMP workspace; write `https://aps-workspaces.<region>.amazonaws.com/workspaces/<workspace id>`",
        ),
        (
            &[("PROMETHEUS_TIMEOUT_SECONDS", "0")],
            "PROMETHEUS_TIMEOUT_SECONDS=\"0\" is not a whole number from 1 to 890",
        ),
        (
            &[("PROMETHEUS_MAX_RESPONSE_BYTES", "1MB")],
            "PROMETHEUS_MAX_RESPONSE_BYTES=\"1MB\" is not a whole number from 1000 to 5000000",
        ),
        (
            &[("PROMETHEUS_SIGV4", "yes")],
            "PROMETHEUS_SIGV4=\"yes\" is not `auto` or `always`",
        ),
        (
            &[("PROMETHEUS_TRUSTED_ORIGINS", "http://a, http://b/c")],
            "PROMETHEUS_TRUSTED_ORIGINS: \"http://b/c\" has a path; give scheme, host and port only",
        ),
        (
            &[("PROMETHEUS_USERNAME", "u")],
            "set both `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`",
        ),
        (
            &[
                ("PROMETHEUS_BEARER_TOKEN", "t"),
                ("PROMETHEUS_PASSWORD", "p"),
            ],
            "set either `PROMETHEUS_BEARER_TOKEN` or `PROMETHEUS_USERNAME` with `PROMETHEUS_PASSWORD`",
        ),
        (
            &[("PROMETHEUS_BEARER_TOKEN", "t\n")],
            "`PROMETHEUS_BEARER_TOKEN` holds characters that no token has; check for line ends",
        ),
        (
            &[
                ("PROMETHEUS_URL", "http://h"),
                ("PROMETHEUS_SIGV4", "always"),
                ("PROMETHEUS_BEARER_TOKEN", "t"),
            ],
            "requests to `PROMETHEUS_URL` are signed with AWS credentials; unset `PROMETHEUS_BEARER_TOKEN`, `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`",
        ),
    ] {
        let error = config(settings).expect_err(text);
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn arguments_are_upstreams() {
    let from = |args: &[&str]| {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Config::from_lookup(&args, &|_| None)
    };
    assert!(from(&["--url", "http://h", "--region=eu-west-1", "--profile", "p"]).is_ok());
    for (args, text) in [
        (
            &["--debug"][..],
            "unknown argument \"--debug\"; there are `--url`, `--region` and `--profile`, each with a value",
        ),
        (&["--url"], "argument `--url` needs a value"),
        (
            &["--region", "Ireland"],
            "--region: \"Ireland\" is not an AWS region; write one like `us-east-1`",
        ),
        (
            &["--url=ftp://h"],
            "--url: a Prometheus is reached over `http://` or `https://`, not over `ftp:`",
        ),
    ] {
        assert_eq!(from(args).expect_err(text).to_string(), text);
    }
}
