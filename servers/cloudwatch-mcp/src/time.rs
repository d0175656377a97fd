//! Points in time: as callers write them, as AWS wants them, as answers show them.

use std::fmt;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::error::CloudWatchError;

/// A time that is no ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a time; write it in ISO 8601, as in `2025-01-31T12:00:00Z` or `2025-01-31T14:00:00+02:00`; without an offset it is UTC"
)]
pub(crate) struct InvalidTime(String);

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Time(Timestamp);

impl Time {
    /// Now.
    pub(crate) fn now() -> Self {
        Self(Timestamp::now())
    }

    /// Milliseconds since 1970, as the Logs API has them. `None`: outside of what dates can say.
    pub(crate) fn from_millis(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).ok().map(Self)
    }

    /// Seconds since 1970, rounded down.
    pub(crate) fn from_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self)
    }

    /// A time of the SDK.
    pub(crate) fn from_aws(time: &DateTime) -> Option<Self> {
        let time = SystemTime::try_from(*time).ok()?;
        Timestamp::try_from(time).ok().map(Self)
    }

    /// Whole seconds since 1970.
    pub(crate) fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Milliseconds since 1970.
    pub(crate) fn millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// As the SDK has it.
    pub(crate) fn aws(self) -> DateTime {
        SystemTime::from(self.0).into()
    }

    /// This many seconds later, or earlier when negative. Stays within what dates can say.
    #[must_use]
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        let shifted = self
            .0
            .saturating_add(SignedDuration::from_secs(seconds))
            .unwrap_or(self.0);
        Self(shifted)
    }

    /// `2025-01-31T12:00:00+00:00`, with microseconds where there are some: how upstream writes
    /// the times of logs and metrics.
    pub(crate) fn with_offset(self) -> String {
        self.text("+00:00")
    }

    /// `2025-01-31T12:00:00Z`: how upstream writes the times of alarms.
    pub(crate) fn with_z(self) -> String {
        self.text("Z")
    }

    fn text(self, suffix: &str) -> String {
        let format = match self.0.subsec_nanosecond() / 1_000 {
            0 => "%Y-%m-%dT%H:%M:%S",
            _ => "%Y-%m-%dT%H:%M:%S%.6f",
        };
        format!("{}{suffix}", self.0.strftime(format))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_z())
    }
}

impl TryFrom<String> for Time {
    type Error = InvalidTime;

    /// ISO 8601 with an offset, or without one, which is UTC; a date alone is its first moment.
    fn try_from(text: String) -> Result<Self, InvalidTime> {
        let trimmed = text.trim();
        let with_offset = trimmed.parse::<Timestamp>();
        let parsed = with_offset.or_else(|error| {
            // A text with an offset that is wrong must not pass for one without.
            let time: civil::DateTime = match trimmed.contains(['Z', 'z', '[']) {
                true => return Err(error),
                false => trimmed.parse()?,
            };
            time.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp())
        });
        parsed.map(Self).map_err(|_| InvalidTime(text))
    }
}

/// From one point in time to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) start: Time,
    pub(crate) end: Time,
}

impl TimeRange {
    /// # Errors
    ///
    /// When `end` is not after `start`. The message names the arguments `start_time`, `end_time`.
    pub(crate) fn new(start: Time, end: Time) -> Result<Self, CloudWatchError> {
        match start < end {
            true => Ok(Self { start, end }),
            false => Err(CloudWatchError::Arguments(format!(
                "`end_time` {end} must be after `start_time` {start}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Result<Time, InvalidTime> {
        Time::try_from(text.to_owned())
    }

    #[test]
    fn every_form_of_iso_8601_that_callers_write_is_read() {
        for (text, seconds) in [
            ("2025-01-01T00:00:00Z", 1_735_689_600),
            ("2025-01-01T00:00:00+00:00", 1_735_689_600),
            ("2025-01-01T02:00:00+02:00", 1_735_689_600),
            ("2025-01-01T00:00:00", 1_735_689_600),
            ("2025-01-01 00:00:00", 1_735_689_600),
            ("2025-01-01T00:00", 1_735_689_600),
            ("2025-01-01", 1_735_689_600),
            (" 2025-01-01T00:00:00.5Z ", 1_735_689_600),
        ] {
            assert_eq!(time(text).expect(text).seconds(), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_right_form() {
        for text in ["", "now", "2025-13-01", "2025-01-01T00:00:00[Mars/X]", "17"] {
            let error = time(text).expect_err(text).to_string();
            assert!(
                error.starts_with(&format!("{text:?} is not a time")),
                "{error}"
            );
        }
    }

    #[test]
    fn answers_show_microseconds_only_where_there_are_some() {
        let whole = Time::from_seconds(1_735_689_600).expect("a time");
        assert_eq!(whole.with_z(), "2025-01-01T00:00:00Z");
        assert_eq!(whole.with_offset(), "2025-01-01T00:00:00+00:00");
        let part = Time::from_millis(1_735_689_600_983).expect("a time");
        assert_eq!(part.with_offset(), "2025-01-01T00:00:00.983000+00:00");
        assert_eq!(Time::from_aws(&part.aws()), Some(part));
        assert_eq!(
            part.plus_seconds(-60).to_string(),
            "2024-12-31T23:59:00.983000Z"
        );
        assert_eq!(Time::from_millis(i64::MAX), None);
    }

    #[test]
    fn a_range_goes_forward() {
        let (start, end) = (time("2025-01-01").unwrap(), time("2025-01-02").unwrap());
        assert!(TimeRange::new(start, end).is_ok());
        assert_eq!(
            TimeRange::new(end, start).unwrap_err().to_string(),
            "`end_time` 2025-01-01T00:00:00Z must be after `start_time` 2025-01-02T00:00:00Z"
        );
    }
}
