//! Names of any form: what is accepted has AWS's form, and stays inside of what it becomes part of.

use aws_clients::{ProfileName, RegionName};
use proptest::prelude::*;
use regex_lite::Regex;
use url::Url;

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,9}(-[a-z]{0,9}){0,3}-[0-9]{0,3}[\n.@/A]?",
        "\\PC{0,40}",
        "(us|-|east|1|\\.|/|@|:|#|\\?|%2e|\t|\u{ff0e}|\u{3002}|é){0,9}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_region_is_one_label_of_a_host(name in any_name()) {
        let form = Regex::new("^[a-z]+(-[a-z]+)+-[0-9]+$").unwrap();
        let region = RegionName::try_from(name.clone());
        prop_assert_eq!(region.is_ok(), form.is_match(&name) && name.len() <= 32);
        if let Ok(region) = region {
            let host = format!("monitoring.{region}.amazonaws.com");
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            prop_assert_eq!(url.host_str(), Some(host.as_str()));
            prop_assert_eq!(url.path(), "/");
            prop_assert_eq!(RegionName::try_from(region.to_string()), Ok(region));
        }
    }

    #[test]
    fn a_profile_is_one_section_of_a_file(name in any_name()) {
        if let Ok(profile) = ProfileName::try_from(name.clone()) {
            let section = format!("[profile {profile}]");
            prop_assert_eq!(section.lines().count(), 1);
            prop_assert_eq!(section.find(']'), Some(section.len() - 1));
            prop_assert_eq!(String::from(profile), name);
        }
    }
}
