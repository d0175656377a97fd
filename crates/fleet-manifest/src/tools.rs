//! What can only be checked once the tools of a server are known.

use crate::id::ServerId;
use crate::manifest::{Manifest, Place};
use crate::node::shorten;
use crate::problem::{Problems, closest};
use crate::server::Access;

/// Models accept names of tools up to this length, the target's prefix included.
const MAX_PREFIXED_NAME: usize = 64;

/// A tool of a server, whether or not the manifest lets it through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownTool<'a> {
    /// Its name, without prefix.
    pub name: &'a str,
    /// The lowest access level that has it.
    pub access: Access,
}

impl Manifest {
    /// Checks one server's entry against all tools that the server has.
    #[must_use]
    pub fn check_tools(&self, id: &ServerId, tools: &[KnownTool<'_>]) -> Problems {
        let mut problems = Problems::new(self.file_name());
        let Some(server) = self.server(id.as_str()) else {
            return problems;
        };
        for tool in tools {
            let prefixed = id.as_str().len() + "___".len() + tool.name.len();
            if prefixed > MAX_PREFIXED_NAME {
                let left = MAX_PREFIXED_NAME.saturating_sub("___".len() + tool.name.len());
                problems.push(
                    self.position(id.as_str(), Place::Id),
                    format!(
                        "the tool `{id}___{}` has {prefixed} characters, models accept \
                         {MAX_PREFIXED_NAME}",
                        tool.name
                    ),
                    format!("choose a name of at most {left} characters for the server"),
                );
            }
        }
        let filter = &server.tools;
        for (name, included) in (filter.include.iter().map(|name| (name, true)))
            .chain(filter.exclude.iter().map(|name| (name, false)))
        {
            let position = self.position(id.as_str(), Place::Tool(name));
            match tools.iter().find(|tool| tool.name == name) {
                None => problems.push(
                    position,
                    format!("`{id}` has no tool `{}`", shorten(name)),
                    match closest(name, tools.iter().map(|tool| tool.name)) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "`docs/servers.md` lists the tools of every server".to_owned(),
                    },
                ),
                Some(tool) if included && tool.access > server.access => problems.push(
                    position,
                    format!(
                        "`{name}` needs the access `{}`, `{id}` has `{}`",
                        tool.access, server.access
                    ),
                    format!("write `access: {}`, or leave the tool out", tool.access),
                ),
                Some(_) => {}
            }
        }
        let offered = tools.iter().filter(|tool| {
            let name = tool.name;
            tool.access <= server.access
                && (filter.include.is_empty() || filter.include.iter().any(|known| known == name))
                && !filter.exclude.iter().any(|known| known == name)
        });
        if offered.count() == 0 && problems.is_empty() {
            let needed = tools.iter().map(|tool| tool.access).min();
            problems.push(
                self.position(id.as_str(), Place::Id),
                format!("`{id}` offers no tool with the access `{}`", server.access),
                match needed {
                    Some(access) if access > server.access => format!("write `access: {access}`"),
                    Some(_) => "leave at least one tool in `tools`".to_owned(),
                    None => "the server has no tools at all: add one to its crate".to_owned(),
                },
            );
        }
        problems
    }
}
