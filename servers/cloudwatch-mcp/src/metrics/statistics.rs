//! Plain statistics of values, and the evenly spaced series that seasonality is looked for in.

use serde::Serialize;

/// A value at a time: Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) time: i64,
    pub(crate) value: f64,
}

/// Periods that metrics are published with, in seconds.
const PUBLISHING_PERIODS: [i64; 7] = [60, 300, 900, 3_600, 21_600, 86_400, 604_800];

/// What describes the values alone, whatever their order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Statistics {
    min: f64,
    max: f64,
    /// Of the population: divided by the number of values.
    std_deviation: f64,
    /// Standard deviation over the mean's size; nothing when the mean is 0.
    coefficient_of_variation: Option<f64>,
    median: f64,
}

impl Statistics {
    /// Of at least one value.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        let sorted = sorted(points);
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let mean = mean(&sorted);
        let std_deviation = variance(&sorted).sqrt();
        Some(Self {
            min,
            max,
            std_deviation,
            coefficient_of_variation: (mean != 0.0).then(|| std_deviation / mean.abs()),
            median: quantile(&sorted, 0.5),
        })
    }
}

/// The values in ascending order.
pub(crate) fn sorted(points: &[Point]) -> Vec<f64> {
    let mut values: Vec<f64> = points.iter().map(|point| point.value).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Between the two nearest of sorted values, at least one, in proportion.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let part = position - below as f64;
    sorted[below] * (1.0 - part) + sorted[above] * part
}

/// Sums deviations from the first value, so that large values lose no digits.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let Some(&first) = values.first() else {
        return 0.0;
    };
    first + values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64
}

/// Of the population; 0 for fewer than two values.
pub(crate) fn variance(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = mean(values);
    values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / values.len() as f64
}

/// The seconds between most neighbours, on CloudWatch's own period when that is within 10 %.
/// The shorter one when two are as frequent. The points are sorted by time, at least two.
pub(crate) fn publishing_period(points: &[Point]) -> Option<i64> {
    let mut gaps: Vec<i64> = points
        .windows(2)
        .map(|pair| pair[1].time - pair[0].time)
        .filter(|gap| *gap > 0)
        .collect();
    gaps.sort_unstable();
    let mut best: Option<(usize, i64)> = None;
    for run in gaps.chunk_by(|a, b| a == b) {
        if best.is_none_or(|(count, _)| run.len() > count) {
            best = Some((run.len(), run[0]));
        }
    }
    let gap = best?.1;
    let near = |period: &&i64| (gap - **period).abs() * 10 <= **period;
    Some(*PUBLISHING_PERIODS.iter().find(near).unwrap_or(&gap))
}

/// Which part of the times at which there could be a value has one: up to 1.
pub(crate) fn density(points: &[Point], period: i64) -> f64 {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return 0.0;
    };
    let possible = (last.time - first.time) / period + 1;
    (points.len() as f64 / possible as f64).min(1.0)
}

/// The values at every `period` from the first to the last point; between points on a straight
/// line. The points are sorted by time.
pub(crate) fn even_grid(points: &[Point], period: i64) -> Vec<f64> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let slots = (last.time - first.time) / period + 1;
    let mut after = 0;
    (0..slots)
        .map(|slot| {
            let time = first.time + slot * period;
            while points[after].time < time {
                after += 1;
            }
            let right = points[after];
            if right.time == time || after == 0 {
                return right.value;
            }
            let left = points[after - 1];
            let part = (time - left.time) as f64 / (right.time - left.time) as f64;
            left.value * (1.0 - part) + right.value * part
        })
        .collect()
}

/// Pulls the outermost thousandth of the values, on either side, to where the rest ends.
pub(crate) fn winsorise(values: &mut [f64]) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return;
    }
    let (low, high) = (quantile(&sorted, 0.001), quantile(&sorted, 0.999));
    for value in values {
        *value = value.clamp(low, high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(pairs: &[(i64, f64)]) -> Vec<Point> {
        let point = |&(time, value)| Point { time, value };
        pairs.iter().map(point).collect()
    }

    #[test]
    fn statistics_are_those_of_the_population() {
        let of = Statistics::of(&points(&[(0, 115.0), (300, 110.0), (600, 105.0)])).unwrap();
        assert_eq!((of.min, of.max, of.median), (105.0, 115.0, 110.0));
        assert_eq!(of.std_deviation, 4.08248290463863);
        assert_eq!(of.coefficient_of_variation, Some(0.037113480951260276));
    }

    #[test]
    fn constants_and_zero_means_give_no_nonsense() {
        let constant = Statistics::of(&points(&[(0, 1e15), (60, 1e15), (120, 1e15)])).unwrap();
        assert_eq!(constant.std_deviation, 0.0);
        assert_eq!(constant.coefficient_of_variation, Some(0.0));
        let balanced = Statistics::of(&points(&[(0, -1.0), (60, 1.0)])).unwrap();
        assert_eq!(balanced.coefficient_of_variation, None);
        let negative = Statistics::of(&points(&[(0, -1.0), (60, -3.0)])).unwrap();
        assert_eq!(negative.coefficient_of_variation, Some(0.5));
        assert_eq!(Statistics::of(&[]), None);
    }

    #[test]
    fn the_publishing_period_is_the_most_frequent_gap() {
        for (times, expected) in [
            (vec![0, 300, 600, 3_000, 3_300], 300),
            (vec![0, 60, 120, 420, 720], 60),
            (vec![0, 3_540, 7_080], 3_600),
            (vec![0, 180, 360], 180),
        ] {
            let of: Vec<Point> = times
                .iter()
                .map(|&time| Point { time, value: 0.0 })
                .collect();
            assert_eq!(publishing_period(&of), Some(expected), "{times:?}");
        }
        assert_eq!(publishing_period(&points(&[(0, 1.0)])), None);
    }

    #[test]
    fn gaps_are_filled_on_a_straight_line() {
        let sparse = points(&[(0, 1.0), (60, 2.0), (240, 8.0), (300, 0.0)]);
        assert_eq!(even_grid(&sparse, 60), [1.0, 2.0, 4.0, 6.0, 8.0, 0.0]);
        assert_eq!(density(&sparse, 60), 4.0 / 6.0);
        let off_beat = points(&[(0, 0.0), (50, 5.0), (130, 13.0)]);
        assert_eq!(even_grid(&off_beat, 60), [0.0, 6.0, 12.0]);
    }

    #[test]
    fn outliers_are_pulled_in() {
        let mut values: Vec<f64> = (0..2_001).map(f64::from).collect();
        values[0] = -1e9;
        winsorise(&mut values);
        assert_eq!((values[0], values[2_000]), (2.0, 1_998.0));
    }
}
