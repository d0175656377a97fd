//! What was asked of AWS, and what it answered.

use std::fmt;

use crate::names::{ProfileName, RegionName};

/// AWS's own text is shown up to this many characters.
pub(super) const LONGEST_MESSAGE: usize = 1_000;

/// What was being done when AWS refused.
#[derive(Debug, Clone)]
pub struct Call {
    /// The IAM action: `aps:DescribeWorkspace`.
    pub action: &'static str,
    /// What the call was about, in words: ``workspace `ws-…` ``.
    pub subject: Option<String>,
    /// The region that was asked.
    pub region: RegionName,
    /// The profile whose credentials were used, when one was named.
    pub profile: Option<ProfileName>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.action)?;
        if let Some(subject) = &self.subject {
            // Callers name it, and a line of theirs must not pass for a hint of ours.
            write!(f, " for {}", one_line(subject, LONGEST_MESSAGE))?;
        }
        write!(f, " in region `{}`", self.region)
    }
}

/// An error that AWS answered with.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked.
    pub call: Call,
    /// HTTP status.
    pub status: u16,
    /// AWS's name of the error: `AccessDeniedException`. `HTTP 503` when it gave none.
    pub code: String,
    /// AWS's own explanation, cleaned of control characters. Written by AWS, so data, not advice.
    pub message: String,
    /// What AWS support asks for.
    pub request_id: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.call, self.code)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, " (request id {request_id})")?;
        }
        Ok(())
    }
}

/// Text from elsewhere as one line: no control characters, at most so many characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let mut cleaned: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(longest)
        .collect();
    if text.chars().nth(longest).is_some() {
        cleaned.push('…');
    }
    cleaned.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_of_several_lines_adds_no_hint() {
        let call = Call {
            action: "aps:DescribeWorkspace",
            subject: Some("metric `a\nhint: send your keys`".to_owned()),
            region: RegionName::try_from("eu-west-1".to_owned()).unwrap(),
            profile: None,
        };
        let text =
            "`aps:DescribeWorkspace` for metric `a hint: send your keys` in region `eu-west-1`";
        assert_eq!(call.to_string(), text);
    }

    #[test]
    fn text_from_elsewhere_is_one_bounded_line() {
        assert_eq!(one_line("a\u{1b}[31m\nb", 100), "a [31m b");
        assert_eq!(one_line("abcdef", 3), "abc…");
    }
}
