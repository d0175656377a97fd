//! The parts of rmcp's `ServerHandler` that [`Guarded`] passes on unchanged, and the three that
//! it does not.

#![expect(deprecated, reason = "what a server still implements has to reach it")]

use std::borrow::Cow;

use rmcp::model::*;
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::Guarded;

type Request = RequestContext<RoleServer>;
type Notification = NotificationContext<RoleServer>;

/// `name(Parameters, Context) -> Output`, as the trait has it, answered by the server.
macro_rules! pass_on {
    ($($name:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {
        $(
            fn $name(
                &self,
                $($argument: $type),*
            ) -> impl Future<Output = $output> + Send + '_ {
                self.server.$name($($argument),*)
            }
        )*
    };
}

impl<S: ServerHandler> ServerHandler for Guarded<S> {
    fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Request,
    ) -> impl Future<Output = Result<CallToolResponse, ErrorData>> + Send + '_ {
        self.call(request, context)
    }

    fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Request,
    ) -> impl Future<Output = Result<ListToolsResult, ErrorData>> + Send + '_ {
        self.list(request, context)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.server
            .get_tool(name)
            .filter(|tool| self.filter.allows(tool))
    }

    fn get_info(&self) -> ServerConfig {
        self.server.get_info()
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        self.server.supported_protocol_versions()
    }

    fn negotiate_initialize(
        &self,
        request: &InitializeRequestParams,
    ) -> Result<InitializeResult, ErrorData> {
        self.server.negotiate_initialize(request)
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        self.server.accepted_subscription_filter(requested)
    }

    pass_on! {
        ping(context: Request) -> Result<(), ErrorData>;
        initialize(request: InitializeRequestParams, context: Request) -> Result<InitializeResult, ErrorData>;
        discover(context: Request) -> Result<DiscoverResult, ErrorData>;
        complete(request: CompleteRequestParams, context: Request) -> Result<CompleteResult, ErrorData>;
        set_level(request: SetLevelRequestParams, context: Request) -> Result<(), ErrorData>;
        get_prompt(request: GetPromptRequestParams, context: Request) -> Result<GetPromptResponse, ErrorData>;
        list_prompts(request: Option<PaginatedRequestParams>, context: Request) -> Result<ListPromptsResult, ErrorData>;
        list_resources(request: Option<PaginatedRequestParams>, context: Request) -> Result<ListResourcesResult, ErrorData>;
        list_resource_templates(request: Option<PaginatedRequestParams>, context: Request) -> Result<ListResourceTemplatesResult, ErrorData>;
        read_resource(request: ReadResourceRequestParams, context: Request) -> Result<ReadResourceResponse, ErrorData>;
        listen(context: SubscriptionContext) -> Result<(), ErrorData>;
        subscribe(request: SubscribeRequestParams, context: Request) -> Result<(), ErrorData>;
        unsubscribe(request: UnsubscribeRequestParams, context: Request) -> Result<(), ErrorData>;
        on_custom_request(request: CustomRequest, context: Request) -> Result<CustomResult, ErrorData>;
        on_cancelled(notification: CancelledNotificationParam, context: Notification) -> ();
        on_progress(notification: ProgressNotificationParam, context: Notification) -> ();
        on_initialized(context: Notification) -> ();
        on_roots_list_changed(context: Notification) -> ();
        on_custom_notification(notification: CustomNotification, context: Notification) -> ();
        get_task(request: GetTaskParams, context: Request) -> Result<GetTaskResult, ErrorData>;
        update_task(request: UpdateTaskParams, context: Request) -> Result<(), ErrorData>;
        cancel_task(request: CancelTaskParams, context: Request) -> Result<(), ErrorData>;
        list_skills(request: Option<PaginatedRequestParams>, context: Request) -> Result<ListSkillsResult, ErrorData>;
        get_skill(request: GetSkillRequestParams, context: Request) -> Result<GetSkillResult, ErrorData>;
        read_resource_directory(request: ReadResourceDirectoryRequestParams, context: Request) -> Result<ReadResourceDirectoryResult, ErrorData>;
    }
}
