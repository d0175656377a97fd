//! Arguments that several tools take.

use std::time::Duration;

use aws_clients::{ProfileName, RegionName, Scope};

use crate::error::CloudWatchError;

/// After this AWS gives up a query itself.
const LONGEST_WAIT_SECONDS: u64 = 3_600;

/// Default of a flag that can be null.
pub(crate) fn no() -> Option<bool> {
    Some(false)
}

/// Default of a count that can be null.
pub(crate) fn fifty() -> Option<i64> {
    Some(50)
}

/// The scope of a call.
pub(crate) fn scope(region: Option<RegionName>, profile: Option<ProfileName>) -> Scope {
    Scope { region, profile }
}

/// The region of a call about things whose ARNs name one: an argument may repeat it only.
pub(crate) fn region_of(
    argument: Option<RegionName>,
    of_arns: impl Iterator<Item = RegionName>,
) -> Result<Option<RegionName>, CloudWatchError> {
    let mut region = argument;
    for of_arn in of_arns {
        match &region {
            Some(region) if *region != of_arn => {
                return Err(CloudWatchError::Arguments(format!(
                    "a log group ARN is of region `{of_arn}`, and `{region}` is asked for as well; a query runs in one region"
                )));
            }
            _ => region = Some(of_arn),
        }
    }
    Ok(region)
}

/// Seconds to wait, 0 or more.
pub(crate) fn seconds(argument: &str, value: i64) -> Result<Duration, CloudWatchError> {
    match u64::try_from(value) {
        Ok(seconds) => Ok(Duration::from_secs(seconds.min(LONGEST_WAIT_SECONDS))),
        Err(_) => Err(CloudWatchError::Arguments(format!(
            "`{argument}` is {value}; it must be 0 or more seconds"
        ))),
    }
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
