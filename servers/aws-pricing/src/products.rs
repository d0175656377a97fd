//! Products of the price list: reading, trimming, measuring.

use serde_json::{Map, Value};

/// What stands for a kind of terms that was not asked for, as upstream has it.
const FILTERED: &str = "<filtered by output_options.pricing_terms>";

/// What of each product is wanted.
#[derive(Debug, Default)]
pub(crate) struct Trim {
    /// Kinds of terms to keep: `OnDemand`, `Reserved`, `FlatRate`. `None`: all.
    pub(crate) terms: Option<Vec<String>>,
    /// Attributes to keep. `None`: all.
    pub(crate) attributes: Option<Vec<String>>,
    /// Leaves out what costs nothing on demand.
    pub(crate) without_free: bool,
}

/// The products of a page, and how many were left out as free.
#[derive(Debug)]
pub(crate) struct Products {
    pub(crate) items: Vec<Value>,
    pub(crate) free: usize,
}

/// Reads the texts of a page and trims them.
///
/// # Errors
///
/// When one is not a JSON object.
pub(crate) fn read(texts: &[String], trim: &Trim) -> Result<Products, serde_json::Error> {
    let mut products = Products {
        items: Vec::with_capacity(texts.len()),
        free: 0,
    };
    for text in texts {
        let mut product: Map<String, Value> = serde_json::from_str(text)?;
        if trim.without_free && is_free(&product) {
            products.free += 1;
            continue;
        }
        product.remove("serviceCode");
        trim.apply(&mut product);
        products.items.push(Value::Object(product));
    }
    Ok(products)
}

/// How long the products are as compact JSON, in characters.
pub(crate) fn characters(items: &[Value]) -> usize {
    items
        .iter()
        .map(|item| item.to_string().chars().count())
        .sum()
}

impl Trim {
    fn apply(&self, product: &mut Map<String, Value>) {
        if let (Some(kept), Some(terms)) = (&self.terms, object(product, "terms")) {
            for (kind, term) in terms.iter_mut() {
                if !kept.contains(kind) {
                    *term = FILTERED.into();
                }
            }
        }
        if let (Some(kept), Some(product)) = (&self.attributes, object(product, "product"))
            && let Some(attributes) = object(product, "attributes")
        {
            attributes.retain(|name, _| kept.contains(name));
        }
    }
}

fn object<'a>(owner: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
    owner.get_mut(name).and_then(Value::as_object_mut)
}

/// Whether there are prices on demand, and all of them are zero.
fn is_free(product: &Map<String, Value>) -> bool {
    let on_demand = product
        .get("terms")
        .and_then(|terms| terms["OnDemand"].as_object());
    let mut prices = on_demand
        .into_iter()
        .flat_map(Map::values)
        .filter_map(|offer| offer["priceDimensions"].as_object())
        .flat_map(Map::values)
        .filter_map(|dimension| dimension["pricePerUnit"].as_object())
        .flat_map(Map::values)
        .filter_map(|price| price.as_str()?.parse::<f64>().ok())
        .peekable();
    prices.peek().is_some() && prices.all(|price| price == 0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn product(prices: &[&str]) -> Value {
        let dimensions: Map<String, Value> = prices
            .iter()
            .enumerate()
            .map(|(n, price)| (n.to_string(), json!({ "pricePerUnit": { "USD": price } })))
            .collect();
        json!({
            "serviceCode": "S",
            "product": { "sku": "A", "attributes": { "memory": "8 GiB", "vcpu": "2" } },
            "terms": { "OnDemand": { "A.J": { "priceDimensions": dimensions } }, "Reserved": {} }
        })
    }

    fn trimmed(product: &Value, trim: &Trim) -> Vec<Value> {
        read(&[product.to_string()], trim).unwrap().items
    }

    #[test]
    fn what_is_not_asked_for_is_left_out() {
        let trim = Trim {
            terms: Some(vec!["Reserved".to_owned()]),
            attributes: Some(vec!["vcpu".to_owned()]),
            without_free: false,
        };
        assert_eq!(
            trimmed(&product(&["1"]), &trim),
            [json!({
                "product": { "sku": "A", "attributes": { "vcpu": "2" } },
                "terms": { "OnDemand": FILTERED, "Reserved": {} }
            })]
        );
    }

    #[test]
    fn only_what_costs_nothing_on_demand_is_free() {
        let without_free = Trim {
            without_free: true,
            ..Trim::default()
        };
        for (prices, kept) in [
            (&["0.0000000000"][..], false),
            (&["0", "0.0"], false),
            (&["0", "0.1"], true),
            // Unknown is not free.
            (&[], true),
        ] {
            let items = trimmed(&product(prices), &without_free);
            assert_eq!(!items.is_empty(), kept, "{prices:?}");
        }
        let reserved_only = json!({ "terms": { "Reserved": {} } });
        assert_eq!(trimmed(&reserved_only, &without_free).len(), 1);
        assert_eq!(trimmed(&product(&["0"]), &Trim::default()).len(), 1);
    }

    #[test]
    fn size_is_counted_in_characters_of_compact_json() {
        assert_eq!(characters(&[json!({ "a": "é" }), json!([1])]), 9 + 3);
    }
}
