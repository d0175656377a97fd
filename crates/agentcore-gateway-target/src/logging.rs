//! Log lines on stderr: JSON in Lambda, plain text on a command line.

use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::settings::Log;

/// Crates that log what passes through them when they may: requests, results, headers. Prefixes of
/// targets; a project's own `aws_…` crates are not meant.
const THIRD_PARTY: [&str; 13] = [
    "aws_config",
    "aws_credential",
    "aws_runtime",
    "aws_sdk",
    "aws_sigv4",
    "aws_smithy",
    "h2",
    "hyper",
    "mio",
    "reqwest",
    "rustls",
    "tokio",
    "tower",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// One object per line, fields at the top level.
    Json,
    Text,
}

/// Sets the process's subscriber. A second call, or a program that has set its own, changes nothing.
pub(crate) fn init(Log(level): Log, format: Format) {
    // One step quieter than the rest, and never below `info`.
    let third_party = match level {
        LevelFilter::TRACE | LevelFilter::DEBUG => LevelFilter::INFO,
        quieter => quieter.min(LevelFilter::WARN),
    };
    let targets = Targets::new()
        .with_default(level)
        .with_targets(THIRD_PARTY.map(|target| (target, third_party)))
        // At `warn` it logs the texts of JSON-RPC errors, which can repeat what a caller sent.
        .with_target("rmcp", level.min(LevelFilter::ERROR));
    let registry = tracing_subscriber::registry().with(targets);
    let layer = fmt::layer().with_writer(std::io::stderr);
    // An error means that the program has a subscriber of its own, which then stays.
    let _ = match format {
        Format::Json => registry
            .with(
                layer
                    .json()
                    .flatten_event(true)
                    .with_current_span(false)
                    .with_span_list(false),
            )
            .try_init(),
        Format::Text => registry.with(layer.with_target(false)).try_init(),
    };
}

/// Logs where a panic happened, and not its message, which can hold arguments and secrets.
pub(crate) fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    tracing::error!(panic.place = place, "panicked");
}
