"""Entry point: what this machine and this environment are. Every run logs the same facts."""

import importlib.metadata
import json
import os
import platform


def packages() -> str:
    """Every installed distribution with its version, one a line, as pip pins them."""
    found = {
        f"{distribution.name}=={distribution.version}"
        for distribution in importlib.metadata.distributions()
    }
    return "\n".join(sorted(found, key=str.lower)) + "\n"


def machine() -> str:
    """Python, system, cores and accelerator as JSON."""
    import torch  # Takes seconds and 200 MB, and a server asks for packages only.

    facts = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }
    return json.dumps(facts, indent=2)


if __name__ == "__main__":
    print(machine())
