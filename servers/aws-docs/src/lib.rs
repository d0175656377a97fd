#![doc = include_str!("../README.md")]

mod answer;
#[cfg(test)]
mod bounds_tests;
mod config;
mod error;
mod html;
mod location;
mod markdown;
mod page;
mod search_api;
mod sections;
mod server;
mod settings;
mod table_search;
mod tools;
mod web;

pub use config::{Config, ConfigError};
pub use error::DocsError;
pub use location::Partition;
pub use server::Server;
