"""The shape of the tree, read from the tree: sizes, names, imports, words."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("departments", "authority", "cases", "registers", "reports", "claims_admin")
OURS = (*APPS, "tests", "benchmarks", "templates", "docs", ".ci")

LONGEST_FUNCTION, LONGEST_VIEW, LONGEST_TEST, LONGEST_FILE, LONGEST_TEMPLATE = 25, 15, 20, 400, 100

ANYWHERE = """
    __init__ models lifecycle rulings services tasks jobs forms views urls admin figures apps
    migrations management templatetags
"""
"""File and package names every app may have."""
OWN_WORDS = {
    "departments": """
        access access_log authorship calendar capitals chronicle clocks delivery http known masking obstacles
        digests mailing
        origin outbox paging panels prepared refusals responsibility sheets spans staffing standing
        uploads workbooks
        holdings keepers post_holdings testimony
        listings owed tables
    """,
    "authority": """
        approvers bounds certificates comparison coverage export granting holders interests ledger
        letter_events letter_links letter_page letters
        chain_faults chain_kinds ledger_page ledger_words matrix moments panels powers proposals
        refusals seals sheets terms
        holdings
        what_if
        stand_in_mail
        referrals trials usual_times
        delegating emergencies stand_in_page stand_ins standing_in urgent
    """,
    "cases": """
        casefile chains clocks conflicts courses export handlers importing items listing matters numbers
        notices panels papers queue
        what_if supervision turnaround
        holdings ledger_words
        ratifications
        consultations
        escalation signatures verbs
        problems
        quality data_quality
        specials recoveries
        injuries
        lawsuits conferences
        damage fraud majors prices resurveys shares
        problems clearing
        clearing
    """,
    "registers": "kit",
    "reports": "dashboards periods previews runs workbook",
    "claims_admin": """
        settings celery wsgi serving embedded supervisor children
        security sign_in passwords health checks logs traced
        navigation statuses vendor demo
    """,
}
"""Beyond those, each app has modules named by its own nouns. A new one is entered here, on purpose."""
NEVER = {"utils", "helpers", "common", "constants", "signals", "mixins", "managers", "selectors"}

LEFT_OVER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
ELSEWHERE = re.compile(
    r"--(?:extra-)?index-url|https?://[^\s\"']*(?:/simple\b|/packages/|registry\.)|(?<![\w.])/(?:wo"
    + r"rk|ro"
    + r"ot)/\w"
)


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def texts() -> Iterator[Path]:
    kinds = {".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".in", ".json", ".yaml", ".csv", ""}
    for folder in OURS:
        yield from (
            p
            for p in (ROOT / folder).rglob("*")
            if p.is_file() and p.suffix in kinds and "__pycache__" not in p.parts
        )
    yield from (
        path
        for path in ROOT.iterdir()
        if path.is_file() and path.suffix in kinds and not path.name.startswith((".git", ".coverage"))
    )


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end. The docstring is free: nobody shall shorten it for the count."""
    first = function.body[0]
    docstring = ast.get_docstring(function) is not None and first.end_lineno - first.lineno + 1
    return function.end_lineno - function.lineno + 1 - docstring


def is_view(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = function.args.posonlyargs + function.args.args
    return "views" in (path.stem, path.parent.name) and bool(arguments) and arguments[0].arg == "request"


def where(path: Path, node: ast.AST | None = None) -> str:
    return str(path.relative_to(ROOT)) + (f":{node.lineno}" if node else "")


def limit_of(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if "tests" in path.parts and function.name.startswith("test_"):
        return LONGEST_TEST
    return LONGEST_VIEW if is_view(path, function) else LONGEST_FUNCTION


def test_functions_are_short():
    long = [
        f"{where(path, function)} {function.name}: {length(function)} > {limit_of(path, function)}"
        for path in python_files(*APPS, "tests", "benchmarks")
        for function in functions(path)
        if length(function) > limit_of(path, function)
    ]

    assert long == []


def test_files_are_short():
    limits = {".py": LONGEST_FILE, ".html": LONGEST_TEMPLATE}
    sizes = {
        where(path): (len(path.read_text().splitlines()), limits[path.suffix])
        for path in texts()
        if path.suffix in limits and "migrations" not in path.parts
    }

    assert {name: size for name, (size, limit) in sizes.items() if size > limit} == {}


@pytest.mark.parametrize("app", APPS)
def test_names_come_from_the_closed_list(app: str):
    found = {
        path.stem
        for path in (ROOT / app).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert sorted(found - {*ANYWHERE.split(), *OWN_WORDS[app].split()}) == []


def test_no_drawer_for_odds_and_ends():
    assert [
        where(path) for path in python_files(*APPS) if path.stem in NEVER or path.parent.name in NEVER
    ] == []


def test_imports_stand_at_the_top():
    inside = [
        where(path, node)
        for path in python_files(*APPS)
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_no_signals():
    senders = re.compile(
        r"^\s*(from|import)\s+(django\.dispatch|django\.db\.models\.signals|celery\.signals)", re.M
    )

    assert [where(path) for path in python_files(*APPS) if senders.search(path.read_text())] == []


def test_nothing_left_over():
    code = [path for path in texts() if path.suffix in {".py", ".html", ".js", ".css"}]

    assert [where(path) for path in code if LEFT_OVER.search(path.read_text())] == []


def test_the_project_names_no_machine_and_no_package_index():
    searched = {path: ELSEWHERE.search(path.read_text(errors="replace")) for path in texts()}
    found = {where(path): match[0] for path, match in searched.items() if match}

    assert found == {}


def test_front_end_lock_has_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_every_package_is_pinned_with_hashes(name: str):
    lock = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", lock.strip())

    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in lock


def test_ci_runs_the_tests():
    assert "make test" in (ROOT / ".ci" / "run").read_text()
