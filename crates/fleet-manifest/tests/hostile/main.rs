//! Texts that nobody would write: any bytes, and the fleet's own manifest, damaged.

mod property;

use proptest::prelude::*;
use server_testing::{config, damaged_text};

const FLEET: &str = include_str!("../../../../servers.yaml");

/// A small manifest with every way of writing that the reader knows.
const VARIED: &str = include_str!("../../../../fuzz/seeds/manifest/varied.yaml");

/// What is put in where something was.
const PIECES: [&str; 34] = [
    "", " ", "  ", "\n", "\r\n", "\r", "\t", "\u{85}", "\u{2028}", "\u{feff}", "#", ":", ": ",
    "- ", "? ", "&a ", "*a", "!!str ", "!x ", "|\n", ">-\n", "{", "}", "[", "]", "\"", "'", ",",
    "---\n", "...\n", "<<: *d", "null", "é", "servers:",
];

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[ -~\n]{0,300}") {
        property::check(&text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        property::check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn the_fleet_with_damages_is_read_or_refused(text in damaged_text(Just(FLEET), &PIECES, 1..6)) {
        property::check(&text);
    }

    #[test]
    fn every_way_of_writing_with_damages_is_read_or_refused(text in damaged_text(Just(VARIED), &PIECES, 1..6)) {
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
