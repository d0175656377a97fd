//! Bodies of the query protocol: `A.B.member.1.C=x` as nested values, all of them text.
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

use serde_json::{Map, Value};

/// The fields of a form, nested. `member.N` are lists, `entry.N.key`/`.value` are maps.
pub(crate) fn decode(body: &str) -> Value {
    let mut tree = Value::Object(Map::new());
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        let mut place = &mut tree;
        for part in name.split('.') {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[part];
        }
        *place = Value::String(value.into_owned());
    }
    fold(tree)
}

fn fold(value: Value) -> Value {
    let Value::Object(mut fields) = value else {
        return value;
    };
    if fields.len() == 1 {
        if let Some(members) = fields.remove("member") {
            return numbered(members).into_iter().map(fold).collect();
        }
        if let Some(entries) = fields.remove("entry") {
            let pairs = numbered(entries).into_iter().map(|mut entry| {
                let key = entry["key"].take();
                let key = key.as_str().expect("an entry has a key").to_owned();
                (key, fold(entry["value"].take()))
            });
            return Value::Object(pairs.collect());
        }
    }
    let folded = fields.into_iter().map(|(name, value)| (name, fold(value)));
    Value::Object(folded.collect())
}

/// `{"1": a, "2": b, …, "10": c}` in the order of the numbers. An empty list is an empty text.
fn numbered(value: Value) -> Vec<Value> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    let mut items: Vec<(usize, Value)> = fields
        .into_iter()
        .map(|(name, value)| (name.parse().expect("a number"), value))
        .collect();
    items.sort_by_key(|(number, _)| *number);
    items.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_and_maps_are_found_in_the_names() {
        let body = "Action=CreateGeneratedTemplate&GeneratedTemplateName=t&TemplateConfiguration.DeletionPolicy=RETAIN\
                    &Resources.member.2.ResourceType=B&Resources.member.1.ResourceType=AWS%3A%3AS3%3A%3ABucket\
                    &Resources.member.1.ResourceIdentifier.entry.1.key=BucketName&Resources.member.1.ResourceIdentifier.entry.1.value=b-1";
        assert_eq!(
            decode(body),
            json!({
                "Action": "CreateGeneratedTemplate",
                "GeneratedTemplateName": "t",
                "TemplateConfiguration": { "DeletionPolicy": "RETAIN" },
                "Resources": [
                    { "ResourceType": "AWS::S3::Bucket", "ResourceIdentifier": { "BucketName": "b-1" } },
                    { "ResourceType": "B" }
                ]
            })
        );
    }

    #[test]
    fn lists_longer_than_nine_keep_their_order() {
        let body: Vec<String> = (1..=11).map(|n| format!("L.member.{n}=v{n}")).collect();
        let expected: Vec<String> = (1..=11).map(|n| format!("v{n}")).collect();
        assert_eq!(decode(&body.join("&")), json!({ "L": expected }));
    }
}
