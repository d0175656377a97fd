//! `generate_cost_report`: writes up prices, usage and what follows from them.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::TextOutput;
use crate::answer::Answer;
use crate::error::{Kind, PricingError};
use crate::report::{Material, Report, csv, markdown};
use crate::server::Server;

/// Input of `generate_cost_report`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The answer of `get_pricing`, as it came. `{}` when all prices are in `detailed_cost_data`.
    pricing_data: Map<String, Value>,
    /// What the report is about, for its title: `Amazon EC2`.
    service_name: String,
    /// Other services of the workload. Those without a cost are named as missing.
    #[serde(default)]
    related_services: Option<Vec<String>>,
    /// Kind of prices to use from `pricing_data`: on demand, reserved, flat rate.
    #[serde(default = "on_demand")]
    pricing_model: String,
    /// What was assumed. Default: none.
    #[serde(default)]
    assumptions: Option<Vec<String>>,
    /// What was left out. Default: none.
    #[serde(default)]
    exclusions: Option<Vec<String>>,
    /// Name of the file that the caller will save the report as, relative and without `..`. This
    /// server writes no files: the answer is the report itself.
    #[serde(default)]
    output_file: Option<String>,
    /// Form of the report: `markdown` or `csv`.
    #[serde(default = "markdown_format")]
    format: String,
    /// Costs by service, `{"services": {"AWS Lambda": {"usage": "1M requests", "unit_pricing":
    /// {"requests": "$0.20 per 1M requests"}, "usage_quantities": {"requests": "1,000,000"},
    /// "estimated_cost": "$0.20", "calculation_details": "…", "free_tier_info": "…"}}}`. Without
    /// `estimated_cost` the cost is computed from unit prices and quantities of the same name.
    /// Other members become sections of the report.
    #[serde(default)]
    detailed_cost_data: Option<Map<String, Value>>,
    /// Advice to put in: `{"immediate": ["…"], "best_practices": ["…"]}`. Default: general advice.
    #[serde(default)]
    recommendations: Option<Map<String, Value>>,
}

fn on_demand() -> String {
    "ON DEMAND".to_owned()
}

fn markdown_format() -> String {
    "markdown".to_owned()
}

#[tool_router(router = generate_cost_report_router, vis = "pub(crate)")]
impl Server {
    /// Write a cost report, as markdown or CSV, from prices and usage that the caller gives: unit
    /// prices, monthly costs, totals, scaling, a year's projection, advice. Computes only from what
    /// is given and lists what is missing. Calls nothing and writes no file.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<TextOutput>(),
        meta = tool_meta(&[], None)
    )]
    async fn generate_cost_report(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        let write = match input.format.to_lowercase().as_str() {
            "markdown" => markdown,
            "csv" => csv,
            _ => {
                let message = format!("`format` is {:?}", input.format);
                return Err(PricingError::new(Kind::InvalidArguments, message)
                    .suggest("use `markdown` or `csv`"));
            }
        };
        if let Some(file) = &input.output_file {
            check_file(file)?;
        }
        let report = Report::new(Material {
            pricing_data: input.pricing_data,
            service_name: input.service_name,
            related_services: input.related_services.unwrap_or_default(),
            pricing_model: input.pricing_model,
            assumptions: input.assumptions.unwrap_or_default(),
            exclusions: input.exclusions.unwrap_or_default(),
            detailed: input.detailed_cost_data.unwrap_or_default(),
            recommendations: input.recommendations.unwrap_or_default(),
        });
        let answer = Answer::text(write(&report));
        Ok(match input.output_file {
            Some(file) => answer.with_note(format!(
                "Nothing was written to disk: save the text above as `{file}`."
            )),
            None => answer,
        })
    }
}

/// Only a name that is good everywhere is repeated to the caller as one to save under.
fn check_file(file: &str) -> Result<(), PricingError> {
    let parts = || file.split(['/', '\\']);
    let leaves = file.is_empty()
        || file.starts_with(['/', '\\', '~'])
        || file.contains(':')
        || file.chars().any(char::is_control)
        || parts().any(|part| part == "..");
    if leaves {
        return Err(PricingError::new(
            Kind::InvalidOutputFile,
            format!("`output_file` {file:?} is not a relative path without `..`"),
        )
        .suggest("give a name such as `report.md`, or leave it out: the report is in the answer"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_where_the_caller_is() {
        for file in ["report.md", "out/report.v2.csv", "..x.md"] {
            assert!(check_file(file).is_ok(), "{file}");
        }
        for file in [
            "",
            "../x.md",
            "a/../../x",
            "/etc/x",
            "\\x",
            "C:x",
            "~/x",
            "a\nb",
            "a\\..\\b",
        ] {
            assert!(check_file(file).is_err(), "{file}");
        }
    }
}
