//! A process that is killed while it writes loses nothing that it acknowledged, and leaves nothing half-written.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::{Api, gateway};

/// The example `serve_control`, which cargo builds with the tests, beside them.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples/serve_control")
}

struct Running {
    child: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(file: &Path) -> Running {
    let mut child = Command::new(program())
        .arg("127.0.0.1:0")
        .args([file])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    let running = Running {
        child,
        url: url.trim().to_owned(),
    };
    assert!(running.url.starts_with("http://"), "it did not start");
    running
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let mut acknowledged = Vec::new();
    for round in 0..5 {
        let mut running = start(&file);
        let client = reqwest::Client::new();
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (client, url, sender) = (
                    client.clone(),
                    format!("{}/gateways/", running.url),
                    sender.clone(),
                );
                tokio::spawn(async move {
                    for index in 0.. {
                        let name = format!("g{round}-{writer}-{index}");
                        let Ok(answer) = client.post(&url).json(&gateway(&name)).send().await
                        else {
                            return;
                        };
                        assert_eq!(answer.status(), 202);
                        let _ = sender.send(name);
                    }
                })
            })
            .collect();
        // Some have been acknowledged, and others are on their way.
        for _ in 0..20 {
            acknowledged.push(receiver.recv().await.unwrap());
        }
        running.child.kill().unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        drop(sender);
        while let Some(name) = receiver.recv().await {
            acknowledged.push(name);
        }
    }
    let api = Api::reopened(&file).await.unwrap();
    let mut kept = Vec::new();
    let mut query = String::new();
    loop {
        let page = api.get(&format!("/gateways/{query}")).await.2;
        kept.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["name"].as_str().unwrap().to_owned()),
        );
        let Value::String(token) = &page["nextToken"] else {
            break;
        };
        query = format!("?nextToken={token}");
    }
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|name| !kept.contains(name))
        .collect();
    assert_eq!(lost, [""; 0]);
    // At most what four writers had on their way, five times.
    assert!(
        kept.len() <= acknowledged.len() + 20,
        "{} and {}",
        kept.len(),
        acknowledged.len()
    );
}

#[tokio::test]
async fn a_second_process_on_the_file_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let _running = start(&file);
    let second = Command::new(program())
        .arg("127.0.0.1:0")
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(
        message.contains("is in use by another process\nhint: end the other gateway"),
        "{message}"
    );
    assert_eq!(json!(String::from_utf8(second.stdout).unwrap()), "");
}
