//! A real Prometheus on a free loopback port, scraping itself every second.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Ends with its value.
pub(crate) struct Prometheus {
    process: Child,
    /// `127.0.0.1:<port>`.
    pub(crate) address: String,
    _files: TempDir,
}

impl Prometheus {
    /// Starts one and waits until it has scraped itself `samples` times.
    pub(crate) async fn start(samples: u32) -> Self {
        for _ in 0..5 {
            // The port is free now; should another process take it first, Prometheus ends and the
            // next round tries another one.
            if let Some(started) = Self::try_start(samples).await {
                return started;
            }
        }
        panic!("Prometheus did not start on any of five ports");
    }

    async fn try_start(samples: u32) -> Option<Self> {
        let files = tempfile::tempdir().expect("a folder");
        let address = format!("127.0.0.1:{}", free_port());
        let config = format!(
            "global: {{scrape_interval: 1s}}\n\
             scrape_configs:\n\
             - job_name: prometheus\n  \
               static_configs: [{{targets: ['{address}']}}]\n"
        );
        let config_path = files.path().join("prometheus.yml");
        std::fs::write(&config_path, config).expect("the configuration");
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", config_path.display()))
            .arg(format!("--storage.tsdb.path={}", files.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("`prometheus` is missing; install it with: apt-get install -y --no-install-recommends prometheus");
        let mut started = Self {
            process,
            address,
            _files: files,
        };
        loop {
            if started.process.try_wait().expect("a child").is_some() {
                return None;
            }
            let query = "query?query=count_over_time(up%5B1m%5D)";
            if let Some(answer) = started.get(query).await
                && let Some(count) = answer["data"]["result"][0]["value"][1].as_str()
                && count.parse::<u32>().expect("a count") >= samples
            {
                return Some(started);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What Prometheus itself answers, without the server under test.
    pub(crate) async fn get(&self, call: &str) -> Option<Value> {
        let url = format!("http://{}/api/v1/{call}", self.address);
        let response = reqwest::get(url).await.ok()?;
        response.json().await.ok()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // Its own group: whatever it may have started ends too. Nothing to do when it is gone.
        let _ = kill_process_group(Pid::from_child(&self.process), Signal::KILL);
        let _ = self.process.wait();
    }
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
