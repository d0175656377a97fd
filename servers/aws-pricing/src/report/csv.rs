//! The report as CSV (RFC 4180): the same figures as in markdown, one kind of row for each table.

use std::borrow::Cow;

use serde_json::Value;

use super::{Report, ServiceCost, money, plain, title};

/// One row; what a kind of row does not have stays empty.
#[derive(Debug, Default)]
struct Row<'a> {
    section: Cow<'a, str>,
    service: Cow<'a, str>,
    item: Cow<'a, str>,
    usage: Cow<'a, str>,
    calculation: Cow<'a, str>,
    low: Cow<'a, str>,
    high: Cow<'a, str>,
    notes: Cow<'a, str>,
}

const HEADS: Row<'static> = Row {
    section: Cow::Borrowed("Section"),
    service: Cow::Borrowed("Service"),
    item: Cow::Borrowed("Item"),
    usage: Cow::Borrowed("Usage"),
    calculation: Cow::Borrowed("Calculation"),
    low: Cow::Borrowed("Monthly Cost Low (USD)"),
    high: Cow::Borrowed("Monthly Cost High (USD)"),
    notes: Cow::Borrowed("Notes"),
};

pub(crate) fn csv(report: &Report) -> String {
    let model = Row {
        section: "Pricing Model".into(),
        service: (&report.service_name).into(),
        notes: (&report.pricing_model).into(),
        ..Row::default()
    };
    [HEADS, model]
        .into_iter()
        .chain(unit_prices(report))
        .chain(list_prices(report))
        .chain(report.services.iter().map(cost))
        .chain(total(report))
        .chain(notes(report))
        .chain(sections(report))
        .map(|row| row.line())
        .collect()
}

fn unit_prices(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.services.iter().flat_map(|service| {
        let units = service.units.iter();
        units.map(|(resource, unit, price)| Row {
            section: "Unit Price".into(),
            service: (&service.name).into(),
            item: resource.into(),
            usage: unit.into(),
            calculation: price.into(),
            ..Row::default()
        })
    })
}

fn list_prices(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.list_prices.iter().map(|price| Row {
        section: "List Price".into(),
        service: (&price.product).into(),
        item: (&price.term).into(),
        usage: match price.range.as_str() {
            "" => (&price.unit).into(),
            range => format!("{} ({range})", price.unit).into(),
        },
        calculation: (&price.price).into(),
        notes: (&price.description).into(),
        ..Row::default()
    })
}

fn cost(service: &ServiceCost) -> Row<'_> {
    let figure_of = |amount: Option<f64>| amount.map_or("unknown".into(), figure);
    let free = service.free_tier.as_ref();
    Row {
        section: "Cost".into(),
        service: (&service.name).into(),
        usage: (&service.usage).into(),
        calculation: service.calculation.as_deref().unwrap_or_default().into(),
        low: figure_of(service.cost.map(|cost| cost.low)),
        high: figure_of(service.cost.map(|cost| cost.high)),
        notes: free.map_or("".into(), |free| format!("Free tier: {free}").into()),
        ..Row::default()
    }
}

fn total(report: &Report) -> Option<Row<'_>> {
    let total = report.total()?;
    let of = match report.is_partial() {
        true => "Services with a known cost",
        false => "All services",
    };
    Some(Row {
        section: "Total".into(),
        service: of.into(),
        low: figure(total.low),
        high: figure(total.high),
        ..Row::default()
    })
}

fn notes(report: &Report) -> impl Iterator<Item = Row<'_>> {
    let kinds = [
        ("Assumption", &report.assumptions),
        ("Exclusion", &report.exclusions),
        ("Immediate Action", &report.immediate),
        ("Best Practice", &report.best_practices),
        ("Missing", &report.missing),
    ];
    kinds.into_iter().flat_map(|(section, texts)| {
        texts.iter().map(move |text| Row {
            section: section.into(),
            notes: text.into(),
            ..Row::default()
        })
    })
}

/// What the caller gave beyond the known members.
fn sections(report: &Report) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (name, value) in &report.sections {
        let mut add = |item: String, value: &Value| {
            rows.push(Row {
                section: title(name).into(),
                item: item.into(),
                notes: plain(value).into(),
                ..Row::default()
            });
        };
        match value {
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| add(title(key), value)),
            Value::Array(items) => items.iter().for_each(|item| add(String::new(), item)),
            other => add(String::new(), other),
        }
    }
    rows
}

/// Without separators and currency, so that a spreadsheet can add it up.
fn figure(amount: f64) -> Cow<'static, str> {
    money::amount(amount).replace(',', "").into()
}

impl Row<'_> {
    fn line(&self) -> String {
        let cells = [
            &self.section,
            &self.service,
            &self.item,
            &self.usage,
            &self.calculation,
            &self.low,
            &self.high,
            &self.notes,
        ];
        cells.map(|cell| field(cell)).join(",") + "\r\n"
    }
}

fn field(cell: &str) -> String {
    let guarded = match is_formula(cell) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match guarded.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

/// Whether a spreadsheet would run a cell; an apostrophe makes it text. Some skip spaces, and read
/// the signs of full width: <https://owasp.org/www-community/attacks/CSV_Injection>.
fn is_formula(cell: &str) -> bool {
    let skipped = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    cell.starts_with(['\t', '\r', '\n']) || cell.trim_start_matches(skipped).starts_with(signs)
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
            ("\n=1+1", "\"'\n=1+1\""),
            (" =1+1", "' =1+1"),
            ("\u{feff}@SUM(A1)", "'\u{feff}@SUM(A1)"),
            ("＝1＋1", "'＝1＋1"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(field(cell), text);
        }
    }
}
