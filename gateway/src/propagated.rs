//! What `gateway up` is told to propagate, and to which server.

use anyhow::Context as _;

use crate::fleet::Member;
use crate::propagation::Propagation;

/// A header or a query parameter of clients that one server is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Propagated {
    /// Id of the server.
    pub server: String,
    /// Name of the header or the parameter.
    pub name: String,
}

impl std::str::FromStr for Propagated {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((server, name)) if !server.is_empty() && !name.is_empty() => Ok(Self {
                server: server.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err("must be `<server id>=<name>`"),
        }
    }
}

/// The allow-lists of all servers.
#[derive(Clone, Debug, Default)]
pub struct AllowLists {
    /// Request headers.
    pub headers: Vec<Propagated>,
    /// Query parameters.
    pub query_parameters: Vec<Propagated>,
}

impl AllowLists {
    /// Checks that every name is one of a server of the fleet and may be propagated.
    ///
    /// # Errors
    ///
    /// When there is no such server, or the service would refuse the name.
    pub(crate) fn check(&self, members: &[Member]) -> anyhow::Result<()> {
        for Propagated { server, name } in self.headers.iter().chain(&self.query_parameters) {
            anyhow::ensure!(
                members.iter().any(|member| member.target.id == *server),
                "the fleet has no server `{server}`, for which `--propagate-header` or `--propagate-query` names `{name}`"
            );
            self.of(server)?;
        }
        Ok(())
    }

    /// What `server` is sent.
    pub(crate) fn of(&self, server: &str) -> anyhow::Result<Propagation> {
        let mut propagation = Propagation::default();
        for header in self.headers.iter().filter(|header| header.server == server) {
            propagation
                .allow_header(&header.name)
                .context("`--propagate-header`")?;
        }
        for parameter in self
            .query_parameters
            .iter()
            .filter(|parameter| parameter.server == server)
        {
            propagation
                .allow_query_parameter(&parameter.name)
                .context("`--propagate-query`")?;
        }
        Ok(propagation)
    }
}
