"""The shape of the tree: who may import whom, where boto3 and Streamlit may stand, how long files are."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "core"

DOORS_TO_BOTO3 = ("core/aws/", "core/emulator/", "core/stores/dynamodb")
DOORS_TO_STREAMLIT = ("core/ui/", "core/main.py", "pages/", "streamlit_app.py")


def _sources(*folders):
    return [
        p
        for f in folders
        for p in sorted((ROOT / f).rglob("*.py"))
        if "node_modules" not in p.parts
    ]


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def _importers(library, doors):
    for path in [*_sources("core", "pages"), ROOT / "streamlit_app.py"]:
        relative = path.relative_to(ROOT).as_posix()
        names = {name.split(".")[0] for name in _imports(path)}
        if library & names and not relative.startswith(doors):
            yield relative


def test_every_declared_import_contract_holds():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_boto3_is_imported_behind_its_doors_only():
    assert list(_importers({"boto3", "botocore"}, DOORS_TO_BOTO3)) == []


def test_streamlit_is_imported_by_screens_only():
    assert list(_importers({"streamlit"}, DOORS_TO_STREAMLIT)) == []


def test_every_room_is_declared_in_the_layers():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    declared = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    packages = {f"core.{p.name}" for p in CORE.iterdir() if (p / "__init__.py").exists()}
    modules = {f"core.{p.stem}" for p in CORE.glob("*.py") if not p.stem.startswith("__")}
    assert packages | modules <= declared


def test_in_a_room_only_the_service_reaches_outside():
    outside = ("core.aws", "core.stores", "core.dashboard")
    for room in ("accounts", "upload", "library", "shares", "diagnostics", "usage", "costs"):
        for path in _sources(f"core/{room}"):
            if path.name == "service.py" or "service" in path.parts:
                continue
            reached = [name for name in _imports(path) if name.startswith(outside)]
            assert reached == [], f"{path.relative_to(ROOT)} reaches {reached}"


def test_a_page_stays_under_eighty_lines():
    lengths = {p.name: len(p.read_text().splitlines()) for p in _sources("pages")}
    assert {name: n for name, n in lengths.items() if n > 80} == {}


def test_every_file_says_what_it_is_for():
    silent = [
        p.relative_to(ROOT).as_posix()
        for p in _sources("core", "pages")
        if not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_the_page_script_does_not_sit_beside_the_pages():
    """Beside `pages/` Streamlit would serve page files directly until the first navigation."""
    launcher = (ROOT / "streamlit_app.py").read_text()
    assert '"core" / "main.py"' in launcher
    assert any(
        isinstance(node, ast.Assign) and ast.unparse(node.value.func) == "st.App"
        for node in ast.walk(ast.parse(launcher))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
    )
