"""Bodies are found in a stream, however it is chopped up."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_ls.framing import Framer, encode


def bodies(*chunks: bytes) -> list[bytes]:
    framer = Framer()
    return [body for chunk in chunks for body in framer.feed(chunk)]


def test_writes_the_length_in_bytes() -> None:
    assert encode("é".encode()) == b"Content-Length: 2\r\n\r\n\xc3\xa9"


def test_several_messages_in_one_write() -> None:
    assert bodies(encode(b"{}") + encode(b"[1]") + encode(b"3")) == [b"{}", b"[1]", b"3"]


@given(messages=st.lists(st.binary(max_size=40), max_size=6), cuts=st.lists(st.integers(0, 300), max_size=12))
def test_a_message_in_any_number_of_writes(messages: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(encode, messages))
    edges = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})

    assert bodies(*(stream[a:b] for a, b in itertools.pairwise(edges))) == messages


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 2\r\n\r\n",
        b"CONTENT-LENGTH:2\r\n\r\n",
        b"Content-Length : 2 \r\n\r\n",
        b"Content-Length: 2\n\n",
        b"Content-Length: 2\r\n\n",
        b"\r\n\r\nContent-Length: 2\r\n\r\n",
        b"\xef\xbb\xbfContent-Length: 2\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\ncontent-type: application/json; charset=UTF-8\r\nX-Other: 1\r\n\r\n",
    ],
)
def test_header_as_clients_write_it(head: bytes) -> None:
    assert bodies(head + b"{}" + encode(b"[]")) == [b"{}", b"[]"]


@pytest.mark.parametrize(
    "bad",
    [
        b'Content-Length: two\r\n\r\n{"id":1}',
        b'Content-Length: -5\r\n\r\n{"id":1}',
        b'Content-Length:\r\n\r\n{"id":1}',
        b'Content-Length: 99999999999\r\n\r\n{"id":1}',
        b'Content-Length: 999999999999999999999999999\r\n\r\n{"id":1}',
        b'Content-Type: application/json\r\n\r\n{"id":1}',
        b"what is this\r\n\r\nand\r\n\r\nthat\r\n\r\n",
        b"x" * 100_000,
        b"Content-Length: 0\r\n\r\n",
    ],
)
def test_one_bad_message_costs_only_itself(bad: bytes) -> None:
    assert bodies(bad + encode(b"{}") + encode(b"[]")) == [b"", b"{}", b"[]"]


def test_stray_text_before_a_header_is_passed_over() -> None:
    assert bodies(b"hello\n" + encode(b"{}")) == [b"{}"]


def test_a_length_too_small_does_not_take_the_next_message_along() -> None:
    assert bodies(b'Content-Length: 3\r\n\r\n{"a":1}' + encode(b"{}")) == [b'{"a', b"{}"]


def test_endless_header_is_not_kept() -> None:
    framer = Framer()
    for _ in range(100):
        list(framer.feed(b"x" * 10_000))

    assert len(framer.pending) < 70_000


def test_longer_than_allowed_is_not_waited_for() -> None:
    framer = Framer(max_body_bytes=10)

    assert list(framer.feed(encode(b"x" * 11) + encode(b"{}"))) == [b"", b"{}"]


@pytest.mark.parametrize("taken", [1, 2])
@pytest.mark.parametrize("cut", [1, 20, 25, 40])
def test_another_framer_goes_on_where_one_stopped(taken: int, cut: int) -> None:
    stream = b"".join(encode(b'"%d"' % number) for number in range(4))
    framer = Framer()
    messages = framer.feed(stream[: len(stream) - cut])
    first = [next(messages) for _ in range(taken)]
    rest = Framer().feed(framer.pending + stream[len(stream) - cut :])

    assert first + list(rest) == [b'"0"', b'"1"', b'"2"', b'"3"']


def test_fields_of_the_header_can_be_read() -> None:
    framer = Framer()
    body = b"{}"
    list(framer.feed(b"Content-Length: %d\r\nAUTHORIZATION: Bearer a:b\r\n\r\n%b" % (len(body), body)))

    assert framer.header("Authorization") == "Bearer a:b"
    assert framer.header("Cookie") is None


def test_a_large_body_in_small_reads() -> None:
    body = json.dumps("x" * 3_000_000).encode()
    stream = encode(body)

    assert bodies(*(stream[at : at + 65536] for at in range(0, len(stream), 65536))) == [body]
