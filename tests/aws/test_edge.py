"""What the CDN answers, asked over a real socket on loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.aws.edge import Edge


class Viewer(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(302 if self.path.endswith("moved") else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("X-Seen", f"{self.headers['Host']} {self.path}")
        self.send_header("X-Encoding", self.headers["Accept-Encoding"])
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Viewer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a/b.png", "/a/b.png"),
        ("a b+c.png", "/a%20b%2Bc.png"),
        ("ü/%20?#&.png", "/%C3%BC/%2520%3F%23%26.png"),
        ("~ok-_.x", "/~ok-_.x"),
    ],
)
def test_a_key_is_percent_encoded_with_its_slashes_kept(key, path):
    assert Edge("https://cdn.example/").url(key) == f"https://cdn.example{path}"


def test_a_relative_address_is_asked_of_this_process_itself(site):
    edge = Edge("/emulator/cdn/e1", connect_base=site)
    answer = edge.head(edge.url("a b.png"))
    assert answer.status == 200
    assert answer.headers["x-seen"].endswith(" /emulator/cdn/e1/a%20b.png")
    assert answer.headers["x-encoding"] == "identity"
    edge.close()


def test_a_redirect_is_an_answer_and_not_followed(site):
    edge = Edge(site)
    assert edge.head(edge.url("moved")).status == 302
    edge.close()


def test_nobody_answering_is_an_answer_too():
    edge = Edge("http://127.0.0.1:9")
    answer = edge.head(edge.url("k"))
    assert answer.status == 0
    assert answer.error == "no answer: ConnectError"
    edge.close()
