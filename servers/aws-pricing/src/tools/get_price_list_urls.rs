//! `get_price_list_urls`: where a service's whole price list can be downloaded.

use agentcore_gateway_target::{Parameters, tool_meta};
use aws_clients::AwsError;
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::ObjectOutput;
use crate::answer::Answer;
use crate::endpoint;
use crate::error::{Kind, PricingError};
use crate::server::Server;

/// Input of `get_price_list_urls`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Code of the service, from `get_pricing_service_codes`: `AmazonEC2`.
    service_code: String,
    /// Region whose prices are in the files: `us-east-1`.
    region: String,
    /// Time at which the prices held, UTC, as `YYYY-MM-DD HH:MM`; also `YYYY-MM-DD`, or RFC 3339.
    /// Default: now.
    #[serde(default)]
    effective_date: Option<String>,
}

#[tool_router(router = get_price_list_urls_router, vis = "pub(crate)")]
impl Server {
    /// Find the download addresses of a service's whole price list in a region, by format:
    /// `{"csv": url, "json": url}`. The files can be hundreds of megabytes; for single prices use
    /// `get_pricing`.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<ObjectOutput>(),
        meta = tool_meta(&["pricing:ListPriceLists", "pricing:GetPriceListFileUrl"], None)
    )]
    async fn get_price_list_urls(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        let Input {
            service_code: code,
            region,
            effective_date,
        } = input;
        let now = || Timestamp::now().strftime("%Y-%m-%d %H:%M").to_string();
        let date = effective_date.unwrap_or_else(now);
        let currency = endpoint::currency(&region);
        let about = |error: PricingError| {
            error
                .field("service_code", code.as_str())
                .field("region", region.as_str())
                .field("effective_date", date.as_str())
                .field("currency", currency)
        };
        let time = time(&date).ok_or_else(|| {
            let message = format!("`effective_date`: {date:?} is not a time");
            about(
                PricingError::new(Kind::InvalidArguments, message)
                    .suggest("write it as `2025-01-31 08:00` (UTC)"),
            )
        })?;
        let failed = |error| PricingError::aws(Kind::ListPriceListsFailed, error);
        let api = self
            .api(Some(&region))
            .await
            .map_err(failed)
            .map_err(about)?;
        let subject = format!("service `{code}` in `{region}`");
        let lists = api
            .client
            .list_price_lists()
            .service_code(&code)
            .effective_date(DateTime::from_secs(time.as_second()))
            .region_code(&region)
            .currency_code(currency)
            .send()
            .await
            .map_err(|error| {
                let call = api
                    .session
                    .call("pricing:ListPriceLists", Some(subject.clone()));
                let error = failed(AwsError::from_sdk(call, error));
                about(api.explain(error, Some(&region)))
            })?;
        let list = lists.price_lists().first();
        let Some((list, arn)) = list.and_then(|list| Some((list, list.price_list_arn()?))) else {
            let message = format!("there was no price list of {subject} in {currency} at {date}");
            return Err(about(PricingError::new(Kind::NoPriceListFound, message).suggest(
                "check the code with `get_pricing_service_codes` and the region; for a date long ago try a later one",
            )));
        };
        let about = |error: PricingError| about(error).field("price_list_arn", arn);
        if list.file_formats().is_empty() {
            let message = format!("the price list of {subject} has no files");
            return Err(about(
                PricingError::new(Kind::NoFormatsAvailable, message)
                    .suggest("ask for single prices with `get_pricing`"),
            ));
        }
        let mut urls = Map::new();
        for format in list.file_formats() {
            let answer = api
                .client
                .get_price_list_file_url()
                .price_list_arn(arn)
                .file_format(format)
                .send()
                .await
                .map_err(|error| {
                    let subject = format!("format {format} of the price list of {subject}");
                    let call = api
                        .session
                        .call("pricing:GetPriceListFileUrl", Some(subject));
                    let error = AwsError::from_sdk(call, error);
                    let error = PricingError::aws(Kind::FormatUrlFailed, error);
                    about(error.field("file_format", format.as_str()))
                })?;
            let Some(url) = answer.url().filter(|url| !url.is_empty()) else {
                let message = format!(
                    "AWS gave no address for format {format} of the price list of {subject}"
                );
                return Err(about(
                    PricingError::new(Kind::EmptyUrlResponse, message)
                        .suggest("call again in a moment")
                        .field("file_format", format.as_str()),
                ));
            };
            urls.insert(format.to_lowercase(), url.into());
        }
        Ok(Answer::json(Value::Object(urls)))
    }
}

/// UTC where the text has no zone.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil = civil::DateTime::strptime("%Y-%m-%d %H:%M", text)
        .or_else(|_| text.parse::<civil::DateTime>())
        .ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_zone_are_utc() {
        for (text, seconds) in [
            ("2025-01-02 00:00", 1_735_776_000),
            ("2025-01-02", 1_735_776_000),
            ("2025-01-02T00:00:30", 1_735_776_030),
            ("2025-01-02T01:00:00+01:00", 1_735_776_000),
            ("2025-01-02T00:00:00Z", 1_735_776_000),
        ] {
            assert_eq!(time(text).unwrap().as_second(), seconds, "{text}");
        }
        for text in ["", "yesterday", "2025-13-01 00:00", "02.01.2025"] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
