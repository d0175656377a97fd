//! The whole manifest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::defaults::Defaults;
use crate::fields::{Fields, entries};
use crate::id::ServerId;
use crate::node::{self, Node};
use crate::problem::{Position, Problems};
use crate::read_server::read_server;
use crate::server::Server;

/// The fleet: its servers sorted by id, with all defaults applied.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The servers, at least one.
    pub servers: Vec<Server>,
    file_name: String,
    places: BTreeMap<ServerId, Places>,
}

/// Where the parts of one entry are, for mistakes that only show later.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) id: Position,
    pub(crate) source: Position,
    pub(crate) tools: BTreeMap<String, Position>,
    pub(crate) policy_resources: BTreeMap<String, Position>,
}

/// A part of a server's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place<'a> {
    /// Its id.
    Id,
    /// The value of `server`, `command` or `url`.
    Source,
    /// A name in `tools`.
    Tool(&'a str),
    /// A key of `policy.resources`.
    PolicyResource(&'a str),
}

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file could not be read.
    #[error("`{path}` could not be read")]
    #[expect(missing_docs, reason = "named by the message")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The file has mistakes.
    #[error(transparent)]
    Problems(#[from] Problems),
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or all its mistakes together.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path).map_err(|source| LoadError::Read {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::parse(&path.display().to_string(), &text)?)
    }

    /// Checks the text of a manifest. `file_name` is what mistakes are reported under.
    ///
    /// # Errors
    ///
    /// All mistakes together.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Problems> {
        let root = node::parse(file_name, text)?;
        let mut problems = Problems::new(file_name);
        let manifest = read(&root, file_name, &mut problems);
        problems.or(manifest)
    }

    /// The server of this id.
    #[must_use]
    pub fn server(&self, id: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.id == *id)
    }

    /// The name under which mistakes are reported.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Where a part of a server's entry is; the id's place when the entry does not have the part.
    #[must_use]
    pub fn position(&self, id: &str, place: Place<'_>) -> Position {
        let Some(places) = self.places.get(id) else {
            return Position { line: 1, column: 1 };
        };
        match place {
            Place::Id => places.id,
            Place::Source => places.source,
            Place::Tool(name) => places.tools.get(name).copied().unwrap_or(places.id),
            Place::PolicyResource(key) => {
                let place = places.policy_resources.get(key);
                place.copied().unwrap_or(places.id)
            }
        }
    }
}

fn read(root: &Node, file_name: &str, problems: &mut Problems) -> Manifest {
    let fields = Fields::read(root, "the manifest", &["defaults", "servers"], problems);
    let mut defaults = Defaults::default();
    if let Some(field) = fields.get("defaults") {
        defaults.read(&field.node, problems);
    }
    let mut servers: Vec<(Position, Server)> = Vec::new();
    let mut places = BTreeMap::new();
    let mut written = 0;
    if let Some(field) = fields.get("servers") {
        for (key, entry) in entries(&field.node, "`servers`", problems) {
            written += 1;
            let position = entry.key.position;
            let id = match ServerId::try_from(key.as_str()) {
                Ok(id) => Some(id),
                Err(error) => {
                    problems.push(position, error.to_string(), error.hint());
                    None
                }
            };
            let mut found = Places {
                id: position,
                ..Places::default()
            };
            let server = read_server(&key, id, &entry, &defaults, &mut found, problems);
            if let Some(server) = server {
                places.insert(server.id.clone(), found);
                servers.push((position, server));
            }
        }
    }
    if written == 0 && problems.is_empty() {
        let position = match fields.written("servers") {
            Some(field) => field.key_position,
            None => Position { line: 1, column: 1 },
        };
        problems.push(
            position,
            "the fleet has no server",
            "`cargo run -p codegen -- add my-server --server my-server` adds one",
        );
    }
    report_shared_outputs(&servers, problems);
    let mut servers: Vec<Server> = servers.into_iter().map(|(_, server)| server).collect();
    servers.sort_by(|left, right| left.id.cmp(&right.id));
    Manifest {
        servers,
        file_name: file_name.to_owned(),
        places,
    }
}

/// The names of the deployed stack's outputs have no hyphens: `git-repo` and `gitrepo` would get
/// the same one.
fn report_shared_outputs(servers: &[(Position, Server)], problems: &mut Problems) {
    let mut taken: BTreeMap<String, &ServerId> = BTreeMap::new();
    for (position, server) in servers {
        let output = server.id.as_str().replace('-', "");
        if let Some(other) = taken.get(&output) {
            problems.push(
                *position,
                format!("`{}` and `{other}` differ in hyphens only", server.id),
                "rename one: both would have the same output in the deployed stack",
            );
        } else {
            taken.insert(output, &server.id);
        }
    }
}
