//! Names of statistics: SQL's short ones and the API's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A statistic, in the words of SQL or of the CloudWatch API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) enum Statistic {
    #[default]
    #[serde(rename = "AVG")]
    Avg,
    #[serde(rename = "COUNT")]
    Count,
    #[serde(rename = "MAX")]
    Max,
    #[serde(rename = "MIN")]
    Min,
    #[serde(rename = "SUM")]
    Sum,
    Average,
    #[serde(rename = "Sum")]
    ApiSum,
    Maximum,
    Minimum,
    SampleCount,
}

impl Statistic {
    /// As `GetMetricData` spells it.
    pub(crate) fn api(self) -> &'static str {
        match self {
            Self::Avg | Self::Average => "Average",
            Self::Count | Self::SampleCount => "SampleCount",
            Self::Max | Self::Maximum => "Maximum",
            Self::Min | Self::Minimum => "Minimum",
            Self::Sum | Self::ApiSum => "Sum",
        }
    }

    /// As Metrics Insights spells it.
    pub(crate) fn sql(self) -> SqlFunction {
        match self {
            Self::Avg | Self::Average => SqlFunction::Avg,
            Self::Count | Self::SampleCount => SqlFunction::Count,
            Self::Max | Self::Maximum => SqlFunction::Max,
            Self::Min | Self::Minimum => SqlFunction::Min,
            Self::Sum | Self::ApiSum => SqlFunction::Sum,
        }
    }
}

/// An aggregate function of Metrics Insights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub(crate) enum SqlFunction {
    Avg,
    Count,
    Max,
    Min,
    Sum,
}

impl SqlFunction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Avg => "AVG",
            Self::Count => "COUNT",
            Self::Max => "MAX",
            Self::Min => "MIN",
            Self::Sum => "SUM",
        }
    }
}

/// A statistic that was written freely: SQL's words become the API's; percentiles, trimmed means
/// and the like (`p99`, `tm95`, `PR(:300)`) are passed on for CloudWatch to judge.
pub(crate) fn api_name(statistic: &str) -> &str {
    match statistic {
        "AVG" => "Average",
        "COUNT" => "SampleCount",
        "MAX" => "Maximum",
        "MIN" => "Minimum",
        "SUM" => "Sum",
        other => other,
    }
}
