//! Arguments that several tools take.

use aws_clients::{ProfileName, RegionName, Scope};

use crate::error::CloudWatchError;

/// The scope of a call.
pub(crate) fn scope(region: Option<RegionName>, profile: Option<ProfileName>) -> Scope {
    Scope { region, profile }
}

/// A count that has to be at least 1; `most` is what is left of a larger one.
pub(crate) fn count(
    argument: &str,
    value: Option<i64>,
    default: usize,
    most: usize,
) -> Result<usize, CloudWatchError> {
    match value {
        None => Ok(default),
        Some(value) if value < 1 => Err(CloudWatchError::Arguments(format!(
            "`{argument}` is {value}; it must be at least 1"
        ))),
        Some(value) => Ok(usize::try_from(value).map_or(most, |value| value.min(most))),
    }
}
