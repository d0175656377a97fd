//! What AWS documents about its own metrics: unit, useful statistics, alarms worth having.
//!
//! `facts.txt` is the table; its head says what its lines mean. It is searched as text: a section
//! by its heading, a metric by its line. Nothing is parsed that nobody asked for.

mod alarm;

pub(crate) use alarm::{AlarmFact, Comparison};

const FACTS: &str = include_str!("facts.txt");

/// One metric of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MetricFact {
    /// A unit of CloudWatch: `Percent`, `Bytes/Second`, `None`.
    pub(crate) unit: &'static str,
    /// One letter each.
    statistics: &'static str,
    /// In our words, one sentence.
    pub(crate) description: &'static str,
    /// The alarm lines, each starting with `!`.
    alarms: &'static str,
}

impl MetricFact {
    /// `Average, Minimum, Maximum`
    pub(crate) fn recommended_statistics(&self) -> String {
        let names: Vec<&str> = self.statistics.chars().filter_map(statistic_name).collect();
        names.join(", ")
    }

    /// Alarms that AWS recommends for it.
    pub(crate) fn alarms(&self) -> impl Iterator<Item = AlarmFact> {
        self.alarms.lines().filter_map(AlarmFact::parse)
    }

    fn parse(line: &'static str, alarms: &'static str) -> Option<Self> {
        let mut fields = line.split('|');
        let (unit, statistics, description) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self {
            unit: unit_name(unit)?,
            statistics,
            description,
            alarms,
        })
    }
}

/// The facts about a metric. Names are exact, upper and lower case included.
pub(crate) fn find(namespace: &str, metric_name: &str) -> Option<MetricFact> {
    let section = section(namespace)?;
    if metric_name.contains(['\n', '|']) {
        return None;
    }
    let start = section.find(&format!("\n{metric_name}|"))? + metric_name.len() + 2;
    let rest = &section[start..];
    let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let alarms = rest
        .split_inclusive('\n')
        .take_while(|line| line.starts_with('!'))
        .map(str::len)
        .sum();
    MetricFact::parse(line, &rest[..alarms])
}

/// Whether anything about the namespace is known, and its metrics that contain a text.
pub(crate) fn similar(namespace: &str, part: &str) -> Option<Vec<&'static str>> {
    let part = part.to_lowercase();
    let found = names(section(namespace)?).filter(|name| name.to_lowercase().contains(&part));
    Some(found.collect())
}

fn names(section: &'static str) -> impl Iterator<Item = &'static str> {
    section
        .lines()
        .filter(|line| !line.starts_with('!'))
        .filter_map(|line| line.split_once('|'))
        .map(|(name, _)| name)
}

/// From the end of the heading's line, its line break included, to the next heading.
fn section(namespace: &str) -> Option<&'static str> {
    if namespace.contains(['\n', ']']) {
        return None;
    }
    let heading = format!("\n[{namespace}]\n");
    let start = FACTS.find(&heading)? + heading.len() - 1;
    let rest = &FACTS[start..];
    Some(&rest[..rest.find("\n[").map_or(rest.len(), |end| end + 1)])
}

fn unit_name(short: &str) -> Option<&'static str> {
    Some(match short {
        "%" => "Percent",
        "#" => "Count",
        "#/s" => "Count/Second",
        "-" => "None",
        "B" => "Bytes",
        "B/s" => "Bytes/Second",
        "KB" => "Kilobytes",
        "KB/s" => "Kilobytes/Second",
        "MB" => "Megabytes",
        "MB/s" => "Megabytes/Second",
        "GB" => "Gigabytes",
        "b/s" => "Bits/Second",
        "s" => "Seconds",
        "ms" => "Milliseconds",
        "us" => "Microseconds",
        _ => return None,
    })
}

fn statistic_name(letter: char) -> Option<&'static str> {
    Some(match letter {
        'A' => "Average",
        'N' => "Minimum",
        'X' => "Maximum",
        'S' => "Sum",
        'C' => "SampleCount",
        'P' => "Percentiles",
        'T' => "Trimmed Mean",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
