//! Variables that name secrets: resolved at the start, looked at again, never seen.

mod support;

use std::time::Instant;

use serde_json::json;
use support::{Function, PATIENCE, command, lines};

const REFERENCE: (&str, &str) = ("TOKEN", "${secretsmanager:token}");
const OFTEN: (&str, &str) = ("MCP_FLEET_SECRETS_REFRESH", "1");

struct Secrets(std::path::PathBuf);

impl Secrets {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("secrets-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn set(&self, value: &str) {
        // In one step: the fixture may be reading it.
        let (new, token) = (self.0.join("new"), self.0.join("token"));
        std::fs::write(&new, value).expect("written");
        std::fs::rename(new, token).expect("in place");
    }

    /// How often the server has read a secret.
    fn reads(&self) -> u64 {
        std::fs::metadata(self.0.join("reads")).map_or(0, |file| file.len())
    }

    fn folder(&self) -> (&str, &str) {
        ("SECRETS", self.0.to_str().expect("UTF-8"))
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Calls until the answer begins so.
async fn until(function: &mut Function, start: &str) -> String {
    let began = Instant::now();
    loop {
        // Also before the first: a function that is called without a pause fills its log.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let text = function.call("about", &json!({})).await.text();
        if text.starts_with(start) {
            return text;
        }
        assert!(began.elapsed() < PATIENCE, "it stays at {text}");
    }
}

#[tokio::test]
async fn a_changed_secret_reaches_the_server_in_the_same_process() {
    let secrets = Secrets::new("changed");
    secrets.set("planted-1");
    let environment = [
        REFERENCE,
        secrets.folder(),
        OFTEN,
        ("MCP_FLEET_LOG", "trace"),
    ];
    let mut function = Function::start("secrets-fixture", &environment).await;
    let first = until(&mut function, "9 1 true ").await;
    secrets.set("planted-is-2");
    let second = until(&mut function, "12 2 true ").await;
    let id = |text: &str| text.rsplit(' ').next().map(str::to_owned);
    assert_eq!(id(&first), id(&second));
    // A secret that cannot be read leaves the old value, and says so.
    std::fs::remove_file(secrets.0.join("token")).expect("there");
    let reads = secrets.reads();
    while secrets.reads() < reads + 2 {
        until(&mut function, "12 2 true ").await;
    }
    secrets.set("planted-back-3");
    until(&mut function, "14 3 true ").await;
    let (stdout, log) = function.written().await;
    assert_eq!(stdout, "");
    assert!(!log.contains("planted"), "{log}");
    let failures = lines(&log);
    let mut failures = failures.iter().filter(|line| {
        line["message"]
            .as_str()
            .is_some_and(|m| m.starts_with("secrets could not"))
    });
    let chain = failures.next().expect("it is logged")["error.chain"]
        .as_str()
        .expect("a text");
    assert!(chain.starts_with("TOKEN: No such file"), "{chain}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_stops_the_start_by_name() {
    let secrets = Secrets::new("missing");
    let cases = [
        ("secrets-fixture", REFERENCE.1, "TOKEN: No such file"),
        (
            "secrets-fixture",
            "${secretsmanager:a b}",
            "TOKEN: a secret's name has letters",
        ),
        (
            "fixture",
            REFERENCE.1,
            "TOKEN: it names a secret, and this program was built without reading any",
        ),
    ];
    for (program, value, expected) in cases {
        let environment = [("TOKEN", value), secrets.folder()];
        let (posted, code) = Function::start(program, &environment)
            .await
            .init_error()
            .await;
        let message = posted.json()["errorMessage"].to_string();
        assert!(message.starts_with(&format!("\"{expected}")), "{message}");
        assert_eq!(code, Some(1));
    }
}

#[tokio::test]
async fn a_command_line_reads_them_too_except_to_list_tools() {
    let secrets = Secrets::new("cli");
    let run = async |arguments: &[&str]| {
        let mut command = command("secrets-fixture");
        command.envs([REFERENCE, secrets.folder()]).args(arguments);
        command.output().await.expect("it runs")
    };
    assert!(run(&["tools"]).await.status.success());
    assert_eq!(run(&["call", "about"]).await.status.code(), Some(2));
    secrets.set("planted-1");
    let called = run(&["call", "about", "{}"]).await;
    let stdout = String::from_utf8_lossy(&called.stdout).into_owned();
    assert!(stdout.contains("9 1 true "), "{stdout}");
}
