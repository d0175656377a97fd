#![doc = include_str!("../README.md")]

mod answer;
mod config;
mod error;
mod place;
mod resolve;
mod server;
mod session;
mod tools;

pub use config::{Config, ConfigError, Limits, variables};
pub use error::{FilesystemError, Posix};
pub use server::Server;
