#![doc = include_str!("../README.md")]

mod answer;
mod arguments;
mod aws_call;
mod config;
mod error;
mod names;
mod output;
mod patch;
mod progress;
mod resource;
mod schema;
mod server;
mod settings;
mod tools;
mod wait;

pub use config::{Config, ConfigError};
pub use error::CfnError;
pub use server::Server;
