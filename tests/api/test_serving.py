"""`serve`: who can reach it, and that it answers."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api.cli import run
from api.command_refusals import CommandRefused
from api.commands.serving import check_certificate, check_exposure, is_this_machine, listen
from tests.office import prepare


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Prepare the home folder of a small sample office and make it this machine's."""
    prepare(tmp_path)
    monkeypatch.setenv("TSUNAGITE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for localhost and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certfile, keyfile = folder / "cert.pem", folder / "key.pem"
    certfile.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    keyfile.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certfile, keyfile


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """Run `tsunagite serve` and give it with its address and what it printed before it."""
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0", *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl+C" in line:
                break
        address = re.search(r"https?://localhost:\d+", "".join(printed))
        assert address is not None, process.stderr.read() if process.stderr else ""
        try:
            yield process, address[0], printed
        finally:
            process.kill()  # it would first finish loading what a matching needs


@contextmanager
def served(*arguments: str) -> Iterator[tuple[str, list[str]]]:
    """Run `tsunagite serve` and give its address and what it printed before it."""
    with serving(*arguments) as (_, address, printed):
        yield address, printed


def test_it_answers_on_this_machine_and_names_the_sample_accounts(office: Path) -> None:
    """The printed address works, and one knows with whom to sign in."""
    with served() as (address, printed):
        with urlopen(f"{address}/sign-in", timeout=20) as answer:
            assert answer.status == 200
            assert answer.headers["Set-Cookie"].startswith("tsunagite=")
        assert "Server" not in answer.headers
    assert "mizuno" in "".join(printed)


def test_it_ends_when_it_is_told_to(office: Path) -> None:
    """As a service is stopped: by the signal itself, at once, and with nothing to complain of."""
    with serving() as (process, address, _):
        with urlopen(f"{address}/sign-in", timeout=20) as answer:
            assert answer.status == 200
        process.terminate()
        printed, complaint = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in printed + complaint
    assert "Error" not in complaint
    with pytest.raises(URLError):
        urlopen(f"{address}/sign-in", timeout=20)


def test_certificate_makes_it_https(office: Path, certificate: tuple[Path, Path]) -> None:
    """The cookie is then one that HTTPS alone carries."""
    certfile, keyfile = certificate
    with served("--certfile", str(certfile), "--keyfile", str(keyfile)) as (address, _):
        assert address.startswith("https://")
        trusting = ssl.create_default_context(cafile=certfile)
        with urlopen(f"{address}/sign-in", timeout=20, context=trusting) as answer:
            assert answer.headers["Set-Cookie"].startswith("__Host-tsunagite=")
            assert "Secure" in answer.headers["Set-Cookie"]
            assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("office.example", False),
        ("localhost.example", False),
    ],
)
def test_which_addresses_stay_on_this_machine(host: str, expected: bool) -> None:
    """Only loopback; a name that is not known to be is taken as open."""
    assert is_this_machine(host) is expected


def test_beyond_this_machine_only_by_https_and_without_known_passwords() -> None:
    """Both reasons are refused on their own; on this machine anything goes."""
    check_exposure("localhost", has_certificate=False, has_sample_accounts=True)
    check_exposure("0.0.0.0", has_certificate=True, has_sample_accounts=False)
    with pytest.raises(CommandRefused, match="needs_certificate"):
        check_exposure("0.0.0.0", has_certificate=False, has_sample_accounts=False)
    with pytest.raises(CommandRefused, match="sample_accounts_exposed"):
        check_exposure("0.0.0.0", has_certificate=True, has_sample_accounts=True)


def test_certificate_is_looked_at_before_anything_starts(
    certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    """Half of one, a file that is none and one that is not there are refused."""
    certfile, keyfile = certificate
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("not a certificate")
    assert check_certificate(certfile, keyfile)
    assert not check_certificate(None, None)
    with pytest.raises(CommandRefused, match="half_certificate"):
        check_certificate(certfile, None)
    for unusable in (nonsense, tmp_path / "missing.pem"):
        with pytest.raises(CommandRefused, match="certificate_unusable"):
            check_certificate(unusable, keyfile)


def test_taken_port_is_told(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 1 and says which number to give instead."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandRefused, match="port_taken"):
            listen("localhost", port)
        assert run(["serve", "--port", str(port)]) == 1
    assert f"{port} 番は使えません" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--side", "hosts"], "--side both"),
        (["--host", "0.0.0.0"], "HTTPS が要ります"),
        (["--certfile", "c.pem"], "両方が要ります"),
    ],
)
def test_refusals_are_japanese_and_end_with_one(
    office: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Each says what to do instead."""
    assert run(["serve", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_sample_accounts_stay_at_home(
    office: Path, certificate: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Even with a certificate the sample city is not opened to other machines."""
    certfile, keyfile = map(str, certificate)
    arguments = ["--host", "0.0.0.0", "--certfile", certfile, "--keyfile", keyfile]
    assert run(["serve", *arguments]) == 1
    assert "見本の利用者" in capsys.readouterr().err


def test_empty_database_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is created by trying to serve."""
    monkeypatch.setenv("TSUNAGITE_HOME", str(tmp_path / "empty"))
    assert run(["serve"]) == 1
    assert "init --municipality" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()
