#![doc = include_str!("../README.md")]

mod server;
mod topic;

pub use server::Server;
