//! PromQL over CloudWatch: signed requests to the Prometheus-compatible API of `monitoring`.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-PromQL-APIs.html>

mod answer;
mod client;
mod endpoint;
mod error;
mod label;
mod request;

pub(crate) use answer::{QueryData, QueryOutput};
pub(crate) use client::ask;
pub(crate) use error::PromqlError;
pub(crate) use label::LabelName;
pub(crate) use request::{Path, Request};

/// What PromQL requests are authorised as; there is no action of their own.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-PromQL.html>
pub(crate) const ACTIONS: [&str; 2] = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"];
