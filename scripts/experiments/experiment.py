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


def inspect(model):
    """What `mhcnn inspect --json` says of a model or checkpoint."""
    found = subprocess.run([BIN / "mhcnn", "inspect", "--json", str(model)], stdout=subprocess.PIPE, cwd=ROOT, check=False)
    return json.loads(found.stdout or "[{}]")[0]


def real_images_of(model):
    """What the card of a model or checkpoint says of real images that it was trained on; "" where it says nothing."""
    card = inspect(model)
    if "provenance" not in card:
        sys.exit("error: " + card.get("error", f"{model}: is neither a model nor a checkpoint"))
    data = card.get("training") or card["provenance"].get("data", {})
    sets = [known["name"] for known in data.get("sets", []) if known["name"] != "phantoms"]
    # The experiments' own training sets; those of phantoms are named manifest.csv.
    manifest = data.get("manifest", "")
    return ", ".join(sets) or (manifest if manifest.startswith(("train-", "fold-")) else "")


def refuse_leak(*starts):
    """Ends where a model to start from or to compare with has seen real images: those that a fold leaves out may be among them."""
    for start in starts:
        if real := real_images_of(start):
            sys.exit(f"error: {start}: was trained on real images ({real}), so no fold is left out; give one of phantoms alone: "
                     "git show 9dc3715:models/mhcnn-fast.safetensors >START.safetensors")


def begin(folder, settings):
    """Makes the folder, or resumes in one that was started with the same settings."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "settings.json"
    if file.exists() and json.loads(file.read_text()) != settings:
        sys.exit(f"{folder} was begun with {file.read_text().strip()}: name another folder")
    file.write_text(json.dumps(settings) + "\n")
