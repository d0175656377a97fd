//! How many seconds one data point stands for.

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// CloudWatch keeps one-minute values for 15 days, five-minute values for 63 days, and hourly ones
/// after that; a finer period finds nothing there.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const KEPT: [(i64, i64); 2] = [(63 * DAY, 3_600), (15 * DAY, 300)];

/// The shortest period for which values that start `age` seconds ago are still kept.
pub(crate) fn shortest_kept(age: i64) -> i64 {
    let kept = KEPT.iter().find(|(older_than, _)| age > *older_than);
    kept.map_or(MINUTE, |(_, period)| *period)
}

/// The period that gives at most `target` points from `start` to `end`, in whole minutes and no
/// finer than what is still kept. All times in Unix seconds; `target` is at least 1.
pub(crate) fn fitting(start: i64, end: i64, target: i64, now: i64) -> i64 {
    let step = shortest_kept(now.saturating_sub(start));
    let wanted = end.saturating_sub(start).max(1);
    let wanted = wanted / target + i64::from(wanted % target != 0);
    (wanted / step + i64::from(wanted % step != 0)).saturating_mul(step)
}

/// Whether CloudWatch takes it: 1, 5, 10, 20, 30, or whole minutes, up to a day's many.
pub(crate) fn is_possible(period: i64) -> bool {
    matches!(period, 1 | 5 | 10 | 20 | 30) || (period > 0 && period % MINUTE == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_gives_about_the_wanted_points() {
        let now = 1_800_000_000;
        for (span, target, expected) in [
            (3_600, 60, 60),
            (3 * 3_600, 60, 180),
            (3_601, 60, 120),
            (59, 60, 60),
            (86_400, 60, 1_440),
            (86_400, 100, 900),
            (1, 1, 60),
            (7 * DAY, 100_000, 60),
        ] {
            assert_eq!(
                fitting(now - span, now, target, now),
                expected,
                "{span}/{target}"
            );
        }
    }

    #[test]
    fn old_values_are_only_there_in_coarser_periods() {
        let now = 1_800_000_000;
        let hour_at = |days: i64| fitting(now - days * DAY, now - days * DAY + 3_600, 60, now);
        assert_eq!(hour_at(15), 60);
        assert_eq!(hour_at(16), 300);
        assert_eq!(hour_at(63), 300);
        assert_eq!(hour_at(64), 3_600);
        // 1440 s wanted: the next that five minutes divide.
        assert_eq!(fitting(now - 20 * DAY, now - 19 * DAY, 60, now), 1_500);
    }

    #[test]
    fn nothing_overflows() {
        assert!(fitting(i64::MIN, i64::MAX, 1, i64::MAX) > 0);
    }

    #[test]
    fn possible_periods() {
        for period in [1, 5, 10, 20, 30, 60, 300, 86_400] {
            assert!(is_possible(period), "{period}");
        }
        for period in [-60, 0, 2, 15, 59, 61, 90] {
            assert!(!is_possible(period), "{period}");
        }
    }
}
