//! The index: built once for a list of tools, searched by many.

use bm25::{Embedder, EmbedderBuilder, Scorer};
use serde_json::Value;

use crate::words::Words;
use crate::{document, synonyms};

/// How much a long text is held against a tool. Low: a tool with many arguments fits as well as one with few.
const LENGTH_PENALTY: f32 = 0.3;

/// A tool as a gateway lists it.
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// Its name, with or without its target's.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// Its arguments: a JSON Schema. Anything else than an object means none.
    pub input_schema: &'a Value,
}

/// Tools, ready to be searched.
pub struct ToolIndex {
    embedder: Embedder<u32, Words>,
    scorer: Scorer<usize, u32>,
}

impl std::fmt::Debug for ToolIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ToolIndex").finish_non_exhaustive()
    }
}

impl ToolIndex {
    /// Indexes `tools`; a tool is known by its position.
    pub fn new<'a>(tools: impl IntoIterator<Item = Tool<'a>>) -> Self {
        let texts: Vec<String> = tools
            .into_iter()
            .map(|tool| document::text(&tool))
            .collect();
        let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedder = EmbedderBuilder::with_tokenizer_and_fit_to_corpus(Words::new(), &corpus)
            .b(LENGTH_PENALTY)
            .build();
        let mut scorer = Scorer::new();
        for (position, text) in corpus.into_iter().enumerate() {
            scorer.upsert(&position, embedder.embed(text));
        }
        Self { embedder, scorer }
    }

    /// Positions of the tools that share a word with `query`, the best first, at most `limit`.
    pub fn search(&self, query: &str, limit: usize) -> Vec<usize> {
        let mut matches = self
            .scorer
            .matches(&self.embedder.embed(&synonyms::expand(query)));
        // The scorer's own order of equal scores differs from run to run.
        matches.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        matches.truncate(limit);
        matches.into_iter().map(|found| found.id).collect()
    }
}
