"""Our fake of what GitHub Copilot takes: GitHub's device flow, the exchange of tokens, and Copilot's API, on loopback.

    python -m tests.rigs.github [PORT] [--after SECONDS]

prints its address, which `providers.github-copilot.domain` takes; each Enter, or that much time, approves what waits.
"""

import argparse
import asyncio
import contextlib
import email.utils
import html
import json
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import attrs

from llm_ls.auth.oauth_client import OAuthClient
from tests.rigs import copilot
from tests.rigs.vendor import Received, read_request

CLIENT_ID = "Ov23li-of-the-rig"
DEVICE = "/login/device/code"
TOKEN = "/login/oauth/access_token"
PAGE = "/login/device"
EXCHANGE = "/copilot_internal/v2/token"
USER = "/user"
MODELS = "/models"
CHAT = "/chat/completions"
_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"


@attrs.frozen
class Reply:
    """An answer: `body` as JSON, or `text`, or `pieces` in chunks."""

    body: object = attrs.field(factory=dict[str, object])
    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    text: str | None = None
    pieces: tuple[bytes, ...] = ()


HANG_UP = None


def refusal(code: str, status: int = 200, **members: object) -> Reply:
    """An OAuth error, by default with the status that GitHub gives it."""
    return Reply({"error": code, "error_description": f"That is {code}.", **members}, status)


@attrs.define
class _Code:
    user_code: str
    ends: float
    login: str = ""
    denied: bool = False


class GitHub:
    """Use as an async context manager. What is scripted by `says` comes first; else it does as GitHub does.

    Args:
        port: Where it listens; 0 is anywhere.
        clock_off_s: How far its clock is ahead of this machine's.

    Attributes:
        requests: What came in, oldest first.
        given_out: Every secret that it ever gave out, for searches after them.
        interval: Of its device codes, in seconds; `None` leaves it out.
        expires_in: Of its device codes, in seconds.
        prefix: Of its tokens: `gho_` of an OAuth app, `ghu_` of a GitHub App.
        token_lasts_s: Gives tokens that end, with refresh tokens that rotate; `None` gives some that last.
        scope: What it grants.
        seat: Whether its accounts have Copilot.
        copilot_lasts_s: Of its Copilot tokens.
        api: What it names as Copilot's API; empty is itself.
        answer: What its models say.
        models: Which there are.
    """

    def __init__(self, port: int = 0, *, clock_off_s: float = 0.0) -> None:
        self.requests: list[Received] = []
        self.given_out: list[str] = []
        self.interval: float | None = 5
        self.expires_in = 900
        self.prefix = "gho_"
        self.token_lasts_s: int | None = None
        self.scope = "read:user"
        self.seat = True
        self.copilot_lasts_s = 1800
        self.api = ""
        self.answer = "Hello from Copilot."
        self.models = copilot.MODELS
        self._port = port
        self._clock_off_s = clock_off_s
        self._codes: dict[str, _Code] = {}
        self._logins: dict[str, str] = {}
        self._refreshes: dict[str, str] = {}
        self._copilot: set[str] = set()
        self._scripted: dict[str, list[Reply | None]] = {}
        self._arrived: dict[str, asyncio.Queue[Received]] = {}
        self._connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*self._connections)
        await self._server.wait_closed()

    def client(self, **changes: Any) -> OAuthClient:
        """How to sign in here; `changes` are fields of `OAuthClient`."""
        made = OAuthClient(
            provider="github-copilot",
            name="GitHub Copilot",
            methods=("device",),
            client_id=CLIENT_ID,
            token_url=f"{self.url}{TOKEN}",
            device_url=f"{self.url}{DEVICE}",
            scope="read:user",
            flavor="github",
            audience=self.url,
        )
        return attrs.evolve(made, **changes)

    def says(self, path: str, *replies: Reply | None) -> None:
        """Answer the next requests for `path` so, one after the other; `HANG_UP` breaks the connection."""
        self._scripted.setdefault(path, []).extend(replies)

    def asked(self, path: str) -> list[Received]:
        """The requests for `path` so far."""
        return [request for request in self.requests if urlsplit(request.path).path == path]

    async def next(self, path: str) -> Received:
        """Wait for the next request for `path` that no earlier call has returned."""
        async with asyncio.timeout(10):
            return await self.arrival(path)

    async def arrival(self, path: str) -> Received:
        """The same, however long it takes."""
        return await self._arrivals(path).get()

    def approve(self, user_code: str = "", login: str = "octocat") -> None:
        """A person types the code in, and agrees; without a code, all that wait."""
        for code in self._waiting(user_code):
            code.login = login

    def deny(self, user_code: str = "") -> None:
        """A person types the code in, and refuses; without a code, all that wait."""
        for code in self._waiting(user_code):
            code.denied = True

    def gives(self, login: str = "octocat") -> str:
        """A token of an account, as if it had signed in."""
        token = self._secret(self.prefix)
        self._logins[token] = login
        return token

    def knows(self, token: str, login: str = "octocat") -> None:
        """Take `token` for one of its own from here on."""
        self._logins[token] = login

    def revoke(self, token: str = "") -> None:
        """Take a token of GitHub's no more; without one, none."""
        self._logins = {kept: login for kept, login in self._logins.items() if token and kept != token}

    def end_copilot_tokens(self) -> None:
        """Take none of the Copilot tokens given so far."""
        self._copilot.clear()

    def _waiting(self, user_code: str) -> list[_Code]:
        waiting = [code for code in self._codes.values() if not code.login and not code.denied]
        found = [code for code in waiting if user_code in ("", code.user_code)]
        assert found or not user_code, f"nobody waits for {user_code}"
        return found

    def _secret(self, prefix: str) -> str:
        made = f"{prefix}{secrets.token_hex(18)}"
        self.given_out.append(made)
        return made

    def _arrivals(self, path: str) -> asyncio.Queue[Received]:
        return self._arrived.setdefault(path, asyncio.Queue())

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            while (request := await read_request(reader, 0)) is not None:
                self.requests.append(request)
                path = urlsplit(request.path).path
                self._arrivals(path).put_nowait(request)
                scripted = self._scripted.get(path)
                reply = scripted.pop(0) if scripted else self._reply(path, request)
                if reply is None:
                    writer.transport.abort()
                    return
                await self._write(writer, reply)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            del self._connections[task]

    async def _write(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        date = email.utils.formatdate(time.time() + self._clock_off_s, usegmt=True)
        headers = {"date": date, "content-type": "application/json; charset=utf-8", **reply.headers}
        body = (json.dumps(reply.body) if reply.text is None else reply.text).encode()
        headers |= {"transfer-encoding": "chunked"} if reply.pieces else {"content-length": str(len(body))}
        lines = [f"HTTP/1.1 {reply.status} Status", *(f"{name}: {value}" for name, value in headers.items() if value)]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        for piece in reply.pieces:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n" if reply.pieces else body)
        await writer.drain()

    def _reply(self, path: str, request: Received) -> Reply:
        handlers: dict[tuple[str, str], Callable[[Received], Reply]] = {
            ("POST", DEVICE): self._device_code,
            ("POST", TOKEN): self._token,
            ("GET", PAGE): self._page,
            ("POST", PAGE): self._page,
            ("GET", USER): self._user,
            ("GET", EXCHANGE): self._exchange,
            ("GET", MODELS): self._models,
            ("POST", CHAT): self._chat,
        }
        handler = handlers.get((request.method, path))
        return handler(request) if handler else Reply({"message": "Not Found"}, 404)

    def _device_code(self, request: Received) -> Reply:
        if _fields(request).get("client_id") != CLIENT_ID:
            return Reply({"error": "Not Found"}, 404)
        device_code = self._secret("")
        user_code = "-".join(secrets.token_hex(2).upper() for _ in range(2))
        self._codes[device_code] = _Code(user_code, time.monotonic() + self.expires_in)
        answer = {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": f"{self.url}{PAGE}",
            "expires_in": self.expires_in,
        }
        return _encoded(request, answer | ({} if self.interval is None else {"interval": self.interval}))

    def _token(self, request: Received) -> Reply:
        fields = _fields(request)
        if fields.get("client_id") != CLIENT_ID:
            return _encoded(request, refusal("incorrect_client_credentials").body)
        if fields.get("grant_type") == "refresh_token":
            login = self._refreshes.pop(fields.get("refresh_token", ""), "")
            return _encoded(request, self._tokens(login) if login else refusal("bad_refresh_token").body)
        if fields.get("grant_type") != _GRANT_TYPE:
            return _encoded(request, refusal("unsupported_grant_type").body)
        code = self._codes.get(fields.get("device_code", ""))
        if code is None:
            return _encoded(request, refusal("incorrect_device_code").body)
        if code.ends < time.monotonic():
            return _encoded(request, refusal("expired_token").body)
        if code.denied:
            return _encoded(request, refusal("access_denied").body)
        if not code.login:
            return _encoded(request, refusal("authorization_pending").body)
        del self._codes[fields["device_code"]]
        return _encoded(request, self._tokens(code.login))

    def _tokens(self, login: str) -> dict[str, object]:
        answer: dict[str, object] = {"access_token": self.gives(login), "token_type": "bearer", "scope": self.scope}
        if self.token_lasts_s is not None:
            refresh = self._secret("ghr_")
            self._refreshes[refresh] = login
            lasting = {"expires_in": self.token_lasts_s, "refresh_token": refresh}
            answer |= {**lasting, "refresh_token_expires_in": 15_811_200}
        return answer

    def _page(self, request: Received) -> Reply:
        fields = _fields(request)
        said = "Type the code in that your device shows."
        if request.method == "POST" and (codes := self._waiting_for(fields.get("user_code", ""))):
            denied = "deny" in fields
            (self.deny if denied else self.approve)(codes[0].user_code)
            said = "You refused." if denied else "Congratulations, you're all set!"
        elif request.method == "POST":
            said = f"Nobody waits for {html.escape(fields.get('user_code', ''))}."
        form = (
            f'<!doctype html><title>Device Activation</title><p>{said}<form method="post">'
            '<input name="user_code"><button>Continue</button><button name="deny" value="1">Cancel</button></form>'
        )
        return Reply(text=form, headers={"content-type": "text/html; charset=utf-8"})

    def _waiting_for(self, user_code: str) -> list[_Code]:
        typed = user_code.strip().upper()
        return [code for code in self._waiting("") if code.user_code == typed]

    def _login(self, request: Received) -> str:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        return self._logins.get(token, "")

    def _user(self, request: Received) -> Reply:
        if not request.headers.get("user-agent"):
            return Reply(text="Request forbidden by administrative rules.", status=403)
        if not (login := self._login(request)):
            return Reply({"message": "Bad credentials"}, 401)
        return Reply({"login": login, "id": 583231, "name": "The Octocat", "email": f"{login}@example.org"})

    def _exchange(self, request: Received) -> Reply:
        if not self._login(request):
            return Reply({"message": "Bad credentials"}, 401)
        if not self.seat:
            said = "No access to GitHub Copilot found. You are currently logged in as octocat."
            return Reply({"message": "Resource not accessible", "error_details": {"message": said}}, 403)
        ends_at = int(time.time() + self._clock_off_s + self.copilot_lasts_s)
        token = self._secret(f"tid={secrets.token_hex(4)};exp={ends_at};sku=rig;8kp=1:")
        self._copilot.add(token)
        answer = {
            "token": token,
            "expires_at": ends_at,
            "refresh_in": max(1, self.copilot_lasts_s - 300),
            "endpoints": {"api": self.api or self.url, "proxy": self.url, "telemetry": self.url},
            "chat_enabled": True,
            "individual": True,
            "sku": "rig",
        }
        return Reply(answer)

    def _refused_by_api(self, request: Received) -> Reply | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind == "Bearer" and token in self._copilot:
            return None
        return Reply(text="unauthorized: token expired\n", status=401, headers={"content-type": "text/plain"})

    def _models(self, request: Received) -> Reply:
        return self._refused_by_api(request) or Reply(copilot.models(self.models))

    def _chat(self, request: Received) -> Reply:
        if refused := self._refused_by_api(request):
            return refused
        model = request.json.get("model", "")
        if not request.json.get("stream"):
            return Reply(copilot.completion(self.answer, model))
        return Reply(pieces=copilot.stream(self.answer, model), headers={"content-type": "text/event-stream"})


def _fields(request: Received) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return request.json
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _encoded(request: Received, answer: object) -> Reply:
    """`answer` as the request wants it: GitHub writes a form for who does not ask for JSON."""
    if "json" in request.headers.get("accept", ""):
        return Reply(answer)
    assert isinstance(answer, dict)
    form = urlencode({str(name): str(value) for name, value in answer.items()})  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - JSON
    return Reply(text=form, headers={"content-type": "application/x-www-form-urlencoded"})


async def _serve(port: int, after_s: float | None) -> None:
    async with GitHub(port) as github:
        print(f"{github.url}\nclient id: {CLIENT_ID}", flush=True)
        while True:
            if after_s is None:
                if not await asyncio.to_thread(sys.stdin.readline):
                    return
            else:
                await github.arrival(DEVICE)
                await asyncio.sleep(after_s)
            github.approve()
            print("approved", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.rigs.github")
    parser.add_argument("port", nargs="?", type=int, default=0)
    parser.add_argument("--after", type=float, metavar="SECONDS")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(given.port, given.after))
