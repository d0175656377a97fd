//! The Price List API, as far as the tools need it.

use std::collections::BTreeSet;

use aws_clients::AwsError;
use aws_sdk_pricing::types::{Filter, Service};

use crate::endpoint;
use crate::error::{Kind, PricingError};
use crate::server::Api;

/// The most that `GetAttributeValues` gives in one answer.
const VALUES_A_PAGE: i32 = 10_000;

/// One page of `GetProducts`.
#[derive(Debug)]
pub(crate) struct Page {
    /// Products, each a JSON text.
    pub(crate) products: Vec<String>,
    pub(crate) next_token: Option<String>,
}

impl Api {
    /// Every service, or the one with the code.
    pub(crate) async fn services(&self, code: Option<&str>) -> Result<Vec<Service>, AwsError> {
        let mut pages = self
            .client
            .describe_services()
            .set_service_code(code.map(str::to_owned))
            .into_paginator()
            .items()
            .send();
        let mut services = Vec::new();
        while let Some(service) = pages.next().await {
            services.push(service.map_err(|error| {
                AwsError::from_sdk(
                    self.session.call("pricing:DescribeServices", about(code)),
                    error,
                )
            })?);
        }
        Ok(services)
    }

    /// Every value of an attribute, sorted, each once.
    pub(crate) async fn values(
        &self,
        code: &str,
        attribute: &str,
    ) -> Result<Vec<String>, AwsError> {
        let mut pages = self
            .client
            .get_attribute_values()
            .service_code(code)
            .attribute_name(attribute)
            .max_results(VALUES_A_PAGE)
            .into_paginator()
            .items()
            .send();
        let mut values = BTreeSet::new();
        while let Some(value) = pages.next().await {
            let value = value.map_err(|error| {
                let subject = format!("attribute `{attribute}` of service `{code}`");
                let call = self
                    .session
                    .call("pricing:GetAttributeValues", Some(subject));
                AwsError::from_sdk(call, error)
            })?;
            values.extend(value.value);
        }
        Ok(values.into_iter().collect())
    }

    /// One page of products.
    pub(crate) async fn products(
        &self,
        code: &str,
        filters: Vec<Filter>,
        max_results: i32,
        next_token: Option<String>,
    ) -> Result<Page, AwsError> {
        let page = self
            .client
            .get_products()
            .service_code(code)
            .set_filters(Some(filters))
            .max_results(max_results)
            .set_next_token(next_token)
            .send()
            .await
            .map_err(|error| {
                let call = self.session.call("pricing:GetProducts", about(Some(code)));
                AwsError::from_sdk(call, error)
            })?;
        Ok(Page {
            next_token: page.next_token.filter(|token| !token.is_empty()),
            products: page.price_list.unwrap_or_default(),
        })
    }

    /// Adds what a refusal of the credentials may come from: prices of another partition.
    pub(crate) fn explain(&self, error: PricingError, asked: Option<&str>) -> PricingError {
        match (error.aws_error(), asked) {
            (Some(AwsError::CredentialsRejected(_)), Some(asked))
                if endpoint::is_elsewhere(self.own_region.as_str(), asked) =>
            {
                error.suggest(format!(
                    "prices of `{asked}` are only in its own AWS partition, which needs credentials of an account there"
                ))
            }
            (Some(AwsError::CredentialsRejected(_)), _)
                if self.own_region.as_str().starts_with("us-gov-") =>
            {
                error.suggest(
                    "AWS GovCloud has no Price List API; its prices are in the commercial one, which needs credentials of a commercial account",
                )
            }
            _ => error,
        }
    }
}

fn about(code: Option<&str>) -> Option<String> {
    code.map(|code| format!("service `{code}`"))
}

/// `api_error`, with advice for what callers get wrong most.
pub(crate) fn api_error(error: AwsError) -> PricingError {
    let advice = match &error {
        AwsError::Invalid(_) | AwsError::NotFound(_) => Some(
            "take the service code from `get_pricing_service_codes`, attributes from `get_pricing_service_attributes`, and values from `get_pricing_attribute_values`; case matters",
        ),
        _ => None,
    };
    let error = PricingError::aws(Kind::ApiError, error);
    match advice {
        Some(advice) => error.suggest(advice),
        None => error,
    }
}
