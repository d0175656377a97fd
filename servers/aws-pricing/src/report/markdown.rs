//! The report as markdown. Sections are upstream's.

use std::fmt::Write as _;

use serde_json::Value;

use super::money::Cost;
use super::{Report, ServiceCost, plain, title};

/// Growth a month, by name.
const GROWTH: [(&str, f64); 3] = [("Steady", 1.0), ("Moderate", 1.05), ("Rapid", 1.1)];
/// Month, and how often the growth was applied by then.
const MONTHS: [(&str, i32); 4] = [
    ("Month 1", 0),
    ("Month 3", 2),
    ("Month 6", 5),
    ("Month 12", 11),
];

/// Advice where the caller gave none.
const IMMEDIATE: [&str; 3] = [
    "Compare this estimate with the first real bill, and correct the quantities",
    "Set a budget with an alert, and tag what belongs to the workload",
    "Stop or shrink what runs idle: test environments, oversized instances, unattached volumes",
];
const BEST_PRACTICES: [&str; 3] = [
    "Commit (Reserved Instances, Savings Plans) only to the use that is steady for a year",
    "Look at the largest line of the bill first, and at data transfer",
    "Review the estimate when usage, region or prices change",
];

// Writing to a `String` cannot fail, so results of `write!` are dropped.
pub(crate) fn markdown(report: &Report) -> String {
    let mut text = format!(
        "# {} Cost Analysis Estimate Report\n",
        line(&report.service_name)
    );
    overview(&mut text, report);
    section(
        &mut text,
        "Assumptions",
        &report.assumptions,
        "None were given.",
    );
    section(
        &mut text,
        "Limitations and Exclusions",
        &report.exclusions,
        "None were given.",
    );
    text.push_str("\nList prices leave out taxes, support, credits and negotiated discounts.\n");
    breakdown(&mut text, report);
    scaling(&mut text, report);
    projection(&mut text, report);
    extra(&mut text, report);
    advice(&mut text, report);
    if !report.missing.is_empty() {
        section(
            &mut text,
            "What Is Missing or Doubtful",
            &report.missing,
            "",
        );
    }
    conclusion(&mut text, report);
    text
}

fn overview(text: &mut String, report: &Report) {
    let _ = write!(
        text,
        "\n## Service Overview\n\nMonthly cost of {}",
        line(&report.service_name)
    );
    if !report.related_services.is_empty() {
        let _ = write!(text, " with {}", line(&report.related_services.join(", ")));
    }
    text.push_str(", in US dollars, computed from what the caller gave.\n");
    let _ = write!(
        text,
        "\n## Pricing Model\n\n**{}**\n",
        line(&report.pricing_model)
    );
}

fn section(text: &mut String, heading: &str, items: &[String], otherwise: &str) {
    let _ = write!(text, "\n## {heading}\n\n");
    bullets(text, items, otherwise);
}

fn bullets<T: AsRef<str>>(text: &mut String, items: &[T], otherwise: &str) {
    for item in items {
        let _ = writeln!(text, "- {}", line(item.as_ref()));
    }
    if items.is_empty() {
        let _ = writeln!(text, "{otherwise}");
    }
}

fn breakdown(text: &mut String, report: &Report) {
    text.push_str("\n## Cost Breakdown\n");
    unit_prices(text, report);
    if !report.list_prices.is_empty() {
        list_prices(text, report);
    }
    calculation(text, report);
    free_tier(text, report);
}

fn unit_prices(text: &mut String, report: &Report) {
    text.push_str("\n### Unit Pricing Details\n\n");
    if report
        .services
        .iter()
        .all(|service| service.units.is_empty())
    {
        text.push_str("No unit prices were given.\n");
        return;
    }
    table(
        text,
        &["Service", "Resource Type", "Unit", "Price", "Free Tier"],
    );
    for service in &report.services {
        let free = service.free_tier.as_deref().unwrap_or("N/A");
        for (resource, unit, price) in &service.units {
            row(text, &[&service.name, resource, unit, price, free]);
        }
    }
}

fn list_prices(text: &mut String, report: &Report) {
    text.push_str("\n### List Prices\n\n");
    table(
        text,
        &[
            "Product",
            "Term",
            "Description",
            "Unit",
            "Price",
            "Quantity",
        ],
    );
    for price in &report.list_prices {
        let range = match price.range.as_str() {
            "" => "any",
            range => range,
        };
        row(
            text,
            &[
                &price.product,
                &price.term,
                &price.description,
                &price.unit,
                &price.price,
                range,
            ],
        );
    }
}

fn calculation(text: &mut String, report: &Report) {
    text.push_str("\n### Cost Calculation\n\n");
    table(text, &["Service", "Usage", "Calculation", "Monthly Cost"]);
    for service in &report.services {
        let usage = match service.usage.as_str() {
            "" => "not given",
            usage => usage,
        };
        let calculation = service.calculation.as_deref().unwrap_or("N/A");
        let cost = service.shown.as_deref().unwrap_or("unknown");
        row(text, &[&service.name, usage, calculation, cost]);
    }
    if report.services.is_empty() {
        row(text, &[&report.service_name, "not given", "N/A", "unknown"]);
    }
    if let Some(total) = report.total() {
        let (what, of) = match report.is_partial() {
            true => ("Sum of the known costs", "Services with a known cost"),
            false => ("Sum of all calculations", "All services"),
        };
        let cells = [
            "**Total**",
            &format!("**{of}**"),
            &format!("**{what}**"),
            &format!("**{total}/month**"),
        ];
        row(text, &cells);
    }
}

fn free_tier(text: &mut String, report: &Report) {
    text.push_str("\n### Free Tier\n\n");
    let of_service = |service: &ServiceCost| {
        let free = service.free_tier.as_ref()?;
        Some(format!("**{}**: {free}", service.name))
    };
    let free: Vec<String> = report.services.iter().filter_map(of_service).collect();
    if !free.is_empty() {
        text.push_str("Free tier information by service:\n");
    }
    bullets(
        text,
        &free,
        "No free tier information was given; none is taken off.",
    );
}

fn scaling(text: &mut String, report: &Report) {
    text.push_str("\n## Cost Scaling with Usage\n\n");
    if report.total().is_none() {
        text.push_str("Not computed: no cost is known.\n");
    } else {
        text.push_str(
            "If costs grow in proportion to usage: half of it, as given, and twice of it.\n\n",
        );
        table(
            text,
            &["Service", "Low Usage", "Medium Usage", "High Usage"],
        );
        for service in &report.services {
            let Some(cost) = service.cost else { continue };
            let tier = |factor| format!("{}/month", cost.times(factor));
            row(text, &[&service.name, &tier(0.5), &tier(1.0), &tier(2.0)]);
        }
    }
    let factors: Vec<String> = report
        .services
        .iter()
        .filter(|service| !service.usage.is_empty())
        .map(|service| format!("**{}**: {}", service.name, service.usage))
        .collect();
    text.push_str("\n### Key Cost Factors\n\n");
    bullets(text, &factors, "No usage was given.");
}

fn projection(text: &mut String, report: &Report) {
    text.push_str("\n## Projected Costs Over Time\n\n");
    let Some(total) = report.total() else {
        text.push_str("Not computed: no cost is known.\n");
        return;
    };
    text.push_str("Base monthly cost:\n\n");
    table(text, &["Service", "Monthly Cost"]);
    for service in &report.services {
        if let Some(cost) = service.cost {
            row(text, &[&service.name, &cost.to_string()]);
        }
    }
    row(text, &["**Total Monthly Cost**", &format!("**{total}**")]);
    text.push_str("\nThe same cost with usage that grows by 0, 5 or 10 % a month:\n\n");
    let months = MONTHS.map(|(month, _)| month);
    table(text, &[&["Growth Pattern"], &months[..]].concat());
    for (name, growth) in GROWTH {
        let costs = MONTHS.map(|(_, times)| format!("{}/mo", grown(total, growth, times)));
        let mut cells = vec![name];
        cells.extend(costs.iter().map(String::as_str));
        row(text, &cells);
    }
}

fn grown(cost: Cost, growth: f64, times: i32) -> Cost {
    cost.times(growth.powi(times))
}

fn extra(text: &mut String, report: &Report) {
    if report.sections.is_empty() {
        return;
    }
    text.push_str("\n## Detailed Cost Analysis\n");
    for (name, value) in &report.sections {
        let _ = write!(text, "\n### {}\n\n", line(&title(name)));
        match value {
            Value::Object(fields) => {
                table(text, &["Key", "Value"]);
                for (key, value) in fields {
                    row(text, &[&title(key), &worth(key, value)]);
                }
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(plain).collect();
                bullets(text, &items, "None.");
            }
            other => {
                let _ = writeln!(text, "{}", line(&plain(other)));
            }
        }
    }
}

/// A number under a name of money is money.
fn worth(key: &str, value: &Value) -> String {
    let key = key.to_lowercase();
    let of_money = key.contains("cost") || key.contains("price");
    match value.as_f64().filter(|_| of_money && value.is_number()) {
        Some(amount) => Cost::of(amount).to_string(),
        None => plain(value),
    }
}

fn advice(text: &mut String, report: &Report) {
    text.push_str("\n## Cost Optimization Recommendations\n");
    let stock = report.immediate.is_empty() && report.best_practices.is_empty();
    if stock {
        text.push_str("\nNone were given; these hold for most workloads.\n");
    }
    for (heading, given, general) in [
        ("Immediate Actions", &report.immediate, IMMEDIATE),
        ("Best Practices", &report.best_practices, BEST_PRACTICES),
    ] {
        let _ = write!(text, "\n### {heading}\n\n");
        match stock {
            true => bullets(text, &general, ""),
            false => bullets(text, given, "None were given."),
        }
    }
}

fn conclusion(text: &mut String, report: &Report) {
    text.push_str("\n## Conclusion\n\n");
    let _ = match (report.total(), report.missing.len()) {
        (Some(total), 0) => writeln!(
            text,
            "{} is estimated at {total} a month.",
            line(&report.service_name)
        ),
        (Some(total), _) => writeln!(
            text,
            "{} is estimated at {total} a month, as far as costs are known; see What Is Missing or Doubtful.",
            line(&report.service_name)
        ),
        (None, _) => writeln!(
            text,
            "There is no estimate yet; see What Is Missing or Doubtful."
        ),
    };
    text.push_str("Estimates are no offer: check them with the AWS Pricing Calculator.\n");
}

fn table(text: &mut String, heads: &[&str]) {
    row(text, heads);
    let _ = writeln!(text, "|{}", "---|".repeat(heads.len()));
}

fn row(text: &mut String, cells: &[&str]) {
    // A backslash in front of a bar would take the escape away.
    let escaped = |cell: &&str| line(cell).replace('\\', "\\\\").replace('|', "\\|");
    let cells: Vec<String> = cells.iter().map(escaped).collect();
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

/// On one line: a line end would end the table or start something else.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
