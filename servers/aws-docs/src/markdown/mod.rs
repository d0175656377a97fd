//! HTML as Markdown, and the values of its tables.

mod blocks;
mod inline;
mod links;
mod table;
mod writer;

pub(crate) use blocks::{Converter, LargeTables};
pub(crate) use inline::{Style, render, words};
pub(crate) use links::Links;
pub(crate) use table::{Grid, Slot};
