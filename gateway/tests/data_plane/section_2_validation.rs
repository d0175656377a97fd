//! Section 2.4: arguments are checked before the function is invoked.

use gateway::{Settings, Undeclared, Validation, ValidationTexts};
use serde_json::json;

use crate::support::{Recorder, call, gateway, text_of};

#[tokio::test]
async fn section_2_4_argument_validation() {
    let (pass, refuse) = (Undeclared::Pass, Undeclared::Refuse);
    let (today, january) = (
        ValidationTexts::ValidationException,
        ValidationTexts::JsonSchemaException,
    );
    for (statement, texts, undeclared, arguments, lines) in [
        (
            "one line per violation: a missing field, a wrong type",
            today,
            pass,
            json!({"limit": "3"}),
            "ValidationException - Parameter validation failed: Invalid request parameters:\
             \n- Missing required field(s): 'path'\
             \n- Field '/limit' has invalid type: string found, integer expected",
        ),
        (
            "null is no string",
            today,
            pass,
            json!({"path": null}),
            "ValidationException - Parameter validation failed: Invalid request parameters:\
             \n- Field '/path' has invalid type: null found, string expected",
        ),
        (
            "undeclared members are refused in some cases",
            today,
            refuse,
            json!({"path": "p", "mode": 1}),
            "ValidationException - Parameter validation failed: Invalid request parameters:\
             \n- additionalProperties validation failed: property 'mode' is not defined in the schema and the schema does \
             not allow additional properties",
        ),
        (
            "the variant of January 2026: prefix and path style",
            january,
            pass,
            json!({"path": null, "limit": "3"}),
            "JsonSchemaException - Parameter validation failed: Invalid request parameters:\
             \n- $.limit: string found, integer expected\
             \n- $.path: null found, string expected",
        ),
        (
            "the variant of January 2026: `_meta` is not defined",
            january,
            refuse,
            json!({"path": "p", "_meta": {}}),
            "JsonSchemaException - Parameter validation failed: Invalid request parameters:\
             \n- $: property '_meta' is not defined in the schema and the schema does not allow additional properties",
        ),
    ] {
        let recorder = Recorder::returning("{}");
        let validation = Validation { undeclared, texts };
        let app = gateway(
            &recorder,
            Settings {
                validation,
                ..Settings::default()
            },
        );
        let message = call(&app, "files___read", arguments).await;
        assert_eq!(text_of(&message), (lines, true), "{statement}");
        assert_eq!(recorder.seen(), [], "{statement}: before the function");
    }
}
