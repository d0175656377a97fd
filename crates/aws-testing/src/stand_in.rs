//! A real HTTP server on loopback that real SDK clients take for AWS.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_clients::{Aws, Builder};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use server_testing::Damage;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::reply::Reply;
use crate::request::AwsRequest;

/// The access key that [`AwsStandIn::clients`] signs with. Worth nothing anywhere.
pub const ACCESS_KEY: &str = "AKIDEXAMPLE";
/// Its secret, which no answer may hold.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// AWS, for one test. Answers as scripted and remembers what it was asked.
///
/// An operation without a script, or whose script is used up, is answered with the error
/// `NotScripted`, which no retry repeats and no tool takes for a success.
pub struct AwsStandIn {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for AwsStandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsStandIn")
            .field("uri", &self.server.uri())
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    scripts: HashMap<String, Script>,
    routes: Vec<Route>,
    requests: Vec<AwsRequest>,
    answered: usize,
    damage: Option<Damage>,
}

enum Script {
    Always(Reply),
    InTurn(VecDeque<Reply>),
    By(Box<dyn Fn(&AwsRequest) -> Reply + Send>),
}

/// How a REST service's request names its operation.
pub(crate) struct Route {
    service: String,
    method: String,
    template: String,
    pub(crate) operation: String,
}

impl Route {
    pub(crate) fn fits(&self, service: &str, method: &str, path: &str) -> bool {
        let mut template = self.template.split('/');
        let mut parts = path.split('/');
        self.service == service
            && self.method == method
            && loop {
                match (template.next(), parts.next()) {
                    (None, None) => break true,
                    (Some(expected), Some(part))
                        if expected == part || (expected.starts_with('{') && !part.is_empty()) => {}
                    _ => break false,
                }
            }
    }
}

impl AwsStandIn {
    /// Starts on a free port of 127.0.0.1, with nothing scripted.
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::<Mutex<State>>::default();
        let responder = Responder(Arc::clone(&state));
        Mock::given(any())
            .respond_with(responder)
            .mount(&server)
            .await;
        Self { server, state }
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL`.
    pub fn uri(&self) -> String {
        self.server.uri()
    }

    /// AWS set-up of a server under test: this endpoint, fixed credentials, one attempt, and
    /// nothing of this machine's variables and files. The region stays for the server to decide.
    pub fn clients(&self) -> Builder {
        let credentials = Credentials::from_keys(ACCESS_KEY, SECRET_KEY, None);
        Aws::builder()
            .variables(&[])
            .profile_files(no_files())
            .endpoint_url(self.uri())
            .credentials(SharedCredentialsProvider::new(credentials))
            .attempts(1)
    }

    /// Answers every call of `service:Operation` with the same.
    pub fn on(&self, operation: &str, reply: Reply) -> &Self {
        self.script(operation, Script::Always(reply))
    }

    /// Answers the calls of an operation one after the other, and then no more.
    pub fn in_turn(&self, operation: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let replies = replies.into_iter().collect();
        self.script(operation, Script::InTurn(replies))
    }

    /// Answers an operation by what it is asked.
    pub fn by(
        &self,
        operation: &str,
        reply: impl Fn(&AwsRequest) -> Reply + Send + 'static,
    ) -> &Self {
        self.script(operation, Script::By(Box::new(reply)))
    }

    /// Names the operation of a REST request: `route("amp", "GET", "/workspaces/{id}",
    /// "DescribeWorkspace")`. The first that fits counts. Needed for what is not named by a
    /// header, a path of `rpc-v2-cbor` or an `Action`, signed requests without SDK included.
    pub fn route(&self, service: &str, method: &str, template: &str, operation: &str) -> &Self {
        self.state().routes.push(Route {
            service: service.to_owned(),
            method: method.to_owned(),
            template: template.to_owned(),
            operation: operation.to_owned(),
        });
        self
    }

    /// From now on, what is scripted arrives like this.
    pub fn damage(&self, damage: Damage) {
        self.state().damage = Some(damage);
    }

    /// What was asked so far, in order.
    pub fn requests(&self) -> Vec<AwsRequest> {
        self.state().requests.clone()
    }

    /// What was asked since the last time.
    pub fn take_requests(&self) -> Vec<AwsRequest> {
        std::mem::take(&mut self.state().requests)
    }

    fn script(&self, operation: &str, script: Script) -> &Self {
        assert!(
            operation.contains(':'),
            "`{operation}`: write `service:Operation`"
        );
        self.state().scripts.insert(operation.to_owned(), script);
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Files that do not exist: the machine's own must not decide a test.
fn no_files() -> EnvConfigFiles {
    EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, "")
        .with_contents(EnvConfigFileKind::Credentials, "")
        .build()
}

/// A test that panicked elsewhere has already failed; its state is still good.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Responder(Arc<Mutex<State>>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = lock(&self.0);
        let request = AwsRequest::read(request, &state.routes);
        state.answered += 1;
        let request_id = format!("00000000-0000-0000-0000-{:012}", state.answered);
        let name = request.name();
        let reply = match state.scripts.get_mut(&name) {
            Some(Script::Always(reply)) => Some(reply.clone()),
            Some(Script::InTurn(replies)) => replies.pop_front(),
            Some(Script::By(reply)) => Some(reply(&request)),
            None => None,
        };
        let reply = reply.unwrap_or_else(|| {
            let message = format!("the test has no answer for `{name}`");
            Reply::error(400, "NotScripted", &message)
        });
        let reply = match &state.damage {
            Some(damage) => reply.damaged(damage),
            None => reply,
        };
        let response = reply.response(&request, &request_id);
        state.requests.push(request);
        response
    }
}
