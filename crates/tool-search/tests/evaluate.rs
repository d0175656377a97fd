//! The right tool is among the first five, nine times out of ten and more.

mod evaluation;

use evaluation::Evaluation;

#[test]
fn nine_of_ten_tasks_find_their_tool_among_five() {
    let evaluation = Evaluation::run();
    let (queries, tools) = (evaluation.queries, evaluation.tools);
    assert!(
        queries >= 60 && tools >= 50,
        "{queries} queries over {tools} tools"
    );
    let missed = &evaluation.missed;
    assert!(
        evaluation.recall_at_5() >= 0.9,
        "recall@5 {:.3}, missed: {missed:#?}",
        evaluation.recall_at_5()
    );
    // Half of them come first: models read from the top.
    assert!(
        evaluation.recall_at_1() >= 0.5,
        "recall@1 {:.3}",
        evaluation.recall_at_1()
    );
}
