//! Does a series repeat itself, and how often? Classical decomposition: trend, pattern, remainder.

use super::statistics::{mean, variance};

/// Lengths of a cycle that are looked for, in seconds: a quarter of an hour, an hour, six hours, a
/// day, a week.
pub(crate) const CYCLES: [i64; 5] = [900, 3_600, 21_600, 86_400, 604_800];

/// What part of the variation a pattern has to explain.
const STRONG: f64 = 0.6;

/// A longer cycle also contains every shorter one: it only wins when it explains more than this
/// much more.
const CLEARLY_MORE: f64 = 1.1;

/// Below this part of the whole variation something is rounding, not a pattern.
const ROUNDING: f64 = 1e-9;

/// A pattern that repeats.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Season {
    /// Length of a cycle, in seconds.
    pub(crate) seconds: i64,
    /// Deviation from the level, at each step of a cycle; on average 0.
    pub(crate) pattern: Vec<f64>,
}

/// Looks for the shortest cycle that explains the series about as well as any other does.
/// `values` are `step` seconds apart.
pub(crate) fn season(values: &[f64], step: i64) -> Option<Season> {
    let level = mean(values);
    let centred: Vec<f64> = values.iter().map(|value| value - level).collect();
    let total = variance(&centred);
    let largest = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    if total <= (largest * ROUNDING).powi(2) {
        return None;
    }
    let mut found: Vec<(f64, Season)> = Vec::new();
    for seconds in CYCLES {
        let length = usize::try_from(seconds / step).unwrap_or(usize::MAX);
        if seconds % step != 0 || length < 3 || length.saturating_mul(2) > centred.len() {
            continue;
        }
        let (explained, strength, pattern) = decompose(&centred, length);
        if strength > STRONG && explained > total * ROUNDING {
            found.push((explained, Season { seconds, pattern }));
        }
    }
    let most = found.iter().fold(0.0, |most: f64, (e, _)| most.max(*e));
    found
        .into_iter()
        .find(|(explained, _)| explained * CLEARLY_MORE >= most)
        .map(|(_, season)| season)
}

/// The variance that a pattern of `length` steps explains, its part of the variance around the
/// trend, and the pattern.
///
/// The mean over few cycles fits noise too (half of it with two cycles), so the remainder counts
/// per degree of freedom, as in the adjusted coefficient of determination.
fn decompose(values: &[f64], length: usize) -> (f64, f64, Vec<f64>) {
    let trend = trend(values, length);
    let around: Vec<f64> = values.iter().zip(&trend).map(|(v, t)| v - t).collect();
    let mut pattern: Vec<f64> = (0..length)
        .map(|slot| {
            let of_slot: Vec<f64> = around.iter().skip(slot).step_by(length).copied().collect();
            mean(&of_slot)
        })
        .collect();
    let offset = mean(&pattern);
    pattern.iter_mut().for_each(|value| *value -= offset);
    let remainder: Vec<f64> = around
        .iter()
        .zip(pattern.iter().cycle())
        .map(|(value, season)| value - season)
        .collect();
    let all = variance(&around);
    let count = values.len() as f64;
    let unexplained = variance(&remainder) * (count - 1.0) / (count - length as f64);
    if all == 0.0 {
        return (0.0, 0.0, pattern);
    }
    let strength = (1.0 - unexplained / all).max(0.0);
    (strength * all, strength, pattern)
}

/// Centred moving average over one cycle. Where the ends lack half a cycle it goes on along the
/// line through the nearest cycle of averages.
fn trend(values: &[f64], length: usize) -> Vec<f64> {
    let half = length / 2;
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(values.iter().scan(0.0, |sum, value| {
            *sum += value;
            Some(*sum)
        }))
        .collect();
    let even = length.is_multiple_of(2);
    let averages: Vec<f64> = (half..values.len() - half)
        .map(|middle| {
            let (first, last) = (middle - half, middle + half);
            let sum = sums[last + 1] - sums[first];
            // An even cycle has no middle step: its two ends count half.
            let sum = match even {
                true => sum - (values[first] + values[last]) / 2.0,
                false => sum,
            };
            sum / length as f64
        })
        .collect();
    let near = averages.len().min(length);
    let (start, slope_start) = line(&averages[..near]);
    let (end, slope_end) = line(&averages[averages.len() - near..]);
    let steps = |count: usize| count as f64;
    let before = (0..half).map(|index| start - slope_start * steps(half - index));
    let after = (0..half).map(|index| end + slope_end * steps(near + index));
    before
        .chain(averages.iter().copied())
        .chain(after)
        .collect()
}

/// Least squares through values one step apart: the value at the first, and the slope per step.
fn line(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let level = mean(values);
    let (mut products, mut squares) = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let distance = index as f64 - middle;
        products += distance * (value - level);
        squares += distance * distance;
    }
    let slope = if squares == 0.0 {
        0.0
    } else {
        products / squares
    };
    (level - slope * middle, slope)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    const DAY: f64 = 86_400.0;

    /// Two weeks in steps of five minutes.
    fn two_weeks(value: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..4_032)
            .map(|step| value(f64::from(step) * 300.0))
            .collect()
    }

    fn cycle(values: &[f64]) -> Option<i64> {
        season(values, 300).map(|season| season.seconds)
    }

    /// The same on every machine: a linear congruential generator, about even in -1..1.
    fn noise(count: usize) -> Vec<f64> {
        let mut state: u64 = 42;
        (0..count)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
            })
            .collect()
    }

    fn noisy(values: Vec<f64>, amount: f64) -> Vec<f64> {
        let noise = noise(values.len());
        values
            .iter()
            .zip(noise)
            .map(|(v, n)| v + amount * n)
            .collect()
    }

    #[test]
    fn a_daily_cycle_is_daily_although_a_week_repeats_it() {
        let daily = two_weeks(|t| 100.0 + 10.0 * (TAU * t / DAY).sin());
        assert_eq!(cycle(&daily), Some(86_400));
        assert_eq!(cycle(&noisy(daily, 5.0)), Some(86_400));
    }

    #[test]
    fn each_length_is_found() {
        for seconds in CYCLES {
            let sine = two_weeks(|t| (TAU * t / seconds as f64).sin());
            // A quarter of an hour is three steps of this grid, and nothing shorter is looked for.
            assert_eq!(cycle(&sine), Some(seconds), "{seconds}");
        }
    }

    #[test]
    fn weekends_make_a_week() {
        let office = two_weeks(|t| {
            let busy = (t / DAY) as u32 % 7 < 5;
            let day = 1.0 - (TAU * t / DAY).cos();
            if busy { 50.0 + 40.0 * day } else { 10.0 }
        });
        assert_eq!(cycle(&office), Some(604_800));
    }

    #[test]
    fn a_rising_level_does_not_hide_the_day() {
        let rising = two_weeks(|t| t / DAY * 20.0 + 10.0 * (TAU * t / DAY).sin());
        assert_eq!(cycle(&rising), Some(86_400));
    }

    #[test]
    fn a_small_quick_beat_does_not_hide_the_day() {
        let both = two_weeks(|t| 10.0 * (TAU * t / DAY).sin() + 0.2 * (TAU * t / 3_600.0).sin());
        assert_eq!(cycle(&both), Some(86_400));
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(cycle(&two_weeks(|_| 7.0)), None);
        assert_eq!(cycle(&two_weeks(|_| 0.1 + 0.2)), None);
        assert_eq!(cycle(&two_weeks(|t| t / 7.0)), None);
        assert_eq!(cycle(&noise(4_032)), None);
        assert_eq!(cycle(&[1.0, 2.0, 1.0]), None);
        assert_eq!(cycle(&[]), None);
    }

    #[test]
    fn the_pattern_is_what_repeats() {
        let daily = two_weeks(|t| 100.0 + 10.0 * (TAU * t / DAY).sin());
        let season = season(&daily, 300).unwrap();
        assert_eq!(season.pattern.len(), 288);
        assert!(
            (season.pattern[72] - 10.0).abs() < 1e-6,
            "{}",
            season.pattern[72]
        );
        assert!(mean(&season.pattern).abs() < 1e-9);
    }
}
