//! The table is sorted, complete and small.

use std::collections::BTreeSet;

use super::alarm::Shape;
use super::*;

fn sections() -> Vec<(&'static str, &'static str)> {
    FACTS
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'))
        .map(|namespace| (namespace, section(namespace).expect("a section")))
        .collect()
}

#[test]
fn namespaces_and_metrics_are_sorted_and_unique() {
    let namespaces: Vec<&str> = sections().iter().map(|(namespace, _)| *namespace).collect();
    assert!(namespaces.is_sorted_by(|a, b| a < b), "{namespaces:?}");
    for (namespace, section) in sections() {
        let names: Vec<&str> = names(section).collect();
        assert!(!names.is_empty(), "{namespace}");
        let out_of_order: Vec<_> = names.windows(2).filter(|pair| pair[0] >= pair[1]).collect();
        assert!(out_of_order.is_empty(), "{namespace}: {out_of_order:?}");
    }
}

#[test]
fn every_line_can_be_read() {
    let mut read = 0;
    for (namespace, section) in sections() {
        for line in section.lines().filter(|line| !line.is_empty()) {
            if line.starts_with('!') {
                let alarm = AlarmFact::parse(line).unwrap_or_else(|| panic!("{namespace}: {line}"));
                assert_eq!(line.split('|').count(), 9, "{line}");
                let Shape {
                    period,
                    datapoints,
                    evaluations,
                    ..
                } = alarm.shape;
                assert!(datapoints >= 1 && datapoints <= evaluations, "{line}");
                assert!(period == 10 || period == 30 || period % 60 == 0, "{line}");
                assert!(
                    alarm.intent.ends_with('.') && alarm.justification.ends_with('.'),
                    "{line}"
                );
            } else {
                assert_eq!(line.split('|').count(), 4, "{namespace}: {line}");
                let (name, _) = line.split_once('|').unwrap();
                let fact = find(namespace, name).unwrap_or_else(|| panic!("{namespace}: {line}"));
                assert!(fact.description.ends_with('.'), "{line}");
                assert!(!fact.statistics.is_empty(), "{line}");
                assert!(
                    fact.statistics.chars().all(|s| statistic_name(s).is_some()),
                    "{line}"
                );
                let letters: BTreeSet<char> = fact.statistics.chars().collect();
                assert_eq!(letters.len(), fact.statistics.len(), "{line}");
            }
            read += 1;
        }
    }
    let head = FACTS
        .lines()
        .take_while(|line| line.starts_with('#'))
        .count();
    let blank = FACTS.lines().filter(|line| line.is_empty()).count();
    assert_eq!(
        read + head + blank + sections().len(),
        FACTS.lines().count()
    );
}

#[test]
fn units_are_those_of_cloudwatch() {
    use aws_sdk_cloudwatch::types::StandardUnit;
    for (_, section) in sections() {
        for line in section
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('!'))
        {
            let short = line.split('|').nth(1).expect("a unit");
            let unit = unit_name(short).unwrap_or_else(|| panic!("{line}"));
            assert!(StandardUnit::values().contains(&unit), "{line}");
        }
    }
}

#[test]
fn it_is_as_large_as_the_documents_say() {
    let sections = sections();
    let metrics: usize = sections
        .iter()
        .map(|(_, section)| names(section).count())
        .sum();
    let alarms = FACTS.lines().filter(|line| line.starts_with('!')).count();
    assert_eq!((sections.len(), metrics, alarms), (98, 2_047, 156));
    assert!(FACTS.len() <= 150_000, "{} bytes", FACTS.len());
}

#[test]
fn a_metric_is_found_by_its_exact_name() {
    let cpu = find("AWS/EC2", "CPUUtilization").unwrap();
    assert_eq!(
        (cpu.unit, cpu.recommended_statistics().as_str()),
        ("Percent", "Average, Minimum, Maximum")
    );
    let alarms: Vec<AlarmFact> = cpu.alarms().collect();
    assert_eq!(alarms.len(), 1);
    assert_eq!(alarms[0].dimensions, [("InstanceId", None)]);
    assert_eq!(alarms[0].threshold, Some(80.0));
    for (namespace, metric) in [
        ("AWS/EC2", "cpuutilization"),
        ("AWS/EC2", "CPU"),
        ("AWS/EC2", ""),
        ("AWS/EC2", "!InstanceId"),
        ("AWS/EC", "CPUUtilization"),
        ("", "CPUUtilization"),
        ("AWS/EC2]\nCPUCreditBalance", "CPUUtilization"),
        ("AWS/EBS", "CPUUtilization"),
        ("AWS/EC2", "[AWS/ECS]\nCPUUtilization"),
    ] {
        assert_eq!(find(namespace, metric), None, "{namespace:?} {metric:?}");
    }
}

#[test]
fn similar_names_are_offered() {
    assert_eq!(similar("AWS/VPN", "state"), Some(vec!["TunnelState"]));
    assert_eq!(similar("AWS/VPN", "zzz"), Some(vec![]));
    assert_eq!(similar("Custom/App", "x"), None);
}
