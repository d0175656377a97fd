//! Times of commits, as upstream prints them.

use git2::Time;

/// `2024-04-01 10:00:00-05:00` with a colon, `2024-04-01 10:00:00 -0500` without: in the zone that
/// the commit states.
pub(crate) fn local(time: Time, colon: bool) -> String {
    let minutes = time.offset_minutes();
    let (date, zone) = civil(time.seconds(), minutes);
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    match (date, zone) {
        (Some(date), true) if colon => format!("{date}{sign}{hours:02}:{minutes:02}"),
        (Some(date), true) => format!("{date} {sign}{hours:02}{minutes:02}"),
        // Outside the calendar, or no zone on earth: the number says it best.
        _ if colon => format!("{}{sign}{hours:02}:{minutes:02}", time.seconds()),
        _ => format!("{} {sign}{hours:02}{minutes:02}", time.seconds()),
    }
}

/// RFC 3339, in the zone that the commit states; `None` outside the calendar.
pub(crate) fn rfc3339(time: Time) -> Option<String> {
    match civil(time.seconds(), time.offset_minutes()) {
        (Some(_), true) => Some(local(time, true).replacen(' ', "T", 1)),
        _ => None,
    }
}

fn civil(seconds: i64, offset_minutes: i32) -> (Option<String>, bool) {
    let Some(offset_seconds) = offset_minutes.checked_mul(60) else {
        return (None, false);
    };
    let Ok(offset) = jiff::tz::Offset::from_seconds(offset_seconds) else {
        return (None, false);
    };
    let date = jiff::Timestamp::from_second(seconds).ok().map(|timestamp| {
        offset
            .to_datetime(timestamp)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    });
    (date, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_the_zone_of_the_commit() {
        let time = Time::new(1_711_983_600, -5 * 60);
        assert_eq!(local(time, true), "2024-04-01 10:00:00-05:00");
        assert_eq!(local(time, false), "2024-04-01 10:00:00 -0500");
        assert_eq!(rfc3339(time).unwrap(), "2024-04-01T10:00:00-05:00");
        assert_eq!(
            local(Time::new(0, 5 * 60 + 45), true),
            "1970-01-01 05:45:00+05:45"
        );
    }

    #[test]
    fn impossible_times_are_still_printed() {
        assert_eq!(
            local(Time::new(i64::MAX, 0), true),
            "9223372036854775807+00:00"
        );
        assert_eq!(local(Time::new(0, 99 * 60), false), "0 +9900");
        assert_eq!(rfc3339(Time::new(i64::MAX, 0)), None);
    }
}
