"""What vendors say when they refuse, and what we call it."""

import email.utils
import time
from typing import Any

import httpx2
import pytest

from llm_ls.providers import vendor_errors
from tests.providers.asked import KEY, anthropic, failure, openai
from tests.rigs.vendor import LoopbackVendor, sse


def of_openai(message: str, type: str = "invalid_request_error", code: object = None) -> dict[str, Any]:  # noqa: A002
    return {"error": {"message": message, "type": type, "param": None, "code": code}}


def of_anthropic(type: str, message: str, **details: Any) -> dict[str, Any]:  # noqa: A002
    return {"type": "error", "error": {"type": type, "message": message, **details}, "request_id": "req_body"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, of_anthropic("invalid_request_error", "messages: at least one message is required"), "invalid_request"),
        (401, of_anthropic("authentication_error", "invalid x-api-key"), "authentication"),
        (402, of_anthropic("billing_error", "Pay"), "quota_exceeded"),
        (
            400,
            of_anthropic("invalid_request_error", "Your credit balance is too low to access the API"),
            "quota_exceeded",
        ),
        (403, of_anthropic("permission_error", "Not yours"), "permission"),
        (404, of_anthropic("not_found_error", "model: claude-9"), "not_found"),
        (413, of_anthropic("request_too_large", "Too large"), "context_window_exceeded"),
        (429, of_anthropic("rate_limit_error", "Slower"), "rate_limited"),
        (500, of_anthropic("api_error", "Internal server error"), "unavailable"),
        (504, of_anthropic("timeout_error", "Too slow"), "timeout"),
        (529, of_anthropic("overloaded_error", "Overloaded"), "overloaded"),
        (529, {}, "overloaded"),
        (
            400,
            of_anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
            "context_window_exceeded",
        ),
        (403, of_anthropic("permission_error", "x", details={"error_code": "insufficient_credits"}), "quota_exceeded"),
        (401, of_openai("Incorrect API key provided", code="invalid_api_key"), "authentication"),
        (
            403,
            of_openai("Country not supported", "request_forbidden", "unsupported_country_region_territory"),
            "permission",
        ),
        (404, of_openai("The model `gpt-9` does not exist", code="model_not_found"), "not_found"),
        (400, of_openai("Too many tokens", code="context_length_exceeded"), "context_window_exceeded"),
        (400, of_openai("This model's maximum context length is 8192 tokens. However, ..."), "context_window_exceeded"),
        (400, of_openai("Filtered", code="content_filter"), "content_filtered"),
        (400, of_openai("Unsupported parameter: 'temperature'", code="unsupported_parameter"), "unsupported"),
        (429, of_openai("Rate limit reached for requests", "requests", "rate_limit_exceeded"), "rate_limited"),
        (
            429,
            of_openai("You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
            "quota_exceeded",
        ),
        (429, of_openai("Too many", "x", None), "rate_limited"),
        (500, of_openai("Oops", "server_error"), "unavailable"),
        (503, of_openai("Busy", "server_error", "server_is_overloaded"), "overloaded"),
        (
            400,
            {"error": {"code": 400, "type": "exceed_context_size_error", "n_ctx": 1024, "message": "x"}},
            "context_window_exceeded",
        ),
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "unavailable"),
        (404, {"error": "model 'x' not found, try pulling it first"}, "not_found"),
        (400, {"object": "error", "message": "Bad", "type": "BadRequestError", "code": 400}, "invalid_request"),
        (
            422,
            {"detail": [{"loc": ["body", "messages"], "msg": "Field required", "input": "secret text"}]},
            "invalid_request",
        ),
        (403, {"message": "quota exceeded"}, "quota_exceeded"),
        (
            400,
            [
                {
                    "error": {
                        "code": 400,
                        "message": "API key not valid.",
                        "status": "INVALID_ARGUMENT",
                        "details": [{"reason": "API_KEY_INVALID"}],
                    }
                }
            ],
            "authentication",
        ),
        (429, [{"error": {"code": 429, "message": "Slow down", "status": "RESOURCE_EXHAUSTED"}}], "rate_limited"),
        (
            429,
            [
                {
                    "error": {
                        "code": 429,
                        "message": "x",
                        "status": "RESOURCE_EXHAUSTED",
                        "details": [{"violations": [{"quotaId": "RequestsPerDay"}]}],
                    }
                }
            ],
            "quota_exceeded",
        ),
        (418, {}, "invalid_request"),
        (502, None, "unavailable"),
    ],
)
@pytest.mark.parametrize("wire", [anthropic, openai])
async def test_names_a_refusal(
    wire: Any, status: int, body: Any, kind: str, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.refuses(status, body)

    error = await failure(wire(vendor.url, http))

    assert (error.kind, error.status, error.partial) == (kind, status, False)
    assert (error.provider, error.model) == ("acme", "acme/m")
    assert error.hint
    assert "secret text" not in error.sentence


async def test_keeps_the_sentence_of_the_vendor(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(404, of_openai("The model `gpt-9` does not exist.", code="model_not_found"))

    error = await failure(openai(vendor.url, http))

    assert error.message == "acme does not know 'acme/m': The model `gpt-9` does not exist"
    assert error.sentence == (
        "acme does not know 'acme/m': The model `gpt-9` does not exist. "
        "Choose a model that 'acme' offers, and check `providers.acme.baseUrl`."
    )


@pytest.mark.parametrize(
    ("header", "retryable"), [({"x-should-retry": "true"}, True), ({"x-should-retry": "false"}, False), ({}, True)]
)
async def test_the_vendor_says_whether_to_ask_again(
    header: dict[str, str], retryable: bool, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.refuses(503, {}, header)

    assert (await failure(openai(vendor.url, http))).retryable is retryable


@pytest.mark.parametrize(("type", "kind"), [("invalid_request_error", "invalid_request"), ("whatever", "unavailable")])
async def test_names_what_is_reported_within_the_answer_without_a_status(
    type: str,  # noqa: A002
    kind: str,
    vendor: LoopbackVendor,
    http: httpx2.AsyncClient,
) -> None:
    vendor.says(sse({"error": {"message": "No.", "type": type}}))

    assert (await failure(openai(vendor.url, http))).kind == kind


async def test_says_what_a_refusal_without_words_was(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(status=502)

    assert (await failure(openai(vendor.url, http))).message == "acme failed (HTTP 502)"


async def test_names_the_web_page_of_a_gateway(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.says(b"<html><title>Bad gateway</title></html>", status=502, headers={"content-type": "text/html"})

    assert (await failure(openai(vendor.url, http))).message == "acme failed: a web page titled 'Bad gateway'"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "nonsense"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": email.utils.formatdate(0, usegmt=True)}, 0.0),
    ],
)
async def test_says_how_long_to_wait(
    headers: dict[str, str], seconds: float | None, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.refuses(429, {}, headers)

    assert (await failure(openai(vendor.url, http))).retry_after_s == seconds


async def test_reads_a_date_to_wait_for(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(429, {}, {"retry-after": email.utils.formatdate(time.time() + 100, usegmt=True)})

    seconds = (await failure(openai(vendor.url, http))).retry_after_s

    assert seconds is not None
    assert 90 < seconds <= 100


async def test_reads_the_delay_that_google_puts_in_the_body(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "14s"}]
    vendor.refuses(429, [{"error": {"message": "x", "status": "RESOURCE_EXHAUSTED", "details": details}}])

    assert (await failure(openai(vendor.url, http))).retry_after_s == 14


@pytest.mark.parametrize("header", ["request-id", "x-request-id"])
async def test_keeps_the_id_of_the_request(header: str, vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(500, of_anthropic("api_error", "x"), {header: "req_head"})
    assert (await failure(anthropic(vendor.url, http))).request_id == "req_head"


async def test_finds_the_id_of_the_request_in_the_body(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(500, of_anthropic("api_error", "x"))

    assert (await failure(anthropic(vendor.url, http))).request_id == "req_body"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (KEY, f"Incorrect API key provided: {KEY}."),
        ("hunter2-hunter2", "no access for hunter2-hunter2"),
        (KEY, "Incorrect API key provided: sk-proj-abcd********wxyz. You can find"),
        (KEY, "invalid token r8_abcdWXYZ0123"),
        (KEY, "key AIzaSyabcd0123 not valid"),
        (KEY, "sent Authorization: Bearer abcdef.ghi"),
        (KEY, "bad token eyJhbGciOi.eyJzdWIi.c2lnbg"),
        (KEY, "proxy http://ann:geheim@proxy.example"),
        ("abcd/wxyz+", "no abcd%2Fwxyz%2B"),
        ("abcd/wxyz+", "no abcd\\/wxyz+"),
        ("abcd" * 300, "no " + "abcd" * 300 + " " + "abcd" * 300),
        ("hunter2-hunter2", "hunter2-hunter2 " * 200),
    ],
)
async def test_never_repeats_a_secret(key: str, said: str, vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(401, of_openai(said, code="invalid_api_key"))

    error = await failure(openai(vendor.url, http, key=key))

    assert "****" in error.message
    for secret in (key, "abcd", "wxyz", "abcdef", "c2lnbg", "geheim"):
        assert secret not in error.sentence
    assert error.__cause__ is None


async def test_cuts_a_long_message(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(400, of_openai("no " * 10_000))

    assert len((await failure(openai(vendor.url, http))).message) <= 300


async def test_no_terminal_obeys_a_vendor(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.refuses(400, of_openai("not\x1b]0;title\x07 so\nfast\x9b31m, sk-\x00test-0123456789"))

    assert (await failure(openai(vendor.url, http))).message == (
        "acme refused the request: not]0;title so fast31m, ****"
    )


def test_no_terminal_obeys_the_name_of_a_model() -> None:
    (notice,) = vendor_errors.Exchange("acme", "acme/m\x1b[2J", "http://127.0.0.1:1").dropped(["temperature"])

    assert notice.message == "acme/m[2J does not take temperature"


async def test_a_stand_in_for_a_key_is_not_cut_out_of_our_words(
    vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    vendor.refuses(404, of_openai("No model here for key acme"))

    error = await failure(openai(vendor.url, http, key="acme"))

    assert error.message == "acme does not know 'acme/m': No model here for key ****"
