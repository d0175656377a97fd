//! Does a series rise or fall? Least squares, and how likely chance alone would do the same.

use serde::Serialize;
use statrs::function::beta::beta_reg;

use super::statistics::{Point, mean};

/// Below this probability a slope is not put down to chance.
const SIGNIFICANT: f64 = 0.05;

/// A change over the whole time of less than this part of the largest value is rounding.
const ROUNDING: f64 = 1e-9;

/// Where a series is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Trend {
    Positive,
    Negative,
    None,
}

/// The trend of values without their season. Fewer than three points have none.
pub(crate) fn trend(points: &[Point]) -> Trend {
    match slope(points) {
        Some((slope, chance)) if chance < SIGNIFICANT && slope > 0.0 => Trend::Positive,
        Some((slope, chance)) if chance < SIGNIFICANT && slope < 0.0 => Trend::Negative,
        _ => Trend::None,
    }
}

/// The slope per second, and the probability of one as steep without any trend (two-sided).
fn slope(points: &[Point]) -> Option<(f64, f64)> {
    if points.len() < 3 {
        return None;
    }
    let start = points[0].time;
    let times: Vec<f64> = points.iter().map(|p| (p.time - start) as f64).collect();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let (middle, level) = (mean(&times), mean(&values));
    let (mut products, mut squares) = (0.0, 0.0);
    for (time, value) in times.iter().zip(&values) {
        products += (time - middle) * (value - level);
        squares += (time - middle).powi(2);
    }
    if squares == 0.0 {
        return None;
    }
    let slope = products / squares;
    let span = times[times.len() - 1];
    let largest = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    if (slope * span).abs() <= largest * ROUNDING {
        return None;
    }
    let residuals: Vec<f64> = times
        .iter()
        .zip(&values)
        .map(|(time, value)| value - level - slope * (time - middle))
        .collect();
    let unexplained: f64 = residuals.iter().map(|residual| residual * residual).sum();
    let freedom = independent(&residuals) - 2.0;
    // A line through every point: chance has no part in it.
    if unexplained <= (largest * ROUNDING).powi(2) * points.len() as f64 {
        return Some((slope, 0.0));
    }
    let t = slope / (unexplained / freedom / squares).sqrt();
    // Student's t with `freedom` degrees of freedom, by the incomplete beta function.
    Some((
        slope,
        beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t)),
    ))
}

/// How many independent values the residuals are worth: `n (1 - r) / (1 + r)`, where `r` is the
/// correlation of neighbours. A metric that wanders slowly says the same thing many times, and
/// without this every one of them would have a trend. At least 3.
/// <https://doi.org/10.1029/1999JD901105> (section 2)
fn independent(residuals: &[f64]) -> f64 {
    let count = residuals.len() as f64;
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    let neighbours: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let correlation = if squares == 0.0 {
        0.0
    } else {
        neighbours / squares
    };
    let correlation = correlation.clamp(0.0, 1.0);
    (count * (1.0 - correlation) / (1.0 + correlation)).max(3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Vec<Point> {
        let values = values.into_iter();
        let times = (0..).map(|index| index * 300);
        times
            .zip(values)
            .map(|(time, value)| Point { time, value })
            .collect()
    }

    #[test]
    fn a_line_is_a_trend() {
        assert_eq!(trend(&series([105.0, 110.0, 115.0])), Trend::Positive);
        assert_eq!(trend(&series([115.0, 110.0, 105.0])), Trend::Negative);
        assert_eq!(
            trend(&series((0..500).map(|i| 1e12 + f64::from(i)))),
            Trend::None
        );
        assert_eq!(
            trend(&series((0..500).map(|i| 1e12 - 1e6 * f64::from(i)))),
            Trend::Negative
        );
    }

    #[test]
    fn what_stays_where_it_is_has_none() {
        for flat in [
            vec![],
            vec![1.0],
            vec![1.0, 2.0],
            vec![7.0; 100],
            vec![0.1 + 0.2; 100],
            vec![0.0; 3],
            vec![1.0, 3.0, 1.0, 3.0, 1.0, 3.0, 1.0],
        ] {
            assert_eq!(
                trend(&series(flat.iter().copied())),
                Trend::None,
                "{flat:?}"
            );
        }
    }

    /// With correlation 0.8 over five values `t` is 0.8 sqrt(3 / 0.36) = 2.3094, which Student's
    /// table for 3 degrees of freedom gives 0.1041, two-sided.
    #[test]
    fn probabilities_are_those_of_student() {
        let (slope_of_five, chance) = slope(&series([1.0, 3.0, 2.0, 5.0, 4.0])).unwrap();
        assert!((slope_of_five * 300.0 - 0.8).abs() < 1e-12);
        assert!((chance - 0.104_088).abs() < 1e-5, "{chance}");
        assert_eq!(trend(&series([1.0, 3.0, 2.0, 5.0, 4.0])), Trend::None);
        assert_eq!(
            trend(&series([1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 6.0, 8.0])),
            Trend::Positive
        );
    }

    #[test]
    fn a_slow_wave_is_no_trend() {
        let wave = (0..1_000).map(|i| (f64::from(i) / 100.0).sin());
        assert_eq!(trend(&series(wave)), Trend::None);
    }
}
