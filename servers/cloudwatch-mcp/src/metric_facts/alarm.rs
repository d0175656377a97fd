//! One alarm line of the table.

/// How a value is compared with the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Comparison {
    fn parse(sign: &str) -> Option<Self> {
        Some(match sign {
            ">" => Self::Above,
            ">=" => Self::AtLeast,
            "<" => Self::Below,
            "<=" => Self::AtMost,
            _ => return None,
        })
    }

    /// CloudWatch's name of it.
    pub(crate) fn operator(self) -> &'static str {
        match self {
            Self::Above => "GreaterThanThreshold",
            Self::AtLeast => "GreaterThanOrEqualToThreshold",
            Self::Below => "LessThanThreshold",
            Self::AtMost => "LessThanOrEqualToThreshold",
        }
    }

    /// In a sentence: `is above 80`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::AtLeast => "at or above",
            Self::Below => "below",
            Self::AtMost => "at or below",
        }
    }

    /// Whether large values are the bad ones.
    pub(crate) fn is_upper(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }
}

/// When an alarm goes off: so many data points of so many periods, each so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// `Average`, `p90`.
    pub(crate) statistic: &'static str,
    /// Seconds.
    pub(crate) period: u32,
    pub(crate) datapoints: u32,
    pub(crate) evaluations: u32,
    /// CloudWatch's word for how missing data counts.
    pub(crate) missing: &'static str,
}

/// An alarm that AWS recommends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AlarmFact {
    /// Name, and the value where it is always the same.
    pub(crate) dimensions: Vec<(&'static str, Option<&'static str>)>,
    pub(crate) comparison: Comparison,
    /// Nothing where it depends on the workload.
    pub(crate) threshold: Option<f64>,
    pub(crate) shape: Shape,
    /// What it detects.
    pub(crate) intent: &'static str,
    /// Why this threshold, or how to find one.
    pub(crate) justification: &'static str,
}

impl AlarmFact {
    pub(super) fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.strip_prefix('!')?.split('|');
        let mut next = || fields.next();
        let dimensions = dimensions(next()?);
        let comparison = Comparison::parse(next()?)?;
        let threshold = match next()? {
            "?" => None,
            number => Some(number.parse().ok()?),
        };
        let statistic = statistic(next()?)?;
        let period = next()?.parse().ok()?;
        let (datapoints, evaluations) = next()?.split_once('/')?;
        let shape = Shape {
            statistic,
            period,
            datapoints: datapoints.parse().ok()?,
            evaluations: evaluations.parse().ok()?,
            missing: missing(next()?)?,
        };
        Some(Self {
            dimensions,
            comparison,
            threshold,
            shape,
            intent: next()?,
            justification: next()?,
        })
    }
}

fn dimensions(list: &'static str) -> Vec<(&'static str, Option<&'static str>)> {
    match list {
        "-" => Vec::new(),
        list => list
            .split(',')
            .map(|dimension| match dimension.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (dimension, None),
            })
            .collect(),
    }
}

fn statistic(short: &'static str) -> Option<&'static str> {
    match short.chars().next()? {
        'p' => Some(short),
        letter if short.len() == 1 => super::statistic_name(letter),
        _ => None,
    }
}

fn missing(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "m" => "missing",
        "b" => "breaching",
        "n" => "notBreaching",
        "i" => "ignore",
        _ => return None,
    })
}
