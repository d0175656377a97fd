//! Alarms: what AWS tells about them, their rules, and where their history says to look.

mod details;
mod rule;
mod windows;

pub(crate) use details::{AlarmDetails, Dimensions, dimensions, find};
pub(crate) use rule::alarm_names;
pub(crate) use windows::{TimeRangeSuggestion, suggestions};
