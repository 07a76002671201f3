"""The built wheel works in an empty folder, without the source tree."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with our wheel alone; what it depends on is borrowed from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")], ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], folder)
    site = run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip()
    borrowed = sysconfig.get_path("purelib")  # a path in a .pth file is searched, its own .pth files are not read
    (Path(site) / "borrowed.pth").write_text(f"{borrowed}\n")
    return folder / "venv" / "bin" / "presswatch"


def run(command: list[str], folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PRESSWATCH_", "PYTHON"))}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_wheel_brings_its_configuration_and_its_demonstration(installed: Path, tmp_path: Path) -> None:
    where = run([str(installed.with_name("python")), "-c", "import presswatch; print(presswatch.__file__)"], tmp_path)
    assert str(installed.parents[1]) in where
    assert "presswatch 0" in run([str(installed), "--version"], tmp_path)
    run([str(installed), "init"], tmp_path)
    assert (tmp_path / "config" / "topics" / "defence-cooperation.yaml").is_file()
    assert "fine" in run([str(installed), "topics", "check"], tmp_path)
    assert "Every promise" in run([str(installed), "demo"], tmp_path)
