#![doc = include_str!("../README.md")]

mod answer;
mod config;
mod edit;
mod error;
mod glob;
mod listing;
mod pattern;
mod place;
mod read;
mod resolve;
mod server;
mod session;
mod tools;
mod write;

pub use config::{Config, ConfigError, Limits, variables};
pub use error::{FilesystemError, Posix};
pub use server::Server;
