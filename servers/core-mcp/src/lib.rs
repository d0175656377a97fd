#![doc = include_str!("../README.md")]

mod available;
mod config;
mod guidance;
mod mount;
mod remotes;
mod roles;
mod server;

pub use config::ConfigError;
pub use server::Server;
