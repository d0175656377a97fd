//! The program, run as a person runs it.

mod commands;
mod failures;
mod generate;
mod support;
