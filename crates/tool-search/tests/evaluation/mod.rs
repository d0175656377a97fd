//! Runs the queries of `queries.tsv` over the tools of every handler of this repository.

use std::path::Path;

use fleet_manifest::Target;
use tool_search::{Tool, ToolIndex};

/// One task a line, a tab, and the tools that fit it: any of them, separated by commas.
const QUERIES: &str = include_str!("../queries.tsv");

/// What the search found.
pub(crate) struct Evaluation {
    pub(crate) queries: usize,
    pub(crate) tools: usize,
    found_first: usize,
    /// Query, tools that fit, and the five that were found instead.
    pub(crate) missed: Vec<(&'static str, Vec<&'static str>, Vec<String>)>,
}

impl Evaluation {
    pub(crate) fn run() -> Self {
        let targets = targets();
        let tools: Vec<(String, _)> = targets
            .iter()
            .flat_map(|target| {
                target
                    .tools
                    .iter()
                    .map(move |tool| (format!("{}___{}", target.id, tool.name), tool))
            })
            .collect();
        let index = ToolIndex::new(tools.iter().map(|(name, tool)| Tool {
            name,
            description: &tool.description,
            input_schema: &tool.input_schema,
        }));
        let mut evaluation = Self {
            queries: 0,
            tools: tools.len(),
            found_first: 0,
            missed: Vec::new(),
        };
        for line in QUERIES.lines() {
            let (query, wanted) = line.split_once('\t').expect("a query, a tab, its tools");
            let wanted: Vec<&str> = wanted.split(',').collect();
            for tool in &wanted {
                assert!(
                    tools.iter().any(|(name, _)| name == tool),
                    "the fleet has no tool `{tool}`"
                );
            }
            let found: Vec<&str> = index
                .search(query, 5)
                .into_iter()
                .map(|position| tools[position].0.as_str())
                .collect();
            evaluation.queries += 1;
            evaluation.found_first +=
                usize::from(found.first().is_some_and(|first| wanted.contains(first)));
            if !found.iter().any(|tool| wanted.contains(tool)) {
                evaluation.missed.push((
                    query,
                    wanted,
                    found.into_iter().map(str::to_owned).collect(),
                ));
            }
        }
        evaluation
    }

    pub(crate) fn recall_at_1(&self) -> f64 {
        share(self.found_first, self.queries)
    }

    pub(crate) fn recall_at_5(&self) -> f64 {
        share(self.queries - self.missed.len(), self.queries)
    }
}

fn targets() -> Vec<Target> {
    let handlers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../handlers");
    let mut files: Vec<_> = std::fs::read_dir(handlers)
        .expect("the repository's handlers")
        .map(|entry| entry.expect("a folder").path().join("target.json"))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| Target::load(path).expect("a generated file"))
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "some dozens")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
