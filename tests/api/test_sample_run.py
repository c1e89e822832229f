"""`tsunagite sample run` does from nothing to the pages all that `make run` promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path


def test_from_an_empty_folder_to_the_sign_in_page(tmp_path: Path) -> None:
    environment = os.environ | {"TSUNAGITE_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    environment.pop("TSUNAGITE_DATABASE_URL", None)
    command = [sys.executable, "-m", "api.cli", "sample", "run", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told: list[str] = []
            for line in process.stdout:
                told.append(line)
                if "Ctrl+C" in line:
                    break
            words = "".join(told)
            assert "検算ずみ" in words
            assert re.search(r"79人のうち \d\d人に、つなぎ先の案があります。", words)
            address = re.search(r"http://localhost:\d+", words)
            assert address is not None, words
            with urllib.request.urlopen(f"{address[0]}/sign-in", timeout=20) as answer:
                assert "サインイン" in answer.read().decode()
        finally:
            process.kill()  # it would first finish loading what a matching needs
