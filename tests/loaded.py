"""Imports the whole package and what serves it, for processes.py to fork from."""

from __future__ import annotations

import importlib
import pkgutil

import surveys
from tests.quicker import make_applications_cheap

for module in pkgutil.walk_packages(surveys.__path__, "surveys."):
    if ".migrations." not in module.name:
        importlib.import_module(module.name)
for name in ("flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "pypinyin", "fpdf"):
    importlib.import_module(name)

make_applications_cheap()
