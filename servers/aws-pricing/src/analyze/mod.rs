//! Which AWS services a CDK or Terraform project uses.

mod cdk;
mod code;
mod service_codes;
mod sources;
mod terraform;
mod terraform_types;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use agentcore_gateway_target::{ToolError, tool_failure};
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::server::Server;

pub(crate) use sources::SourceFile;
use sources::Unread;

/// What kind of project is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Cdk,
    Terraform,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cdk => "cdk",
            Self::Terraform => "terraform",
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Cdk => &[
                ".py", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".java",
                ".cs", ".go",
            ],
            Self::Terraform => &[".tf", ".hcl"],
        }
    }
}

/// A service that a project uses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) source: &'static str,
    /// `aws`, `awscc` or `unknown`; only Terraform has it.
    pub(crate) provider: Option<&'static str>,
    pub(crate) module_source: Option<String>,
    pub(crate) module_name: Option<String>,
    /// What of the service is used, and where: resources or constructs.
    pub(crate) configurations: Vec<Value>,
}

impl Found {
    fn json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), self.name.as_str().into());
        fields.insert("source".to_owned(), self.source.into());
        fields.insert(
            "configurations".to_owned(),
            self.configurations.clone().into(),
        );
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value.into());
            }
        };
        add("provider", self.provider);
        add("module_source", self.module_source.as_deref());
        add("module_name", self.module_name.as_deref());
        if self.provider != Some("unknown") {
            add("service_code", service_codes::of(&self.name));
        }
        Value::Object(fields)
    }
}

/// Services in the order they were found, each once, with what is configured of each.
#[derive(Debug, Default)]
pub(crate) struct Services {
    found: Vec<Found>,
    /// Where in `found` a service is, by all that tells two apart.
    places: HashMap<Key, usize>,
}

type Key = (String, &'static str, Option<&'static str>, Option<String>);

impl Services {
    fn add(&mut self, found: Found) {
        let name = found.name.clone();
        let module = found.module_source.clone();
        match self
            .places
            .entry((name, found.source, found.provider, module))
        {
            Entry::Occupied(place) => {
                let known = &mut self.found[*place.get()];
                known.configurations.extend(found.configurations);
            }
            Entry::Vacant(place) => {
                place.insert(self.found.len());
                self.found.push(found);
            }
        }
    }
}

/// A project that could not be looked at.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct AnalysisError {
    kind: Kind,
    project_path: String,
    #[source]
    reason: Unread,
}

impl ToolError for AnalysisError {
    fn code(&self) -> &'static str {
        self.reason.code()
    }

    fn details(&self) -> Option<Value> {
        Some(json!({ "result": {
            "status": "error",
            "services": [],
            "message": self.to_string(),
            "details": {
                "services": [],
                "project_path": self.project_path,
                "analysis_type": self.kind.as_str(),
                "error": self.reason.short(),
            }
        } }))
    }
}

impl IntoCallToolResult for AnalysisError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}

impl Server {
    /// Looks at the files given, or else at those of a folder below the project root.
    pub(crate) async fn analyze(
        &self,
        kind: Kind,
        project_path: String,
        files: Option<Vec<SourceFile>>,
    ) -> Result<Answer, AnalysisError> {
        let failed = |reason| AnalysisError {
            kind,
            project_path: project_path.clone(),
            reason,
        };
        let inline = files.is_some();
        let project = match files {
            Some(files) => sources::inline(files, kind.endings()).map_err(failed)?,
            None => {
                let root = self.config.project_root.clone();
                let path = project_path.clone();
                // Folders can be large and slow: not on the thread that serves the deadline.
                let read = tokio::task::spawn_blocking(move || {
                    sources::below(&root, &path, kind.endings())
                });
                let read = read
                    .await
                    .unwrap_or_else(|panic| Err(Unread::Panicked(panic.to_string())));
                read.map_err(failed)?
            }
        };
        let (project, services) = tokio::task::spawn_blocking(move || {
            let services = match kind {
                Kind::Cdk => cdk::services(&project),
                Kind::Terraform => terraform::services(&project),
            };
            let services: Vec<Value> = services.found.iter().map(Found::json).collect();
            (project, services)
        })
        .await
        .map_err(|panic| failed(Unread::Panicked(panic.to_string())))?;
        let place = if inline {
            "given here"
        } else {
            "in that folder"
        };
        let mut message = format!(
            "{} services in {} files {place} ({project_path}).",
            services.len(),
            project.files.len()
        );
        if project.files.is_empty() {
            message = format!("No files of this kind are {place} ({project_path}).");
        }
        if project.left_out > 0 {
            message.push_str(&format!(
                " {} files were left out: too many or too large.",
                project.left_out
            ));
        }
        Ok(Answer::json(json!({
            "status": "success",
            "services": services,
            "message": message,
            "details": {
                "services": services,
                "project_path": project_path,
                "analysis_type": kind.as_str(),
            }
        })))
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    /// Source code in which everything that the analysers look for comes in any order.
    fn soup() -> impl Strategy<Value = String> {
        let pieces = server_testing::text_of(
            &[
                "resource ",
                "data ",
                "module ",
                "\"aws_s3_bucket\" ",
                "\"awscc_lambda_function\" ",
                "\"m\" ",
                "{",
                "}",
                "\n",
                "source = ",
                "\"a/vpc/aws\"",
                "\"../x\"",
                "\"./é\"",
                "# ",
                "/* ",
                "*/",
                "<<EOT\n",
                "EOT\n",
                "import ",
                "* as ",
                "s3",
                " from ",
                "'aws-cdk-lib/aws-s3'",
                "from aws_cdk import ",
                "aws_sqs as q",
                "(",
                ")",
                ",",
                "new ",
                "s3.Bucket",
                "q.Queue(self, \"x\"",
                "require(",
                "`",
                "'",
                "\"",
                "\\",
                "${",
                "é",
                "import software.amazon.awscdk.services.s3.",
                ";",
            ],
            0..40,
        );
        prop_oneof![5 => pieces, 1 => server_testing::hostile_text()]
    }

    proptest! {
        #![proptest_config(server_testing::config(300))]

        /// A file that is taken has a path below the project, and each place in it is a line of it.
        #[test]
        fn any_files_are_analysed_or_refused(
            path in prop_oneof!["[a-z./é\\\\]{0,12}", server_testing::hostile_text()],
            ending in prop::sample::select(&[".tf", ".ts", ".py", ".java", ".cs", ".go"][..]),
            content in soup(),
        ) {
            let kind = if ending == ".tf" { Kind::Terraform } else { Kind::Cdk };
            let file = SourceFile { path: format!("{path}{ending}"), content: content.clone() };
            let Ok(project) = sources::inline(vec![file], kind.endings()) else {
                return Ok(());
            };
            for file in &project.files {
                let inside = |part| matches!(part, Component::Normal(_));
                prop_assert!(Path::new(&file.path).components().all(inside), "{}", file.path);
            }
            let services = match kind {
                Kind::Cdk => cdk::services(&project),
                Kind::Terraform => terraform::services(&project),
            };
            let lines = content.matches('\n').count() as u64 + 1;
            for found in &services.found {
                for configuration in &found.configurations {
                    let line = configuration["line"].as_u64();
                    prop_assert!(line.is_none_or(|line| (1..=lines).contains(&line)), "{}", configuration);
                }
            }
        }
    }
}
