//! `search_table` on tables that the recordings do not have.

#[expect(dead_code, reason = "the recordings' services")]
mod support;

use serde_json::{Value, json};
use server_testing::{call, text};
use wiremock::MockServer;

const PAGE: &str = "https://docs.aws.amazon.com/t.html";

const TABLES: &str = r##"<main><h1>Widgets</h1>
<table><tr><td>loose</td><td>alpha</td></tr></table>
<h2>Endpoints</h2><h3>By Region</h3>
<table><tr><th>Region</th><th>Name</th><th>Name</th><th></th></tr>
 <tr><td rowspan="3">Europe</td><td rowspan="2">Dublin</td><td>one HTTPS</td><td>a</td></tr>
 <tr><td>two HTTP</td><td>b</td></tr>
 <tr><td>Paris</td><td>three HTTPS</td><td>c</td></tr>
 <tr><td>Asia</td><td>Tokyo</td><td>four Europe</td><td>d</td></tr></table>
<h2>Prices</h2>
<table><tr><th>rows</th><th>Kind</th></tr>
 <tr><td>x</td><td rowspan="2">Kind one *</td></tr><tr><td>y</td></tr></table>
<table><tr><th>Model</th><th>Price</th></tr>
 <tr><td>other</td><td>alpha beta</td></tr>
 <tr><td>alpha</td><td><img src="yes.png" alt="Yes"> <code>b_c</code><br><b>beta</b></td></tr>
 <tr><td>alpha beta</td><td><table><tr><td>inner</td></tr></table></td></tr></table>
<nav><h2>Hidden</h2><table><tr><td>alpha</td></tr></table></nav></main>"##;

async fn search(arguments: Value) -> Value {
    let web = MockServer::start().await;
    support::page(
        &web,
        "docs.aws.amazon.com",
        "/t.html",
        support::html(TABLES),
    )
    .await;
    let server = support::server(&web, "aws");
    let mut all = json!({ "url": PAGE });
    for (name, value) in arguments.as_object().expect("arguments") {
        all[name] = value.clone();
    }
    let result = call(&server, "search_table", all).await;
    assert_ne!(result["isError"], Value::Bool(true), "{result}");
    let structured = result["structuredContent"].clone();
    assert_eq!(
        structured,
        serde_json::from_str::<Value>(text(&result)).expect("JSON")
    );
    structured
}

#[tokio::test]
async fn a_group_is_shown_whole_when_its_spanning_cell_matches() {
    let found = search(json!({ "query": "europe", "section_title": "endpoints" })).await;
    let result = &found["results"][0];
    assert_eq!(
        result["columns"],
        json!(["Region", "Name", "Name (2)", "Column 4"])
    );
    assert_eq!(result["parent_columns"], json!(["Region"]));
    assert_eq!(
        result["child_columns"],
        json!(["Name", "Name (2)", "Column 4"])
    );
    assert_eq!(result["table_heading"], "By Region");
    assert_eq!(
        (&result["total_rows"], &result["matched_rows"]),
        (&json!(2), &json!(2))
    );
    let rows = json!([
        { "Region": "Europe", "rows": [
            { "Name": "Dublin", "Name (2)": "one HTTPS", "Column 4": "a" },
            { "Name": "Dublin", "Name (2)": "two HTTP", "Column 4": "b" },
            { "Name": "Paris", "Name (2)": "three HTTPS", "Column 4": "c" },
        ]},
        { "Region": "Asia", "rows": [{ "Name": "Tokyo", "Name (2)": "four Europe", "Column 4": "d" }] },
    ]);
    assert_eq!(result["rows"], rows);
}

#[tokio::test]
async fn of_other_groups_only_the_rows_that_match_are_shown() {
    let found = search(json!({ "query": "HTTPS europe" })).await;
    let rows = json!([{ "Region": "Europe", "rows": [
        { "Name": "Dublin", "Name (2)": "one HTTPS", "Column 4": "a" },
        { "Name": "Paris", "Name (2)": "three HTTPS", "Column 4": "c" },
    ]}]);
    assert_eq!(found["results"][0]["rows"], rows);
    assert_eq!(found["section_title"], "Widgets");
    assert_eq!(
        (&found["tables_searched"], &found["tables_with_matches"]),
        (&json!(4), &json!(1))
    );
}

#[tokio::test]
async fn the_first_column_counts_most_and_rows_are_cut() {
    let found =
        search(json!({ "query": "alpha", "section_title": " PRICES ", "max_rows": "2" })).await;
    assert_eq!(found["section_title"], " PRICES ");
    let result = &found["results"][0];
    assert_eq!(result["table_heading"], Value::Null);
    assert_eq!(
        (&result["matched_rows"], &result["showing"]),
        (&json!(3), &json!(2))
    );
    let rows = json!([
        { "Model": "alpha", "Price": "Yes b_c; beta" },
        { "Model": "alpha beta", "Price": "inner" },
    ]);
    assert_eq!(result["rows"], rows);
}

#[tokio::test]
async fn cells_that_span_rows_of_no_group_are_repeated() {
    let found = search(json!({ "query": "kind" })).await;
    let result = &found["results"][0];
    assert_eq!(result["parent_columns"], Value::Null);
    let rows = json!([
        { "rows (2)": "x", "Kind": "Kind one *" },
        { "rows (2)": "y", "Kind": "Kind one *" },
    ]);
    assert_eq!(result["rows"], rows);
}

#[tokio::test]
async fn an_unknown_section_is_answered_with_those_there_are() {
    let found = search(json!({ "query": "alpha", "section_title": "Nope" })).await;
    assert_eq!(found["tables_searched"], 0);
    assert_eq!(
        found["hint"],
        "The page has no section \"Nope\". It has: \"Widgets\", \"Endpoints\", \"By Region\", \"Prices\"."
    );
}

#[tokio::test]
async fn sections_are_read_to_the_next_heading_of_their_level() {
    let web = MockServer::start().await;
    let page = "<main><h1>T</h1><p>intro</p><h2>A <b>one</b></h2><p>a</p><h3>Deep</h3><p>b</p>\
        <div class=wrap><div><h2>Wrapped</h2></div></div><p>c</p><section><h2>D</h2><p>d</p></section><h2>A one</h2><p>e</p></main>";
    support::page(&web, "docs.aws.amazon.com", "/t.html", support::html(page)).await;
    let server = support::server(&web, "aws");
    for (titles, expected) in [
        (
            json!(["a  ONE"]),
            "## A **one**\n\na\n\n### Deep\n\nb\n\n## A one\n\ne",
        ),
        (json!(["wrapped"]), "## Wrapped\n\nc"),
        (json!(["D", "Wrapped"]), "## Wrapped\n\nc\n\n## D\n\nd"),
    ] {
        let arguments = json!({ "url": PAGE, "section_titles": titles });
        let result = call(&server, "read_sections", arguments).await;
        let heading = format!("AWS Documentation from {PAGE}:\n\n");
        assert_eq!(text(&result), heading + expected);
    }
    let none = "<main><h1>T</h1></main>";
    support::page(&web, "docs.aws.amazon.com", "/n.html", support::html(none)).await;
    let url = "https://docs.aws.amazon.com/n.html";
    let result = call(
        &server,
        "read_sections",
        json!({ "url": url, "section_titles": ["T"] }),
    )
    .await;
    assert_eq!(result["isError"], true);
    assert_eq!(
        text(&result),
        format!(
            "section_not_found: {url} has no sections (level-2 headings)\nhint: read it with `read_documentation`"
        )
    );
}
