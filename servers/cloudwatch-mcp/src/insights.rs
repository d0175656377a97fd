//! Logs Insights: starting queries, waiting for them, and what they answer.

mod language;
mod result;
mod run;

pub(crate) use language::{Command, Order, Shape, Token, commands, tokens};
pub(crate) use result::{MOST_BYTES, QueryResult, Row, Statistics, size};
pub(crate) use run::{Groups, Insights, Page, Query, QueryText, Seen};
