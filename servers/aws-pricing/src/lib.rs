#![doc = include_str!("../README.md")]

mod analyze;
mod answer;
mod config;
mod endpoint;
mod error;
mod pattern;
mod price_list;
mod products;
mod report;
mod server;
mod settings;
mod tools;

pub use config::{Config, ConfigError};
pub use error::PricingError;
pub use server::Server;
