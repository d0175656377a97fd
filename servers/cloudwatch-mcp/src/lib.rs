#![doc = include_str!("../README.md")]

mod answer;
mod arguments;
mod aws_call;
mod config;
mod error;
mod names;
mod saved_queries;
mod server;
mod time;
mod tools;

pub use config::ConfigError;
pub use error::CloudWatchError;
pub use server::Server;
