"""The process of one served version: MLflow's scoring server, the model, and the model's own code.

It is run by its path and imports nothing of Syrinx: a version brings the `projects` that it was
logged with, and Python would not import that beside another one that is there already.
"""

import os
import socket
import sys
import threading

import uvicorn
from mlflow.pyfunc import scoring_server


def main(model: str, address: str) -> None:
    """Loads a model and answers requests until the parent process ends.

    What the parent is told on stdout is one line: `ready` once requests are taken, or why they
    never will be.

    Args:
        model: A folder with an MLmodel file.
        address: Where to make the Unix socket.
    """
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    parent = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # A model may print while it loads.
    with parent, socket.socket(socket.AF_UNIX) as listener:
        try:
            app = scoring_server.init(scoring_server.load_model_with_mlflow_config(model))
            listener.bind(address)
            listener.listen()
        except BaseException as error:  # A model's code may do anything, sys.exit() included.
            print(f"{type(error).__name__}: {' '.join(str(error).split())}", file=parent)
            raise
        print("ready", file=parent, flush=True)
        # These headers and the log of requests are written by who passes the requests on.
        config = uvicorn.Config(
            app, access_log=False, log_level="warning", server_header=False, date_header=False
        )
        uvicorn.Server(config).run(sockets=[listener])


def _end_with_the_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # Nothing is written to it: it closes.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
