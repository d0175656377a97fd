//! Logs Insights: starting queries, waiting for them, and what they answer.

mod language;
mod result;
mod run;

pub(crate) use language::{Order, Shape, Token, commands, tokens};
pub(crate) use result::{MOST_BYTES, QueryResult, Row, size};
pub(crate) use run::{Groups, Insights, Page, Query, QueryText, Seen};
