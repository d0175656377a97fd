//! `create_template`: a CloudFormation template of existing resources.

use std::collections::BTreeMap;

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{AwsError, RegionName, Scope};
use aws_sdk_cloudformation::types::{
    GeneratedTemplateDeletionPolicy, GeneratedTemplateStatus, GeneratedTemplateUpdateReplacePolicy,
    ResourceDefinition, ResourceDetail, TemplateConfiguration, TemplateFormat,
};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::arguments::scope;
use crate::aws_call;
use crate::error::CfnError;
use crate::names::{TemplateId, TemplateName, TypeName};
use crate::output::Destination;
use crate::progress::one_line;
use crate::server::Server;

/// Input of `create_template`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Name of the template to start generating, 1 to 128 characters. Either this or `template_id`
    /// is needed.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    template_name: Option<TemplateName>,
    /// The resources that go into it. A scan of the account by CloudFormation's IaC generator must
    /// have found them in the last 30 days. Default: none.
    #[serde(default)]
    resources: Option<Vec<Resource>>,
    /// Format of the template, applied when it is fetched: `JSON` or `YAML`.
    #[serde(default)]
    output_format: Format,
    /// What happens to a resource that is removed from the template's stack: `RETAIN` or `DELETE`.
    #[serde(default, deserialize_with = "policy")]
    deletion_policy: Policy,
    /// What happens to the old resource when an update of the stack replaces it: `RETAIN` or
    /// `DELETE`.
    #[serde(default, deserialize_with = "policy")]
    update_replace_policy: Policy,
    /// Template that was started earlier: asks how far it is, and fetches it when it is done.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    template_id: Option<TemplateId>,
    /// File to write the finished template to, below the server's output root. The answer holds the
    /// template in any case.
    #[serde(default)]
    save_to_file: Option<String>,
    /// AWS region of the resources. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
}

/// A resource to put into a template. Names as CloudFormation has them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[schemars(inline)]
struct Resource {
    /// Resource type: `AWS::S3::Bucket`.
    #[schemars(with = "String")]
    resource_type: TypeName,
    /// The properties that identify it, with their values: `{"BucketName": "my-bucket"}`.
    resource_identifier: BTreeMap<String, String>,
    /// Its name in the template. Default: CloudFormation chooses one.
    #[serde(default)]
    logical_resource_id: Option<String>,
}

/// `JSON` or `YAML`.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
enum Format {
    Json,
    #[default]
    Yaml,
}

/// What CloudFormation accepts in a generated template.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
enum Policy {
    #[default]
    Retain,
    Delete,
}

/// A policy; the one that other templates may have is told apart from a typing mistake.
fn policy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Policy, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "RETAIN" => Ok(Policy::Retain),
        "DELETE" => Ok(Policy::Delete),
        "SNAPSHOT" => Err(D::Error::custom(
            "CloudFormation does not take `SNAPSHOT` for generated templates; write `RETAIN` or `DELETE`",
        )),
        other => Err(D::Error::custom(format!(
            "{other:?} is not `RETAIN` or `DELETE`"
        ))),
    }
}

#[tool_router(router = create_template_router, vis = "pub(crate)")]
impl Server {
    /// Generate a CloudFormation template of existing resources, in two steps: with `template_name`
    /// and `resources` it starts and answers a `template_id`; with that `template_id` it tells how
    /// far it is and, when it is done, answers the template.
    #[tool(
        annotations(
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = false,
            open_world_hint = true
        ),
        meta = tool_meta(
            &[
                "cloudformation:CreateGeneratedTemplate",
                "cloudformation:DescribeGeneratedTemplate",
                "cloudformation:GetGeneratedTemplate"
            ],
            None
        )
    )]
    async fn create_template(
        &self,
        Parameters(mut input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let scope = scope(input.region.take());
        let destination = input
            .save_to_file
            .as_deref()
            .map(|given| Destination::new(&self.config.output_root, given))
            .transpose()?;
        match (input.template_id.take(), input.template_name.take()) {
            (Some(id), _) => self.fetch(&scope, &id, input.output_format, destination, deadline).await,
            (None, Some(name)) => self.start(&scope, &name, input, deadline).await,
            (None, None) => Err(CfnError::Arguments(
                "one of `template_name` and `template_id` is needed: the first starts a template, the second asks for one that was started".to_owned(),
            )),
        }
    }

    async fn start(
        &self,
        scope: &Scope,
        name: &TemplateName,
        input: Input,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let (session, client) = self.formation.get(scope).await?;
        let call = session.call(
            aws_call::CREATE_TEMPLATE,
            Some(format!("template `{name}`")),
        );
        let configuration = TemplateConfiguration::builder()
            .deletion_policy(match input.deletion_policy {
                Policy::Retain => GeneratedTemplateDeletionPolicy::Retain,
                Policy::Delete => GeneratedTemplateDeletionPolicy::Delete,
            })
            .update_replace_policy(match input.update_replace_policy {
                Policy::Retain => GeneratedTemplateUpdateReplacePolicy::Retain,
                Policy::Delete => GeneratedTemplateUpdateReplacePolicy::Delete,
            })
            .build();
        let resources = input
            .resources
            .map(|resources| resources.into_iter().map(Resource::definition).collect());
        aws_call::time_for_a_change("create_template", deadline)?;
        let request = client
            .create_generated_template()
            .generated_template_name(name.as_str())
            .template_configuration(configuration)
            .set_resources(resources);
        let output = aws_call::write(deadline, call.clone(), request.send()).await?;
        let id = output
            .generated_template_id()
            .ok_or_else(|| AwsError::unreadable(call, "there is no `GeneratedTemplateId`"))?;
        Ok(Answer::json(&Template {
            status: "INITIATED",
            template_id: id,
            template: None,
            resources: None,
            message: "CloudFormation is generating it. Call `create_template` with this `template_id` until its status is COMPLETED.",
            file_path: None,
        }))
    }

    async fn fetch(
        &self,
        scope: &Scope,
        id: &TemplateId,
        format: Format,
        destination: Option<Destination>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let (session, client) = self.formation.get(scope).await?;
        let subject = Some(format!("template `{id}`"));
        let call = session.call("cloudformation:DescribeGeneratedTemplate", subject.clone());
        let request = client
            .describe_generated_template()
            .generated_template_name(id.as_str());
        let described = aws_call::read(deadline, call.clone(), request.send()).await?;
        let status = described
            .status()
            .ok_or_else(|| AwsError::unreadable(call, "there is no `Status`"))?;
        let resources: Vec<Value> = described.resources().iter().map(detail).collect();
        match status {
            GeneratedTemplateStatus::Complete => {}
            GeneratedTemplateStatus::Failed => {
                let why = described.status_reason().map(one_line);
                let why = why.map_or_else(String::new, |why| format!(": {why}"));
                return Err(CfnError::Template {
                    template_id: id.to_string(),
                    message: format!("generating template `{id}` failed{why}"),
                    resources: resources.into(),
                });
            }
            under_way => {
                return Ok(Answer::json(&Template {
                    status: under_way.as_str(),
                    template_id: id.as_str(),
                    template: None,
                    resources: None,
                    message: "CloudFormation is still at it. Call `create_template` with this `template_id` again in some seconds.",
                    file_path: None,
                }));
            }
        }
        let call = session.call("cloudformation:GetGeneratedTemplate", subject);
        let request = client
            .get_generated_template()
            .generated_template_name(id.as_str())
            .format(match format {
                Format::Json => TemplateFormat::Json,
                Format::Yaml => TemplateFormat::Yaml,
            });
        let output = aws_call::read(deadline, call.clone(), request.send()).await?;
        let body = output
            .template_body()
            .ok_or_else(|| AwsError::unreadable(call, "there is no `TemplateBody`"))?;
        let file_path = match destination {
            Some(destination) => Some(destination.write(body.to_owned()).await?),
            None => None,
        };
        Ok(Answer::json(&Template {
            status: "COMPLETED",
            template_id: id.as_str(),
            template: Some(body),
            resources: Some(resources),
            message: "The template is complete.",
            file_path: file_path.map(|path| path.display().to_string()),
        }))
    }
}

/// Names and order as upstream has them.
#[derive(Debug, Serialize)]
struct Template<'a> {
    status: &'a str,
    template_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<Value>>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_path: Option<String>,
}

impl Resource {
    fn definition(self) -> ResourceDefinition {
        ResourceDefinition::builder()
            .resource_type(self.resource_type)
            .set_resource_identifier(Some(self.resource_identifier.into_iter().collect()))
            .set_logical_resource_id(self.logical_resource_id)
            .build()
    }
}

/// A resource of the template. Names as in the `resources` argument.
fn detail(resource: &ResourceDetail) -> Value {
    let identifier: BTreeMap<&str, &str> = resource
        .resource_identifier()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut detail = json!({
        "ResourceType": resource.resource_type(),
        "ResourceIdentifier": identifier,
        "LogicalResourceId": resource.logical_resource_id(),
        "ResourceStatus": resource.resource_status().map(|status| status.as_str()),
    });
    if let Some(reason) = resource.resource_status_reason() {
        detail["ResourceStatusReason"] = one_line(reason).into();
    }
    let warnings: Vec<Value> = resource
        .warnings()
        .iter()
        .map(|warning| {
            let properties: Vec<&str> = warning
                .properties()
                .iter()
                .filter_map(|property| property.property_path())
                .collect();
            json!({ "Type": warning.r#type().map(|kind| kind.as_str()), "Properties": properties })
        })
        .collect();
    if !warnings.is_empty() {
        detail["Warnings"] = warnings.into();
    }
    detail
}
