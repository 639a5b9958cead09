"""The set-up script decides well what to do; that it does it, every run of `make test` shows."""

import json
import sys
from pathlib import Path

import pytest

import bootstrap


@pytest.fixture
def commands(monkeypatch, tmp_path: Path) -> list[list[str]]:
    """What would be run, in an empty project with lock files."""
    ran: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "NODE_MODULES", tmp_path)
    monkeypatch.setattr(
        bootstrap, "run", lambda command, **_: ran.append([str(word) for word in command]) or True
    )
    for lock in ("requirements.txt", "requirements-node.txt", "package-lock.json"):
        (tmp_path / lock).write_text("locked")
    return ran


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 10, 13)])
def test_an_old_python_is_named(monkeypatch, version: tuple[int, int, int]):
    monkeypatch.setattr(sys, "version_info", version)

    with pytest.raises(bootstrap.SetUpError, match=rf"需要 Python 3\.11.*{version[0]}\.{version[1]}"):
        bootstrap.insist_on_python()


def test_packages_are_installed_with_hashes_and_once(commands: list[list[str]]):
    bootstrap.install_packages(["requirements.txt"])
    bootstrap.install_packages(["requirements.txt"])

    assert len(commands) == 1
    assert "--require-hashes" in commands[0]


def test_a_changed_lock_installs_again(commands: list[list[str]], tmp_path: Path):
    bootstrap.install_packages(["requirements.txt"])
    (tmp_path / "requirements.txt").write_text("another")
    bootstrap.install_packages(["requirements.txt"])

    assert len(commands) == 2
    assert list(json.loads((tmp_path / "installed.json").read_text())) == ["requirements.txt"]


def test_front_end_libraries_come_by_the_machines_npm(commands: list[list[str]], monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap, "node_version", lambda _: 20)
    bootstrap.install_front_end()
    bootstrap.install_front_end()

    assert [command[:2] for command in commands] == [["npm", "ci"]]


@pytest.mark.parametrize(("found", "version"), [(False, 0), (True, 12)])
def test_without_a_usable_npm_node_is_brought(
    commands: list[list[str]], monkeypatch, tmp_path: Path, found: bool, version: int
):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}" if found else None)
    monkeypatch.setattr(bootstrap, "node_version", lambda _: version)
    monkeypatch.setattr(bootstrap.subprocess, "check_output", lambda *_, **__: str(tmp_path / "node"))
    bootstrap.install_front_end()

    assert commands[0][-1] == str(tmp_path / "requirements-node.txt")
    assert commands[1][0] == str(tmp_path / "node" / "bin" / "node")


def test_a_missing_venv_module_is_told_to_who_is_not_root(monkeypatch):
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)

    with pytest.raises(bootstrap.SetUpError, match=r"sudo apt-get install python3\.\d+-venv"):
        bootstrap.install_ensurepip()


def test_a_missing_browser_is_said_loudly_and_goes_on(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)

    bootstrap.install_browser()

    assert "缺少 chromium、fonts-wqy-zenhei" in capsys.readouterr().out
