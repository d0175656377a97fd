//! The converter survives any page, and what it writes stays in proportion to what it reads.

use proptest::prelude::*;
use proptest::sample::select;
use url::Url;

use crate::html::{Document, main_area};
use crate::location::{DocsUrl, Partition};
use crate::markdown::{Converter, LargeTables, Links};
use crate::page::Page;
use crate::sections;
use crate::table_search::{self, Query};

const URL: &str = "https://docs.aws.amazon.com/a/b.html";

/// What repeated cells may add, and a hint of a cut table.
const SPARE: usize = 510_000;

/// A byte of HTML can become this many: a row of one cell is written with a place for each of 100
/// columns, and a link with the address of its page.
const FACTOR: usize = 60;

fn markdown(html: &str) -> Option<String> {
    let document = Document::parse(html).ok()?;
    let links = Links::new(Url::parse(URL).expect("a constant"));
    let mut converter = Converter::new(&links, LargeTables::Whole);
    converter.node(main_area(document.root()));
    Some(converter.finish())
}

fn assert_bounded(html: &str) -> Option<usize> {
    let written = markdown(html)?.len();
    assert!(
        written <= SPARE + FACTOR * html.len(),
        "{written} bytes of {}",
        html.len()
    );
    Some(written)
}

/// Everything that takes pages apart.
fn read_all(html: &str) {
    let url = DocsUrl::of_page(Partition::Aws, URL).expect("a constant");
    let kind = Some("text/html".to_owned());
    let page = Page::new(url.clone(), url, kind, html.into()).expect("HTML");
    let query = Query::new("a b").expect("words");
    // Errors are fine, panics are not.
    let _ = table_search::search(&page, None, &query, 100);
    let _ = table_search::search(&page, Some("a"), &query, 1);
    let _ = sections::read(&page, &["a".to_owned()]);
    let _ = page.markdown(LargeTables::Sampled);
}

/// Names of elements that are read in different ways.
const TAGS: &str = "a b blockquote body br caption code col dd div dl dt em form frameset h1 h2 h6 head hr \
    html i img li main math mi ol option p plaintext pre select span svg table tbody td \
    template textarea tfoot th thead title tr ul x-y";

/// What stands behind the name in a tag.
const ATTRIBUTES: [&str; 18] = [
    "",
    "",
    "",
    " href='x.html'",
    " href='#a'",
    " class='awsdocs-note'",
    " class='awsdocs-note-title'",
    " class='language-sh'",
    " rowspan=2",
    " rowspan=0",
    " colspan=3",
    " colspan=99999999999",
    " start=-1",
    " start=18446744073709551615",
    " value=7",
    " src=i.png alt='a|b'",
    " id=main-content",
    " role=main",
];

/// What stands between tags.
const WORDS: [&str; 21] = [
    "a",
    "b ",
    " ",
    "\n",
    "*",
    "_x_",
    "`",
    "```",
    "|",
    "# ",
    "1. ",
    "- ",
    "&lt;",
    "&nbsp;",
    "é",
    "\u{0}",
    "<!-- c -->",
    "<![CDATA[x]]>",
    "<",
    "&#x",
    "\u{202e}",
];

/// HTML in which tags, attributes and text come in any order.
fn soup() -> impl Strategy<Value = String> {
    let tags = || select(TAGS.split(' ').collect::<Vec<_>>());
    let piece = prop_oneof![
        3 => (tags(), select(&ATTRIBUTES[..])).prop_map(|(tag, attributes)| format!("<{tag}{attributes}>")),
        2 => tags().prop_map(|tag| format!("</{tag}>")),
        3 => select(&WORDS[..]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(server_testing::config(500))]

    #[test]
    fn any_html_is_read(html in soup()) {
        assert_bounded(&html);
        read_all(&html);
    }

    #[test]
    fn any_words_are_searched_for(html in soup(), words in server_testing::hostile_text()) {
        let url = DocsUrl::of_page(Partition::Aws, URL).expect("a constant");
        let kind = Some("text/html".to_owned());
        let page = Page::new(url.clone(), url, kind, html.as_str().into()).expect("HTML");
        if let Some(query) = Query::new(&words) {
            prop_assert!(query.held_by(&words).iter().all(|held| *held), "{:?}", words);
            let _ = table_search::search(&page, Some(&words), &query, 3);
        }
        let _ = sections::read(&page, &[words]);
    }

    #[test]
    fn any_text_is_read(html in "\\PC{0,200}") {
        assert_bounded(&html);
        read_all(&html);
    }
}

#[test]
fn deep_pages_are_refused_or_read_within_the_stack() {
    // The test's own thread has 2 MB, as those of the server have.
    for tag in [
        "div",
        "ul><li",
        "ol><ul",
        "blockquote",
        "b",
        "span",
        "dl><dd",
        "table><tr><td",
        "x-y",
        "section><h2",
    ] {
        let nested = |levels: usize| format!("<{tag}>").repeat(levels) + "<p>x";
        assert!(markdown(&nested(20_000)).is_none(), "{tag}");
        let read = [250, 120, 80, 60]
            .into_iter()
            .find_map(|levels| markdown(&nested(levels)));
        assert!(read.is_some_and(|markdown| markdown.contains('x')), "{tag}");
    }
}

#[test]
fn pages_that_unfold_are_refused_or_bounded() {
    // Every paragraph reopens all formatting elements that were never closed.
    let open: String = (0..100).map(|n| format!("<font color={n}>")).collect();
    assert!(markdown(&format!("<p>{open}{}", "<p>x".repeat(10_000))).is_none());

    let long = "x".repeat(10_000);
    let spans = format!(
        "<table><tr><td rowspan=0>{long}</td><td>{}</table>",
        "<tr><td>y".repeat(10_000)
    );
    let wide = format!("<table>{}</table>", "<tr><td colspan=99999>".repeat(10_000));
    let crossed = format!(
        "<table><tr>{}{}</table>",
        "<td rowspan=0>xyz".repeat(100),
        "<tr><td>".repeat(10_000)
    );
    let links = "<a href=x>y</a>".repeat(10_000);
    let lists = "<ul><li>x".repeat(120) + &"<p>y".repeat(10_000);
    for html in [spans, wide, crossed, links, lists] {
        assert!(assert_bounded(&html).expect("read") > html.len() / 4);
    }
}
