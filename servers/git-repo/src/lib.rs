#![doc = include_str!("../README.md")]

mod abbreviation;
mod answer;
mod approxidate;
mod arguments;
mod changes;
mod combined_diff;
mod configuration;
mod confinement;
mod content;
mod dates;
mod diff_text;
mod error;
mod head;
mod history;
mod identity;
mod loose;
mod operation;
mod pathspec;
mod quoting;
mod renames;
mod revisions;
mod server;
mod settings;
mod staging;
mod status;
mod submodules;
mod switching;
mod tools;
mod work_tree;

pub use error::GitError;
pub use server::Server;
pub use settings::{ConfigError, Settings};
