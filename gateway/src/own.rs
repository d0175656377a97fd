//! The gateway at `/mcp`: that of the fleet, or one that was deployed elsewhere.

use std::sync::Arc;

use lambda_emulator::Emulator;

use crate::announcement::Row;
use crate::catalog::Catalog;
use crate::fleet::Member;
use crate::gateway::{Gateway, Settings};
use crate::local_function::LocalFunction;
use crate::outcome::ResultMode;
use crate::propagated::AllowLists;
use crate::target::{Target, TargetTool};

/// The gateway at `/mcp`, and what is said about it.
pub(crate) struct Own {
    pub(crate) gateway: Gateway,
    /// One of each target.
    pub(crate) rows: Vec<Row>,
    /// One sentence each: what is missing that could be expected.
    pub(crate) left_out: Vec<String>,
}

impl Own {
    /// The gateway of `servers.yaml`.
    ///
    /// # Errors
    ///
    /// When targets and settings do not go together.
    pub(crate) fn of_fleet(
        members: &[Member],
        emulator: &Emulator,
        propagated: &AllowLists,
        settings: Settings,
    ) -> anyhow::Result<Self> {
        warn_of_output_schemas(members, settings.result_mode);
        let targets = members.iter().map(|Member { target, function }| {
            let tools = target.tools.iter().cloned().map(TargetTool::from).collect();
            let function = LocalFunction::new(emulator.clone(), function.name.as_str());
            Ok(Target {
                propagation: propagated.of(&target.id)?,
                ..Target::lambda(target.id.as_str(), tools, Arc::new(function))
            })
        });
        let targets: anyhow::Result<Vec<Target>> = targets.collect();
        Ok(Self {
            gateway: Gateway::new(Catalog::new(targets?)?, settings)?,
            rows: members.iter().map(row).collect(),
            left_out: Vec::new(),
        })
    }
}

fn row(Member { target, function }: &Member) -> Row {
    Row {
        target: target.id.clone(),
        behind: function.name.clone(),
        tools: target.tools.iter().map(|tool| tool.name.clone()).collect(),
    }
}

impl From<fleet_manifest::TargetTool> for TargetTool {
    fn from(tool: fleet_manifest::TargetTool) -> Self {
        Self {
            name: tool.name,
            description: tool.description,
            input_schema: tool.input_schema,
            output_schema: tool.output_schema,
        }
    }
}

/// A wrapped result has no structured content, and clients that check results against output schemas refuse it.
fn warn_of_output_schemas(members: &[Member], mode: ResultMode) {
    let tools = members.iter().flat_map(|member| &member.target.tools);
    let declaring = tools.filter(|tool| tool.output_schema.is_some()).count();
    if declaring > 0 && mode == ResultMode::Wrap {
        tracing::warn!(
            "{declaring} tools declare an output schema, and wrapped results have no structured content: clients that check, \
             such as the Python `mcp` package and the MCP Inspector, refuse them. `--result-mode passthrough` keeps \
             structured content; `target.json` without output schemas works in both modes"
        );
    }
}
