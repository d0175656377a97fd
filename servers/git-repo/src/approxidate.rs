//! Dates.
pub(crate) fn exact(text: &str) -> Option<(i64, i32)> {
    let date: jiff::Timestamp = text.parse().ok()?;
    Some((date.as_second(), 0))
}
