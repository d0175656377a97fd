//! `GetFunction`, `GetFunctionConfiguration` and `ListFunctions`.

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_emulator::{Emulator, FunctionSpec, Options};
use serde_json::{Value, json};

use crate::{
    api, get,
    support::{handler, spec},
};

#[tokio::test]
async fn a_function_is_described() {
    let api = api();
    let whole = get(&api, "/obedient").await.json();
    let configuration = get(&api, "/obedient/configuration").await.json();
    assert_eq!(whole["Configuration"], configuration);
    let binary = handler();
    assert_eq!(
        whole["Code"]["Location"],
        format!("file://{}", binary.display())
    );
    assert_eq!(whole["Concurrency"]["ReservedConcurrentExecutions"], 4);

    let mut configuration = configuration;
    let sha256 = configuration["CodeSha256"].take();
    let sha256 = BASE64_STANDARD.decode(sha256.as_str().unwrap()).unwrap();
    assert_eq!(sha256.len(), 32);
    let modified = configuration["LastModified"].take();
    let modified = modified.as_str().unwrap();
    assert!(
        modified.starts_with("20") && modified.ends_with("+0000"),
        "{modified}"
    );
    assert_eq!(
        configuration,
        json!({
            "Architectures": ["x86_64"],
            "CodeSha256": null,
            "CodeSize": binary.metadata().unwrap().len(),
            "Description": "does as it is told",
            "Environment": { "Variables": { "OWN": "value" } },
            "EphemeralStorage": { "Size": 512 },
            "FunctionArn": "arn:aws:lambda:eu-west-3:123456789012:function:obedient",
            "FunctionName": "obedient",
            "Handler": "bootstrap",
            "LastModified": null,
            "LastUpdateStatus": "Successful",
            "LoggingConfig": { "LogFormat": "Text", "LogGroup": "/aws/lambda/obedient" },
            "MemorySize": 256,
            "PackageType": "Zip",
            "Role": "arn:aws:iam::123456789012:role/obedient",
            "Runtime": "provided.al2023",
            "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
            "State": "Active",
            "Timeout": 50,
            "TracingConfig": { "Mode": "PassThrough" },
            "Version": "$LATEST",
        })
    );
}

#[tokio::test]
async fn functions_are_listed_in_pages() {
    let functions = ["d", "b", "e", "a", "c"].map(|name| FunctionSpec {
        name: name.to_owned(),
        ..spec()
    });
    let emulator = Emulator::new(functions.to_vec(), Options::default()).unwrap();
    let api = emulator.lambda_api();
    let mut marker = String::new();
    let mut pages = Vec::new();
    loop {
        let page = get(&api, &format!("/?MaxItems=2{marker}")).await.json();
        let names: Vec<String> = page["Functions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|function| function["FunctionName"].as_str().unwrap().to_owned())
            .collect();
        pages.push(names.concat());
        match page["NextMarker"].as_str() {
            Some(next) => marker = format!("&Marker={next}"),
            None => break,
        }
    }
    assert_eq!(pages, ["ab", "cd", "e"]);
    let all = get(&api, "?FunctionVersion=ALL").await.json();
    assert_eq!(all["Functions"].as_array().unwrap().len(), 5);
    assert_eq!(all["NextMarker"], Value::Null);
    assert_eq!(all["Functions"][0]["State"], Value::Null);
}
