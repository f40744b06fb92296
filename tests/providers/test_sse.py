"""Server-sent events: the same events, however the bytes are cut."""

import time
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_ls.providers.sse import Event, Splitter, TooLarge

EVERYTHING = (
    b'\xef\xbb\xbf: a comment\r\nevent: delta\r\ndata: {"a":"x\xe2\x80\xa8y\xc2\x85z"}\r\n\r\n'
    b"data:no space\n\n"
    b"data:  two spaces\ndata: and a second line\rid: 7\nretry: 10\n\n"
    b"event: lost\n\n"
    b"data\n\n"
    b": keep-alive\n\n"
    b"data: [DONE]   \n\n"
)
EVENTS = [
    Event(b"delta", '{"a":"x\u2028y\u0085z"}'.encode()),
    Event(b"", b"no space"),
    Event(b"", b" two spaces\nand a second line"),
    Event(b"", b""),
    Event(b"", b"[DONE]   "),
]


def split(*pieces: bytes) -> list[Event]:
    splitter = Splitter()
    return [event for piece in pieces for event in splitter.feed(piece)] + splitter.close()


def test_reads_every_kind_of_line() -> None:
    assert split(EVERYTHING) == EVENTS


def test_reads_byte_by_byte() -> None:
    assert split(*(bytes([byte]) for byte in EVERYTHING)) == EVENTS


@given(st.lists(st.integers(0, len(EVERYTHING))))
def test_reads_the_same_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    ends = [*sorted(cuts), len(EVERYTHING)]
    pieces = [EVERYTHING[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    assert split(*pieces) == EVENTS


@given(st.binary(), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_ends_lines_at_cr_and_lf_only(junk: bytes, end: bytes) -> None:
    line = junk.replace(b"\r", b"").replace(b"\n", b"")

    assert split(b"data: " + line + end + end) == [Event(b"", line)]


def test_gives_each_event_as_soon_as_its_blank_line_is_there() -> None:
    splitter = Splitter()

    assert splitter.feed(b"data: 1\n") == []
    assert splitter.feed(b"\n") == [Event(b"", b"1")]
    assert splitter.feed(b"data: 2\r\n\r") == [Event(b"", b"2")]
    assert splitter.feed(b"\ndata: 3\n\n") == [Event(b"", b"3")]


def test_gives_a_last_event_without_its_blank_line() -> None:
    assert split(b"data: 1\n\ndata: 2\n") == [Event(b"", b"1"), Event(b"", b"2")]
    assert split(b"data: 1\n\ndata: 2") == [Event(b"", b"1"), Event(b"", b"2")]


def test_carries_events_of_megabytes_in_linear_time() -> None:
    size = 12 * 1024 * 1024
    body = b"data: " + b"x" * size + b"\n\n"
    begun = time.process_time()

    (event,) = split(*(body[start : start + 1024] for start in range(0, len(body), 1024)))

    assert len(event.data) == size
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("line", [b"data: ", b": ", b"event: "])
def test_refuses_an_event_without_end(line: bytes) -> None:
    splitter = Splitter(limit_bytes=1000)
    splitter.feed(line)

    with pytest.raises(TooLarge):
        deque(map(splitter.feed, [b"x" * 100] * 100))


def test_refuses_an_event_of_too_many_lines() -> None:
    splitter = Splitter(limit_bytes=1000)

    with pytest.raises(TooLarge):
        deque(map(splitter.feed, [b"data: " + b"x" * 100 + b"\n"] * 100))


def test_counts_the_size_of_each_event_anew() -> None:
    splitter = Splitter(limit_bytes=1000)

    assert sum(len(splitter.feed(b"data: " + b"x" * 100 + b"\n\n")) for _ in range(100)) == 100
