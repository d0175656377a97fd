//! What patches do, what fits, and what is refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn operations(patch: Value) -> Vec<Operation> {
    serde_json::from_value(patch).expect("operations")
}

fn changes(current: &Value, patch: Value) -> Value {
    let preview = preview(current, &operations(patch)).expect("it fits");
    json!({ "changes": preview.changes, "after": preview.after })
}

fn misfit(current: &Value, patch: Value) -> String {
    preview(current, &operations(patch))
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_no_operation_says_what_is_missing() {
    for (written, reason) in [
        (json!(1), InvalidOperation::NoObject.to_string()),
        (json!({ "path": "/a" }), InvalidOperation::Op.to_string()),
        (
            json!({ "op": "merge", "path": "/a" }),
            InvalidOperation::Op.to_string(),
        ),
        (
            json!({ "op": "remove" }),
            "the `remove` operation needs `path`".to_owned(),
        ),
        (
            json!({ "op": "add", "path": "/a" }),
            "the `add` operation needs `value`".to_owned(),
        ),
        (
            json!({ "op": "replace", "path": "/a" }),
            "the `replace` operation needs `value`".to_owned(),
        ),
        (
            json!({ "op": "test", "path": "/a" }),
            "the `test` operation needs `value`".to_owned(),
        ),
        (
            json!({ "op": "move", "path": "/a" }),
            "the `move` operation needs `from`".to_owned(),
        ),
        (
            json!({ "op": "copy", "path": "/a" }),
            "the `copy` operation needs `from`".to_owned(),
        ),
        (
            json!({ "op": "remove", "path": "Tags" }),
            InvalidOperation::Pointer("path").to_string(),
        ),
        (
            json!({ "op": "remove", "path": "/a~2" }),
            InvalidOperation::Pointer("path").to_string(),
        ),
        (
            json!({ "op": "copy", "path": "/a", "from": 1 }),
            InvalidOperation::Pointer("from").to_string(),
        ),
    ] {
        let error = Operation::try_from(written.clone()).unwrap_err();
        assert_eq!(error.to_string(), reason, "{written}");
    }
}

#[test]
fn null_is_a_value() {
    let patch = json!([{ "op": "add", "path": "/a", "value": null, "comment": "kept" }]);
    let read = operations(patch.clone());
    assert_eq!(serde_json::to_value(&read).unwrap(), patch);
    assert_eq!(
        preview(&json!({}), &read).unwrap().after,
        json!({ "a": null })
    );
}

#[test]
fn each_operation_tells_what_was_there_and_what_will_be() {
    let current = json!({ "Name": "b", "Tags": [{ "Key": "env", "Value": "dev" }], "Old": 1 });
    let patch = json!([
        { "op": "test", "path": "/Name", "value": "b" },
        { "op": "replace", "path": "/Tags/0/Value", "value": "prod" },
        { "op": "add", "path": "/Tags/-", "value": { "Key": "a", "Value": "b" } },
        { "op": "add", "path": "/Tags/0", "value": { "Key": "c", "Value": "d" } },
        { "op": "add", "path": "/Name", "value": "c" },
        { "op": "remove", "path": "/Old" },
        { "op": "copy", "from": "/Name", "path": "/Copy" },
        { "op": "move", "from": "/Copy", "path": "/Moved" },
    ]);
    assert_eq!(
        changes(&current, patch),
        json!({
            "changes": [
                { "op": "replace", "path": "/Tags/0/Value", "before": "dev", "after": "prod" },
                { "op": "add", "path": "/Tags/1", "after": { "Key": "a", "Value": "b" } },
                { "op": "add", "path": "/Tags/0", "after": { "Key": "c", "Value": "d" } },
                { "op": "add", "path": "/Name", "before": "b", "after": "c" },
                { "op": "remove", "path": "/Old", "before": 1 },
                { "op": "copy", "path": "/Copy", "from": "/Name", "after": "c" },
                { "op": "move", "path": "/Moved", "from": "/Copy", "after": "c" },
            ],
            "after": {
                "Name": "c", "Moved": "c",
                "Tags": [
                    { "Key": "c", "Value": "d" },
                    { "Key": "env", "Value": "prod" },
                    { "Key": "a", "Value": "b" },
                ],
            },
        })
    );
}

#[test]
fn a_misfit_says_what_is_there_instead() {
    let current = json!({ "Name": "b", "Tags": [1], "Empty": {} });
    for (operation, text) in [
        (
            json!({ "op": "replace", "path": "/properties/Tags", "value": 1 }),
            "(`replace` `/properties/Tags`) does not fit: there is no `/properties`",
        ),
        (
            json!({ "op": "replace", "path": "/tags", "value": 1 }),
            "(`replace` `/tags`) does not fit: there is no `/tags`; the resource has `Empty`, `Name`, `Tags`",
        ),
        (
            json!({ "op": "remove", "path": "/Empty/a" }),
            "(`remove` `/Empty/a`) does not fit: there is no `/Empty/a`; `/Empty` has nothing",
        ),
        (
            json!({ "op": "remove", "path": "/Tags/3" }),
            "(`remove` `/Tags/3`) does not fit: `3` is no index of `/Tags`, which has 1 entries",
        ),
        (
            json!({ "op": "add", "path": "/Name/x", "value": 1 }),
            "(`add` `/Name/x`) does not fit: `/Name` is neither an object nor an array",
        ),
        (
            json!({ "op": "test", "path": "/Name", "value": "c" }),
            "(`test` `/Name`) does not fit: there is \"b\"",
        ),
        (
            json!({ "op": "move", "from": "/x", "path": "/y" }),
            "(`move` `/y`) does not fit: there is no `/x`; the resource has `Empty`, `Name`, `Tags`",
        ),
    ] {
        let first = json!({ "op": "test", "path": "/Name", "value": "b" });
        assert_eq!(
            misfit(&current, json!([first, operation])),
            format!("`patch_document[1]` {text}")
        );
    }
}

#[test]
fn strange_paths_are_misfits_or_fit_and_never_more() {
    let current = json!({ "": 1, "a/b": 2, "m~n": 3, "Tags": [1] });
    for (operation, after) in [
        (
            json!({ "op": "remove", "path": "/" }),
            Some(json!({ "a/b": 2, "m~n": 3, "Tags": [1] })),
        ),
        (
            json!({ "op": "remove", "path": "/a~1b" }),
            Some(json!({ "": 1, "m~n": 3, "Tags": [1] })),
        ),
        (
            json!({ "op": "remove", "path": "/m~0n" }),
            Some(json!({ "": 1, "a/b": 2, "Tags": [1] })),
        ),
        (
            json!({ "op": "replace", "path": "", "value": {} }),
            Some(json!({})),
        ),
        (json!({ "op": "remove", "path": "/Tags/-" }), None),
        (
            json!({ "op": "replace", "path": "/Tags/01", "value": 1 }),
            None,
        ),
        (json!({ "op": "add", "path": "/Tags/2", "value": 1 }), None),
        (
            json!({ "op": "add", "path": "/Tags/99999999999999999999", "value": 1 }),
            None,
        ),
        (json!({ "op": "add", "path": "/x/y", "value": 1 }), None),
        (
            json!({ "op": "move", "from": "/Tags", "path": "/Tags/0" }),
            None,
        ),
        (json!({ "op": "move", "from": "", "path": "/x" }), None),
    ] {
        let applied = preview(&current, &operations(json!([operation])));
        assert_eq!(
            applied.ok().map(|preview| preview.after),
            after,
            "{operation}"
        );
    }
}

#[test]
fn copies_that_double_the_document_are_refused_before_they_fill_memory() {
    let twice = json!({ "op": "copy", "from": "/a", "path": "/a/-" });
    let current = json!({ "a": ["x".repeat(1_000)], "text": "x".repeat(1_000) });
    assert_eq!(
        misfit(&current, Value::Array(vec![twice; 60])),
        "`patch_document[10]` (`copy` `/a/-`) does not fit: copies and moves up to here would take more than 1048576 bytes as JSON"
    );
    // Grows nothing, but each move is in the answer.
    let there = json!({ "op": "move", "from": "/text", "path": "/b" });
    let back = json!({ "op": "move", "from": "/b", "path": "/text" });
    let moves = vec![[there, back]; 5_000].concat();
    let refused = misfit(&current, Value::Array(moves));
    assert!(refused.contains("[1046]"), "{refused}");
}

fn pointer() -> impl Strategy<Value = String> {
    let names = &[
        "", "/a", "/b", "/0", "/1", "/-", "/~0", "/~1", "/é", "/~", "a",
    ];
    server_testing::text_of(names, 0..4)
}

fn written() -> impl Strategy<Value = Value> {
    let op = prop::sample::select(&["add", "remove", "replace", "move", "copy", "test", "x"][..]);
    let good = (op, pointer(), pointer(), server_testing::hostile_json()).prop_map(
        |(op, path, from, value)| json!({ "op": op, "path": path, "from": from, "value": value }),
    );
    prop_oneof![9 => good, 1 => server_testing::hostile_json()]
}

proptest! {
    #![proptest_config(server_testing::config(300))]

    /// An accepted operation is sent as it was written, and the preview is what RFC 6902 says.
    #[test]
    fn any_patch_is_refused_or_does_what_it_says(
        written in prop::collection::vec(written(), 1..6),
        current in server_testing::hostile_json(),
    ) {
        let operations: Result<Vec<Operation>, _> =
            written.iter().cloned().map(Operation::try_from).collect();
        if let Ok(operations) = operations {
            prop_assert_eq!(json!(operations), Value::Array(written.clone()));
            let patch: json_patch::Patch = serde_json::from_value(Value::Array(written)).unwrap();
            let mut expected = current.clone();
            // Not `patch`: it panics when it cannot take back a move that was applied before.
            let applied = json_patch::patch_unsafe(&mut expected, &patch).is_ok();
            match preview(&current, &operations) {
                Ok(preview) => prop_assert!(applied && preview.after == expected),
                Err(misfit) => prop_assert!(!applied || misfit.to_string().contains("more than")),
            }
        }
    }
}
