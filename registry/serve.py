"""Entry point: serves the champion, and without a pause the next one when told to reload."""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

import uvicorn
from pydantic import Field

from projects.config import Config
from projects.tracking import run_without_tracking
from registry.serving.app import serving_app
from registry.serving.model import ServedModel
from registry.serving.version import ServingError

logger = logging.getLogger(__name__)

ENDINGS = (signal.SIGINT, signal.SIGTERM)


class ServeConfig(Config):
    """Serves the version of a registered model that is @champion, by MLflow's scoring protocol."""

    model: str = Field(
        "species-classifier", min_length=1, description="name of the registered model"
    )
    host: str = Field(
        "127.0.0.1", min_length=1, description="address to listen on; 0.0.0.0 is every network"
    )
    port: int = Field(5001, ge=1, le=65535, description="port to listen on")
    follow: float = Field(
        0.0, ge=0, description="seconds between looks at @champion; 0: only when told to reload"
    )


def serve(config: ServeConfig) -> None:
    """Answers until SIGINT or SIGTERM; SIGHUP puts the champion of the moment in place.

    Raises:
        UserError: There is no champion, it cannot be loaded, the address cannot be had, or the
            process of the version that answers has ended.
    """
    told = asyncio.Event()
    for ending in ENDINGS:
        signal.signal(ending, _end)
    signal.signal(signal.SIGHUP, lambda *_: told.set())
    with _listener(config) as listener:
        served = ServedModel(config.model)
        logger.info("%s answers on http://%s:%d", served.current.label, config.host, config.port)
        try:
            asyncio.run(_answer(served, listener, told, config.follow))
        finally:
            served.current.stop()


def _end(*_: object) -> NoReturn:
    for ending in ENDINGS:  # `mlflow run` passes Ctrl-C on twice, and the first is being obeyed.
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(0)


def _listener(config: ServeConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family)
    except OSError as error:
        raise ServingError(
            f"cannot listen on port {config.port} of {config.host}: {error.strerror}; choose "
            "another host or port"
        ) from error


async def _answer(
    served: ServedModel, listener: socket.socket, told: asyncio.Event, follow: float
) -> None:
    async def end_with_the_version() -> None:
        server.should_exit = server.should_exit or served.current.ended

    settings = uvicorn.Config(
        serving_app(served),
        lifespan="off",
        log_config=None,
        callback_notify=end_with_the_version,
        timeout_notify=1,
    )
    server = uvicorn.Server(settings)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, told.set)
    reloading = asyncio.create_task(_reload_when_told(served, told, follow))
    await server.serve(sockets=[listener])
    reloading.cancel()
    if served.current.ended:
        raise ServingError(f"the process of {served.current.label} has ended: start again")


async def _reload_when_told(served: ServedModel, told: asyncio.Event, follow: float) -> None:
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(follow or None):
                await told.wait()
        told.clear()
        await served.reload()


if __name__ == "__main__":
    run_without_tracking(ServeConfig, serve)
