#![doc = include_str!("../README.md")]

mod answer;
mod approxidate;
mod arguments;
mod configuration;
mod confinement;
mod error;
mod server;
mod settings;
mod tools;
mod work_tree;

pub use error::GitError;
pub use server::Server;
pub use settings::{ConfigError, Settings};
