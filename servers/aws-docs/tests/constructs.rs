//! What becomes of each construct of HTML.

#[expect(dead_code, reason = "the recordings' services")]
mod support;

use serde_json::{Value, json};
use server_testing::{call, text};
use wiremock::MockServer;

const PAGE: &str = "https://docs.aws.amazon.com/svc/page.html";

async fn assert_all(cases: &[(&str, &str)]) {
    let web = MockServer::start().await;
    let server = support::server(&web, "aws");
    for (number, (html, expected)) in cases.iter().enumerate() {
        let at = format!("/svc/{number}/page.html");
        support::page(&web, "docs.aws.amazon.com", &at, support::html(html)).await;
        let url = format!("https://docs.aws.amazon.com{at}");
        let arguments = json!({ "url": url, "max_length": 999_999 });
        let result = call(&server, "read_documentation", arguments).await;
        assert_ne!(result["isError"], Value::Bool(true), "{html}: {result}");
        let (_, markdown) = text(&result).split_once("\n\n").expect("a heading");
        let markdown = markdown
            .replace(&url, PAGE)
            .replace(&format!("/svc/{number}/"), "/svc/");
        assert_eq!(markdown, *expected, "{html}");
    }
}

#[tokio::test]
async fn words_and_paragraphs() {
    assert_all(&[
        ("<p>  two \n words </p>", "two words"),
        ("one<p>two</p>three", "one\n\ntwo\n\nthree"),
        ("a<b> bold </b>c", "a **bold** c"),
        ("<b><i>x</i></b> <b>a <b>b</b></b>", "***x*** **a b**"),
        ("<p>x<b></b>y <i> </i> z</p>", "xy z"),
        ("<del>old</del> <u>u</u> <span>s</span>", "~~old~~ u s"),
        ("<p>a<br>b<br/></p>", "a  \nb"),
        ("<p>a<br><br>b</p>", "a\n\nb"),
        ("<h2>One<br>line</h2>", "## One line"),
        ("<h3> </h3><p>x</p>", "x"),
        ("<p>a_b *c* `d`</p>", "a\\_b \\*c\\* \\`d\\`"),
        (
            "<p># no heading</p><p>1. no list</p><p>- none</p><p>&gt; none</p>",
            "\\# no heading\n\n1\\. no list\n\n\\- none\n\n\\> none",
        ),
        ("<p>&lt;id&gt; &amp; &nbsp;&copy;</p>", "<id> & \u{a0}©"),
        (
            "<blockquote><p>a</p><blockquote>b</blockquote></blockquote>",
            "> a\n>\n> > b",
        ),
        (
            "<details><summary>More</summary><p>text</p></details>",
            "**More**\n\ntext",
        ),
        (
            "<div>a<div>b</div></div><section>c</section>",
            "a\n\nb\n\nc",
        ),
        (
            "<awsui-expandable-section header=\"More\"><p>text</p></awsui-expandable-section>",
            "**More**\n\ntext",
        ),
        ("<x-tabs><p>in</p>out</x-tabs>", "in\n\nout"),
        ("<p>x</p><hr><p>y</p>", "x\n\n---\n\ny"),
    ])
    .await;
}

#[tokio::test]
async fn code() {
    assert_all(&[
        ("<p>a<code> b_c </code>d</p>", "a `b_c` d"),
        ("<code>a`b</code>", "`` a`b ``"),
        ("<code></code>x", "x"),
        ("<code>a <i>b</i></code>", "`a b`"),
        ("<pre>a\n  b\n</pre>", "```\na\n  b\n```"),
        ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"),
        (
            "<pre><code class=\"language-rust hljs\">x</code></pre>",
            "```rust\nx\n```",
        ),
        (
            "<pre class=\"programlisting\"><code class=\"java \">x</code></pre>",
            "```java\nx\n```",
        ),
        ("<pre class=\"language-c++\">x</pre>", "```c++\nx\n```"),
        (
            "<pre><code class=\"nohighlight\">x</code></pre>",
            "```\nx\n```",
        ),
        (
            "<div class=\"highlight-console\"><div><pre>$ x</pre></div></div>",
            "```console\n$ x\n```",
        ),
        ("<pre>a<br>b<button>Copy</button></pre>", "```\na\nb\n```"),
        ("<pre><code class=\"a b`c\">x</code></pre>", "```a\nx\n```"),
        (
            "<ul><li><p>a</p><pre>b</pre></li></ul>",
            "* a\n\n  ```\n  b\n  ```",
        ),
    ])
    .await;
}

#[tokio::test]
async fn links_and_images() {
    assert_all(&[
        ("<a href=\"other.html#x\">o</a>", "[o](https://docs.aws.amazon.com/svc/other.html#x)"),
        ("<a href=\"/x y.html\">o</a>", "[o](https://docs.aws.amazon.com/x%20y.html)"),
        ("<a href=\"#x\">o</a>", "[o](https://docs.aws.amazon.com/svc/page.html#x)"),
        ("<a href=\"//aws.amazon.com/a_(b)\">o</a>", "[o](https://aws.amazon.com/a_%28b%29)"),
        ("<a href=\"mailto:a@b.c\">o</a>", "[o](mailto:a@b.c)"),
        ("<a href=\"javascript:alert(1)\">o</a> <a href=\"./.html\">p</a> <a>q</a> <a href=\"http://[\">r</a>", "o p q r"),
        ("x <a href=\"a.html\"> <b>o</b> </a> y", "x [**o**](https://docs.aws.amazon.com/svc/a.html) y"),
        ("<a href=\"a.html\"></a>x", "x"),
        ("<img src=\"i/w.png\" alt=\" A\n w \">", "![A w](https://docs.aws.amazon.com/svc/i/w.png)"),
        ("x <img src=\"data:image/png;base64,AA\" alt=\"dot\">", "x dot"),
        ("<a href=\"a.html\"><img src=\"i.png\" alt=\"i\"></a>", "[![i](https://docs.aws.amazon.com/svc/i.png)](https://docs.aws.amazon.com/svc/a.html)"),
    ])
    .await;
}

#[tokio::test]
async fn lists() {
    assert_all(&[
        ("<ul><li>a</li><li></li><li><p>b</p><p>c</p></li></ul>d", "* a\n* b\n\n  c\n\nd"),
        ("<ol start=\"9\"><li>a</li><li>b<ul><li>c<ol><li>d</li></ol></li></ul></li></ol>", "9. a\n10. b\n    * c\n      1. d"),
        ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "* a\n  * b\n* c"),
        ("<ul><li><ul><li>a</li></ul></li></ul>", "* * a"),
        ("<ul><li><blockquote>q</blockquote></li></ul>", "* > q"),
        ("<ul><li>a<table><tr><th>h</th></tr><tr><td>v</td></tr></table></li></ul>", "* a\n\n  | h |\n  | --- |\n  | v |"),
        ("<dl><dt>t</dt><dt>u</dt><dd>d</dd><dd>e</dd></dl>x", "t\n\nu\n:   d\n:   e\n\nx"),
        ("<dl><div><dt>t</dt><dd><p>d</p><ul><li>e</li></ul></dd></div></dl>", "t\n:   d\n\n    * e"),
        ("<div class=\"awsdocs-note\"><div class=\"awsdocs-note-title\"><h6>Tip</h6></div>a<ul><li>b</li></ul></div>c", "> **Tip**\n>\n> a\n>\n> * b\n\nc"),
        ("<ol><li>a<div class=\"admonition note\"><p class=\"admonition-title\">Note</p><p>b</p></div></li><li>c</li></ol>", "1. a\n\n   > **Note**\n   >\n   > b\n2. c"),
    ])
    .await;
}

#[tokio::test]
async fn tables() {
    assert_all(&[
        ("<table><tr><td>a</td><td>b</td></tr></table>", "| | |\n| --- | --- |\n| a | b |"),
        ("<table><tr><th>h</th><td>a</td></tr></table>", "| | |\n| --- | --- |\n| h | a |"),
        ("<table><caption>C</caption><tr><th>h</th></tr><tr><td>a</td></tr></table>", "C\n\n| h |\n| --- |\n| a |"),
        ("<table><tr><th>h</th><th>i</th></tr><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>", "| h | i |\n| --- | --- |\n| a | |\n| b | c |"),
        // The second cell of the second row is in the third column.
        ("<table><tr><th>h</th><th>i</th><th>j</th></tr><tr><td>a</td><td rowspan=0>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>", "| h | i | j |\n| --- | --- | --- |\n| a | b | c |\n| d | b | e |"),
        ("<table><tr><th>h</th><th>i</th></tr><tr><td rowspan=2 colspan=2>a</td></tr><tr></tr><tr><td>b</td><td>c</td></tr></table>", "| h | i |\n| --- | --- |\n| a | |\n| b | c |"),
        ("<table><thead><tr><th rowspan=2>m</th><th colspan=2>p</th></tr><tr><th>i</th><th>o</th></tr></thead><tbody><tr><td>1</td><td>2</td><td>3</td></tr></tbody><tfoot><tr><td colspan=3>f</td></tr></tfoot></table>", "| m | p - i | p - o |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| f | | |"),
        ("<table><tr><th>h</th></tr><tr><td><p>a</p><p>b|c</p><ul><li>d</li><li>e</li></ul><pre>x\ny</pre></td></tr></table>", "| h |\n| --- |\n| a<br>b\\|c<br>- d<br>- e<br>`x y` |"),
        ("<table><tr><th>h</th></tr><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td></tr></table>", "| h |\n| --- |\n| a<br>b<br>c |"),
        ("<table></table>x<table><tr><td></td></tr></table>", "x\n\n| |\n| --- |\n| |"),
    ])
    .await;
}

#[tokio::test]
async fn what_is_around_the_text_is_dropped() {
    let chrome = [
        "<nav>n</nav>",
        "<footer>n</footer>",
        "<script>n</script>",
        "<style>n</style>",
        "<noscript>n</noscript>",
        "<template><p>n</p></template>",
        "<form>n</form>",
        "<button>n</button>",
        "<svg><text>n</text></svg>",
        "<awsdocs-thumb-feedback>n</awsdocs-thumb-feedback>",
        "<div class=\"x prev-next\">n</div>",
        "<div id=\"main-col-footer\">n</div>",
        "<div class=\"awsdocs-page-utilities\">n</div>",
        "<div id=\"awsccc-cb\">n</div>",
        "<a class=\"headerlink\" href=\"#a\">n</a>",
        "<!-- n -->",
    ];
    let inside = format!("out<main>{}<p>text</p>{0}</main>out", chrome.concat());
    assert_all(&[
        (&inside, "text"),
        (
            "<p>no</p><div id=\"main-content\"><p>text</p></div>",
            "text",
        ),
        ("<p>no</p><article>text</article>", "text"),
        ("<p>no</p><div role=\"main\">text</div>", "text"),
        (
            "<p>no</p><div class=\"x content\">text</div><div class=\"awsui-article\">no</div>",
            "text",
        ),
        ("<main><header><h1>h</h1></header></main>", "# h"),
    ])
    .await;
}
