//! Schemas of resource types: fetched once per process, and what they forbid an update to touch.

use std::collections::HashMap;
use std::sync::Arc;

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, RegionName, Scope};
use aws_sdk_cloudformation::types::RegistryType;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::aws_call;
use crate::error::CfnError;
use crate::names::TypeName;
use crate::patch::Change;
use crate::server::Server;

/// Schemas kept at once. The largest have some hundred kilobytes.
const MOST_SCHEMAS: usize = 64;

type Key = (RegionName, TypeName);

/// Schemas by region and type. Regions differ: AWS rolls changes out one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schemas {
    kept: Arc<Mutex<HashMap<Key, Arc<Value>>>>,
}

impl Server {
    /// The schema of a resource type as it is published, from memory or from `DescribeType`.
    pub(crate) async fn schema(
        &self,
        scope: &Scope,
        type_name: &TypeName,
        deadline: Deadline,
    ) -> Result<Arc<Value>, CfnError> {
        let (session, client) = self.formation.get(scope).await?;
        let key = (session.region().clone(), type_name.clone());
        if let Some(schema) = self.schemas.kept.lock().await.get(&key) {
            return Ok(Arc::clone(schema));
        }
        let call = session.call(
            "cloudformation:DescribeType",
            Some(format!("resource type `{type_name}`")),
        );
        let request = client
            .describe_type()
            .r#type(match type_name.is_module() {
                true => RegistryType::Module,
                false => RegistryType::Resource,
            })
            .type_name(type_name.as_str());
        let output = aws_call::read(deadline, call.clone(), request.send()).await?;
        let schema: Value = output
            .schema()
            .and_then(|schema| serde_json::from_str(schema).ok())
            .filter(Value::is_object)
            .ok_or_else(|| AwsError::unreadable(call, "`Schema` holds no JSON object"))?;
        let schema = Arc::new(schema);
        let mut kept = self.schemas.kept.lock().await;
        if kept.len() >= MOST_SCHEMAS {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&schema));
        Ok(schema)
    }
}

/// A change that AWS will refuse.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Forbidden {
    path: String,
    reason: &'static str,
}

/// Which changes touch what an update may not change.
/// <https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html>
pub(crate) fn forbidden(schema: &Value, changes: &[Change]) -> Vec<Forbidden> {
    const RULES: [(&str, &str); 2] = [
        (
            "createOnlyProperties",
            "can only be set when the resource is created",
        ),
        ("readOnlyProperties", "is set by AWS"),
    ];
    let mut found = Vec::new();
    for change in changes {
        for (rule, reason) in RULES {
            let rules = schema[rule].as_array().into_iter().flatten();
            if rules
                .filter_map(Value::as_str)
                .any(|protected| touches(&change.path, protected))
            {
                found.push(Forbidden {
                    path: change.path.clone(),
                    reason,
                });
            }
        }
    }
    found
}

/// Whether a path is a protected property or inside of one. `/properties/Tags/*/Key` covers every
/// index. A path above one is no clear case: what it replaces may leave the property as it is.
fn touches(path: &str, protected: &str) -> bool {
    let Some(protected) = protected.strip_prefix("/properties") else {
        return false;
    };
    let mut path = path.split('/');
    protected.split('/').all(|wanted| {
        path.next()
            .is_some_and(|part| wanted == "*" || wanted == part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_protected_with_all_that_is_in_it() {
        for (path, protected, expected) in [
            ("/BucketName", "/properties/BucketName", true),
            ("/BucketName/x", "/properties/BucketName", true),
            ("/Bucket", "/properties/BucketName", false),
            ("/A", "/properties/A/B", false),
            ("/A/B/C", "/properties/A/B", true),
            ("/Tags/0/Key", "/properties/Tags/*/Key", true),
            ("/Tags/0/Value", "/properties/Tags/*/Key", false),
            ("/BucketName", "BucketName", false),
        ] {
            assert_eq!(touches(path, protected), expected, "{path} {protected}");
        }
    }
}
