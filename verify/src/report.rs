//! The results, for people and for programs.

use comfy_table::{ContentArrangement, Table, presets};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

/// Columns of the table: what fits beside an editor, and in a build log.
const TABLE_WIDTH: u16 = 120;

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// Not run: an earlier check of the server failed, or there is nothing to run.
    Skipped,
}

/// One check of one server.
#[derive(Debug, Serialize)]
pub(crate) struct CheckResult {
    /// Name of the check.
    pub(crate) check: &'static str,
    pub(crate) outcome: Outcome,
    /// What was found; of a failure, also what would be right.
    pub(crate) detail: String,
}

/// All checks of one server.
#[derive(Debug, Serialize)]
pub(crate) struct ServerResult {
    pub(crate) server: String,
    pub(crate) function: String,
    pub(crate) checks: Vec<CheckResult>,
}

/// What a gateway showed of itself.
#[derive(Debug, Serialize)]
pub(crate) struct GatewayResult {
    pub(crate) url: String,
    /// `None` when it named none.
    pub(crate) protocol_version: Option<String>,
    /// How many tools it lists, those of other fleets included.
    pub(crate) tools: usize,
    /// On how many pages.
    pub(crate) pages: usize,
}

/// All checks of the fleet.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
    skipped: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway: Option<GatewayResult>,
    servers: Vec<ServerResult>,
}

impl Report {
    pub(crate) fn new(gateway: Option<GatewayResult>, servers: Vec<ServerResult>) -> Self {
        let count = |outcome| {
            let checks = servers.iter().flat_map(|server| &server.checks);
            checks.filter(|check| check.outcome == outcome).count()
        };
        Self {
            passed: count(Outcome::Passed),
            failed: count(Outcome::Failed),
            skipped: count(Outcome::Skipped),
            gateway,
            servers,
        }
    }

    /// Whether nothing failed.
    pub(crate) fn passed(&self) -> bool {
        self.failed == 0
    }

    /// One row a check, and a closing line.
    pub(crate) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(TABLE_WIDTH);
        table.set_header(["server", "check", "", "detail"]);
        for server in &self.servers {
            for check in &server.checks {
                let outcome = match check.outcome {
                    Outcome::Passed => "ok",
                    Outcome::Failed => "FAILED",
                    Outcome::Skipped => "skipped",
                };
                table.add_row([server.server.as_str(), check.check, outcome, &check.detail]);
            }
        }
        let gateway = self.gateway.as_ref().map_or_else(String::new, |gateway| {
            let version = gateway.protocol_version.as_deref().unwrap_or("unnamed");
            let page_or_pages = if gateway.pages == 1 { "page" } else { "pages" };
            format!(
                "{} speaks MCP {version} and lists {} tools on {} {page_or_pages}\n",
                gateway.url, gateway.tools, gateway.pages
            )
        });
        format!(
            "{table}\n{gateway}{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }

    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// One suite a server, one case a check.
    pub(crate) fn junit(&self) -> Result<String, quick_junit::SerializeError> {
        let mut report = quick_junit::Report::new("verify");
        for server in &self.servers {
            let mut suite = TestSuite::new(server.function.as_str());
            for check in &server.checks {
                let mut status = match check.outcome {
                    Outcome::Passed => TestCaseStatus::success(),
                    Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
                    Outcome::Skipped => TestCaseStatus::skipped(),
                };
                if check.outcome != Outcome::Passed {
                    status.set_message(check.detail.as_str());
                }
                suite.add_test_case(TestCase::new(check.check, status));
            }
            report.add_test_suite(suite);
        }
        report.to_string()
    }
}
