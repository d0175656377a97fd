//! Amounts of money and of use, as people and models write them.

use std::fmt;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

/// US dollars a month, from and to. Both are the same when there is one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

static COST: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:~|≈|about|approximately)?\s*(?:usd|us\$|\$)?\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(?:(?:-|–|to)\s*(?:usd|us\$|\$)?\s*([0-9][0-9,]*(?:\.[0-9]+)?))?\s*(?:usd)?\s*(?:(?:/|per)\s*(?:month|mo))?\.?$",
    )
});
static UNIT_PRICE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:usd|us\$|\$)?\s*([0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)\s*(?:usd)?\s*(?:/|per\b)\s*(?:([0-9][0-9,]*(?:\.[0-9]+)?)\s*)?(?:(k|m|b|thousand|million|billion)\b)?\s*(.*)$",
    )
});
static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^([0-9][0-9,]*(?:\.[0-9]+)?)(?:(k|m|b)\b|\s*(thousand|million|billion)\b)?\s*(.*)$")
});

fn regex(pattern: &str) -> Regex {
    regex_lite::RegexBuilder::new(pattern)
        .case_insensitive(true)
        .build()
        .expect("a tested pattern")
}

/// Nobody pays or uses as much as this; sums and products of what is less stay finite.
const TOO_LARGE: f64 = 1e15;

/// A price for less of a unit than this is none.
const SMALLEST_PART: f64 = 1e-9;

fn number(text: &str) -> Option<f64> {
    plausible(text.replace(',', "").parse().ok()?)
}

/// Also not `-0`, which would be shown as such.
fn plausible(number: f64) -> Option<f64> {
    (0.0..TOO_LARGE).contains(&number).then_some(number.abs())
}

fn multiplier(word: Option<&str>) -> f64 {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("k" | "thousand") => 1e3,
        Some("m" | "million") => 1e6,
        Some("b" | "billion") => 1e9,
        _ => 1.0,
    }
}

impl Cost {
    pub(crate) const ZERO: Self = Self {
        low: 0.0,
        high: 0.0,
    };

    /// One figure.
    pub(crate) fn of(amount: f64) -> Self {
        Self {
            low: amount,
            high: amount,
        }
    }

    /// `$20.50`, `$2-3`, `20.5`, `$1,000 to $1,200 per month`. Nothing else: a wrong guess at a
    /// cost is worse than none.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Number(number) => return number.as_f64().and_then(plausible).map(Self::of),
            Value::String(text) => text.trim(),
            _ => return None,
        };
        let found = COST.captures(text)?;
        let low = number(found.get(1)?.as_str())?;
        let high = match found.get(2) {
            Some(high) => number(high.as_str())?,
            None => low,
        };
        Some(Self {
            low: low.min(high),
            high: low.max(high),
        })
    }

    pub(crate) fn times(self, factor: f64) -> Self {
        Self {
            low: self.low * factor,
            high: self.high * factor,
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            high: self.high + other.high,
        }
    }

    /// Whether an amount lies in the range, give or take a hundredth.
    pub(crate) fn fits(self, amount: f64) -> bool {
        let margin = 0.01 * amount.abs().max(self.high) + 0.005;
        (self.low - margin..=self.high + margin).contains(&amount)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (amount(self.low), amount(self.high));
        match low.strip_prefix('-') {
            _ if low != high => write!(f, "${low}-{high}"),
            Some(saved) => write!(f, "-${saved}"),
            None => write!(f, "${low}"),
        }
    }
}

/// Cents from a cent up; below, up to ten digits.
pub(crate) fn amount(value: f64) -> String {
    if value < 0.0 {
        return format!("-{}", amount(-value));
    }
    if value == 0.0 || value >= 0.01 {
        return grouped(&format!("{value:.2}"));
    }
    trimmed(&format!("{value:.10}")).to_owned()
}

/// Thousands separated by commas.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number
        .split_once('.')
        .map_or((number, None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Without zeros at the end of the fraction.
pub(crate) fn trimmed(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

/// `$0.20 per 1M requests`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UnitPrice {
    pub(crate) price: f64,
    /// How many units the price is for.
    pub(crate) per: f64,
    /// `requests`, `GB-month`.
    pub(crate) unit: String,
}

impl UnitPrice {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let found = UNIT_PRICE.captures(text.trim())?;
        let group = |n| found.get(n).map(|group| group.as_str());
        let count = match group(2) {
            Some(count) => number(count)?,
            None => 1.0,
        };
        let per = count * multiplier(group(3));
        (per >= SMALLEST_PART).then_some(())?;
        Some(Self {
            price: number(group(1)?)?,
            per,
            unit: group(4).unwrap_or_default().trim().to_owned(),
        })
    }

    /// `1,000,000 requests`, `GB`.
    pub(crate) fn unit(&self) -> String {
        if (self.per - 1.0).abs() < f64::EPSILON {
            return self.unit.clone();
        }
        let count = grouped(trimmed(&format!("{:.4}", self.per)));
        format!("{count} {}", self.unit).trim_end().to_owned()
    }

    /// What a quantity costs, when it is one of the same unit.
    pub(crate) fn cost_of(&self, quantity: &Quantity) -> Option<f64> {
        same_unit(&self.unit, &quantity.unit).then(|| quantity.count / self.per * self.price)
    }
}

/// `1,000,000`, `1.5 million requests`, `100 GB`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) count: f64,
    unit: String,
}

impl Quantity {
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Number(number) => {
                return Some(Self {
                    count: number.as_f64().and_then(plausible)?,
                    unit: String::new(),
                });
            }
            Value::String(text) => text.trim(),
            _ => return None,
        };
        let found = QUANTITY.captures(text)?;
        let group = |n| found.get(n).map(|group| group.as_str());
        Some(Self {
            count: number(group(1)?)? * multiplier(group(2).or(group(3))),
            unit: group(4).unwrap_or_default().trim().to_owned(),
        })
    }

    /// The count with separators.
    pub(crate) fn count(&self) -> String {
        grouped(trimmed(&format!("{:.4}", self.count)))
    }
}

/// Whether two names mean one unit. None at all fits every one; `GB` fits `GB-month`, not `MB`.
fn same_unit(one: &str, other: &str) -> bool {
    let first_word = |unit: &str| {
        let word = unit.split([' ', '/', '(']).next().unwrap_or_default();
        word.trim_end_matches(['s', '.', ',']).to_lowercase()
    };
    let (one, other) = (first_word(one), first_word(other));
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    one.is_empty() || other.is_empty() || begins(&one, &other) || begins(&other, &one)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn costs_are_read_as_they_are_written() {
        for (value, low, high) in [
            (json!("$20.50"), 20.5, 20.5),
            (json!("$2-3"), 2.0, 3.0),
            (json!("$3 - $2"), 2.0, 3.0),
            (json!("~$1,000 to $1,200 per month"), 1000.0, 1200.0),
            (json!("20.5 USD/month"), 20.5, 20.5),
            (json!(7), 7.0, 7.0),
            (json!("$0"), 0.0, 0.0),
        ] {
            assert_eq!(Cost::read(&value), Some(Cost { low, high }), "{value}");
        }
        for value in [
            json!("Varies"),
            json!("$5 per hour"),
            json!("$60/year"),
            json!("5 EUR"),
            json!("$5 + tax"),
            json!(-1),
            json!(1e300),
            json!(format!("${}", "9".repeat(400))),
            json!(null),
            json!(["$1"]),
        ] {
            assert_eq!(Cost::read(&value), None, "{value}");
        }
    }

    #[test]
    fn costs_are_shown_with_cents_or_the_digits_that_matter() {
        for (cost, text) in [
            (Cost::of(23.0), "$23.00"),
            (
                Cost {
                    low: 22.5,
                    high: 23.5,
                },
                "$22.50-23.50",
            ),
            (Cost::of(1_234_567.891), "$1,234,567.89"),
            (Cost::of(0.0), "$0.00"),
            (Cost::of(0.000_016_7), "$0.0000167"),
            (Cost::of(-1_234.5), "-$1,234.50"),
            (Cost::read(&json!(-0.0)).unwrap(), "$0.00"),
        ] {
            assert_eq!(cost.to_string(), text);
        }
    }

    #[test]
    fn unit_prices_and_quantities_give_a_cost() {
        for (price, quantity, cost) in [
            ("$0.20 per 1M requests", json!("1,000,000"), Some(0.2)),
            (
                "$0.20 per million requests",
                json!("1.5M requests"),
                Some(0.3),
            ),
            ("$0.023/GB", json!("100 GB"), Some(2.3)),
            ("0.25 USD per 1,000 items", json!(4000), Some(1.0)),
            (
                "$0.0000166667 per GB-second",
                json!("400,000 GB-seconds"),
                Some(6.66668),
            ),
            ("$0.10 per GB-month", json!("10 GB"), Some(1.0)),
            ("$0.10 per GB", json!("10 MB"), None),
            ("$3 per hour", json!("2 days"), None),
        ] {
            let price = UnitPrice::read(price).expect("a unit price");
            let quantity = Quantity::read(&quantity).expect("a quantity");
            let have = price.cost_of(&quantity);
            match (have, cost) {
                (Some(have), Some(want)) => assert!((have - want).abs() < 1e-9, "{have} {want}"),
                (have, want) => assert_eq!(have, want),
            }
        }
        assert_eq!(
            UnitPrice::read("$0.20 per 1M requests").unwrap().unit(),
            "1,000,000 requests"
        );
        assert_eq!(UnitPrice::read("$0.023/GB").unwrap().unit(), "GB");
        for text in ["free", "$5", "see website"] {
            assert_eq!(UnitPrice::read(text), None, "{text}");
        }
        for value in [json!("some"), json!(null), json!(-3)] {
            assert_eq!(Quantity::read(&value), None, "{value}");
        }
    }
}
