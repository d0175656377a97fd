#![doc = include_str!("../README.md")]

mod document;
mod index;
mod synonyms;
mod words;

pub use index::{Tool, ToolIndex};
