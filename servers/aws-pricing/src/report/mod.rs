//! Cost reports: what was given, what follows from it, and what is missing. Nothing is invented.

#[cfg(test)]
mod any_report_tests;
mod csv;
mod list_prices;
mod markdown;
mod money;

use serde_json::{Map, Value};

use list_prices::{Found, ListPrice, Terms};
use money::{Cost, Quantity, UnitPrice};

pub(crate) use csv::csv;
pub(crate) use markdown::markdown;

/// The most list prices that a report shows.
const MOST_LISTED: usize = 100;

/// Keys of `detailed_cost_data` that are not sections of their own.
const KNOWN: [&str; 4] = ["services", "assumptions", "exclusions", "recommendations"];

/// What a report is made from.
#[derive(Debug)]
pub(crate) struct Material {
    pub(crate) pricing_data: Map<String, Value>,
    pub(crate) service_name: String,
    pub(crate) related_services: Vec<String>,
    pub(crate) pricing_model: String,
    pub(crate) assumptions: Vec<String>,
    pub(crate) exclusions: Vec<String>,
    pub(crate) detailed: Map<String, Value>,
    pub(crate) recommendations: Map<String, Value>,
}

/// A report, before it is written as markdown or CSV.
#[derive(Debug)]
pub(crate) struct Report {
    service_name: String,
    related_services: Vec<String>,
    pricing_model: String,
    assumptions: Vec<String>,
    exclusions: Vec<String>,
    services: Vec<ServiceCost>,
    list_prices: Vec<ListPrice>,
    immediate: Vec<String>,
    best_practices: Vec<String>,
    sections: Vec<(String, Value)>,
    missing: Vec<String>,
}

/// One service of `detailed_cost_data`.
#[derive(Debug)]
struct ServiceCost {
    name: String,
    usage: String,
    /// What is priced, for which unit, at which price.
    units: Vec<(String, String, String)>,
    free_tier: Option<String>,
    calculation: Option<String>,
    /// The cost as it was given, or as it was computed.
    shown: Option<String>,
    cost: Option<Cost>,
}

impl Report {
    pub(crate) fn new(material: Material) -> Self {
        let Material {
            pricing_data,
            service_name,
            related_services,
            pricing_model,
            mut assumptions,
            mut exclusions,
            mut detailed,
            recommendations,
        } = material;
        let mut missing = Vec::new();
        let found = list_prices::find(&pricing_data, Terms::of_model(&pricing_model));
        note_prices(&found, &pricing_model, &mut missing);
        let services = match detailed.remove("services") {
            Some(Value::Object(services)) => services,
            _ => Map::new(),
        };
        let services: Vec<ServiceCost> = services
            .into_iter()
            .map(|(name, given)| service(name, &given, &mut missing))
            .collect();
        note_costs(&services, &related_services, &mut missing);
        for (list, key) in [
            (&mut assumptions, "assumptions"),
            (&mut exclusions, "exclusions"),
        ] {
            if list.is_empty() {
                *list = texts(detailed.get(key));
            }
        }
        let advice = match (recommendations.is_empty(), detailed.get("recommendations")) {
            (true, Some(Value::Object(inside))) => inside.clone(),
            _ => recommendations,
        };
        let mut list_prices = found.prices;
        if list_prices.len() > MOST_LISTED {
            missing.push(format!(
                "{} of {} list prices are left out: ask `get_pricing` with narrower filters.",
                list_prices.len() - MOST_LISTED,
                list_prices.len()
            ));
            list_prices.truncate(MOST_LISTED);
        }
        Self {
            service_name,
            related_services,
            pricing_model,
            assumptions,
            exclusions,
            services,
            list_prices,
            immediate: texts(advice.get("immediate")),
            best_practices: texts(advice.get("best_practices")),
            sections: detailed
                .into_iter()
                .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
                .collect(),
            missing,
        }
    }

    /// The sum of the costs that are known. `None`: none is.
    fn total(&self) -> Option<Cost> {
        let mut costs = self
            .services
            .iter()
            .filter_map(|service| service.cost)
            .peekable();
        costs.peek()?;
        Some(costs.fold(Cost::ZERO, Cost::plus))
    }

    /// Whether the total lacks a service.
    fn is_partial(&self) -> bool {
        self.services.iter().any(|service| service.cost.is_none())
    }
}

fn note_prices(found: &Found, model: &str, missing: &mut Vec<String>) {
    if let Some(failure) = &found.failure {
        missing.push(format!(
            "`pricing_data` is a failed result of `get_pricing`: {failure}"
        ));
        return;
    }
    if found.unreadable > 0 {
        missing.push(format!(
            "{} entries of `pricing_data.data` are not products of the price list and were not used.",
            found.unreadable
        ));
    }
    if Terms::of_model(model).is_none() {
        missing.push(format!(
            "The price list has no prices for the model \"{model}\"; it has OnDemand, Reserved and FlatRate terms. List prices of all terms are shown."
        ));
    } else if found.products > 0 && found.prices.is_empty() {
        let others = match found.others {
            true => " (there are prices of other terms)",
            false => "",
        };
        missing.push(format!(
            "`pricing_data` has no prices for the model \"{model}\"{others}."
        ));
    }
}

fn note_costs(services: &[ServiceCost], related: &[String], missing: &mut Vec<String>) {
    if services.is_empty() {
        missing.push(
            "No usage was given, so there is no monthly cost. Give `detailed_cost_data.services`: by service `usage`, `unit_pricing` and `usage_quantities`, or `estimated_cost`.".to_owned(),
        );
    }
    for name in related {
        let lower = name.to_lowercase();
        let has = |service: &ServiceCost| {
            let service = service.name.to_lowercase();
            service.contains(&lower) || lower.contains(&service)
        };
        if !services.iter().any(has) {
            missing.push(format!("No cost was given for the related service {name}."));
        }
    }
}

/// Reads one service, computes its cost from unit prices and quantities where it was not given,
/// and checks it against them where it was.
fn service(name: String, given: &Value, missing: &mut Vec<String>) -> ServiceCost {
    let text = |key: &str| given[key].as_str().map(str::to_owned);
    let empty = Map::new();
    let prices = given["unit_pricing"].as_object().unwrap_or(&empty);
    let quantities = given["usage_quantities"].as_object().unwrap_or(&empty);
    let computed = compute(prices, quantities);
    let stated = match &given["estimated_cost"] {
        Value::Null => None,
        value => Some((plain(value), Cost::read(value))),
    };
    let (shown, cost) = match (&stated, &computed) {
        (Some((text, cost)), _) => {
            if cost.is_none() {
                missing.push(format!(
                    "{name}: `estimated_cost` \"{text}\" is no amount per month (write `$20.50` or `$2-3`), so the total is without it."
                ));
            }
            (Some(text.clone()), *cost)
        }
        (None, Ok((amount, _))) => (Some(Cost::of(*amount).to_string()), Some(Cost::of(*amount))),
        (None, Err(reason)) => {
            missing.push(format!("{name}: no cost, because {reason}."));
            (None, None)
        }
    };
    if let (Some((_, Some(cost))), Ok((amount, _))) = (&stated, &computed)
        && !cost.fits(*amount)
    {
        missing.push(format!(
            "{name}: `estimated_cost` is {cost}, but unit prices and quantities give {}. The estimate was used.",
            Cost::of(*amount)
        ));
    }
    let calculation = text("calculation_details").or(match (&stated, computed) {
        (None, Ok((_, calculation))) => Some(calculation),
        _ => None,
    });
    let amounts: Vec<String> = quantities
        .iter()
        .map(|(key, value)| format!("{}: {}", title(key), plain(value)))
        .collect();
    let usage = text("usage").unwrap_or_default();
    let usage = match (usage.as_str(), amounts.is_empty()) {
        (_, true) => usage,
        ("", false) => amounts.join(", "),
        (usage, false) => format!("{usage} ({})", amounts.join(", ")),
    };
    ServiceCost {
        units: prices.iter().map(|(key, price)| unit(key, price)).collect(),
        name,
        usage,
        free_tier: text("free_tier_info"),
        calculation,
        shown,
        cost,
    }
}

/// The cost and how it comes about, or why it cannot be computed.
fn compute(
    prices: &Map<String, Value>,
    quantities: &Map<String, Value>,
) -> Result<(f64, String), String> {
    if prices.is_empty() {
        return Err("neither `estimated_cost` nor `unit_pricing` was given".to_owned());
    }
    let (mut sum, mut parts) = (0.0, Vec::new());
    for (key, text) in prices {
        let Some(price) = UnitPrice::read(&plain(text)) else {
            return Err(format!(
                "the unit price of `{key}`, \"{}\", is not one like `$0.20 per 1M requests`",
                plain(text)
            ));
        };
        let Some(quantity) = quantities.get(key) else {
            return Err(format!("`usage_quantities` has no `{key}`"));
        };
        let quantity = Quantity::read(quantity).ok_or_else(|| {
            format!(
                "the quantity of `{key}`, \"{}\", is no number",
                plain(quantity)
            )
        })?;
        let Some(cost) = price.cost_of(&quantity) else {
            return Err(format!(
                "price and quantity of `{key}` are in different units"
            ));
        };
        sum += cost;
        parts.push(format!(
            "{} x ${} per {}",
            quantity.count(),
            price_text(price.price),
            price.unit()
        ));
    }
    Ok((sum, parts.join(" + ")))
}

fn price_text(price: f64) -> String {
    money::trimmed(&format!("{price:.10}")).to_owned()
}

fn unit(key: &str, price: &Value) -> (String, String, String) {
    let text = plain(price);
    match UnitPrice::read(&text) {
        Some(read) => {
            // The price as it was written, in front of `per` or `/`.
            let end = text
                .find('/')
                .or_else(|| text.to_ascii_lowercase().find("per"))
                .unwrap_or(text.len());
            (title(key), read.unit(), text[..end].trim().to_owned())
        }
        None => (title(key), "N/A".to_owned(), text),
    }
}

/// `a_cost` as `A Cost`.
fn title(key: &str) -> String {
    let words = key.split(['_', ' ']).filter(|word| !word.is_empty());
    let words: Vec<String> = words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str()
        })
        .collect();
    words.join(" ")
}

/// A value as text, without quotation marks.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            items.join(", ")
        }
        other => other.to_string(),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().map(plain).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}
