//! Which tools a server may offer.

use rmcp::ErrorData;
use rmcp::model::Tool;

use crate::access::Access;
use crate::failure::{CallFailure, list};
use crate::settings::{Settings, TOOLS_EXCLUDE, TOOLS_INCLUDE};

/// The access level and the lists of names, as the settings give them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    access: Access,
    include: Option<Vec<String>>,
    exclude: Vec<String>,
}

/// A filter that does not fit the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilterError {
    #[error(
        "{variable}: this server has no tool {}; it has {}",
        list(unknown),
        list(known)
    )]
    Unknown {
        variable: &'static str,
        unknown: Vec<String>,
        known: Vec<String>,
    },
    #[error("{TOOLS_INCLUDE} and {TOOLS_EXCLUDE} cannot be checked: the server does not list its tools: {}", .0.message)]
    List(ErrorData),
}

impl Filter {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            access: settings.access,
            include: settings.include.clone(),
            exclude: settings.exclude.clone(),
        }
    }

    pub(super) fn names_tools(&self) -> bool {
        self.include.is_some() || !self.exclude.is_empty()
    }

    /// Every name must be a tool: a filter with a typing error keeps back the wrong thing.
    pub(super) fn check(&self, tools: &[Tool]) -> Result<(), FilterError> {
        let include = self.include.as_deref().unwrap_or_default();
        for (variable, names) in [(TOOLS_INCLUDE, include), (TOOLS_EXCLUDE, &self.exclude)] {
            let unknown: Vec<String> = names
                .iter()
                .filter(|name| !tools.iter().any(|tool| tool.name == name.as_str()))
                .cloned()
                .collect();
            if !unknown.is_empty() {
                let mut known: Vec<String> =
                    tools.iter().map(|tool| tool.name.to_string()).collect();
                known.sort();
                return Err(FilterError::Unknown {
                    variable,
                    unknown,
                    known,
                });
            }
        }
        Ok(())
    }

    pub(super) fn allows(&self, tool: &Tool) -> bool {
        self.refusal(&tool.name, Access::of(tool)).is_none()
    }

    /// Why a tool that needs this access may not be called.
    pub(super) fn refusal(&self, tool: &str, needed: Access) -> Option<CallFailure> {
        let tool = || tool.to_owned();
        if self.exclude.contains(&tool()) {
            return Some(CallFailure::Excluded { tool: tool() });
        }
        if self
            .include
            .as_ref()
            .is_some_and(|names| !names.contains(&tool()))
        {
            return Some(CallFailure::NotIncluded { tool: tool() });
        }
        (needed > self.access).then(|| CallFailure::AccessDenied {
            tool: tool(),
            needed,
            allowed: self.access,
        })
    }
}
