//! Where ours differs from the recordings, exactly.

/// How ours differs.
pub(crate) enum Different {
    /// Fails with this text, where upstream's failure is a good result or is put differently.
    Fails(&'static str),
    /// Does not fail, and answers what upstream answers for this other recording.
    AnswersAs(&'static str),
    /// The recorded text, with these replacements.
    Reads(&'static [(&'static str, &'static str)]),
    /// The recorded structure, with this at these places.
    Has(&'static [(&'static str, &'static str)]),
    /// The recorded list, with these entries after it.
    More(&'static str),
}

use Different::{AnswersAs, Fails, Has, More, Reads};

const CUT_TABLE: (&str, &str) = (
    "\n\n\nTable truncated (showing 5 of 25 rows). Use the `search_table` tool to find specific rows.\n  Example: search_table(url=\"https://docs.aws.amazon.com/page.html\", section_title=\"<section>\", query=\"your search term\")",
    "\n\n(The first 5 of 25 rows. Find others with `search_table`: url=\"https://docs.aws.amazon.com/page.html\", section_title=\"Limits and quotas\", query=\"…\".)",
);
const IMAGE: (&str, &str) = (
    "(./images/w.png)",
    "(https://docs.aws.amazon.com/images/w.png)",
);
const FENCE: (&str, &str) = ("```\n{", "```json\n{");

/// Calls whose result is not upstream's: name, row of the README's table, and what ours is.
pub(crate) const DIFFERENT: &[(&str, &str, Different)] = &[
    (
        "read_documentation.1",
        "Markdown",
        Reads(&[
            (
                "(./other.html#part)",
                "(https://docs.aws.amazon.com/other.html#part)",
            ),
            (
                "###### Note\n\nMind the gap.",
                "> **Note**\n>\n> Mind the gap.",
            ),
            CUT_TABLE,
            FENCE,
            IMAGE,
            (
                "| b.example.com | HTTP HTTPS |\n| eu-west-1 | [c.example.com](./eu.html)",
                "| us-east-1 | b.example.com | HTTP<br>HTTPS |\n| eu-west-1 | [c.example.com](https://docs.aws.amazon.com/eu.html)",
            ),
            (
                "| Model | Price | |\n| --- | --- | --- |\n| In | Out |",
                "| Model | Price - In | Price - Out |\n| --- | --- | --- |",
            ),
        ]),
    ),
    (
        "get_available_services.1",
        "Markdown",
        Reads(&[
            (
                "(./other.html#part)",
                "(https://docs.amazonaws.cn/en_us/aws/latest/userguide/other.html#part)",
            ),
            (
                "###### Note\n\nMind the gap.",
                "> **Note**\n>\n> Mind the gap.",
            ),
            FENCE,
            (
                "(./images/w.png)",
                "(https://docs.amazonaws.cn/en_us/aws/latest/userguide/images/w.png)",
            ),
            (
                "| b.example.com | HTTP HTTPS |\n| eu-west-1 | [c.example.com](./eu.html)",
                "| us-east-1 | b.example.com | HTTP<br>HTTPS |\n| eu-west-1 | [c.example.com](https://docs.amazonaws.cn/en_us/aws/latest/userguide/eu.html)",
            ),
            (
                "| Model | Price | |\n| --- | --- | --- |\n| In | Out |",
                "| Model | Price - In | Price - Out |\n| --- | --- | --- |",
            ),
        ]),
    ),
    (
        "read_documentation.2",
        "Markers",
        Reads(&[(
            "<e>Content truncated. Call the read_documentation tool with start_index=100 to get more content.</e>",
            "<e>Cut at 100 of 1219 characters: call `read_documentation` with start_index=100 to read on.</e>",
        )]),
    ),
    (
        "read_documentation.4",
        "Markers",
        Reads(&[(
            "<e>No more content available.</e>",
            "<e>There is nothing left: the page has 1219 characters.</e>",
        )]),
    ),
    (
        "read_documentation.5",
        "Markers",
        Reads(&[
            (
                "<e>Requested https://docs.aws.amazon.com/moved.html; served https://docs.aws.amazon.com/page.html.</e>",
                "<e>https://docs.aws.amazon.com/moved.html is served by https://docs.aws.amazon.com/page.html.</e>",
            ),
            (
                "<e>Content truncated. Call the read_documentation tool with start_index=80 to get more content.</e>",
                "<e>Cut at 80 of 1219 characters: call `read_documentation` with start_index=80 to read on.</e>",
            ),
        ]),
    ),
    (
        "read_documentation.19",
        "Markers",
        Reads(&[(
            "<e>Content truncated. Call the read_documentation tool with start_index=20 to get more content.</e>",
            "<e>Cut at 20 of 1219 characters: call `read_documentation` with start_index=20 to read on.</e>",
        )]),
    ),
    (
        "read_documentation.20",
        "Markers",
        Reads(&[(
            "<e>Content truncated. Call the read_documentation tool with start_index=40 to get more content.</e>",
            "<e>Cut at 40 of 1604 characters: call `read_documentation` with start_index=40 to read on.</e>",
        )]),
    ),
    (
        "read_documentation.14",
        "Addresses",
        AnswersAs("read_documentation.1"),
    ),
    (
        "read_documentation.22",
        "Failures",
        Fails(
            "invalid_arguments: `url` \"http://docs.amazonaws.cn/page\" does not end in `.html`\nhint: give a page of docs.amazonaws.cn, ending in `.html`; `get_available_services` finds them",
        ),
    ),
    (
        "read_sections.1",
        "Markdown",
        Reads(&[CUT_TABLE, FENCE, IMAGE]),
    ),
    (
        "read_sections.2",
        "Markdown",
        Reads(&[
            FENCE,
            IMAGE,
            (
                "The following requested sections were not found: \"Nope\"",
                "the page has no section \"Nope\".",
            ),
        ]),
    ),
    (
        "search_table.5",
        "Markdown",
        Has(&[(
            "/results/0/rows/0/rows/0/Endpoint",
            "[c.example.com](https://docs.aws.amazon.com/eu.html)",
        )]),
    ),
    (
        "search_table.8",
        "Markers",
        Has(&[(
            "/hint",
            "No row holds all words of the query. Try fewer or shorter words: a row has to hold each of them, as a word or as the beginning of one.",
        )]),
    ),
    (
        "search_table.10",
        "Markers",
        Has(&[(
            "/hint",
            "Section \"How it works\" has no table. Sections of the page: \"Widgets in Example Service\", \"Limits and quotas\", \"How it works\", \"Deeper\", \"Spans\", \"Multi head\".",
        )]),
    ),
    (
        "search_table.11",
        "Markers",
        Has(&[(
            "/hint",
            "This page has no tables. Read it with `read_documentation`.",
        )]),
    ),
    (
        "search_documentation.5",
        "Failures",
        Fails(
            "service_failed: the search of the AWS documentation answered HTTP status 500\nhint: call again in a moment",
        ),
    ),
    (
        "recommend.1",
        "Highly rated",
        More(r#"[{"url":"https://docs.aws.amazon.com/hr.html","title":"HR","context":"x"}]"#),
    ),
    (
        "recommend.2",
        "Failures",
        Fails(
            "service_failed: the recommendations of the AWS documentation answered HTTP status 404",
        ),
    ),
];

/// Failures of both, and how ours says it.
pub(crate) const FAILING: &[(&str, &str)] = &[
    (
        "read_documentation.7",
        "page_not_found: https://docs.aws.amazon.com/missing.html cannot be read: HTTP status 404\nhint: find the address with `search_documentation`",
    ),
    (
        "read_documentation.8",
        "page_empty: https://docs.aws.amazon.com/script.html holds no text to read; it may be written by scripts in the browser",
    ),
    (
        "read_documentation.11",
        "invalid_arguments: `url` \"http://docs.aws.amazon.com/page\" does not end in `.html`\nhint: give a page of docs.aws.amazon.com or awsdocs-neuron.readthedocs-hosted.com, ending in `.html`; `search_documentation` finds them",
    ),
    (
        "read_documentation.13",
        "invalid_arguments: `url` \"https://docs.aws.amazon.com.evil.com/x.html\" is not on docs.aws.amazon.com or awsdocs-neuron.readthedocs-hosted.com\nhint: give a page of docs.aws.amazon.com or awsdocs-neuron.readthedocs-hosted.com, ending in `.html`; `search_documentation` finds them",
    ),
    (
        "read_documentation.16",
        "invalid_arguments: `max_length` is 1000000, and has to be from 1 to 999999",
    ),
    (
        "read_documentation.17",
        "invalid_arguments: `start_index` is -1, and has to be 0 or more",
    ),
    (
        "read_sections.4",
        "section_not_found: https://docs.aws.amazon.com/page.html has no section \"Deeper\"; it has \"Limits and quotas\", \"How it works\", \"Spans\", \"Multi head\"\nhint: ask for some of these, or read it all with `read_documentation`",
    ),
    (
        "read_sections.5",
        "invalid_arguments: `section_titles` is empty: name at least one section, or read the page with `read_documentation`",
    ),
    (
        "read_sections.7",
        "page_not_html: https://docs.aws.amazon.com/text.html is not HTML, so it has no sections or tables\nhint: read it with `read_documentation`",
    ),
    (
        "read_sections.8",
        "page_not_found: https://docs.aws.amazon.com/missing.html cannot be read: HTTP status 404\nhint: find the address with `search_documentation`",
    ),
    (
        "recommend.4",
        "invalid_arguments: required argument `url` is missing",
    ),
    (
        "search_documentation.7",
        "invalid_arguments: `limit` is 51, and has to be from 1 to 50",
    ),
    (
        "search_documentation.8",
        "invalid_arguments: required argument `search_phrase` is missing",
    ),
    (
        "search_table.13",
        "invalid_arguments: `max_rows` is 0, and has to be from 1 to 100",
    ),
    (
        "search_table.14",
        "page_not_html: https://docs.aws.amazon.com/text.html is not HTML, so it has no sections or tables\nhint: read it with `read_documentation`",
    ),
];
