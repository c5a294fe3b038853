#!/usr/bin/env bash
# The help of each command stands alone: each command, argument and option has a description of three words or more, which names a
# thing ("random seed of the bootstrap") and does not begin with a preposition ("of the bootstrap"). And `predict` says at the end
# what its percent means and where the overlays are.
source "$(dirname "$0")/lib.sh"

"$PYTHON" - "$BIN" <<'PY'
import pathlib, re, subprocess, sys
folder = pathlib.Path(sys.argv[1])
PREPOSITIONS = {"a", "above", "as", "at", "before", "below", "beside", "by", "each", "for", "from", "in", "instead", "of", "on", "the", "to", "with",
                "within", "without"}
COLUMN = 30  # CLI11 begins descriptions here, on the next line after a long name


def help_of(command):
    made = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    return made.stdout.splitlines()


def entries(lines):
    """(section, name, description) of all positionals, options and subcommands."""
    section, found, lines = "", [], list(lines)
    while lines:
        line = lines.pop(0)
        if re.fullmatch(r"[A-Z][A-Za-z ]*:", line):
            section = line[:-1]
        elif section == "Sets":  # of prepare: not options
            continue
        elif line.startswith("  ") and line[2:3].strip():
            name, description = (line[:COLUMN], line[COLUMN:]) if line[COLUMN - 1 :][:1] in ("", " ") else (line, "")
            if not description and lines and lines[0].startswith(" " * COLUMN):
                description = lines.pop(0).strip()
            found.append((section, name.split()[0], description.strip()))
    return found


def check(command):
    """Faults in the help of `command` and of all commands under it; how many entries were checked."""
    faults, checked, found = [], 0, entries(help_of(command))
    for section, name, description in found:
        checked += 1
        words = description.split()
        if len(words) < 3 or words[0].lower() in PREPOSITIONS:
            faults.append(f"{' '.join(map(str, command[1:]))} --help: {name}: '{description}' does not stand alone")
    for section, name, description in found:
        if section == "Subcommands":
            below = check([*command, name])
            faults += below[0]
            checked += below[1]
    return faults, checked


# The check itself: what was wrong once is found.
assert entries(["Options:", "  --seed UINT=1               of the bootstrap", "  --a-name-that-is-very-long-indeed TEXT", " " * 30 + "name of the site"]) == [
    ("Options", "--seed", "of the bootstrap"), ("Options", "--a-name-that-is-very-long-indeed", "name of the site")]

trains = (folder / "mhcnn-train").exists()
program = folder / "mhcnn"
lines = help_of([program])
commands = [name for section, name, _ in entries(lines) if section == "Subcommands"]
assert {"predict", "prepare", "train", "evaluate", "calibrate", "phantom", "bench", "doctor", "merge"} <= set(commands), commands
faults, checked = [], 0
for section, name, description in entries(lines):
    if len(description.split()) < 3 or description.split()[0].lower() in PREPOSITIONS:
        faults.append(f"mhcnn --help: {name}: '{description}' does not stand alone")
for name in commands:
    if name == "train" and not trains:
        continue
    if name == "bench":  # its `train` runs mhcnn-train as well
        for below in ("read", "train"):
            if below == "read" or trains:
                found = check([program, name, below])
                faults, checked = faults + found[0], checked + found[1]
        continue
    found = check([program, name])
    faults, checked = faults + found[0], checked + found[1]
print(f"{checked} descriptions of {len(commands)} commands")
assert not faults, "\n".join(faults)
assert checked > 90, checked
PY

"$BIN/mhcnn" phantom --count 1 --seed 5 --height 480 --width 300 --out p >/dev/null 2>&1
expect_exit 0 "$BIN/mhcnn" predict p/images -o out --no-masks
grep -q '^The percent is the percent density: 100 \* dense area / breast area without pectoral muscle' "$out" || fail "does not say what the percent means"
grep -q "are in $PWD/out/overlays\$" "$out" || fail "does not say where the overlays are"
[[ -n $(find "$PWD/out/overlays" -name '*.png') ]] || fail "no overlays there"
expect_exit 0 "$BIN/mhcnn" predict p/images -o plain --no-masks --no-overlays
! grep -q overlays "$out" || fail "names overlays that were not written"
