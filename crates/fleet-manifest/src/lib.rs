//! `servers.yaml` as types: parsing, defaults, and every mistake with its line and column.
//!
//! ```
//! let text = "
//! servers:
//!   filesystem:
//!     name: Files
//!     description: Reads files below one folder.
//!     server: filesystem
//!     timeout: 0
//! ";
//! let problems = fleet_manifest::Manifest::parse("servers.yaml", text).unwrap_err();
//! assert_eq!(
//!     problems.to_string(),
//!     "servers.yaml:7:14: `timeout` is 0\n  hint: write a whole number of seconds from 1 to 900"
//! );
//! ```
//!
//! A file is read into a tree that keeps the position of every node, and that tree is walked by
//! code that writes down what it finds wrong and goes on. That is what reports all mistakes of a
//! file together; deserializing into structs would stop at the first.
//!
//! # Limits
//!
//! One document, no merge keys (`<<`; `defaults` serves the purpose), no tags but `!!str`.

mod defaults;
mod edit;
mod environment;
mod fields;
mod headers;
mod iam;
mod id;
mod manifest;
mod node;
mod policy;
mod problem;
mod read_policy;
mod read_server;
mod read_source;
mod scalars;
mod server;
mod target;
mod tools;

pub use edit::{EditError, NewServer, add_server, remove_server};
pub use id::{InvalidServerId, ServerId};
pub use manifest::{LoadError, Manifest, Place};
pub use policy::{Policy, Statement, is_action, service};
pub use problem::{Position, Problem, Problems, closest};
pub use server::{
    Access, Architecture, Server, Source, ToolFilter, UnknownAccess, UnknownArchitecture, Vpc,
};
pub use target::{Smoke, Target, TargetError, TargetTool};
pub use tools::KnownTool;
pub use url::Url;
