//! Every mistake of a manifest, with its place and the right form.

use fleet_manifest::{KnownTool, Manifest, Problems};

fn mistakes(text: &str) -> Problems {
    Manifest::parse("servers.yaml", text).expect_err("the manifest has mistakes")
}

/// One mistake, as `line:column: message / hint`.
fn only(text: &str) -> String {
    let problems = mistakes(text);
    assert_eq!(problems.len(), 1, "{problems}");
    let shown = problems.to_string();
    shown
        .strip_prefix("servers.yaml:")
        .expect("starts with the file")
        .replace("\n  hint: ", " / ")
}

/// A manifest with one good server and these lines in its entry.
fn with(lines: &str) -> String {
    let mut text = "servers:\n  git:\n    name: Git\n    description: Git.\n".to_owned();
    if !lines.contains("server:") && !lines.contains("command:") && !lines.contains("url:") {
        text.push_str("    server: git-repo\n");
    }
    for line in lines.lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[test]
fn all_mistakes_of_a_file_are_reported_together() {
    let report = mistakes(include_str!("fixtures/mistakes.yaml")).to_string();
    insta::assert_snapshot!("mistakes", report);
}

#[test]
fn a_syntax_error_has_its_place() {
    let text = "servers:\n  git:\n    name: \"open\n    server: git\n";
    assert_eq!(
        only(text),
        "4:5: not YAML: invalid indentation in multiline quoted scalar / \
         check the indentation, quotes and brackets at this place"
    );
    let text = "servers:\n\t- x\n";
    assert!(only(text).starts_with("2:"), "{}", only(text));
}

#[test]
fn an_empty_fleet_says_how_to_add_a_server() {
    for (text, place) in [
        ("", "1:1"),
        ("# nothing\n", "1:1"),
        ("defaults: {}\n", "1:1"),
        ("defaults: {}\nservers:\n", "2:1"),
        ("servers: {}\n", "1:1"),
    ] {
        assert_eq!(
            only(text),
            format!(
                "{place}: the fleet has no server / \
                 `cargo run -p codegen -- add my-server --server my-server` adds one"
            )
        );
    }
}

#[test]
fn other_shapes_are_named() {
    assert_eq!(
        only("- git\n"),
        "1:1: the manifest must be a map, found a list / \
         write `key: value` lines, indented below it"
    );
    assert_eq!(
        only("servers: [git]\n"),
        "1:10: `servers` must be a map, found a list / \
         write `key: value` lines, indented below it"
    );
    assert_eq!(
        only("servers:\n  git: git-repo\n"),
        "2:8: `git` must be a map, found the text `git-repo` / \
         write `key: value` lines, indented below it"
    );
    assert_eq!(
        only("servers: {}\n---\nservers: {}\n"),
        "2:1: a second document starts here / \
         keep the whole fleet in one document, without a `---` line in the middle"
    );
    assert_eq!(
        only(&with("env: &all {ROOT: [*all]}")),
        "6:23: an alias inside its own anchor / write the value out"
    );
    assert_eq!(
        only(&with("memory: !!int 256")),
        "6:19: the tag `!!int` means nothing here / \
         write the value without a tag; put text in quotes"
    );
    assert_eq!(
        only(&with("<<: {memory: 256}")),
        "6:5: merge keys (`<<`) are not supported / \
         put what servers share under `defaults`, or write it out"
    );
    assert_eq!(
        only(&with("[memory]: 256")),
        "6:5: a key in `git` must be text, found a list / \
         write the key as plain text followed by `:`"
    );
}

#[test]
fn each_value_is_checked() {
    let seconds = "write a whole number of seconds from 1 to 900";
    let megabytes = "write a whole number of MB from 128 to 10240";
    for (line, expected) in [
        ("timeout: 0", format!("6:14: `timeout` is 0 / {seconds}")),
        (
            "timeout: 901",
            format!("6:14: `timeout` is 901 / {seconds}"),
        ),
        ("timeout: -1", format!("6:14: `timeout` is -1 / {seconds}")),
        (
            "timeout: 1.5",
            format!("6:14: `timeout` is 1.5 / {seconds}"),
        ),
        (
            "timeout: 99999999999999999999",
            format!("6:14: `timeout` is 99999999999999999999 / {seconds}"),
        ),
        (
            "timeout:",
            format!("6:5: `timeout` has no value / {seconds}"),
        ),
        (
            "memory: 127",
            format!("6:13: `memory` is 127 / {megabytes}"),
        ),
        (
            "memory: 10241",
            format!("6:13: `memory` is 10241 / {megabytes}"),
        ),
        (
            "memory: 256MB",
            format!("6:13: `memory` must be a whole number, found the text `256MB` / {megabytes}"),
        ),
        (
            "memory: \"256\"",
            format!("6:13: `memory` must be a whole number, found the text `256` / {megabytes}"),
        ),
        (
            "access: readonly",
            "6:13: `readonly` is not a value of `access` / did you mean `read-only`? \
             Known are `read-only`, `read-write`, `sensitive`"
                .to_owned(),
        ),
        (
            "access: admin",
            "6:13: `admin` is not a value of `access` / \
             write one of `read-only`, `read-write`, `sensitive`"
                .to_owned(),
        ),
        (
            "architecture: arm",
            "6:19: `arm` is not a value of `architecture` / did you mean `arm64`? \
             Known are `arm64`, `x86_64`"
                .to_owned(),
        ),
        (
            "args: [--depth, 3, true]",
            "6:21: `args` holds texts only, found the number `3` / put it in quotes: `\"3\"`\n\
             servers.yaml:6:24: `args` holds texts only, found the truth value `true` / \
             put it in quotes: `\"true\"`"
                .to_owned(),
        ),
        (
            "args: --depth",
            "6:11: `args` must be a list, found the text `--depth` / write `args: [one, two]`"
                .to_owned(),
        ),
        (
            "env: {AWS_REGION: eu-west-1}",
            "6:11: `AWS_REGION` is reserved: Lambda sets it itself / \
             leave it out: the function has the Region that it is deployed to"
                .to_owned(),
        ),
        (
            "env: {ROOT: [a]}",
            "6:17: `ROOT` must be text, a number or a truth value, found a list / \
             an environment variable holds one line of text; put it in quotes"
                .to_owned(),
        ),
        (
            "env: {ROOT: }",
            "6:11: `ROOT` has no value / write a value, or `\"\"` for an empty one".to_owned(),
        ),
        (
            "tools: {include: [log, log], exclude: [log]}",
            "6:28: `log` is in `include` twice / keep one\n\
             servers.yaml:6:44: `log` is in `include` and in `exclude` / keep it in one of them"
                .to_owned(),
        ),
        (
            "tools: {include: [\"a,b\"]}",
            "6:23: `a,b` is not a name for a tool / \
             write the name that `docs/servers.md` has, without the server's prefix"
                .to_owned(),
        ),
        (
            "reserved_concurrency: 1\nprovisioned_concurrency: 2",
            "7:30: `provisioned_concurrency` 2 is over `reserved_concurrency` 1 / \
             lower the first or raise the second"
                .to_owned(),
        ),
        (
            "vpc: {subnets: [subnet-x]}",
            "6:5: `vpc` has no `security_groups` / add `security_groups: [sg-0123456789abcdef0]`\n\
             servers.yaml:6:21: `subnet-x` is not an identifier for `subnets` / \
             write `subnet-` and hexadecimal digits: `subnet-0123456789abcdef0`"
                .to_owned(),
        ),
        (
            "server: Git_Repo",
            "5:13: `Git_Repo` is not a folder in `servers/` / write the folder's name alone: a \
             letter, then lower-case letters, digits and single hyphens"
                .to_owned(),
        ),
        (
            "url: http://example.com/mcp",
            "5:10: `http://example.com/mcp` is not encrypted / write `https://…`; \
             `http://` is for `localhost` and `127.0.0.1` only"
                .to_owned(),
        ),
        (
            "url: https://me:secret@example.com/mcp",
            "5:10: the address holds a user name or password / \
             take it out: the manifest is no place for secrets"
                .to_owned(),
        ),
        (
            "url: ftp://example.com",
            "5:10: `ftp` is no way to reach an MCP server / write `https://host/path`".to_owned(),
        ),
        (
            "url: example.com",
            "5:10: `example.com` is no address: relative URL without a base / \
             write `https://host/path`"
                .to_owned(),
        ),
        (
            "url: https://example.com/mcp\nargs: [x]",
            "6:5: `args` means nothing for a `url` / \
             leave it out; put a query into the address"
                .to_owned(),
        ),
    ] {
        let shown = mistakes(&with(line))
            .to_string()
            .replace("\n  hint: ", " / ");
        assert_eq!(shown, format!("servers.yaml:{expected}"), "{line}");
    }
}

#[test]
fn texts_have_a_length_and_one_line() {
    let text = "servers:\n  git:\n    name: 5\n    description: \"a\\nb\"\n    server: git\n";
    assert_eq!(
        mistakes(text).to_string(),
        "servers.yaml:3:11: `name` must be text, found the number `5`\n  \
         hint: put it in quotes: `name: \"5\"`\n\
         servers.yaml:4:18: `description` has a line break or another control character\n  \
         hint: write text on one line"
    );
    let text = format!(
        "servers:\n  git:\n    name: ' '\n    description: {}\n    server: git\n",
        "ab ".repeat(70)
    );
    assert_eq!(
        mistakes(&text).to_string(),
        "servers.yaml:3:11: `name` is empty\n  hint: write text on one line\n\
         servers.yaml:4:18: `description` has 209 characters\n  \
         hint: shorten it to 200: the gateway accepts no more"
    );
    let env = format!("env: {{ROOT: {}}}", "x".repeat(4096));
    assert_eq!(
        only(&with(&env)),
        "2:3: the environment of `git` has 4125 bytes / keep `env`, `args` and `tools` below \
         4096 bytes together: Lambda accepts no more"
    );
}

#[test]
fn two_ids_may_not_share_an_output() {
    let text = "servers:\n  git-repo: &entry\n    name: Git\n    description: Git.\n    \
                server: git-repo\n  gitrepo: *entry\n";
    assert_eq!(
        only(text),
        "6:3: `gitrepo` and `git-repo` differ in hyphens only / \
         rename one: both would have the same output in the deployed stack"
    );
}

#[test]
fn known_tools_are_checked_against_the_entry() {
    use fleet_manifest::Access::{ReadOnly, ReadWrite};
    let check = |lines: &str, tools: &[(&str, fleet_manifest::Access)]| {
        let manifest = Manifest::parse("servers.yaml", &with(lines)).expect("no mistakes yet");
        let tools: Vec<KnownTool<'_>> = tools
            .iter()
            .map(|(name, access)| KnownTool {
                name,
                access: *access,
            })
            .collect();
        let id = manifest.servers[0].id.clone();
        manifest.check_tools(&id, &tools).to_string()
    };
    let long = "a".repeat(59);
    assert_eq!(
        check("", &[("log", ReadOnly), (&"a".repeat(58), ReadOnly)]),
        ""
    );
    assert_eq!(
        check("", &[(&long, ReadOnly)]),
        format!(
            "servers.yaml:2:3: the tool `git___{long}` has 65 characters, models accept 64\n  \
             hint: choose a name of at most 2 characters for the server"
        )
    );
    assert_eq!(
        check("tools: {include: [lgo]}", &[("log", ReadOnly)]),
        "servers.yaml:6:23: `git` has no tool `lgo`\n  hint: did you mean `log`?"
    );
    assert_eq!(
        check(
            "tools: {include: [commit]}",
            &[("log", ReadOnly), ("commit", ReadWrite)]
        ),
        "servers.yaml:6:23: `commit` needs the access `read-write`, `git` has `read-only`\n  \
         hint: write `access: read-write`, or leave the tool out"
    );
    assert_eq!(
        check("", &[("commit", ReadWrite)]),
        "servers.yaml:2:3: `git` offers no tool with the access `read-only`\n  \
         hint: write `access: read-write`"
    );
    assert_eq!(
        check("tools: {exclude: [log]}", &[("log", ReadOnly)]),
        "servers.yaml:2:3: `git` offers no tool with the access `read-only`\n  \
         hint: leave at least one tool in `tools`"
    );
}
