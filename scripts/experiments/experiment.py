"""What the experiments share: where things are, how commands are run, and a folder in which an experiment can be resumed."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BIN", ROOT / "build/release/bin"))
if not (BIN / "mhcnn").exists():
    sys.exit(
        f"error: mhcnn is not built in {BIN}: cmake --preset release && cmake --build --preset release (or BIN=folder of the programs)"
    )


def run(*command, accept=(0,), result=None):
    """Runs a command from the root, its output on stderr; ends where it fails or does not write the file `result`."""
    command = [str(part) for part in command]
    print("$", " ".join(command), file=sys.stderr, flush=True)
    status = subprocess.run(command, stdout=sys.stderr, cwd=ROOT, check=False).returncode
    if status not in accept or (result and not result.exists()):
        sys.exit(f"{command[0]} {command[1]} ended with status {status}; run the same command again to resume")


def begin(folder, settings):
    """Makes the folder, or resumes in one that was started with the same settings."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "settings.json"
    if file.exists() and json.loads(file.read_text()) != settings:
        sys.exit(f"{folder} was begun with {file.read_text().strip()}: name another folder")
    file.write_text(json.dumps(settings) + "\n")
