//! Prices in the data of `get_pricing`.

use serde_json::{Map, Value};

use crate::report::money::trimmed;

/// A price of the price list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListPrice {
    /// What is priced: `m5.large`, or the product family.
    pub(crate) product: String,
    /// `OnDemand`, or `Reserved (1yr, No Upfront, standard)`.
    pub(crate) term: String,
    pub(crate) description: String,
    pub(crate) unit: String,
    /// With its currency: `$0.096`.
    pub(crate) price: String,
    /// `0-10` where the price depends on the quantity, else empty.
    pub(crate) range: String,
}

/// What was found in the data.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Prices of the kind that was asked for.
    pub(crate) prices: Vec<ListPrice>,
    /// Products in the data.
    pub(crate) products: usize,
    /// Whether there are prices of another kind.
    pub(crate) others: bool,
    /// Entries that are no products.
    pub(crate) unreadable: usize,
    /// Why there is no data: the message of a failed `get_pricing`.
    pub(crate) failure: Option<String>,
}

/// Kinds of terms in the price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    OnDemand,
    Reserved,
    FlatRate,
}

impl Terms {
    /// The kind that a pricing model means: `ON DEMAND`, `Reserved Instances`. `None`: one that
    /// the price list does not have, such as Spot or Savings Plans.
    pub(crate) fn of_model(model: &str) -> Option<Self> {
        let letters = model.chars().filter(char::is_ascii_alphabetic);
        let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        if letters.contains("ondemand") || letters.contains("payasyougo") {
            Some(Self::OnDemand)
        } else if letters.contains("reserved") {
            Some(Self::Reserved)
        } else if letters.contains("flatrate") {
            Some(Self::FlatRate)
        } else {
            None
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "OnDemand",
            Self::Reserved => "Reserved",
            Self::FlatRate => "FlatRate",
        }
    }
}

/// Reads the result of `get_pricing`, as structured content or as its `result`; products may also
/// be JSON texts, as the Price List API itself has them.
pub(crate) fn find(data: &Map<String, Value>, wanted: Option<Terms>) -> Found {
    let data = match data.get("result").and_then(Value::as_object) {
        Some(result) => result,
        None => data,
    };
    let mut found = Found::default();
    if data.get("status").is_some_and(|status| status == "error") {
        let message = data.get("message").and_then(Value::as_str);
        found.failure = Some(message.unwrap_or("no message").to_owned());
        return found;
    }
    for entry in data
        .get("data")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let parsed = entry
            .as_str()
            .and_then(|text| serde_json::from_str::<Value>(text).ok());
        let product = parsed.as_ref().unwrap_or(entry);
        match product.get("terms") {
            Some(terms) => {
                found.products += 1;
                add(&mut found, label(&product["product"]), terms, wanted);
            }
            None => found.unreadable += 1,
        }
    }
    found
}

/// Adds the prices of the product that `label` names.
fn add(found: &mut Found, label: String, terms: &Value, wanted: Option<Terms>) {
    for (kind, offers) in object(Some(terms)) {
        for (_, offer) in object(Some(offers)) {
            for (_, dimension) in object(offer.get("priceDimensions")) {
                if wanted.is_some_and(|wanted| wanted.as_str() != kind) {
                    found.others = true;
                    continue;
                }
                for (currency, price) in object(dimension.get("pricePerUnit")) {
                    let text = |name: &str| dimension[name].as_str().unwrap_or_default().to_owned();
                    found.prices.push(ListPrice {
                        product: label.clone(),
                        term: term(kind, &offer["termAttributes"]),
                        description: text("description"),
                        unit: text("unit"),
                        price: shown(currency, price.as_str().unwrap_or("?")),
                        range: range(&text("beginRange"), &text("endRange")),
                    });
                }
            }
        }
    }
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// The attribute that tells products of a family apart, where there is a usual one.
fn label(product: &Value) -> String {
    let telling = [
        "instanceType",
        "instanceName",
        "model",
        "cacheNodeType",
        "volumeApiName",
        "storageClass",
        "groupDescription",
        "group",
        "usagetype",
    ];
    let attributes = &product["attributes"];
    let named = telling.iter().find_map(|name| attributes[*name].as_str());
    let family = product["productFamily"].as_str();
    let name = named.or(family).or_else(|| product["sku"].as_str());
    let name = name.unwrap_or("unnamed product").to_owned();
    match attributes["regionCode"].as_str() {
        Some(region) => format!("{name} ({region})"),
        None => name,
    }
}

fn term(kind: &str, attributes: &Value) -> String {
    let parts: Vec<&str> = ["LeaseContractLength", "PurchaseOption", "OfferingClass"]
        .iter()
        .filter_map(|name| attributes[*name].as_str())
        .collect();
    match parts.is_empty() {
        true => kind.to_owned(),
        false => format!("{kind} ({})", parts.join(", ")),
    }
}

fn shown(currency: &str, price: &str) -> String {
    match currency {
        "USD" => format!("${}", trimmed(price)),
        other => format!("{} {other}", trimmed(price)),
    }
}

fn range(begin: &str, end: &str) -> String {
    match (begin, end) {
        ("" | "0", "" | "Inf") => String::new(),
        (begin, "Inf") => format!("over {begin}"),
        (begin, end) => format!("{begin}-{end}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn product() -> Value {
        let dimension = |price: &str, begin: &str, end: &str| json!({ "unit": "Hrs", "description": "d", "beginRange": begin, "endRange": end, "pricePerUnit": { "USD": price } });
        json!({
            "product": { "productFamily": "Compute Instance", "sku": "A", "attributes": { "instanceType": "m5.large", "regionCode": "us-east-1" } },
            "terms": {
                "OnDemand": { "A.J": { "termAttributes": {}, "priceDimensions": { "1": dimension("0.0960000000", "0", "Inf") } } },
                "Reserved": { "A.4": {
                    "termAttributes": { "LeaseContractLength": "1yr", "PurchaseOption": "No Upfront" },
                    "priceDimensions": { "1": dimension("0.06", "0", "10"), "2": dimension("0.05", "10", "Inf") }
                } }
            }
        })
    }

    fn prices(data: Value, wanted: Option<Terms>) -> Found {
        find(data.as_object().unwrap(), wanted)
    }

    fn rows(found: &Found) -> Vec<String> {
        let row = |p: &ListPrice| {
            format!(
                "{} | {} | {} {} | {}",
                p.product, p.term, p.price, p.unit, p.range
            )
        };
        found.prices.iter().map(row).collect()
    }

    #[test]
    fn every_form_of_the_data_is_read() {
        let bare = json!({ "status": "success", "data": [product()] });
        let texts = json!({ "data": [product().to_string()] });
        for data in [json!({ "result": bare }), bare, texts] {
            let found = prices(data, Some(Terms::OnDemand));
            assert_eq!(
                rows(&found),
                ["m5.large (us-east-1) | OnDemand | $0.096 Hrs | "]
            );
            assert!(found.others);
        }
    }

    #[test]
    fn the_terms_of_the_model_are_taken() {
        let data = json!({ "data": [product(), 1, "text"] });
        let found = prices(data.clone(), Some(Terms::Reserved));
        assert_eq!(
            rows(&found),
            [
                "m5.large (us-east-1) | Reserved (1yr, No Upfront) | $0.06 Hrs | 0-10",
                "m5.large (us-east-1) | Reserved (1yr, No Upfront) | $0.05 Hrs | over 10",
            ]
        );
        assert_eq!((found.products, found.unreadable), (1, 2));
        assert_eq!(prices(data, None).prices.len(), 3);
        for (model, terms) in [
            ("ON DEMAND", Some(Terms::OnDemand)),
            ("on-demand", Some(Terms::OnDemand)),
            ("Reserved Instances", Some(Terms::Reserved)),
            ("Flat rate", Some(Terms::FlatRate)),
            ("Savings Plans", None),
        ] {
            assert_eq!(Terms::of_model(model), terms, "{model}");
        }
    }

    #[test]
    fn a_product_that_does_not_say_what_it_is_has_its_prices() {
        let mut product = product();
        product.as_object_mut().unwrap().remove("product");
        let found = prices(json!({ "data": [product] }), Some(Terms::OnDemand));
        assert_eq!(rows(&found), ["unnamed product | OnDemand | $0.096 Hrs | "]);
    }

    #[test]
    fn a_failed_result_is_no_data() {
        let found = prices(
            json!({ "result": { "status": "error", "message": "m" } }),
            None,
        );
        assert_eq!(found.failure.as_deref(), Some("m"));
    }
}
