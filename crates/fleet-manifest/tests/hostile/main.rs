//! Texts that nobody would write: any bytes, and the fleet's own manifest, damaged.

mod property;

use proptest::prelude::*;
use proptest::sample::{Index, select};

const FLEET: &str = include_str!("../../../../servers.yaml");

/// A small manifest with every way of writing that the reader knows.
const VARIED: &str = include_str!("../../../../fuzz/seeds/manifest/varied.yaml");

/// What is put in where something was.
const PIECES: [&str; 34] = [
    "", " ", "  ", "\n", "\r\n", "\r", "\t", "\u{85}", "\u{2028}", "\u{feff}", "#", ":", ": ",
    "- ", "? ", "&a ", "*a", "!!str ", "!x ", "|\n", ">-\n", "{", "}", "[", "]", "\"", "'", ",",
    "---\n", "...\n", "<<: *d", "null", "é", "servers:",
];

/// A text with one to five places damaged.
fn damaged(text: &'static str) -> impl Strategy<Value = String> {
    let damage = (any::<Index>(), any::<Index>(), 0..6_u8, select(&PIECES[..]));
    prop::collection::vec(damage, 1..6).prop_map(move |damages| {
        let mut chars: Vec<char> = text.chars().collect();
        for (start, end, how, piece) in damages {
            if chars.is_empty() {
                break;
            }
            let (start, end) = (start.index(chars.len()), end.index(chars.len()));
            let near = end.clamp(start, (start + 40).min(chars.len()));
            match how {
                0 => drop(chars.splice(start..start, piece.chars())),
                1 => drop(chars.splice(start..near, piece.chars())),
                // A part twice, or gone, or somewhere else.
                2 => {
                    let part = chars[start..near].to_vec();
                    chars.splice(end..end, part);
                }
                3 => drop(chars.drain(start..near)),
                4 => chars.truncate(start),
                _ => chars.swap(start, end),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[ -~\n]{0,300}") {
        property::check(&text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        property::check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn the_fleet_with_damages_is_read_or_refused(text in damaged(FLEET)) {
        property::check(&text);
    }

    #[test]
    fn every_way_of_writing_with_damages_is_read_or_refused(text in damaged(VARIED)) {
        property::check(&text);
    }
}

#[test]
fn what_goes_deep_or_on_and_on_is_refused() {
    let nested = |open: &str, close: &str, depth| {
        format!("servers: {}{}", open.repeat(depth), close.repeat(depth))
    };
    property::check(&nested("[", "]", 10_000));
    property::check(&nested("{a: ", "}", 10_000));
    property::check(&"- ".repeat(10_000));
    property::check(&"x".repeat(1_000_000));
    // Each anchor holds the one before it nine times: nine to the thirtieth, written out.
    let mut text = "a0: &a0 x\n".to_owned();
    for level in 1..30 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    property::check(&format!("{text}servers: *a29\n"));
}
