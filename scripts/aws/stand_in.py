"""What ministack lacks: an HTTP server in front of it that passes everything on, and adds

- one fixed answer for each operation that it does not know (`stand_in_answers.py`);
- authorization by its IAM where it lets everyone in: those operations, and CloudWatch;
- a Cloud Control that works as the real one: a change is under way first, and is made with the caller's own rights.
"""

import contextlib
import http.client
import http.server
import json
import re
import socket
import sys
import threading
import urllib.parse
import uuid

import cbor2

import local_aws
from stand_in_answers import CHANGES_NEED, REST_OPERATIONS, not_authorised_by_ministack


@contextlib.contextmanager
def started(ministack: str, answers: dict, roles: dict[str, str] | None = None):
    """Runs the stand-in in a thread and yields its URL.

    `answers` are of `stand_in_answers.py`; `roles` the ARNs of the callers' roles by access key id. Without roles nothing is
    authorised, and Cloud Control is ministack's.
    """
    server = _Server(("127.0.0.1", 0), _Request)
    server.ministack = urllib.parse.urlsplit(ministack).netloc
    server.iam = local_aws.client("iam", ministack)
    server.answers = answers
    server.roles = roles
    server.failed_changes = {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A handler that has its answer ends, and does not read what else it asked for."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signed = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/aws4_request", self.headers.get("Authorization", ""))
        self.key, self.service = signed.groups() if signed else ("", "")
        status, content_type, body = self._answer(self._operation())
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if "application/cbor" in content_type:
            self.send_header("smithy-protocol", "rpc-v2-cbor")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_arguments: object) -> None:
        """Silence: a test prints its own results."""

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def _operation(self) -> str:
        """The operation's name, from where the protocol of its service puts it."""
        path = urllib.parse.urlsplit(self.path).path
        if target := self.headers.get("X-Amz-Target"):
            return target.rpartition(".")[2]
        if "/operation/" in path:
            return path.rpartition("/")[2]
        for service, pattern, operation in REST_OPERATIONS:
            if service == self.service and re.fullmatch(pattern, path):
                return operation
        form = urllib.parse.parse_qs(self.body.decode("utf-8", "replace"))
        return form.get("Action", [""])[0]

    def _answer(self, operation: str) -> tuple[int, str, bytes]:
        if self.server.roles is not None:
            for action in not_authorised_by_ministack(self.service, operation):
                if denial := self._denial(action):
                    return self._denied(denial)
            if self.service == "cloudcontrolapi":
                return self._cloud_control(operation)
        if (self.service, operation) not in self.server.answers:
            return self._pass_on()
        if self.service == "cloudformation" and (refused := self._pass_on())[0] == 403:
            return refused
        content_type, body = self.server.answers[self.service, operation]
        return 200, content_type, body.replace(b"{{url}}", f"http://{self.headers['Host']}".encode())

    def _denied(self, message: str) -> tuple[int, str, bytes]:
        error = {"__type": "AccessDeniedException", "message": message}
        if "/operation/" in self.path:
            return 403, "application/cbor", cbor2.dumps(error)
        return 403, "application/json", _json(error)

    def _pass_on(self) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(self.server.ministack, timeout=20)
        try:
            # Every header as it came, `Host` too: they are signed.
            connection.request(self.command, self.path, self.body, dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read()
        finally:
            connection.close()

    def _denial(self, action: str) -> str | None:
        """Why the caller may not do `action`, or nothing."""
        role = self.server.roles[self.key]
        answer = self.server.iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=[action])
        if answer["EvaluationResults"][0]["EvalDecision"] == "allowed":
            return None
        return f"User: {role} is not authorized to perform: {action} because no identity-based policy allows the {action} action"

    def _cloud_control(self, operation: str) -> tuple[int, str, bytes]:
        request = json.loads(self.body)
        needed = CHANGES_NEED.get((operation, request.get("TypeName")))
        denial = needed and self._denial(needed)
        if denial and not self._denial(f"cloudformation:{operation}"):
            event = {
                "Operation": operation.removesuffix("Resource").upper(),
                "OperationStatus": "FAILED",
                "ErrorCode": "AccessDenied",
                "RequestToken": str(uuid.uuid4()),
                "StatusMessage": denial,
                "TypeName": request["TypeName"],
            }
            self.server.failed_changes[event["RequestToken"]] = event
            return _under_way(event)
        status, content_type, body = self._pass_on()
        failed = self.server.failed_changes.get(request.get("RequestToken"))
        if failed and status != 403:
            return 200, content_type, _json({"ProgressEvent": failed})
        if status == 200 and operation in ("CreateResource", "UpdateResource", "DeleteResource"):
            return _under_way(json.loads(body)["ProgressEvent"])
        return status, content_type, body


def _under_way(event: dict) -> tuple[int, str, bytes]:
    """A change as Cloud Control first answers it, whatever becomes of it."""
    shown = {name: event[name] for name in ("Identifier", "Operation", "RequestToken", "TypeName") if name in event}
    return 200, "application/x-amz-json-1.0", _json({"ProgressEvent": shown | {"OperationStatus": "IN_PROGRESS"}})


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
