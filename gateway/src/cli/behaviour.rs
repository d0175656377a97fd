//! How the gateway behaves where the service has a setting, or leaves a question open.

use gateway::{
    AllowLists, ExceptionLevel, Propagated, ResultMode, SessionTimeout, Settings,
    SupportedVersions, Undeclared, Validation, ValidationTexts,
};

#[derive(clap::Args)]
#[command(next_help_heading = "Behaviour")]
pub(super) struct BehaviourArguments {
    /// What becomes of a function's return value in the shape of a `CallToolResult`.
    #[arg(long, value_enum, default_value_t)]
    result_mode: ResultMode,
    /// Whether clients are told why a call failed.
    #[arg(long, value_enum, default_value_t)]
    exception_level: ExceptionLevel,
    /// What happens to arguments that a tool's schema does not declare.
    #[arg(long, value_enum, default_value_t)]
    undeclared_arguments: Undeclared,
    /// Which of the service's recorded texts say what is wrong with arguments.
    #[arg(long, value_enum, default_value_t)]
    validation_texts: ValidationTexts,
    /// Protocol versions to serve, separated by commas [default: all].
    #[arg(long)]
    supported_versions: Option<SupportedVersions>,
    /// Give each client a session that ends this many seconds after `initialize`: 900 to 28800 [default: no sessions].
    #[arg(long, value_name = "SECONDS")]
    session_timeout: Option<SessionTimeout>,
    /// Answer with an event stream whoever accepts one.
    #[arg(long)]
    response_streaming: bool,
    /// List all tools on one page.
    #[arg(long)]
    disable_list_pagination: bool,
    /// What clients are told about the use of the tools, 2048 characters at most.
    #[arg(long, value_name = "TEXT", value_parser = instructions)]
    instructions: Option<String>,
    /// Offer a tool that searches among the others, listed first.
    #[arg(long)]
    search: bool,
    /// A header of the client that a server is sent, in the client context. May be repeated.
    #[arg(long, value_name = "ID=HEADER")]
    propagate_header: Vec<Propagated>,
    /// A query parameter of the gateway's URL that a server is sent, in the client context. May be repeated.
    #[arg(long, value_name = "ID=NAME")]
    propagate_query: Vec<Propagated>,
}

impl BehaviourArguments {
    pub(super) fn settings(&self) -> Settings {
        Settings {
            result_mode: self.result_mode,
            exception_level: self.exception_level,
            validation: Validation {
                undeclared: self.undeclared_arguments,
                texts: self.validation_texts,
            },
            supported_versions: self.supported_versions.clone().unwrap_or_default(),
            session_timeout: self.session_timeout,
            response_streaming: self.response_streaming,
            disable_list_pagination: self.disable_list_pagination,
            instructions: self.instructions.clone(),
            search: self.search,
            auth: None,
        }
    }

    pub(super) fn propagated(&self) -> AllowLists {
        AllowLists {
            headers: self.propagate_header.clone(),
            query_parameters: self.propagate_query.clone(),
        }
    }
}

/// The limits are those of the service's API model.
fn instructions(text: &str) -> Result<String, &'static str> {
    match text.chars().count() {
        1..=2048 => Ok(text.to_owned()),
        _ => Err("must have 1 to 2048 characters"),
    }
}
