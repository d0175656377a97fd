//! The report as CSV (RFC 4180): the same figures as in markdown, one kind of row for each table.

use super::{Report, plain, title};
use serde_json::Value;

const HEADS: [&str; 8] = [
    "Section",
    "Service",
    "Item",
    "Usage",
    "Calculation",
    "Monthly Cost Low (USD)",
    "Monthly Cost High (USD)",
    "Notes",
];

pub(crate) fn csv(report: &Report) -> String {
    let mut rows: Vec<[String; 8]> = vec![HEADS.map(str::to_owned)];
    let mut add = |cells: [&str; 8]| rows.push(cells.map(str::to_owned));
    let note = |section: &'static str, text: &str| {
        [section, "", "", "", "", "", "", text].map(str::to_owned)
    };
    add([
        "Pricing Model",
        &report.service_name,
        "",
        "",
        "",
        "",
        "",
        &report.pricing_model,
    ]);
    for service in &report.services {
        for (resource, unit, price) in &service.units {
            add([
                "Unit Price",
                &service.name,
                resource,
                unit,
                price,
                "",
                "",
                "",
            ]);
        }
    }
    for price in &report.list_prices {
        let unit = match price.range.as_str() {
            "" => price.unit.clone(),
            range => format!("{} ({range})", price.unit),
        };
        add([
            "List Price",
            &price.product,
            &price.term,
            &unit,
            &price.price,
            "",
            "",
            &price.description,
        ]);
    }
    for service in &report.services {
        let (low, high) = match service.cost {
            Some(cost) => (figure(cost.low), figure(cost.high)),
            None => ("unknown".to_owned(), "unknown".to_owned()),
        };
        let calculation = service.calculation.as_deref().unwrap_or_default();
        let free = service
            .free_tier
            .as_ref()
            .map(|free| format!("Free tier: {free}"));
        add([
            "Cost",
            &service.name,
            "",
            &service.usage,
            calculation,
            &low,
            &high,
            free.as_deref().unwrap_or_default(),
        ]);
    }
    if let Some(total) = report.total() {
        let of = match report.is_partial() {
            true => "Services with a known cost",
            false => "All services",
        };
        add([
            "Total",
            of,
            "",
            "",
            "",
            &figure(total.low),
            &figure(total.high),
            "",
        ]);
    }
    for (section, texts) in [
        ("Assumption", &report.assumptions),
        ("Exclusion", &report.exclusions),
        ("Immediate Action", &report.immediate),
        ("Best Practice", &report.best_practices),
        ("Missing", &report.missing),
    ] {
        rows.extend(texts.iter().map(|text| note(section, text)));
    }
    for (name, value) in &report.sections {
        let name = title(name);
        let mut add = |item: &str, text: &str| {
            rows.push([&name, "", item, "", "", "", "", text].map(str::to_owned));
        };
        match value {
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| add(&title(key), &plain(value))),
            Value::Array(items) => items.iter().for_each(|item| add("", &plain(item))),
            other => add("", &plain(other)),
        }
    }
    rows.iter()
        .map(|row| row.each_ref().map(|cell| field(cell)).join(",") + "\r\n")
        .collect()
}

/// Without separators and currency, so that a spreadsheet can add it up.
fn figure(amount: f64) -> String {
    super::money::amount(amount).replace(',', "")
}

/// A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text.
fn field(cell: &str) -> String {
    let guarded = match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}"),
        _ => cell.to_owned(),
    };
    match guarded.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (cell, text) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-1", "'-1"),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(field(cell), text);
        }
    }
}
