//! The operations on tags. Only gateways have them: targets have no ARN.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::error::ApiError;
use crate::gateways::refuse_manifest;
use crate::ids::GatewayId;
use crate::plane::ControlPlane;
use crate::record::GatewayRecord;
use crate::shapes::request::{Body, MOST_TAGS, Tags};

impl ControlPlane {
    pub(crate) async fn tag(&self, arn: &str, body: &[u8]) -> Result<(), ApiError> {
        let tags = Body::parse(body)?
            .tags()?
            .ok_or_else(|| ApiError::field("tags", "must not be null"))?;
        let id = self.tagged(arn)?;
        self.edit_tags(id, move |current| {
            current.extend(tags);
            if current.len() > MOST_TAGS {
                return Err(ApiError::Quota(format!(
                    "a resource has at most {MOST_TAGS} tags"
                )));
            }
            Ok(())
        })
        .await
    }

    pub(crate) async fn untag(&self, arn: &str, query: Option<&str>) -> Result<(), ApiError> {
        let id = self.tagged(arn)?;
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let keys: Vec<_> = query
            .filter(|(name, _)| name == "tagKeys")
            .map(|(_, key)| key.into_owned())
            .collect();
        self.edit_tags(id, move |current| {
            current.retain(|key, _| !keys.contains(key));
            Ok(())
        })
        .await
    }

    pub(crate) fn list_tags(&self, arn: &str) -> Result<Value, ApiError> {
        Ok(json!({ "tags": self.gateway(&self.tagged(arn)?)?.tags }))
    }

    async fn edit_tags(
        &self,
        id: GatewayId,
        edit: impl FnOnce(&mut Tags) -> Result<(), ApiError> + Send + 'static,
    ) -> Result<(), ApiError> {
        self.change(move |draft| {
            let current = draft.gateway(&id)?;
            refuse_manifest(current.origin, "gateway")?;
            let mut record = GatewayRecord::clone(current);
            edit(&mut record.tags)?;
            draft.put_gateway(record);
            Ok(())
        })
        .await
    }

    fn tagged(&self, arn: &str) -> Result<GatewayId, ApiError> {
        if !arn.starts_with("arn:") {
            return Err(ApiError::field(
                "resourceArn",
                format!("'{arn}' is not an ARN"),
            ));
        }
        let id = self.options.place.gateway_of_arn(arn);
        id.ok_or_else(|| {
            ApiError::NotFound(format!("{arn} is no gateway of this account and Region"))
        })
    }
}
