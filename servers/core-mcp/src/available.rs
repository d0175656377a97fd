//! The servers of the fleet behind upstream's prefixes.

use std::error::Error;

use rmcp::ServerHandler;

use crate::config::ConfigError;
use crate::mount::Mount;
use crate::remotes::REMOTES;
use crate::roles::Role;

/// What roles mount, and what they would if the fleet had it.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    /// Each prefix once; a longer prefix before one that it starts with.
    pub(crate) mounted: Vec<Mount>,
    /// Prefixes without a server.
    pub(crate) missing: Vec<&'static str>,
}

impl Mounts {
    /// Builds the servers of these roles, with the settings of the process's environment.
    ///
    /// # Errors
    ///
    /// When a server refuses its settings.
    pub(crate) fn new(roles: &[&'static Role]) -> Result<Self, ConfigError> {
        let mut mounts = Self::default();
        for role in roles {
            for prefix in role.prefixes {
                if mounts.has(prefix) {
                    continue;
                }
                match mount(role.name, prefix)? {
                    Some(mount) => mounts.mounted.push(mount),
                    None => mounts.missing.push(prefix),
                }
            }
        }
        // `cloudwatch_appsignals_x` is not `appsignals_x` of `cloudwatch`.
        mounts.mounted.sort_by(|a, b| {
            b.prefix
                .len()
                .cmp(&a.prefix.len())
                .then(a.prefix.cmp(b.prefix))
        });
        Ok(mounts)
    }

    fn has(&self, prefix: &str) -> bool {
        let mut mounted = self.mounted.iter();
        mounted.any(|mount| mount.prefix == prefix) || self.missing.contains(&prefix)
    }

    /// Whose tool this is, and the server's own name of it.
    pub(crate) fn find<'a>(&self, tool: &'a str) -> Option<(&Mount, &'a str)> {
        let mut mounted = self.mounted.iter();
        mounted.find_map(|mount| Some((mount, mount.own_name(tool)?)))
    }
}

/// The server behind a prefix, if the fleet has it.
fn mount(role: &'static str, prefix: &'static str) -> Result<Option<Mount>, ConfigError> {
    let place = Place { role, prefix };
    match prefix {
        "aws_knowledge" => place.remote("aws-knowledge"),
        "cfn" => place.built("cfn-mcp", cfn_mcp_server::Server::from_env(&[])),
        "cloudwatch" => place.built(
            "cloudwatch-mcp",
            cloudwatch_mcp_server::Server::from_env(&[]),
        ),
        "frontend" => place.built("frontend-mcp", frontend_mcp_server::Server::from_env(&[])),
        "pricing" => place.built("aws-pricing", aws_pricing_server::Server::from_env(&[])),
        "prometheus" => place.built("prometheus", prometheus_server::Server::from_env(&[])),
        _ => Ok(None),
    }
}

/// Where a server is mounted, and why.
#[derive(Clone, Copy)]
struct Place {
    role: &'static str,
    prefix: &'static str,
}

impl Place {
    fn built<S: ServerHandler, E: Error + Send + Sync + 'static>(
        self,
        server: &'static str,
        built: Result<S, E>,
    ) -> Result<Option<Mount>, ConfigError> {
        let Self { role, prefix } = self;
        match built {
            Ok(inner) => Ok(Some(Mount {
                prefix,
                server,
                inner: Box::new(inner),
            })),
            Err(source) => Err(ConfigError::Mounted {
                role,
                prefix,
                server,
                source: Box::new(source),
            }),
        }
    }

    /// A remote server, if `servers.yaml` has it under this id.
    fn remote(self, server: &'static str) -> Result<Option<Mount>, ConfigError> {
        match REMOTES.iter().find(|(id, _)| *id == server) {
            Some((_, endpoint)) => {
                self.built(server, mcp_proxy::remote::Server::from_env(endpoint))
            }
            None => Ok(None),
        }
    }
}
