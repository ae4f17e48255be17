"""Libraries in C that are loaded before a service, compiled when they are first used."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.processes import OwnProcess
from tests.serving import Service

HAS_COMPILER = shutil.which("gcc") is not None
_BUILT = tempfile.TemporaryDirectory(prefix="preloaded")


@cache
def library(name: str) -> Path:
    """The library made of NAME.c in this folder."""
    target = Path(_BUILT.name) / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", target, source, "-ldl"], check=True)
    return target


class PreloadedService(Service):
    """A service before which a library was loaded. `library_name` is its file's name without the ending."""

    process_type = OwnProcess
    library_name = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the service runs with. Commands that prepare the instance run without the library."""
        return {**super().environment, **({"LD_PRELOAD": str(library(self.library_name))} if self.port else {})}
