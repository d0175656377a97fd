//! What holds of every text, whoever wrote it. `fuzz/` checks the same.

use fleet_manifest::{EditError, Manifest, NewServer, Server, ServerId, Source};
use fleet_manifest::{add_server, remove_server};

const FILE: &str = "servers.yaml";
const NEW: &str = "a-server-of-no-manifest";

/// Reads and edits a text, and panics at the first thing that does not hold.
pub(crate) fn check(text: &str) {
    match Manifest::parse(FILE, text) {
        Ok(manifest) => edits(text, &manifest),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused, and nobody knows why");
            // A file of one line may be refused for what should stand in the next.
            let lines = text.split(['\n', '\r']).count() + 1;
            for problem in problems.as_slice() {
                let (line, column) = (problem.position.line, problem.position.column);
                assert!((1..=lines).contains(&line) && column >= 1, "{problem:?}");
                for part in [&problem.message, &problem.hint] {
                    assert!(!part.is_empty() && !part.contains('\n'), "{problem:?}");
                    assert!(part.len() < 4000, "{problem:?}");
                }
            }
            let _ = remove_server(FILE, text, NEW);
            let _ = add_server(FILE, text, &new());
        }
    }
}

/// An entry that comes and goes leaves the others as they are.
fn edits(text: &str, manifest: &Manifest) {
    let others = |text: &str, without: &str| -> Vec<String> {
        let manifest = Manifest::parse(FILE, text).expect("an edited manifest is one");
        described(&manifest.servers, without)
    };
    match add_server(FILE, text, &new()) {
        Ok(more) => {
            assert_eq!(others(&more, NEW), described(&manifest.servers, NEW));
            let back = remove_server(FILE, &more, NEW).expect("what was added can go");
            assert_eq!(others(&back, NEW), described(&manifest.servers, NEW));
        }
        Err(error) => assert!(by_hand(&error), "{error}"),
    }
    for server in &manifest.servers {
        let id = server.id.as_str();
        match remove_server(FILE, text, id) {
            Ok(less) => assert_eq!(others(&less, id), described(&manifest.servers, id)),
            Err(EditError::Last { .. }) => assert_eq!(manifest.servers.len(), 1),
            Err(error) => assert!(by_hand(&error), "{error}"),
        }
    }
}

/// Entries on one line, and entries that others refer to, are not edited.
fn by_hand(error: &EditError) -> bool {
    matches!(error, EditError::Flow { .. } | EditError::Problems(_))
}

fn described(servers: &[Server], without: &str) -> Vec<String> {
    let others = servers.iter().filter(|server| server.id != *without);
    others.map(|server| format!("{server:?}")).collect()
}

fn new() -> NewServer {
    NewServer {
        id: ServerId::try_from(NEW).expect("an id"),
        name: "New: it".to_owned(),
        description: "Does it, well.".to_owned(),
        source: Source::Native {
            server: "new".to_owned(),
        },
        args: vec!["a \"b\"".to_owned()],
        access: None,
    }
}
