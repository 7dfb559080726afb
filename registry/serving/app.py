"""What a client meets: MLflow's scoring protocol, and which version answered."""

from collections.abc import Iterable
from http.client import HTTPConnection, HTTPException
from socket import AF_UNIX, socket

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.serving.model import ServedModel
from registry.serving.version import ServedVersion

HEADER = "X-Syrinx-Model"
"""Of every answer: the version that gave it, as `species-classifier/7`."""

LOOPBACK = {"127.0.0.1", "::1"}

OF_ONE_CONNECTION = {"connection", "content-length", "expect", "transfer-encoding", "upgrade"}
"""Headers that say how one connection carries a body, and so are not passed on to another."""


def serving_app(served: ServedModel) -> ASGIApp:
    """Makes the ASGI application.

    `GET /model` tells which version answers and `POST /reload` changes it; every other request,
    `/invocations`, `/ping`, `/health` and `/version` among them, is MLflow's scoring server's.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        match request.method, request.url.path:
            case "GET", "/model":
                answer = _facts(served.current)
            case "POST", "/reload":
                answer = await _reload(served, request)
            case _:
                answer = await _pass_on(served, request)
        await answer(scope, receive, send)

    return app


def _facts(version: ServedVersion) -> Response:
    facts = {
        "model": version.version.name,
        "version": str(version.version.version),
        "run_id": version.version.run_id,
        "model_id": version.model_id,
        "loaded": version.loaded.isoformat(timespec="seconds"),
    }
    return _json(version, 200, facts)


async def _reload(served: ServedModel, request: Request) -> Response:
    if request.client is None or request.client.host not in LOOPBACK:
        return _json(served.current, 403, {"error": "reload: only from this machine itself"})
    error = await served.reload()
    return _json(served.current, 503, {"error": error}) if error else _facts(served.current)


async def _pass_on(served: ServedModel, request: Request) -> Response:
    body = await request.body()
    version = served.current
    with version.held():
        try:
            return await run_in_threadpool(_ask, version, request, body)
        except (OSError, HTTPException) as error:
            reason = f"{version.label} did not answer: {type(error).__name__}: {error}"
            return _json(version, 502, {"error": reason})


def _ask(version: ServedVersion, request: Request, body: bytes) -> Response:
    target = request.scope["raw_path"].decode("ascii")
    if request.url.query:
        target += f"?{request.url.query}"
    with socket(AF_UNIX) as connected:
        connected.connect(version.address)
        connection = HTTPConnection("localhost")
        connection.sock = connected
        connection.request(request.method, target, body, _kept(request.headers.items()))
        answer = connection.getresponse()
        headers = {**_kept(answer.getheaders()), HEADER: version.label}
        return Response(answer.read(), answer.status, headers)


def _kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in OF_ONE_CONNECTION}


def _json(version: ServedVersion, status: int, content: dict[str, str | None]) -> Response:
    return JSONResponse(content, status, {HEADER: version.label})
