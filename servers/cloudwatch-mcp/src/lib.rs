#![doc = include_str!("../README.md")]

mod alarms;
mod anomalies;
mod answer;
mod arguments;
mod aws_call;
mod batch;
mod config;
mod error;
mod indexes;
mod insights;
mod metric_facts;
mod metrics;
mod names;
#[cfg(test)]
mod parsers_tests;
mod promql;
mod saved_queries;
mod server;
mod time;
mod tools;

pub use config::ConfigError;
pub use error::CloudWatchError;
pub use server::Server;
