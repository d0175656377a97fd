//! A Lambda handler that does what its event says: the tests' fixture, and the smallest complete client of the Runtime API there is
//! (standard library only, no Lambda crate).
//!
//! The event is `{"do": COMMAND, …}`; see [`obey`]. `FIXTURE_INIT` makes it fail before the first event; see [`init`].

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{self, Command, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Signal, getpid, kill_process};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let api = env::var("AWS_LAMBDA_RUNTIME_API").map_err(io::Error::other)?;
    let mut connection = Connection::open(&api)?;
    init(&mut connection)?;
    loop {
        let event = connection.get("/2018-06-01/runtime/invocation/next")?;
        let Some(id) = event.header("lambda-runtime-aws-request-id") else {
            return Err(io::Error::other(format!("no event: {}", event.status)));
        };
        let command: Value = serde_json::from_slice(&event.body)?;
        let after = obey(&command, &event, &id, &mut connection)?;
        after();
    }
}

/// `exit:CODE`, `error`, `hang`, `signal:NUMBER`, `say:TEXT`.
fn init(connection: &mut Connection) -> io::Result<()> {
    let mode = env::var("FIXTURE_INIT").unwrap_or_default();
    let (mode, argument) = mode.split_once(':').unwrap_or((&mode, ""));
    match mode {
        "exit" => {
            log("cannot read the configuration");
            process::exit(argument.parse().map_err(io::Error::other)?);
        }
        "error" => {
            let body = br#"{"errorType":"Config.Missing","errorMessage":"FIXTURE is not set"}"#;
            connection.post("/2018-06-01/runtime/init/error", body, "Config.Missing")?;
            process::exit(1);
        }
        "hang" => hang(),
        "signal" => signal(argument.parse().map_err(io::Error::other)?),
        "say" => log(argument),
        _ => {}
    }
    Ok(())
}

type After = Box<dyn FnOnce()>;

/// Does what the event says and answers it. Returns what is to be done after the answer.
fn obey(
    command: &Value,
    event: &Response,
    id: &str,
    connection: &mut Connection,
) -> io::Result<After> {
    // An HTTP event has its command in the body.
    let of_http = command["body"]
        .as_str()
        .and_then(|body| serde_json::from_str(body).ok());
    let of_http = of_http.filter(|command: &Value| command["do"].is_string());
    let command = of_http.as_ref().unwrap_or(command);
    let number = |name: &str| command[name].as_u64().unwrap_or(0);
    let mut after: After = Box::new(|| ());
    let answer = match command["do"].as_str().unwrap_or("echo") {
        "echo" => echo(command, event)?,
        "pid" => json!(process::id()),
        "sleep" => {
            thread::sleep(Duration::from_millis(number("ms")));
            json!(process::id())
        }
        // Waits until `count` processes have come to the folder `place`.
        "meet" => {
            let place = command["place"].as_str().unwrap_or(".");
            fs::write(format!("{place}/{}", process::id()), "")?;
            while fs::read_dir(place)?.count()
                < usize::try_from(number("count")).map_err(io::Error::other)?
            {
                thread::sleep(Duration::from_millis(1));
            }
            json!(process::id())
        }
        // Says its process id first, so that somebody can kill it.
        "hang" => {
            log(&format!("pid {}", process::id()));
            hang()
        }
        "exit" => process::exit(i32::try_from(number("code")).map_err(io::Error::other)?),
        "signal" => signal(i32::try_from(number("number")).map_err(io::Error::other)?),
        "allocate" => {
            let size = usize::try_from(number("mb")).map_err(io::Error::other)? * 1024 * 1024;
            let memory = vec![1u8; size];
            json!(memory.iter().map(|byte| u64::from(*byte)).sum::<u64>())
        }
        // An answer of exactly `bytes` bytes of JSON.
        "answer" => {
            let size = usize::try_from(number("bytes")).map_err(io::Error::other)?;
            json!("x".repeat(size - 2))
        }
        "respond" => command["value"].clone(),
        // As an HTTP response that comes in pieces; the last one when the file `wait_for` is there.
        "stream" => {
            let refused = stream(command, &path(id, "response"), connection)?;
            log(&format!("streamed: {refused}"));
            return Ok(after);
        }
        "print" => {
            for line in command["lines"].as_array().into_iter().flatten() {
                log(line.as_str().unwrap_or_default());
            }
            Value::Null
        }
        "error" => {
            let body = br#"{"errorType":"Fixture.Refused","errorMessage":"as told"}"#;
            connection.post(&path(id, "error"), body, "Fixture.Refused")?;
            return Ok(after);
        }
        // What the Runtime API says to a request that it must refuse.
        "misuse" => misuse(command["how"].as_str().unwrap_or_default(), connection)?,
        "child" => {
            let child = Command::new("sleep")
                .arg("600")
                .stdin(Stdio::null())
                .spawn()?;
            json!(child.id())
        }
        "linger" => {
            let time = Duration::from_millis(number("ms"));
            after = Box::new(move || thread::sleep(time));
            json!(process::id())
        }
        // Ends before it can know that its answer arrived.
        "answer_and_exit" => {
            let request = connection.post_request(&path(id, "response"), b"\"last words\"", "");
            connection.stream.get_mut().write_all(&request)?;
            process::exit(0);
        }
        "exit_after" => {
            after = Box::new(|| process::exit(0));
            Value::Null
        }
        other => return Err(io::Error::other(format!("unknown command `{other}`"))),
    };
    let response = connection.post(&path(id, "response"), &serde_json::to_vec(&answer)?, "")?;
    if response.status != 202 {
        log(&format!("answer: {} {}", response.status, response.text()));
    }
    Ok(after)
}

/// Sends `pieces` one by one and returns the status of the Runtime API's answer.
fn stream(command: &Value, path: &str, connection: &mut Connection) -> io::Result<u16> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\ntransfer-encoding: chunked\r\n\
         content-type: application/vnd.awslambda.http-integration-response\r\n\
         lambda-runtime-function-response-mode: streaming\r\n\r\n",
        connection.host
    );
    connection.stream.get_mut().write_all(head.as_bytes())?;
    let pieces = command["pieces"].as_array().cloned().unwrap_or_default();
    for (index, piece) in pieces.iter().enumerate() {
        let file = command["wait_for"].as_str();
        while index + 1 == pieces.len()
            && file.is_some_and(|file| !fs::exists(file).unwrap_or(true))
        {
            thread::sleep(Duration::from_millis(1));
        }
        let piece = piece.as_str().unwrap_or_default();
        let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
        connection.stream.get_mut().write_all(chunk.as_bytes())?;
    }
    connection.stream.get_mut().write_all(b"0\r\n\r\n")?;
    Ok(connection.read()?.status)
}

fn echo(command: &Value, event: &Response) -> io::Result<Value> {
    let header = |name: &str| event.header(name);
    let environment: BTreeMap<String, String> = env::vars().collect();
    Ok(json!({
        "event": command,
        "client_context": header("lambda-runtime-client-context"),
        "cognito_identity": header("lambda-runtime-cognito-identity"),
        "deadline_ms": header("lambda-runtime-deadline-ms"),
        "function_arn": header("lambda-runtime-invoked-function-arn"),
        "request_id": header("lambda-runtime-aws-request-id"),
        "trace_id": header("lambda-runtime-trace-id"),
        "environment": environment,
        "folder": env::current_dir()?,
        "pid": process::id(),
    }))
}

fn misuse(how: &str, connection: &mut Connection) -> io::Result<Value> {
    let response = match how {
        "wrong id" => connection.post(&path("1234", "response"), b"{}", "")?,
        "wrong id for an error" => connection.post(&path("1234", "error"), b"{}", "")?,
        "next before the answer" => connection.get("/2018-06-01/runtime/invocation/next")?,
        "init error after init" => connection.post("/2018-06-01/runtime/init/error", b"{}", "")?,
        "unknown path" => connection.get("/2018-06-01/runtime/nothing")?,
        other => return Err(io::Error::other(format!("unknown misuse `{other}`"))),
    };
    let body: Value = serde_json::from_slice(&response.body)?;
    Ok(json!({ "status": response.status, "body": body }))
}

fn path(id: &str, kind: &str) -> String {
    format!("/2018-06-01/runtime/invocation/{id}/{kind}")
}

fn log(line: &str) {
    // Not `eprintln!`: one write, or two lines may mix.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

fn hang() -> ! {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

fn signal(number: i32) -> ! {
    if let Some(signal) = Signal::from_named_raw(number) {
        let _ = kill_process(getpid(), signal);
    }
    hang()
}

/// A keep-alive connection.
struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

struct Response {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Response {
    fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(other, _)| other == name)?;
        // Panics rather than repairs: bytes that are not the sender's must not pass.
        Some(String::from_utf8(value.clone()).expect("the emulator passes on UTF-8"))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    fn open(host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            host: host.to_owned(),
            stream: BufReader::new(stream),
        })
    }

    fn get(&mut self, path: &str) -> io::Result<Response> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.read()
    }

    fn post(&mut self, path: &str, body: &[u8], error_type: &str) -> io::Result<Response> {
        let request = self.post_request(path, body, error_type);
        self.stream.get_mut().write_all(&request)?;
        self.read()
    }

    fn post_request(&self, path: &str, body: &[u8], error_type: &str) -> Vec<u8> {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        if !error_type.is_empty() {
            request += &format!("lambda-runtime-function-error-type: {error_type}\r\n");
        }
        request += "\r\n";
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }

    fn read(&mut self) -> io::Result<Response> {
        let status_line = self.line()?;
        let status = String::from_utf8_lossy(&status_line)
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| io::Error::other("no status line"))?;
        let mut headers = Vec::new();
        let mut length = 0;
        loop {
            let line = self.line()?;
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                break;
            };
            let name = String::from_utf8_lossy(&line[..colon]).to_lowercase();
            let value = line[colon + 1..].trim_ascii().to_vec();
            if name == "content-length" {
                length = String::from_utf8_lossy(&value)
                    .parse()
                    .map_err(io::Error::other)?;
            }
            headers.push((name, value));
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_ascii_end().to_vec())
    }
}
