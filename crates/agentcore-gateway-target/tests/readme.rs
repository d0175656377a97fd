//! The crate page says what the crate does.

use agentcore_gateway_target::settings;

const README: &str = include_str!("../README.md");

#[test]
fn the_example_on_the_page_is_the_one_that_is_built() {
    let example = include_str!("../examples/notes.rs");
    let block = format!("```rust,no_run\n{example}```\n");
    assert!(
        README.contains(&block),
        "copy `examples/notes.rs` into README.md"
    );
}

#[test]
fn every_variable_is_on_the_page() {
    let variables = [
        settings::ACCESS,
        settings::TOOLS_INCLUDE,
        settings::TOOLS_EXCLUDE,
        settings::ARGS,
        settings::RESULT_MODE,
        settings::HTTP_RESPONSE,
        settings::METRICS,
        settings::METRICS_NAMESPACE,
        settings::SECRETS_REFRESH,
        settings::LOG,
    ];
    for variable in variables {
        assert!(README.contains(&format!("| `{variable}` |")), "{variable}");
    }
    assert!(README.contains(&format!("`{}` is set", settings::RUNTIME_API)));
}
