//! What a manifest means when nothing is wrong with it.

use std::collections::BTreeMap;

use fleet_manifest::{Access, Architecture, LoadError, Manifest, Source, Target, Vpc};
use proptest::prelude::*;

fn parse(text: &str) -> Manifest {
    Manifest::parse("servers.yaml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn defaults_apply_where_an_entry_is_silent() {
    let manifest = parse(
        "defaults: {memory: 512, access: read-write}
servers:
  second: {name: B, description: B., command: npx, args: [-y, thing], timeout: 900}
  first:
    name: A
    description: A.
    server: git-repo
    memory: 0x80
    access: read-only
    args:
    env:
    tools:
",
    );
    let [first, second] = manifest.servers.as_slice() else {
        panic!("two servers, sorted by id");
    };
    assert_eq!(first.id, "first");
    assert_eq!(
        first.source,
        Source::Native {
            server: "git-repo".to_owned()
        }
    );
    assert_eq!((first.memory_mb, second.memory_mb), (128, 512));
    assert_eq!((first.timeout_seconds, second.timeout_seconds), (60, 900));
    assert_eq!(
        (first.access, second.access),
        (Access::ReadOnly, Access::ReadWrite)
    );
    assert_eq!(first.architecture, Architecture::Arm64);
    assert_eq!(second.args, ["-y", "thing"]);
    assert_eq!(first.provisioned_concurrency, 0);
    assert_eq!(first.reserved_concurrency, None);
    assert_eq!(first.vpc, None);
    assert_eq!(first.function_name(), "mcp-server-first");
    assert!(manifest.server("second").is_some());
    assert!(manifest.server("third").is_none());
}

#[test]
fn everything_can_be_stated() {
    let manifest = parse(
        "servers:
  all:
    name: All of it
    description: 'Everything: at once.'
    url: http://127.0.0.1:9999/mcp
    env:
      VERSION: 1.10
      DEBUG: true
      ZERO: 007
      EMPTY: \"\"
      MCP_FLEET_LOG: debug
    architecture: x86_64
    memory: 10240
    timeout: 1
    access: sensitive
    tools: {include: [a, b], exclude: [c]}
    provisioned_concurrency: 2
    reserved_concurrency: 10
    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
",
    );
    let server = &manifest.servers[0];
    assert!(matches!(&server.source, Source::Url { url, .. } if url.port() == Some(9999)));
    let expected: BTreeMap<String, String> = [
        ("DEBUG", "true"),
        ("EMPTY", ""),
        ("MCP_FLEET_ACCESS", "sensitive"),
        ("MCP_FLEET_LOG", "debug"),
        ("MCP_FLEET_TOOLS_EXCLUDE", "c"),
        ("MCP_FLEET_TOOLS_INCLUDE", "a,b"),
        ("VERSION", "1.10"),
        ("ZERO", "007"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    assert_eq!(server.environment(), expected);
    assert_eq!(server.provisioned_concurrency, 2);
    assert_eq!(server.reserved_concurrency, Some(10));
    assert_eq!(
        server.vpc,
        Some(Vpc {
            subnets: vec!["subnet-0123456789abcdef0".to_owned()],
            security_groups: vec!["sg-0123456789abcdef0".to_owned()],
        })
    );
}

#[test]
fn arguments_reach_the_handler_as_json() {
    let text =
        "servers:\n  a: {name: A, description: A., server: a, args: ['--x', 'a \"b\", é']}\n";
    assert_eq!(
        parse(text).servers[0].environment()["MCP_FLEET_ARGS"],
        r#"["--x","a \"b\", é"]"#
    );
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("servers.yaml");
    let error = Manifest::load(&path).expect_err("there is no file");
    assert!(matches!(error, LoadError::Read { .. }));
    assert_eq!(
        error.to_string(),
        format!("`{}` could not be read", path.display())
    );
}

#[test]
fn a_target_file_is_read_with_its_marker() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("target.json");
    let text = r#"{"@generated": "…", "id": "a", "name": "A", "description": "A.",
        "environment": {"MCP_FLEET_ACCESS": "read-only"},
        "tools": [{"name": "log", "description": "Log.", "inputSchema": {"type": "object"}}]}"#;
    std::fs::write(&path, text).expect("the file is written");
    let target = Target::load(&path).expect("a target file");
    assert_eq!(target.tools[0].input_schema["type"], "object");
    assert_eq!(target.tools[0].output_schema, None);

    std::fs::write(&path, "{}").expect("the file is written");
    let error = Target::load(&path).expect_err("not a target file");
    assert!(
        error
            .to_string()
            .ends_with("target.json` is not a target file; `cargo run -p codegen` writes it")
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = Manifest::parse("servers.yaml", &text);
    }

    #[test]
    fn no_yaml_of_known_words_panics(text in yaml()) {
        let _ = Manifest::parse("servers.yaml", &text);
        let _ = fleet_manifest::remove_server("servers.yaml", &text, "git");
    }

    #[test]
    fn positions_are_inside_the_file(text in yaml()) {
        if let Err(problems) = Manifest::parse("servers.yaml", &text) {
            prop_assert!(!problems.is_empty());
            for problem in problems.as_slice() {
                prop_assert!(problem.position.line >= 1);
                prop_assert!(problem.position.column >= 1);
                prop_assert!(problem.position.line <= text.lines().count() + 1);
                prop_assert!(!problem.hint.is_empty());
            }
        }
    }
}

/// Lines made of what manifests are made of, in any order and indentation.
fn yaml() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "servers:",
        "git:",
        "name:",
        "defaults:",
        "env:",
        "tools:",
        "include:",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*a",
        "!!str",
        "|",
        ">",
        "\"",
        "'",
        "#",
        "a",
        "git-repo",
        "server:",
        "0",
        "1e9",
        "true",
        "null",
        "<<:",
        "? ",
        ": ",
        ",",
        "---",
        "...",
        "%YAML 1.2",
        "\t",
        "é",
        "url:",
        "https://example.com",
        "vpc:",
        "policy:",
        "statements:",
        "resources:",
        "memory:",
        "256",
    ]);
    let line = (0_usize..8, prop::collection::vec(word, 0..5))
        .prop_map(|(indentation, words)| " ".repeat(indentation) + &words.join(" "));
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}
