//! HTML as Markdown, and the values of its tables.

mod blocks;
mod inline;
mod links;
mod style;
mod table;
mod writer;

pub(crate) use blocks::{Converter, LargeTables};
pub(crate) use inline::{render, words};
pub(crate) use links::Links;
pub(crate) use style::Style;
pub(crate) use table::{Grid, Slot};
