#![doc = include_str!("../README.md")]

mod emulator;
mod environment;
mod error;
mod event;
mod exit;
mod failure;
mod function_url;
mod guard;
mod invocation;
mod lambda_api;
mod memory;
mod options;
mod output;
mod persist;
mod pool;
mod process;
mod report;
mod runtime_api;
mod spec;
mod supervisor;

pub use emulator::Emulator;
pub use environment::{PASSED_ON_VARIABLES, RESERVED_VARIABLES};
pub use error::{InvokeError, Problem, StartError};
pub use invocation::Invocation;
pub use options::{OnLog, OnReport, Options};
pub use report::{Outcome, Report};
pub use spec::FunctionSpec;
