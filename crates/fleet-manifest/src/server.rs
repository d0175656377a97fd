//! One server of the fleet, with all defaults applied.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use secret_references::Reference;
use serde::Serialize;
use url::Url;

use crate::environment::{ACCESS, ARGS, TOOLS_EXCLUDE, TOOLS_INCLUDE};
use crate::id::ServerId;
use crate::policy::Policy;

/// One server: one Lambda function, one target of the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name: the target's name and the end of the function's.
    pub id: ServerId,
    /// Its name for people.
    pub name: String,
    /// What it does, at most 200 characters: the description of the gateway target.
    pub description: String,
    /// Where its tools come from.
    pub source: Source,
    /// What is passed to the server, or to the command.
    pub args: Vec<String>,
    /// Environment variables as the manifest states them; [`Server::environment`] has all.
    pub env: BTreeMap<String, String>,
    /// Processor of the function.
    pub architecture: Architecture,
    /// Memory of the function in MB.
    pub memory_mb: u32,
    /// Timeout of the function in seconds.
    pub timeout_seconds: u32,
    /// Which tools it offers.
    pub access: Access,
    /// Which of those it offers by name.
    pub tools: ToolFilter,
    /// What its role may do besides, and on which resources.
    pub policy: Policy,
    /// Processes that AWS keeps warm; 0 for none.
    pub provisioned_concurrency: u32,
    /// Limit of parallel processes, when there is one.
    pub reserved_concurrency: Option<u32>,
    /// The network that the function joins, when it joins one.
    pub vpc: Option<Vpc>,
}

impl Server {
    /// Name of the Lambda function, the handler's package and its binary.
    #[must_use]
    pub fn function_name(&self) -> String {
        format!("mcp-server-{}", self.id)
    }

    /// The secrets that variables of [`env`](Self::env) name, in the order of the variables.
    pub fn secrets(&self) -> Vec<Reference> {
        let values = self.env.values();
        // What is malformed was refused when the manifest was read.
        values
            .filter_map(|value| Reference::read(value).ok()?)
            .collect()
    }

    /// The whole environment of the handler: `env`, and what carries the other settings to it.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = self.env.clone();
        environment.insert(ACCESS.to_owned(), self.access.as_str().to_owned());
        for (name, tools) in [
            (TOOLS_INCLUDE, &self.tools.include),
            (TOOLS_EXCLUDE, &self.tools.exclude),
        ] {
            if !tools.is_empty() {
                environment.insert(name.to_owned(), tools.join(","));
            }
        }
        if !self.args.is_empty() {
            let args = serde_json::Value::from(self.args.clone());
            environment.insert(ARGS.to_owned(), args.to_string());
        }
        environment
    }
}

/// Where the tools of a server come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A library crate of this workspace, `servers/<server>`, package `<server>-server`.
    Native {
        /// Name of the folder in `servers/`.
        server: String,
    },
    /// Any stdio MCP server, started by the handler.
    Command {
        /// The program.
        command: String,
    },
    /// A remote MCP server, called by the handler.
    Url {
        /// Its address.
        url: Url,
        /// Headers to send, by name; `${NAME}` in a value is an environment variable.
        headers: BTreeMap<String, String>,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native { server } => write!(f, "servers/{server}"),
            Self::Command { command } => write!(f, "command {command}"),
            Self::Url { url, .. } => write!(f, "{url}"),
        }
    }
}

/// Which of the tools that its access level allows a server offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolFilter {
    /// When not empty, only these.
    pub include: Vec<String>,
    /// Never these.
    pub exclude: Vec<String>,
}

/// A network of AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vpc {
    /// `subnet-…` identifiers, at least one.
    pub subnets: Vec<String>,
    /// `sg-…` identifiers, at least one.
    pub security_groups: Vec<String>,
}

macro_rules! named_values {
    (
        $(#[$documentation:meta])*
        $name:ident, $error:ident { $($(#[$variant_documentation:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $name {
            $($(#[$variant_documentation])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, lowest first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The value as the manifest writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        /// The text is none of the values.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("`{0}` is none of {values}", values = [$($text),+].join(", "))]
        pub struct $error(String);

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($error(text.to_owned())),
                }
            }
        }
    };
}

named_values! {
    /// Processor of a function.
    Architecture, UnknownArchitecture {
        /// 64-bit ARM: cheaper per millisecond.
        Arm64 = "arm64",
        /// 64-bit x86.
        X86_64 = "x86_64",
    }
}

named_values! {
    /// How much the tools of a server may do. Each level includes those before it.
    Access, UnknownAccess {
        /// Tools that change nothing.
        ReadOnly = "read-only",
        /// Tools that change something as well.
        ReadWrite = "read-write",
        /// Tools that handle secrets or change who may do what as well.
        Sensitive = "sensitive",
    }
}
