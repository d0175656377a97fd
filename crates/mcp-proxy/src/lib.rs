#![doc = include_str!("../README.md")]

mod catalog;
pub mod command;
mod error;
mod link;
pub mod remote;
mod server;
mod session;

pub use catalog::{TOOL_LIST, ToolListError};
pub use error::Failure;
pub use server::Server;
