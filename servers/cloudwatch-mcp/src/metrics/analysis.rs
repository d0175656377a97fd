//! What a metric's history says: statistics, quality, season, trend.

use serde::Serialize;

use super::seasonality::{Season, season};
use super::statistics::{Point, Statistics, density, even_grid, publishing_period, winsorise};
use super::trend::{Trend, trend};

/// Fewer points than this say nothing about a trend.
const FEWEST_POINTS: usize = 3;

/// With fewer values than this part of the possible ones, what lies between them is a guess.
const DENSE: f64 = 0.5;

/// How far the values can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Quality {
    total_points: usize,
    density_ratio: f64,
    pub(crate) publishing_period_seconds: i64,
}

/// What the history of a metric says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Analysis {
    data_points_found: usize,
    /// Length of a cycle; 0 when the metric does not repeat itself.
    pub(crate) seasonality_seconds: i64,
    trend: Trend,
    statistics: Statistics,
    pub(crate) data_quality: Quality,
}

impl Analysis {
    /// Nothing when there are too few points. They are sorted by time.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        if points.len() < FEWEST_POINTS {
            return None;
        }
        let statistics = Statistics::of(points)?;
        let period = publishing_period(points)?;
        let density_ratio = density(points, period);
        let season = (density_ratio > DENSE)
            .then(|| seasonal(points, period))
            .flatten();
        let trend = match &season {
            Some(season) => trend(&without(points, season, period)),
            None => trend(points),
        };
        Some(Self {
            data_points_found: points.len(),
            seasonality_seconds: season.map_or(0, |season| season.seconds),
            trend,
            statistics,
            data_quality: Quality {
                total_points: points.len(),
                density_ratio,
                publishing_period_seconds: period,
            },
        })
    }
}

fn seasonal(points: &[Point], period: i64) -> Option<Season> {
    let mut values = even_grid(points, period);
    winsorise(&mut values);
    season(&values, period)
}

/// The points that there are, less what the season explains of each.
fn without(points: &[Point], season: &Season, period: i64) -> Vec<Point> {
    let start = points.first().map_or(0, |point| point.time);
    points
        .iter()
        .map(|point| {
            let step = (point.time - start) / period;
            let slot = usize::try_from(step).unwrap_or_default() % season.pattern.len();
            Point {
                time: point.time,
                value: point.value - season.pattern[slot],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn every(period: i64, count: i64, value: impl Fn(f64) -> f64) -> Vec<Point> {
        (0..count)
            .map(|index| Point {
                time: 1_700_000_000 + index * period,
                value: value((index * period) as f64),
            })
            .collect()
    }

    #[test]
    fn a_day_that_grows_is_both() {
        let points = every(3_600, 14 * 24, |t| {
            t / 86_400.0 + 10.0 * (TAU * t / 86_400.0).sin()
        });
        let analysis = Analysis::of(&points).unwrap();
        assert_eq!(
            (analysis.seasonality_seconds, analysis.trend),
            (86_400, Trend::Positive)
        );
        assert_eq!(analysis.data_quality.publishing_period_seconds, 3_600);
        assert_eq!(analysis.data_quality.density_ratio, 1.0);
    }

    #[test]
    fn a_pure_wave_has_no_trend_once_its_season_is_gone() {
        // It ends in the middle of a day, where the raw values have a slope.
        let points = every(300, 14 * 288 - 100, |t| 50.0 + (TAU * t / 86_400.0).sin());
        let analysis = Analysis::of(&points).unwrap();
        assert_eq!(
            (analysis.seasonality_seconds, analysis.trend),
            (86_400, Trend::None)
        );
    }

    #[test]
    fn a_constant_is_neither() {
        let analysis = Analysis::of(&every(60, 20_160, |_| 0.3)).unwrap();
        assert_eq!(
            (analysis.seasonality_seconds, analysis.trend),
            (0, Trend::None)
        );
    }

    #[test]
    fn sparse_values_are_not_searched_for_seasons() {
        let daily = every(300, 14 * 288, |t| (TAU * t / 86_400.0).sin());
        // Four neighbours, then nothing for as long as five more would take.
        let sparse: Vec<Point> = daily
            .into_iter()
            .enumerate()
            .filter(|(index, _)| index % 9 < 4)
            .map(|(_, point)| point)
            .collect();
        let analysis = Analysis::of(&sparse).unwrap();
        assert!(analysis.data_quality.density_ratio < DENSE);
        assert_eq!(analysis.seasonality_seconds, 0);
    }

    #[test]
    fn too_little_is_said_to_be_too_little() {
        assert_eq!(Analysis::of(&[]), None);
        assert_eq!(Analysis::of(&every(60, 2, |t| t)), None);
        // The same moment three times: no gap, no period.
        assert_eq!(Analysis::of(&every(0, 3, |t| t)), None);
    }
}
