"""How the installation is, for administrators."""

from __future__ import annotations

import time
from pathlib import Path

from flask import Blueprint, current_app, render_template

from surveys.results.installation import look_at_installation
from surveys.services import mix
from surveys.web.access import ADMINISTRATORS, allow
from surveys.web.messages import sentence

blueprint = Blueprint("installation", __name__, url_prefix="/staff/installation")


@blueprint.get("")
@allow(ADMINISTRATORS)
def index() -> str:
    found = look_at_installation(Path(current_app.instance_path), mix(), current_app.config["BACKUP_FOLDER"])
    warnings = [sentence(problem) for problem in found.warnings(time.time())]
    return render_template("staff/installation.html", found=found, warnings=warnings)
