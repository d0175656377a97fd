//! The program, run as a person runs it.

mod adding_a_server;
mod commands;
mod failures;
mod fleet_guide;
mod generate;
mod policy;
mod secrets;
mod support;
mod wrapped;
