//! Answers of the query protocol.
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

use std::fmt::Write as _;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

use crate::reply::Marked;

/// A good answer: `<XResponse><XResult>…`.
pub(crate) fn answer(operation: &str, value: &Value, request_id: &str) -> String {
    let mut xml = format!("<{operation}Response><{operation}Result>");
    write(&mut xml, value);
    let _ = write!(
        xml,
        "</{operation}Result><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    );
    xml
}

/// An error.
pub(crate) fn error(code: &str, message: &str, request_id: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(code),
        escape(message)
    )
}

// Writing to a `String` cannot fail.
fn write(xml: &mut String, value: &Value) {
    match Marked::of(value) {
        Some(Marked::Timestamp(seconds)) => {
            let time = DateTime::from_secs_f64(seconds).fmt(Format::DateTime);
            xml.push_str(&time.expect("a time of this era"));
            return;
        }
        Some(Marked::Blob(bytes)) => return xml.push_str(&crate::reply::base64(&bytes)),
        Some(Marked::Map(fields)) => return write_entries(xml, fields),
        None => {}
    }
    match value {
        Value::Null => {}
        Value::Bool(truth) => xml.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => {
            let _ = write!(xml, "{number}");
        }
        Value::String(text) => xml.push_str(&escape(text)),
        Value::Array(items) => items.iter().for_each(|item| element(xml, "member", item)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| element(xml, name, value)),
    }
}

fn write_entries(xml: &mut String, fields: &Map<String, Value>) {
    for (name, value) in fields {
        let _ = write!(xml, "<entry><key>{}</key><value>", escape(name));
        write(xml, value);
        xml.push_str("</value></entry>");
    }
}

fn element(xml: &mut String, name: &str, value: &Value) {
    let _ = write!(xml, "<{name}>");
    write(xml, value);
    let _ = write!(xml, "</{name}>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_members_and_marked_values_have_their_form() {
        // In alphabetical order, which every kind of JSON map keeps.
        let value = json!({
            "A": ["x<y", { "B": true }],
            "M": crate::map(json!({ "k": "v" })),
            "T": crate::timestamp(0.0),
        });
        let expected = "<OpResponse><OpResult>\
            <A><member>x&lt;y</member><member><B>true</B></member></A>\
            <M><entry><key>k</key><value>v</value></entry></M>\
            <T>1970-01-01T00:00:00Z</T>\
            </OpResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></OpResponse>";
        assert_eq!(answer("Op", &value, "r"), expected);
    }
}
