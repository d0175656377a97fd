//! Arguments that Prometheus would refuse, refused here with the right form.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Longest query, in bytes: escaped it still fits into a URL (65,534 bytes).
const LONGEST_QUERY: usize = 20_000;

/// 9999-12-31T23:59:59Z. What lies beyond is milliseconds by mistake.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// Why an argument was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("the query is empty; write PromQL such as `up`")]
    NoQuery,
    #[error(
        "the query has {0} bytes, the most is {LONGEST_QUERY}; use fewer alternatives, or a regular expression"
    )]
    LongQuery(usize),
    #[error(
        "{0:?} is not a time; write RFC 3339 with a zone (`2026-01-31T08:00:00Z`) or Unix seconds (`1769846400.5`)"
    )]
    Time(String),
    #[error("{0:?} lies after the year 9999; Unix time is in seconds here, not in milliseconds")]
    Milliseconds(String),
    #[error(
        "{0:?} is not a step; write seconds (`15`) or a duration (`30s`, `5m`, `1h30m`, `1d`), greater than zero"
    )]
    Step(String),
}

/// A PromQL expression. What it means is for Prometheus to say; nothing in it is filtered.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PromQl(String);

impl PromQl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PromQl {
    type Error = Invalid;

    fn try_from(query: String) -> Result<Self, Invalid> {
        if query.trim().is_empty() {
            Err(Invalid::NoQuery)
        } else if query.len() > LONGEST_QUERY {
            Err(Invalid::LongQuery(query.len()))
        } else {
            Ok(Self(query))
        }
    }
}

/// A point in time, passed on as it was written. A JSON number is accepted as well.
///
/// Serializes only because schemars wants to write an argument's default, which is `null`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Time {
    text: String,
    seconds: f64,
}

impl Time {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Unix seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.seconds
    }
}

impl TryFrom<String> for Time {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        use aws_smithy_types::date_time::{DateTime, Format};
        let number = text.parse::<f64>().ok();
        let date = || DateTime::from_str(&text, Format::DateTimeWithOffset).ok();
        let seconds = number.or_else(|| date().map(|date| date.as_secs_f64()));
        match seconds {
            Some(seconds) if seconds.is_finite() && seconds.abs() <= LAST_SECOND => {
                Ok(Self { text, seconds })
            }
            Some(seconds) if seconds.is_finite() => Err(Invalid::Milliseconds(text)),
            _ => Err(Invalid::Time(text)),
        }
    }
}

/// The distance between two points of a range query, passed on as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Step(String);

impl Step {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Step {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let good = match text.parse::<f64>() {
            Ok(seconds) => seconds.is_finite() && seconds > 0.0,
            Err(_) => is_duration(&text),
        };
        if good {
            Ok(Self(text))
        } else {
            Err(Invalid::Step(text))
        }
    }
}

/// A Prometheus duration: numbers with units, largest unit first, each at most once, not all zero.
/// <https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations>
fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 7] = ["y", "w", "d", "h", "m", "s", "ms"];
    let mut rest = text;
    let mut next_unit = 0;
    let mut positive = false;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        let Some(place) = UNITS.iter().position(|known| *known == unit) else {
            return false;
        };
        if number.is_empty() || place < next_unit {
            return false;
        }
        positive |= number.bytes().any(|digit| digit != b'0');
        next_unit = place + 1;
        rest = after;
    }
    positive
}

/// Models write `1769846400` as often as `"1769846400"`. The published type is the string.
fn text_or_number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<String, Error = Invalid>,
{
    use serde::de::Error;
    let text = match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        other => return Err(D::Error::custom(format!("{other} is not a string"))),
    };
    T::try_from(text).map_err(D::Error::custom)
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_number(deserializer)
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_number(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_dates_with_a_zone() {
        for (text, seconds) in [
            ("1769846400", 1_769_846_400.0),
            ("1769846400.5", 1_769_846_400.5),
            ("1.7698464e9", 1_769_846_400.0),
            ("0", 0.0),
            ("-1", -1.0),
            ("2026-01-31T08:00:00Z", 1_769_846_400.0),
            ("2026-01-31T08:00:00.250Z", 1_769_846_400.25),
            ("2026-01-31T10:00:00+02:00", 1_769_846_400.0),
        ] {
            let time = Time::try_from(text.to_owned()).unwrap();
            assert_eq!((time.as_str(), time.seconds()), (text, seconds));
        }
        for text in [
            "",
            "yesterday",
            "now",
            "2026-01-31",
            "2026-01-31T08:00:00",
            "NaN",
            "inf",
        ] {
            let error = Time::try_from(text.to_owned()).unwrap_err();
            assert_eq!(error, Invalid::Time(text.to_owned()));
        }
        let error = Time::try_from("1769846400000".to_owned()).unwrap_err();
        assert_eq!(error, Invalid::Milliseconds("1769846400000".to_owned()));
    }

    #[test]
    fn steps_are_positive_seconds_or_durations() {
        for text in [
            "15", "0.5", "1e2", "15s", "1h30m", "100ms", "1d", "2w", "1y", "0h5m",
        ] {
            assert_eq!(Step::try_from(text.to_owned()).unwrap().as_str(), text);
        }
        for text in [
            "", "0", "-1", "NaN", "inf", "0s", "m", "1m1h", "1m1m", "1.5h", "5 m", "5M",
        ] {
            let error = Step::try_from(text.to_owned()).unwrap_err();
            assert_eq!(error, Invalid::Step(text.to_owned()));
        }
    }

    #[test]
    fn numbers_are_taken_for_their_text() {
        let time: Time = serde_json::from_str("1769846400.5").unwrap();
        assert_eq!(time.as_str(), "1769846400.5");
        let step: Step = serde_json::from_str("15").unwrap();
        assert_eq!(step.as_str(), "15");
        let error = serde_json::from_str::<Step>("true")
            .unwrap_err()
            .to_string();
        assert_eq!(error, "true is not a string");
    }

    #[test]
    fn queries_are_bounded_but_not_judged() {
        let hostile_looking = "up{instance=\"http://x/etc/passwd;`$(rm)\"}";
        assert_eq!(
            PromQl::try_from(hostile_looking.to_owned())
                .unwrap()
                .as_str(),
            hostile_looking
        );
        assert_eq!(
            PromQl::try_from(" \n".to_owned()).unwrap_err(),
            Invalid::NoQuery
        );
        let long = "a".repeat(20_001);
        assert_eq!(
            PromQl::try_from(long).unwrap_err(),
            Invalid::LongQuery(20_001)
        );
    }
}
