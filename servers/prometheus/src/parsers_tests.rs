//! Any text as an argument: what is accepted means what it says, and nothing more is sent.

use jiff::Timestamp;
use proptest::prelude::*;
use regex_lite::Regex;
use server_testing::{config, hostile_text, text_of};
use url::Url;

use crate::arguments::{PromQl, Step, Time};
use crate::endpoint::{BaseUrl, Origin, WorkspaceId};

fn near_base() -> impl Strategy<Value = String> {
    let pieces = text_of(
        &[
            "https:",
            "http:",
            "//",
            "/",
            "\\",
            "@",
            ":",
            "9090",
            "aps-workspaces.",
            "us-east-1",
            ".amazonaws.com",
            ".cn",
            "/workspaces/",
            "ws-1",
            "..",
            "%2e%2e",
            "/api/v1",
            "#",
            "?",
            "\t",
            " ",
            "evil.example",
            "p",
            "user:pass@",
            "é",
        ],
        0..9,
    );
    let amp = "https?://aps-workspaces\\.[a-z]{2}-[a-z]{4}-[0-9]\\.amazonaws\\.com(\\.cn)?(:[0-9]{1,3})?/workspaces/(ws-)?[a-z0-9/.%-]{0,9}(/api/v1)?/?";
    prop_oneof![3 => pieces, 2 => amp, 1 => hostile_text()]
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_base_keeps_host_and_folder_whatever_is_asked(base in near_base(), query in hostile_text(), time in hostile_text()) {
        if let Ok(base) = BaseUrl::try_from(base) {
            let call = base.call("query", &[("query", &query), ("time", &time)]);
            let sent = Url::parse(call.as_str()).expect("its own text");
            prop_assert!(sent.path().ends_with("/api/v1/query"), "{}", sent);
            prop_assert_eq!(Origin::try_from(sent.origin().ascii_serialization()), Ok(base.origin()));
            prop_assert_eq!((sent.username(), sent.password(), sent.fragment()), ("", None, None));
            let pairs: Vec<_> = sent.query_pairs().collect();
            prop_assert_eq!(pairs, [("query".into(), query.into()), ("time".into(), time.into())]);
            if let Some(amp) = base.amp() {
                let place = (sent.scheme(), sent.port(), sent.host_str().unwrap_or_default());
                let china = if amp.region.as_str().starts_with("cn-") { ".cn" } else { "" };
                let host = format!("aps-workspaces.{}.amazonaws.com{china}", amp.region);
                prop_assert_eq!(place, ("https", None, host.as_str()));
                let path = format!("/workspaces/{}/api/v1/query", amp.workspace.as_str());
                prop_assert_eq!(sent.path(), path);
            }
        }
    }

    #[test]
    fn workspace_ids_are_letters_digits_and_hyphens(id in prop_oneof!["ws-[A-Za-z0-9./%é-]{0,70}\n?", hostile_text()]) {
        let form = Regex::new("^ws-[A-Za-z0-9-]{1,61}$").unwrap();
        prop_assert_eq!(WorkspaceId::try_from(id.clone()).is_ok(), form.is_match(&id));
    }

    #[test]
    fn times_are_passed_on_as_written_and_mean_what_they_say(
        text in prop_oneof![
            "[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,12})?(Z|[+-][0-2][0-9]:[0-6][0-9])",
            "-?[0-9]{1,13}(\\.[0-9]{0,5})?(e-?[0-9]{1,3})?",
            hostile_text(),
        ],
    ) {
        if let Ok(time) = Time::try_from(text.clone()) {
            prop_assert_eq!(time.as_str(), &text);
            prop_assert!(time.seconds().is_finite());
            if let Ok(oracle) = text.parse::<Timestamp>() {
                let seconds = oracle.as_duration().as_secs_f64();
                prop_assert!((seconds - time.seconds()).abs() < 1e-3, "{} {}", text, seconds);
            }
        }
    }

    /// The form of <https://prometheus.io/docs/prometheus/latest/querying/basics/>.
    #[test]
    fn steps_are_what_prometheus_takes(
        text in prop_oneof![
            "([0-9]{0,2}y)?([0-9]{0,2}w)?([0-9]{1,2}d)?([0-9]{1,2}h)?([0-9]{1,2}m)?([0-9]{1,2}s)?([0-9]{1,3}ms)?[a-z é-]?",
            "[+-]?[0-9]{0,3}(\\.[0-9]{0,3})?",
            hostile_text(),
        ],
    ) {
        let form = Regex::new("^([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$").unwrap();
        let is_duration = form.is_match(&text) && text.contains(|c: char| ('1'..='9').contains(&c));
        let is_number = text.parse::<f64>().is_ok_and(|number| number.is_finite() && number > 0.0);
        let step = Step::try_from(text.clone());
        prop_assert_eq!(step.is_ok(), is_duration || is_number, "{}", text);
    }

    #[test]
    fn queries_are_never_changed(text in hostile_text()) {
        if let Ok(query) = PromQl::try_from(text.clone()) {
            prop_assert_eq!(query.as_str(), text);
        }
    }
}
