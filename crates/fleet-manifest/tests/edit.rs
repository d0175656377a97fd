//! Adding and removing an entry leaves every other byte as it is.

use fleet_manifest::{Access, Manifest, NewServer, ServerId, Source, add_server, remove_server};

const FLEET: &str = "\
# The fleet.
defaults:
  memory: 256   # MB

servers:
  # Files below one folder.
  files:
    name: Files
    description: Files.
    server: filesystem
    env:
      ROOT: /tmp   # where
      # OTHER: x

  # A group of servers that follow.

  # Local git.
  # Two lines.
  git:
    name: Git
    description: |-
      Git.
    server: git-repo

  last: {name: L, description: L., server: last}
# The end.
";

fn new_server(id: &str) -> NewServer {
    NewServer {
        id: ServerId::try_from(id).expect("a good id"),
        name: "New: it".to_owned(),
        description: "Does it, well.".to_owned(),
        source: Source::Native {
            server: "new".to_owned(),
        },
        args: Vec::new(),
        access: None,
    }
}

#[test]
fn an_entry_is_added_at_the_end_in_the_style_of_the_others() {
    let edited = add_server("servers.yaml", FLEET, &new_server("new")).expect("added");
    let added =
        "\n  new:\n    name: \"New: it\"\n    description: Does it, well.\n    server: new\n";
    let expected = FLEET.replace("\n# The end.", &format!("\n{added}# The end."));
    assert_eq!(edited, expected);
    let with_access = NewServer {
        access: Some(Access::ReadWrite),
        ..new_server("new")
    };
    let edited = add_server("servers.yaml", FLEET, &with_access).expect("added");
    assert!(edited.contains("    server: new\n    access: read-write\n"));
}

#[test]
fn a_program_is_added_with_its_arguments() {
    let program = NewServer {
        source: Source::Command {
            command: "mcp-server-time".to_owned(),
        },
        args: vec!["--zone".to_owned(), "a: #b".to_owned()],
        ..new_server("new")
    };
    let edited = add_server("servers.yaml", FLEET, &program).expect("added");
    let manifest = Manifest::parse("servers.yaml", &edited).expect("a manifest");
    let server = manifest.server("new").expect("the entry");
    assert_eq!(
        (&server.source, &server.args),
        (&program.source, &program.args)
    );
}

#[test]
fn adding_and_removing_gives_the_same_bytes() {
    let without_newline = FLEET.trim_end_matches("\n# The end.\n").to_owned();
    let windows = FLEET.replace('\n', "\r\n");
    let tight = FLEET.replace("\n\n", "\n");
    let servers_first = "servers:\n   a:\n      name: A\n      description: A.\n      server: a\n\
                         \n# About the defaults.\ndefaults:\n  memory: 512\n"
        .to_owned();
    let end_marker = "servers:\n  a: {name: A, description: A., server: a}\n...\n".to_owned();
    for text in [
        FLEET.to_owned(),
        without_newline,
        windows,
        tight,
        servers_first,
        end_marker,
    ] {
        let added = add_server("servers.yaml", &text, &new_server("new")).expect("added");
        assert_ne!(added, text);
        let removed = remove_server("servers.yaml", &added, "new").expect("removed");
        assert_eq!(removed, text);
    }
}

#[test]
fn an_entry_goes_with_its_own_comments_and_no_others() {
    let without_files = remove_server("servers.yaml", FLEET, "files").expect("removed");
    let expected = FLEET.replace(
        "  # Files below one folder.
  files:
    name: Files
    description: Files.
    server: filesystem
    env:
      ROOT: /tmp   # where
      # OTHER: x

",
        "",
    );
    assert_eq!(without_files, expected);

    let without_git = remove_server("servers.yaml", FLEET, "git").expect("removed");
    let expected = FLEET.replace(
        "
  # Local git.
  # Two lines.
  git:
    name: Git
    description: |-
      Git.
    server: git-repo
",
        "",
    );
    assert_eq!(without_git, expected);

    let without_last = remove_server("servers.yaml", FLEET, "last").expect("removed");
    let expected = FLEET.replace(
        "\n\n  last: {name: L, description: L., server: last}\n",
        "\n",
    );
    assert_eq!(without_last, expected);
}

#[test]
fn what_cannot_be_done_is_said() {
    let refused = |text: &str, id: &str| {
        add_server("servers.yaml", text, &new_server(id))
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(
        refused(FLEET, "git"),
        "`servers.yaml` has a server `git` already, in line 19"
    );
    assert_eq!(
        refused("servers: {a: {name: A, description: A., server: a}}\n", "b"),
        "`servers.yaml` does not write `servers` as indented lines, so it has to be edited by hand"
    );
    let wrong = FLEET.replace("memory: 256", "memory: 1");
    assert!(refused(&wrong, "new").starts_with("servers.yaml:3:11: `memory` is 1\n"));
    assert!(refused("servers: {\n", "new").starts_with("servers.yaml:"));

    let refused = |text: &str, id: &str| {
        remove_server("servers.yaml", text, id)
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(
        refused(FLEET, "gti"),
        "`servers.yaml` has no server `gti`; it has `files`, `git`, `last`"
    );
    assert_eq!(
        refused(
            "servers:\n  a: {name: A, description: A., server: a}\n",
            "a"
        ),
        "`a` is the only server of `servers.yaml`, and a fleet has at least one"
    );
    // The rest would miss its anchor.
    let anchored = "servers:\n  a: &a {name: A, description: A., server: a}\n  b: *a\n";
    assert!(refused(anchored, "a").starts_with("servers.yaml:2:"));
}

#[test]
fn the_first_server_can_be_added() {
    let edited = add_server("servers.yaml", "servers:\n", &new_server("new")).expect("added");
    assert!(
        edited.starts_with("servers:\n  new:\n    name: "),
        "{edited}"
    );
}

/// Found by tests/hostile: lines were counted as YAML does not, and the edit was made elsewhere.
#[test]
fn a_carriage_return_alone_ends_a_line() {
    let fleet = FLEET.replace("# The fleet.\n", "# The\r# fleet.\n");
    let more = add_server("servers.yaml", &fleet, &new_server("new")).expect("added");
    assert!(more.contains("    server: new\n# The end."), "{more}");
    let less = remove_server("servers.yaml", &more, "new").expect("removed");
    assert_eq!(less, fleet);
}
