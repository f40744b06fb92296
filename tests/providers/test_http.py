"""The shared HTTP client: connections, proxies, time limits, and bodies that are no event stream."""

import asyncio
import gzip
import socket

import httpx2
import pytest

from llm_ls.loopback import is_loopback
from llm_ls.providers.http import new_client
from llm_ls.providers.network import Network
from tests.providers.asked import HELLO, answer, failure, openai, text
from tests.providers.openai_wire import delta
from tests.rigs.vendor import CUT, PAUSE, Answer, LoopbackVendor, sse

DELTA, STOP = delta(content="hi"), delta("stop")
HI = Answer((sse(DELTA, STOP, "[DONE]"),))


async def test_keeps_the_connection_after_a_complete_answer(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(HI)

    for _ in range(3):
        assert text(await answer(openai(vendor.url, http))) == "hi"

    assert vendor.connections == 1


async def test_asks_again_when_a_kept_connection_is_dead(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(HI, None, HI)
    model = openai(vendor.url, http)
    await answer(model)

    assert text(await answer(model)) == "hi"
    assert [request.connection for request in vendor.requests] == [1, 1, 2]


async def test_asks_only_once_more(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(HI, None)
    model = openai(vendor.url, http)
    await answer(model)

    assert (await failure(model)).kind == "connection"
    assert len(vendor.requests) == 3


async def test_asks_once_on_a_fresh_connection(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(None)

    error = await failure(openai(vendor.url, http))

    assert error.kind == "connection"
    assert len(vendor.requests) == 1


async def test_never_repeats_a_question_that_was_being_answered(
    vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.answers(HI, Answer((sse(DELTA), CUT)))
    model = openai(vendor.url, http)
    await answer(model)

    assert (await failure(model)).kind == "stream_truncated"
    assert len(vendor.requests) == 2


async def test_does_not_wait_for_a_vendor_that_lingers(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(DELTA, STOP, "[DONE]"), PAUSE)

    assert text(await answer(openai(vendor.url, http))) == "hi"
    assert await vendor.client_closed() == 1


async def test_says_how_to_mend_a_server_that_is_not_running(http: httpx2.AsyncClient) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    error = await failure(openai(f"http://127.0.0.1:{port}", http))

    assert error.kind == "connection"
    assert error.message.startswith(f"no connection to 127.0.0.1:{port}")
    assert error.hint == f"start the server at 127.0.0.1:{port}, or correct `providers.acme.baseUrl`"
    assert (error.provider, error.model, error.partial) == ("acme", "acme/m", False)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://[::", "nonsense"])
async def test_refuses_a_base_url_that_is_none(url: str, http: httpx2.AsyncClient) -> None:
    assert (await failure(openai(url, http))).kind == "invalid_request"


async def test_gives_up_on_a_silent_vendor(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(PAUSE)

    error = await failure(openai(vendor.url, http, timeout_s=0.05))

    assert error.kind == "timeout"
    assert not error.partial
    assert await vendor.client_closed() == 1


async def test_gives_up_on_a_vendor_that_falls_silent(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(sse(DELTA), PAUSE)

    error = await failure(openai(vendor.url, http, timeout_s=0.05))

    assert error.kind == "timeout"
    assert error.partial


async def test_waits_longer_for_the_beginning_than_within(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    """The pause before the first byte is longer than the silence that is allowed within."""
    vendor.says(PAUSE, sse(DELTA), PAUSE)
    asking = asyncio.create_task(failure(openai(vendor.url, http, timeout_s=0.05, first_byte_timeout_s=20)))
    await vendor.paused()
    await asyncio.wait((asking,), timeout=0.15)
    still_waiting = not asking.done()
    vendor.go_on()

    error = await asking

    assert still_waiting
    assert (error.kind, error.partial) == ("timeout", True)


async def test_waits_longer_within_than_for_the_beginning(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(PAUSE, sse(DELTA, STOP, "[DONE]"))

    error = await failure(openai(vendor.url, http, timeout_s=20, first_byte_timeout_s=0.05))

    assert (error.kind, error.partial) == ("timeout", False)


async def test_waits_no_longer_for_the_head_of_an_answer(http: httpx2.AsyncClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"

        error = await failure(openai(url, http, timeout_s=20, first_byte_timeout_s=0.05))

    assert error.kind == "timeout"


async def test_never_follows_a_redirect(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(status=307, headers={"location": "http://127.0.0.1:9/elsewhere?key=1"})

    error = await failure(openai(vendor.url, http))

    assert error.kind == "protocol"
    assert error.message.endswith("a redirect to http://127.0.0.1:9/elsewhere")
    assert len(vendor.requests) == 1


async def test_names_a_web_page_for_what_it_is(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    page = b"\n<!doctype html><html><head><title>Sign in to Acme Wi-Fi</title></head>"
    vendor.says(page, headers={"content-type": "text/html"})

    error = await failure(openai(vendor.url, http))

    assert error.kind == "protocol"
    assert error.message == "acme answered with a web page titled 'Sign in to Acme Wi-Fi' instead of an event stream"


async def test_names_json_for_what_it_is(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(200, {"id": "1", "choices": [{"message": {"content": "all at once"}}]})

    assert (await failure(openai(vendor.url, http))).message == "acme answered with JSON instead of an event stream"


async def test_reads_an_error_under_a_status_of_success(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(200, {"error": {"message": "You ran out", "code": "insufficient_quota"}})

    error = await failure(openai(vendor.url, http))

    assert error.kind == "quota_exceeded"
    assert error.message == "acme has no credit or quota left for this: You ran out"


async def test_reads_a_compressed_stream(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    body = gzip.compress(sse(DELTA, DELTA, STOP, "[DONE]"))
    vendor.says(body[:20], body[20:], headers={"content-type": "text/event-stream", "content-encoding": "gzip"})

    assert text(await answer(openai(vendor.url, http))) == "hihi"


async def test_reads_a_stream_under_any_content_type(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(b"\xef\xbb\xbf\n", sse(DELTA, STOP, "[DONE]"), headers={"content-type": "text/plain"})

    assert text(await answer(openai(vendor.url, http))) == "hi"


async def test_reads_a_stream_that_ends_with_its_connection(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.answers(Answer((sse(DELTA, STOP),), chunked=False))

    assert text(await answer(openai(vendor.url, http))) == "hi"


async def test_asks_a_far_host_through_the_proxy(vendor: LoopbackVendor) -> None:
    vendor.answers(HI)
    async with new_client(Network(vendor.url)) as http:
        assert text(await answer(openai("http://models.test", http))) == "hi"

    assert vendor.requests[0].path == "http://models.test/v1/chat/completions"


async def test_asks_a_far_host_through_the_proxy_of_the_environment(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.answers(HI)
    monkeypatch.setenv("http_proxy", vendor.url.removeprefix("http://"))
    async with new_client() as http:
        assert text(await answer(openai("http://models.test", http))) == "hi"

    assert vendor.requests[0].path == "http://models.test/v1/chat/completions"


async def test_never_asks_this_machine_through_a_proxy(vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor.answers(HI)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with new_client(Network("http://127.0.0.1:9")) as http:
        assert text(await answer(openai(vendor.url, http), HELLO)) == "hi"


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("api.localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_knows_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here
