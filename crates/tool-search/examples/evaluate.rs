//! Prints how well the search finds the tool that a task is for, over `tests/queries.tsv`.
//!
//! ```console
//! $ cargo run -p tool-search --example evaluate
//! ```

#![expect(clippy::print_stdout, reason = "the figures are this program's output")]

#[path = "../tests/evaluation/mod.rs"]
mod evaluation;

fn main() {
    let evaluation = evaluation::Evaluation::run();
    for (query, wanted, found) in &evaluation.missed {
        println!(
            "missed: {query}\n    wanted {}\n    found  {}",
            wanted.join(" or "),
            found.join(", ")
        );
    }
    println!(
        "{} queries over {} tools: recall@1 {:.3}, recall@5 {:.3}",
        evaluation.queries,
        evaluation.tools,
        evaluation.recall_at_1(),
        evaluation.recall_at_5()
    );
}
