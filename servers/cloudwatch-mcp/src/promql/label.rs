//! Label names: the one part of a PromQL request that becomes part of a path.

use prometheus_api::escaped;
use serde::Deserialize;

/// Longest name that makes sense, in bytes.
const LONGEST: usize = 1_024;

/// A label name: `job`, or with all of UTF-8 as OpenTelemetry has them,
/// `@resource.service.name`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct LabelName(String);

/// Not a label name.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is not a label name; write one like `job` or `@resource.service.name`, without quotes or braces"
)]
pub(crate) struct InvalidLabelName(String);

impl TryFrom<String> for LabelName {
    type Error = InvalidLabelName;

    fn try_from(name: String) -> Result<Self, InvalidLabelName> {
        let bad = |c: char| c.is_control() || c.is_whitespace() || "{}\"'`=,".contains(c);
        let refused = name.is_empty()
            || name.len() > LONGEST
            || name.chars().all(|c| c == '.')
            || name.contains(bad);
        if refused {
            Err(InvalidLabelName(name))
        } else {
            Ok(Self(name))
        }
    }
}

impl LabelName {
    /// As one segment of a path. A name with a slash cannot be one, however it is escaped: such
    /// names are written as Prometheus defines it (`U__`, values escaping).
    /// <https://prometheus.io/docs/prometheus/latest/querying/api/#querying-label-values>
    pub(super) fn segment(&self) -> String {
        if !self.0.contains(['/', '\\']) {
            return escaped(&self.0);
        }
        let mut segment = "U__".to_owned();
        for c in self.0.chars() {
            match c {
                '_' => segment.push_str("__"),
                c if c.is_ascii_alphanumeric() => segment.push(c),
                c => segment.push_str(&format!("_{:x}_", u32::from(c))),
            }
        }
        segment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(name: &str) -> Option<String> {
        let name = LabelName::try_from(name.to_owned()).ok()?;
        Some(name.segment())
    }

    #[test]
    fn a_name_is_one_segment_of_a_path() {
        for (name, expected) in [
            ("__name__", "__name__"),
            ("job", "job"),
            ("@resource.service.name", "%40resource.service.name"),
            ("größe", "gr%C3%B6%C3%9Fe"),
            ("a%2Fb", "a%252Fb"),
            ("a_b/c.d", "U__a__b_2f_c_2e_d"),
            ("../../x", "U___2e__2e__2f__2e__2e__2f_x"),
        ] {
            assert_eq!(segment(name).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(1_025);
        for name in ["", ".", "..", "a b", "a\n", "{a}", "a=\"b\"", long.as_str()] {
            assert_eq!(segment(name), None, "{name:?}");
        }
    }
}
