//! Reports of whatever a caller gives: each is written, no table breaks, nothing runs in a
//! spreadsheet, and sums are those of their parts.

use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};
use server_testing::{changed, changes, config, hostile_text, text_of};

use super::money::{Cost, Quantity, UnitPrice};
use super::{Material, Report, csv, markdown, texts};

/// Amounts as people write them, and what is nearly one.
fn near_amount() -> impl Strategy<Value = Value> {
    let pieces = &[
        "$", "USD ", "~", "1", "20.5", "0", "000", "0.00", "999,", ".", "-", " to ", "e9", "k",
        " million", " per ", "/", "month", "GB",
    ];
    prop_oneof![
        4 => "\\$[0-9]{1,6}(\\.[0-9]{1,4})?(-[0-9]{1,6})?".prop_map(Value::String),
        4 => "\\$[0-9.]{1,9} per ([0-9]{1,9}|0\\.0{0,9}1)?( million)? ?(GB|requests)?".prop_map(Value::String),
        4 => "[0-9]{1,9}(k|m| million)? ?(GB|requests)?".prop_map(Value::String),
        3 => text_of(pieces, 0..9).prop_map(Value::String),
        1 => "\\$?[0-9]{300,320}".prop_map(Value::String),
        2 => any::<f64>().prop_map(|number| json!(number)),
    ]
}

fn services() -> impl Strategy<Value = Value> {
    let amounts = || btree_map("[ab]|b_c", near_amount(), 0..3);
    let service = (option::of(near_amount()), amounts(), amounts()).prop_map(
        |(cost, prices, quantities)| json!({ "estimated_cost": cost, "unit_pricing": prices, "usage_quantities": quantities }),
    );
    btree_map(hostile_text(), service, 0..5).prop_map(|services| json!(services))
}

/// Everything that a report can be made from.
fn good() -> Value {
    let dimension = json!({ "unit": "Hrs", "description": "d|e", "beginRange": "0", "endRange": "10", "pricePerUnit": { "USD": "0.0960" } });
    let terms = json!({ "A.J": { "termAttributes": { "PurchaseOption": "No Upfront" }, "priceDimensions": { "1": dimension } } });
    let product = json!({ "productFamily": "Compute", "sku": "A", "attributes": { "instanceType": "m5.large", "regionCode": "us-east-1" } });
    json!({
        "service_name": "x", "pricing_model": "on demand", "related_services": ["y"],
        "pricing_data": { "data": [{ "product": product, "terms": { "OnDemand": terms } }] },
        "assumptions": ["a"], "exclusions": ["=b"],
        "recommendations": { "immediate": ["c"], "best_practices": ["d"] },
        "detailed": { "cost_items": { "k_l": "a\\|b", "saved_cost": -2.5 }, "list": ["x", "y"], "text": "z" },
    })
}

fn any_report() -> impl Strategy<Value = Report> {
    (services(), changes()).prop_map(|(services, changes)| {
        let mut given = good();
        given["detailed"]["services"] = services;
        let given = changed(&given, &changes);
        let object = |name: &str| given[name].as_object().cloned().unwrap_or_default();
        let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
        Report::new(Material {
            pricing_data: object("pricing_data"),
            service_name: text("service_name"),
            related_services: texts(given.get("related_services")),
            pricing_model: text("pricing_model"),
            assumptions: texts(given.get("assumptions")),
            exclusions: texts(given.get("exclusions")),
            detailed: object("detailed"),
            recommendations: object("recommendations"),
        })
    })
}

/// The records of a CSV text, read by others.
fn records(text: &str) -> Vec<Vec<String>> {
    let reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.into_deserialize();
    records
        .collect::<Result<_, _>>()
        .expect("records of one length")
}

/// The two figures of a record; `None` where they are unknown.
fn figures(record: &[String]) -> Option<[f64; 2]> {
    let figure = |cell: &String| cell.parse::<f64>().expect("a number");
    (record[5] != "unknown").then(|| [figure(&record[5]), figure(&record[6])])
}

/// How many cells a row of a markdown table has: a backslash goes with what follows it.
fn cells(row: &str) -> usize {
    let mut letters = row.chars();
    let mut bars = 0;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '|' => bars += 1,
            _ => {}
        }
    }
    bars
}

fn near(one: f64, other: f64, margin: f64) -> bool {
    (one - other).abs() <= margin + 1e-9 * other.abs()
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_total_is_the_sum_of_its_costs(report in any_report()) {
        let records = records(&csv(&report));
        let of = |section: &'static str| records.iter().filter(move |record| record[0] == section);
        prop_assert_eq!(of("Cost").count(), report.services.len());
        let known: Vec<[f64; 2]> = of("Cost").filter_map(|record| figures(record)).collect();
        let totals: Vec<_> = of("Total").filter_map(|record| figures(record)).collect();
        prop_assert_eq!(totals.len(), usize::from(!known.is_empty()), "{:?}", records);
        // Each figure is rounded to a cent.
        let margin = 0.0051 * (known.len() + 1) as f64;
        for total in totals {
            for (end, total) in total.into_iter().enumerate() {
                let sum: f64 = known.iter().map(|cost| cost[end]).sum();
                prop_assert!(total.is_finite() && near(total, sum, margin), "{} {}", total, sum);
            }
        }
    }

    #[test]
    fn no_cell_of_a_spreadsheet_runs(report in any_report()) {
        for cell in records(&csv(&report)).concat() {
            let start = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
            prop_assert!(!start.starts_with(['=', '+', '-', '@']), "{:?}", cell);
        }
    }

    #[test]
    fn rows_of_a_table_have_as_many_cells_as_its_head(report in any_report()) {
        let text = markdown(&report);
        let tables = text.split("\n\n").filter(|block| block.starts_with('|'));
        for table in tables {
            let widths: Vec<usize> = table.lines().map(cells).collect();
            prop_assert!(widths.iter().all(|width| *width == widths[0]), "{}", table);
        }
        prop_assert!(!text.contains("$inf"), "{}", text);
    }

    #[test]
    fn amounts_are_shown_as_they_were_read(value in near_amount(), price in near_amount()) {
        if let Some(cost) = Cost::read(&value) {
            let shown = cost.to_string();
            let again = Cost::read(&json!(shown));
            prop_assert!(again.is_some_and(|again| near(again.low, cost.low, 0.0051) && near(again.high, cost.high, 0.0051)), "{}", shown);
            prop_assert!(0.0 <= cost.low && cost.low <= cost.high);
        }
        let price = price.as_str().and_then(UnitPrice::read);
        if let (Some(price), Some(quantity)) = (price, Quantity::read(&value)) {
            let cost = price.cost_of(&quantity).unwrap_or_default();
            prop_assert!(cost.is_finite() && cost >= 0.0, "{:?} {:?}", price, quantity);
        }
    }
}
