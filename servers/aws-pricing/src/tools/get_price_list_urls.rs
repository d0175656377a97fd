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
use crate::server::{Api, Server};

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
        let now = || Timestamp::now().strftime("%Y-%m-%d %H:%M").to_string();
        let wanted = Wanted {
            currency: endpoint::currency(&input.region),
            date: input.effective_date.unwrap_or_else(now),
            code: input.service_code,
            region: input.region,
        };
        let urls = self.price_list_urls(&wanted).await;
        let urls = urls.map_err(|error| wanted.name(error))?;
        Ok(Answer::json(Value::Object(urls)))
    }
}

/// Which price list is looked for.
struct Wanted {
    code: String,
    region: String,
    /// As the caller wrote it.
    date: String,
    currency: &'static str,
}

impl Server {
    /// Addresses of the list's files, by format in lower case.
    async fn price_list_urls(&self, wanted: &Wanted) -> Result<Map<String, Value>, PricingError> {
        let date = &wanted.date;
        let time = time(date).ok_or_else(|| {
            let message = format!("`effective_date`: {date:?} is not a time");
            PricingError::new(Kind::InvalidArguments, message)
                .suggest("write it as `2025-01-31 08:00` (UTC)")
        })?;
        let api = self.api(Some(&wanted.region)).await;
        let api = api.map_err(|error| PricingError::aws(Kind::ListPriceListsFailed, error))?;
        let (arn, formats) = wanted.list(&api, time).await?;
        let mut urls = Map::new();
        for format in formats {
            let url = wanted.file_url(&api, &arn, &format).await;
            let named = |error: PricingError| {
                error
                    .field("price_list_arn", arn.as_str())
                    .field("file_format", format.as_str())
            };
            urls.insert(format.to_lowercase(), url.map_err(named)?.into());
        }
        Ok(urls)
    }
}

impl Wanted {
    /// An error with what was looked for.
    fn name(&self, error: PricingError) -> PricingError {
        error
            .field("service_code", self.code.as_str())
            .field("region", self.region.as_str())
            .field("effective_date", self.date.as_str())
            .field("currency", self.currency)
    }

    fn subject(&self) -> String {
        format!("service `{}` in `{}`", self.code, self.region)
    }

    /// The ARN of the list that held then, and the formats of its files, at least one.
    async fn list(
        &self,
        api: &Api,
        time: Timestamp,
    ) -> Result<(String, Vec<String>), PricingError> {
        let subject = self.subject();
        let lists = api
            .client
            .list_price_lists()
            .service_code(&self.code)
            .effective_date(DateTime::from_secs(time.as_second()))
            .region_code(&self.region)
            .currency_code(self.currency)
            .send()
            .await
            .map_err(|error| {
                let call = api
                    .session
                    .call("pricing:ListPriceLists", Some(subject.clone()));
                let error = AwsError::from_sdk(call, error);
                let error = PricingError::aws(Kind::ListPriceListsFailed, error);
                api.explain(error, Some(&self.region))
            })?;
        let list = lists.price_lists().first();
        let Some((list, arn)) = list.and_then(|list| Some((list, list.price_list_arn()?))) else {
            let Self { currency, date, .. } = self;
            let message = format!("there was no price list of {subject} in {currency} at {date}");
            return Err(PricingError::new(Kind::NoPriceListFound, message).suggest(
                "check the code with `get_pricing_service_codes` and the region; for a date long ago try a later one",
            ));
        };
        let formats = list.file_formats();
        if formats.is_empty() {
            let message = format!("the price list of {subject} has no files");
            let error = PricingError::new(Kind::NoFormatsAvailable, message)
                .suggest("ask for single prices with `get_pricing`");
            return Err(error.field("price_list_arn", arn));
        }
        Ok((arn.to_owned(), formats.to_vec()))
    }

    /// Where one of the list's files is.
    async fn file_url(&self, api: &Api, arn: &str, format: &str) -> Result<String, PricingError> {
        let file = format!("format {format} of the price list of {}", self.subject());
        let answer = api
            .client
            .get_price_list_file_url()
            .price_list_arn(arn)
            .file_format(format)
            .send()
            .await
            .map_err(|error| {
                let action = "pricing:GetPriceListFileUrl";
                let call = api.session.call(action, Some(file.clone()));
                PricingError::aws(Kind::FormatUrlFailed, AwsError::from_sdk(call, error))
            })?;
        match answer.url {
            Some(url) if !url.is_empty() => Ok(url),
            _ => {
                let message = format!("AWS gave no address for {file}");
                let error = PricingError::new(Kind::EmptyUrlResponse, message);
                Err(error.suggest("call again in a moment"))
            }
        }
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
