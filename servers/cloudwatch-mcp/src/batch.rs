//! One query over many log groups and regions: in chunks that AWS takes, at the same time, and in
//! shorter times where a chunk has more rows than one query finds.

mod chunk;
mod region;
mod report;

pub(crate) use region::{Batch, Limits};
pub(crate) use report::Report;
