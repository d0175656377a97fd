//! Dates as people write them, in the spirit of git's `--since`; but what is not understood is
//! refused, not taken for now.
//!
//! A date without a time is a whole day: its start for a lower bound, its end for an upper one. A
//! time without a zone is UTC.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::Offset;
use jiff::{Span, Timestamp, ToSpan as _};

/// Which end of a day a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Start,
    End,
}

/// Seconds since 1970 of the moment that `text` describes at `now`; `None` when it is no date.
pub(crate) fn parse(text: &str, now: Timestamp, bound: Bound) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    if let Some(seconds) = epoch(&text) {
        return Some(seconds);
    }
    let mut reader = Reader::new(now);
    for token in tokens(&text) {
        reader.token(token)?;
    }
    reader.finish(bound)
}

/// Seconds since 1970, and minutes east of UTC, of a moment that is stated in full: for the dates
/// of commits.
pub(crate) fn exact(text: &str) -> Option<(i64, i32)> {
    let text = text.trim();
    let (moment, zone) = match text.rsplit_once(' ') {
        Some((moment, zone)) if zone.starts_with(['+', '-']) => (moment, offset(zone)?),
        _ => (text, Offset::UTC),
    };
    let digits = moment.strip_prefix('@').unwrap_or(moment);
    if digits.len() > 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((digits.parse().ok()?, zone.seconds() / 60));
    }
    let written = text.to_ascii_lowercase();
    let mut reader = Reader::new(Timestamp::UNIX_EPOCH);
    for token in tokens(&written) {
        reader.token(token)?;
    }
    reader.time?;
    reader.date?;
    let minutes = reader.zone.unwrap_or(Offset::UTC).seconds() / 60;
    Some((reader.finish(Bound::Start)?, minutes))
}

/// `@1704067200`, or digits that are too many for a date.
fn epoch(text: &str) -> Option<i64> {
    let (digits, least) = match text.strip_prefix('@') {
        Some(digits) => (digits, 1),
        None => (text, 9),
    };
    let digits = match digits.split_once(' ') {
        Some((digits, zone)) if offset(zone).is_some() => digits,
        _ => digits,
    };
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    (all && digits.len() >= least)
        .then(|| digits.parse().ok())
        .flatten()
}

/// Words and numbers. A dot separates words (`2.weeks.ago`) but not digits (`15.01.2024`).
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut parts = Vec::new();
    for (index, &byte) in bytes.iter().enumerate() {
        let digit = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(|byte: &u8| byte.is_ascii_digit())
        };
        let separates = match byte {
            b' ' | b',' | b'\t' => true,
            b'.' => !(digit(index.checked_sub(1)) && digit(Some(index + 1))),
            _ => false,
        };
        if separates {
            parts.push(&text[start..index]);
            start = index + 1;
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().filter(|part| !part.is_empty())
}

/// `z`, `utc`, `+0100`, `+01:00`, `-05`.
fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "z" | "Z" | "utc" | "gmt" | "UTC" | "GMT") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits
        .get(2..)
        .filter(|text| !text.is_empty())
        .unwrap_or("0")
        .parse()
        .ok()?;
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
const NUMBERS: [&str; 11] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// What has been read so far.
#[derive(Debug)]
struct Reader {
    now: Timestamp,
    date: Option<Date>,
    time: Option<Time>,
    zone: Option<Offset>,
    month: Option<i8>,
    day: Option<i8>,
    year: Option<i16>,
    weekday: Option<Weekday>,
    /// A number that waits for its unit, or is a day or year.
    number: Option<i64>,
    ago: Span,
    is_relative: bool,
    is_now: bool,
}

impl Reader {
    fn new(now: Timestamp) -> Self {
        Self {
            now,
            date: None,
            time: None,
            zone: None,
            month: None,
            day: None,
            year: None,
            weekday: None,
            number: None,
            ago: Span::new(),
            is_relative: false,
            is_now: false,
        }
    }

    fn today(&self) -> Date {
        self.zone
            .unwrap_or(Offset::UTC)
            .to_datetime(self.now)
            .date()
    }

    fn token(&mut self, token: &str) -> Option<()> {
        if token.starts_with(|first: char| first.is_ascii_digit()) {
            return self.numeric(token);
        }
        if let Some(zone) = offset(token) {
            return set(&mut self.zone, zone);
        }
        self.word(token)
    }

    fn numeric(&mut self, token: &str) -> Option<()> {
        // 2024-01-15t14:30:25z
        if let Some((date, time)) = token.split_once('t')
            && time.starts_with(|first: char| first.is_ascii_digit())
        {
            set(&mut self.date, date_of(date)?)?;
            return self.clock(time);
        }
        if token.contains(':') {
            return self.clock(token);
        }
        if let Some(date) = date_of(token) {
            return set(&mut self.date, date);
        }
        for (suffix, afternoon) in [("am", false), ("pm", true)] {
            if let Some(hour) = token.strip_suffix(suffix) {
                let time = Time::new(hour.parse().ok()?, 0, 0, 0).ok()?;
                self.settle_number()?;
                return set(&mut self.time, half_day(time, afternoon)?);
            }
        }
        for suffix in ["st", "nd", "rd", "th"] {
            if let Some(day) = token.strip_suffix(suffix) {
                return set(&mut self.day, day.parse().ok()?);
            }
        }
        self.settle_number()?;
        set(&mut self.number, token.parse().ok()?)
    }

    /// A time of day, with a zone right behind it or not.
    fn clock(&mut self, token: &str) -> Option<()> {
        let zone_at = token.find(['z', '+', '-']).unwrap_or(token.len());
        let (clock, zone) = token.split_at(zone_at);
        if !zone.is_empty() {
            set(&mut self.zone, offset(zone)?)?;
        }
        let (clock, afternoon) = match (clock.strip_suffix("am"), clock.strip_suffix("pm")) {
            (Some(clock), _) => (clock, Some(false)),
            (_, Some(clock)) => (clock, Some(true)),
            _ => (clock, None),
        };
        let mut parts = clock.split(':');
        let hour = parts.next()?.parse().ok()?;
        let minute = parts.next()?.parse().ok()?;
        // Commits know no fractions of a second.
        let second = match parts.next() {
            Some(second) => second.split('.').next()?.parse().ok()?,
            None => 0,
        };
        if parts.next().is_some() {
            return None;
        }
        let time = Time::new(hour, minute, second, 0).ok()?;
        let time = match afternoon {
            Some(afternoon) => half_day(time, afternoon)?,
            None => time,
        };
        set(&mut self.time, time)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        if let Some(number) = NUMBERS.iter().position(|name| *name == word) {
            self.settle_number()?;
            return set(&mut self.number, i64::try_from(number).ok()?);
        }
        let starts = |name: &str| word.len() >= 3 && name.starts_with(word);
        if let Some(month) = MONTHS.iter().position(|name| starts(name)) {
            return set(&mut self.month, i8::try_from(month + 1).ok()?);
        }
        if let Some((_, weekday)) = WEEKDAYS.iter().find(|(name, _)| starts(name)) {
            if self.number == Some(1) {
                self.number = None; // "last friday"
            }
            return set(&mut self.weekday, *weekday);
        }
        match word {
            "ago" if self.is_relative => Some(()),
            "at" | "on" | "of" | "the" | "and" => Some(()),
            "a" | "an" | "last" => set(&mut self.number, 1),
            "now" => {
                self.is_now = true;
                Some(())
            }
            "today" | "yesterday" => {
                let today = self.today();
                let day = if word == "today" {
                    today
                } else {
                    today.yesterday().ok()?
                };
                set(&mut self.date, day)
            }
            "never" => {
                set(&mut self.date, Date::constant(1970, 1, 1))?;
                set(&mut self.time, Time::midnight())
            }
            "midnight" => set(&mut self.time, Time::midnight()),
            "noon" => self.past_hour(12),
            "tea" => self.past_hour(17),
            "am" | "pm" => {
                let time = match (self.time.take(), self.number.take()) {
                    (Some(time), None) => time,
                    (None, Some(hour)) => Time::new(i8::try_from(hour).ok()?, 0, 0, 0).ok()?,
                    _ => return None,
                };
                set(&mut self.time, half_day(time, word == "pm")?)
            }
            _ => self.unit(word),
        }
    }

    /// The last time it was that hour, unless a day is said as well.
    fn past_hour(&mut self, hour: i8) -> Option<()> {
        let time = Time::constant(hour, 0, 0, 0);
        let now = Offset::UTC.to_datetime(self.now);
        let no_day = self.date.is_none() && self.month.is_none() && self.weekday.is_none();
        if no_day && now.time() < time {
            self.date = Some(now.date().yesterday().ok()?);
        }
        set(&mut self.time, time)
    }

    fn unit(&mut self, word: &str) -> Option<()> {
        let count = self.number.take()?;
        let ago = self.ago;
        self.ago = match word.strip_suffix('s').unwrap_or(word) {
            "second" | "sec" => ago.try_seconds(ago.get_seconds() + count).ok()?,
            "minute" | "min" => ago.try_minutes(ago.get_minutes() + count).ok()?,
            "hour" => ago.try_hours(i64::from(ago.get_hours()) + count).ok()?,
            "day" => ago.try_days(i64::from(ago.get_days()) + count).ok()?,
            "week" => ago.try_weeks(i64::from(ago.get_weeks()) + count).ok()?,
            "month" => ago.try_months(i64::from(ago.get_months()) + count).ok()?,
            "year" => ago.try_years(i64::from(ago.get_years()) + count).ok()?,
            _ => return None,
        };
        self.is_relative = true;
        Some(())
    }

    /// A number that got no unit is a day of a month, or a year.
    fn settle_number(&mut self) -> Option<()> {
        match self.number.take() {
            None => Some(()),
            Some(day @ 1..=31) => set(&mut self.day, i8::try_from(day).ok()?),
            Some(year @ 1970..=9999) => set(&mut self.year, i16::try_from(year).ok()?),
            Some(_) => None,
        }
    }

    fn finish(mut self, bound: Bound) -> Option<i64> {
        self.settle_number()?;
        let date = self.stated_date()?;
        let zone = self.zone.unwrap_or(Offset::UTC);
        let now = zone.to_datetime(self.now);
        if self.is_relative || self.is_now {
            if self.is_now && (date.is_some() || self.time.is_some() || self.is_relative) {
                return None;
            }
            let start =
                DateTime::from_parts(date.unwrap_or(now.date()), self.time.unwrap_or(now.time()));
            return seconds(start.checked_sub(self.ago).ok()?, zone);
        }
        if date.is_none() && self.time.is_none() {
            return None;
        }
        let end_of_day = Time::constant(23, 59, 59, 0);
        let time = self.time.unwrap_or(match bound {
            Bound::Start => Time::midnight(),
            Bound::End => end_of_day,
        });
        seconds(DateTime::from_parts(date.unwrap_or(now.date()), time), zone)
    }

    /// The one date that is stated, in whatever form; `Some(None)` when there is none.
    fn stated_date(&self) -> Option<Option<Date>> {
        match (self.date, self.month, self.day, self.year, self.weekday) {
            (Some(date), None, None, None, _) => Some(Some(date)),
            (None, Some(month), Some(day), year, _) => {
                let today = self.today();
                let date = Date::new(year.unwrap_or(today.year()), month, day).ok()?;
                // Without a year it is the last such day.
                if year.is_none() && date > today {
                    return Some(Some(date.checked_sub(1.year()).ok()?));
                }
                Some(Some(date))
            }
            (None, None, None, None, Some(weekday)) => {
                Some(Some(self.today().nth_weekday(-1, weekday).ok()?))
            }
            (None, None, None, None, None) => Some(None),
            _ => None,
        }
    }
}

fn seconds(moment: DateTime, zone: Offset) -> Option<i64> {
    zone.to_timestamp(moment).ok().map(Timestamp::as_second)
}

/// Sets what is not set yet: a text that says something twice is not understood.
fn set<T>(field: &mut Option<T>, value: T) -> Option<()> {
    field.replace(value).is_none().then_some(())
}

fn half_day(time: Time, afternoon: bool) -> Option<Time> {
    let hour = match (time.hour(), afternoon) {
        (12, false) => 0,
        (12, true) => 12,
        (hour @ 1..=11, false) => hour,
        (hour @ 1..=11, true) => hour + 12,
        _ => return None,
    };
    time.with().hour(hour).build().ok()
}

/// `2024-01-15`, `2024/01/15`, `20240115`, `15.01.2024`, `01/15/2024`.
fn date_of(text: &str) -> Option<Date> {
    let number = |text: &str| text.parse::<i16>().ok();
    let date = |year: i16, month: i16, day: i16| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(
            number(&text[..4])?,
            number(&text[4..6])?,
            number(&text[6..])?,
        );
    }
    let separator = text.chars().find(|sign| matches!(sign, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    if first.len() == 4 {
        return date(a, b, c);
    }
    if third.len() != 4 {
        return None;
    }
    match separator {
        // The American order, unless the first cannot be a month.
        '/' if a <= 12 => date(c, a, b),
        _ => date(c, b, a),
    }
}

#[cfg(test)]
mod tests;
