//! Where in time to look for what made an alarm go off.

use schemars::JsonSchema;
use serde::Serialize;

use super::details::AlarmDetails;
use crate::time::Time;

/// The period of an alarm that has none of its own, such as a composite one, in seconds.
const PERIOD_SECONDS: i64 = 60;

/// Transitions to ALARM that are closer than this belong together.
const FLAPPING_SECONDS: i64 = 3_600;

/// A time to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct TimeRangeSuggestion {
    /// Begin, ISO 8601.
    pub(crate) start_time: String,
    /// End, ISO 8601.
    pub(crate) end_time: String,
    /// Why then.
    pub(crate) reason: String,
}

/// One window for each transition to ALARM, newest first as they are given: five evaluations
/// before it, two periods behind it. After these one for each group of transitions with less than
/// an hour from one to the next.
pub(crate) fn suggestions(alarm: &AlarmDetails, transitions: &[Time]) -> Vec<TimeRangeSuggestion> {
    let period = alarm.period.map_or(PERIOD_SECONDS, i64::from);
    let periods = i64::from(alarm.evaluation_periods.unwrap_or(1));
    let start = |time: Time| time.plus_seconds(-5 * period * periods);
    let end = |time: Time| time.plus_seconds(2 * period);
    let single = transitions.iter().map(|time| TimeRangeSuggestion {
        start_time: start(*time).with_z(),
        end_time: end(*time).with_z(),
        reason: format!(
            "The alarm went off at {time}: {} s before, which is 5 evaluations of {periods} x {period} s, until {} s after it.",
            5 * period * periods,
            2 * period
        ),
    });
    let mut sorted = transitions.to_vec();
    sorted.sort_unstable();
    let groups = sorted.chunk_by(|one, next| next.seconds() - one.seconds() <= FLAPPING_SECONDS);
    let mut flapping: Vec<TimeRangeSuggestion> = groups
        .filter(|group| group.len() > 1)
        .map(|group| TimeRangeSuggestion {
            start_time: start(group[0]).with_z(),
            end_time: end(group[group.len() - 1]).with_z(),
            reason: format!(
                "The alarm is flapping: it went off {} times, never more than an hour apart. This is the whole of it.",
                group.len()
            ),
        })
        .collect();
    flapping.reverse();
    single.chain(flapping).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(period: Option<i32>, evaluation_periods: Option<i32>) -> AlarmDetails {
        let alarm = aws_sdk_cloudwatch::types::MetricAlarm::builder()
            .set_period(period)
            .set_evaluation_periods(evaluation_periods)
            .build();
        alarm.into()
    }

    fn windows(alarm: &AlarmDetails, seconds: &[i64]) -> Vec<(String, String)> {
        let times: Vec<Time> = seconds
            .iter()
            .map(|seconds| Time::from_seconds(*seconds).expect("a time"))
            .collect();
        let found = suggestions(alarm, &times);
        found
            .into_iter()
            .map(|window| (window.start_time, window.end_time))
            .collect()
    }

    #[test]
    fn transitions_within_an_hour_also_give_one_window_together() {
        let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
        assert_eq!(
            windows(
                &alarm(Some(60), Some(2)),
                &[1_735_689_600, 1_735_688_000, 1_735_600_000]
            ),
            [
                pair("2024-12-31T23:50:00Z", "2025-01-01T00:02:00Z"),
                pair("2024-12-31T23:23:20Z", "2024-12-31T23:35:20Z"),
                pair("2024-12-30T22:56:40Z", "2024-12-30T23:08:40Z"),
                pair("2024-12-31T23:23:20Z", "2025-01-01T00:02:00Z"),
            ]
        );
        assert_eq!(
            windows(&alarm(None, None), &[1_735_689_600]),
            [pair("2024-12-31T23:55:00Z", "2025-01-01T00:02:00Z")]
        );
        assert_eq!(windows(&alarm(None, None), &[]), []);
    }
}
