#![doc = include_str!("../README.md")]

mod answer;
mod arguments;
mod config;
mod endpoint;
mod error;
mod http_api;
#[cfg(test)]
mod parsers_tests;
mod server;
mod settings;
mod target;
mod tools;

pub use config::{Config, ConfigError};
pub use error::PrometheusError;
pub use server::Server;
