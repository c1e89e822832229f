"""`serve`: who can reach it, and that it answers."""

from __future__ import annotations

import ipaddress
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import httpx2
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from api.cli import run
from api.command_refusals import CommandRefused
from api.commands.serving import (
    check_certificate,
    check_exposure,
    check_proxy,
    is_this_machine,
    listen,
    serving_options,
)
from api.settings import Settings
from tests.office import prepare


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Prepare the home folder of a small sample office and make it this machine's."""
    prepare(tmp_path)
    monkeypatch.setenv("TSUNAGITE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Have the command make a certificate for localhost."""
    folder = tmp_path_factory.mktemp("certificate")
    assert run(["certificate", "localhost", "--out", str(folder)]) == 0
    return folder / "certificate.pem", folder / "certificate-key.pem"


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
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urlopen(f"{address}/sign-in", timeout=20)  # who has not been told to trust it
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urlopen(f"{address.replace('localhost', '127.0.0.1')}/", timeout=20, context=trusting)
        with pytest.raises((URLError, ConnectionError, HTTPException)):
            urlopen(f"{address.replace('https', 'http')}/sign-in", timeout=20)
        assert spoken(address, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        with pytest.raises(ssl.SSLError):
            spoken(address, ssl.TLSVersion.TLSv1_1)


def spoken(address: str, version: ssl.TLSVersion) -> str | None:
    """Offer one version of TLS only."""
    offering = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    offering.check_hostname, offering.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        offering.minimum_version = offering.maximum_version = version
    offering.set_ciphers("ALL:@SECLEVEL=0")
    port = int(address.rpartition(":")[2])
    plain = socket.create_connection(("localhost", port), timeout=20)
    with plain, offering.wrap_socket(plain) as secure:
        return secure.version()


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("tsunagite.local", x509.DNSName("tsunagite.local")),
        ("192.168.1.5", x509.IPAddress(ipaddress.ip_address("192.168.1.5"))),
        ("fd00::5", x509.IPAddress(ipaddress.ip_address("fd00::5"))),
    ],
)
def test_certificate_is_for_the_name_that_is_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str, named: x509.GeneralName
) -> None:
    """It is told how to serve with it, and what other machines compare; the key is for us only."""
    assert run(["certificate", host, "--out", str(tmp_path)]) == 0
    certfile, keyfile = tmp_path / "certificate.pem", tmp_path / "certificate-key.pem"
    assert check_certificate(certfile, keyfile)
    assert keyfile.stat().st_mode & 0o777 == 0o600
    made = x509.load_pem_x509_certificate(certfile.read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [named]
    printed = capsys.readouterr().out
    assert f"--certfile {certfile} --keyfile {keyfile}" in printed
    assert made.fingerprint(hashes.SHA256()).hex(":").upper() in printed


@pytest.mark.parametrize("host", ["", "a b", "-a.example", "office..example", "あ.example", "*"])
def test_what_is_no_name_gets_no_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    """Nothing is written."""
    assert run(["certificate", "--out", str(tmp_path), "--", host]) == 1
    assert "名前として使えません" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_that_is_there_is_not_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other machines trust the one that there is."""
    assert run(["certificate", "localhost", "--out", str(tmp_path)]) == 0
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert run(["certificate", "localhost", "--out", str(tmp_path)]) == 1
    assert "もうあります" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


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


def test_a_provider_that_cannot_work_is_told_before_anything_is_served(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other commands go on: they need no provider."""
    monkeypatch.setenv("TSUNAGITE_OIDC_ISSUER", "https://id.city.example")
    assert run(["serve", "--port", "0"]) == 1
    printed = capsys.readouterr()
    assert "TSUNAGITE_OIDC_CLIENT_ID" in printed.err
    assert "http://" not in printed.out
    assert run(["user", "list"]) == 0


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


def test_a_proxy_lets_nobody_in_with_passwords_that_everybody_knows() -> None:
    """It makes this machine reachable from others, though it listens to itself alone."""
    check_proxy("", has_sample_accounts=True)
    check_proxy("192.0.2.1", has_sample_accounts=False)
    with pytest.raises(CommandRefused, match="sample_accounts_proxied"):
        check_proxy("192.0.2.1", has_sample_accounts=True)


def test_serving_the_sample_behind_a_proxy_is_refused(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TSUNAGITE_TRUSTED_PROXY", "192.0.2.1")
    assert office.exists()
    assert run(["serve", "--port", "0"]) == 1
    assert "TSUNAGITE_TRUSTED_PROXY" in capsys.readouterr().err


@pytest.mark.parametrize(("proxy", "believed"), [("", "127.0.0.1"), ("127.0.0.1", "203.0.113.9")])
def test_only_a_named_proxy_says_from_where_a_request_comes(proxy: str, believed: str) -> None:
    """A wait after wrong passwords cannot be had for somebody else, nor escaped."""

    async def tell_source(scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": scope["client"][0].encode()})

    options = serving_options(Settings(trusted_proxy=proxy))
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(tell_source, lifespan="off", **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        answer = httpx2.get(address, headers={"X-Forwarded-For": "203.0.113.9"})
        assert answer.text == believed
    finally:
        server.should_exit = True
        thread.join()
