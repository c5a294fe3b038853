#!/usr/bin/env bash
# The help of each command can be understood alone: each command, argument and option has a description of three words or more, which names a
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
            below = bool(lines) and lines[0].startswith(" " * COLUMN)
            name, description = (line, lines.pop(0)) if below else (line[:COLUMN], line[COLUMN:])
            found.append((section, name.split()[0], description.strip()))
    return found


def check(command):
    """Faults in the help of `command` and of the commands under it; how many descriptions were checked."""
    faults, checked, found = [], 0, entries(help_of(command))
    for section, name, description in found:
        checked += 1
        words = description.split()
        if len(words) < 3 or words[0].lower() in PREPOSITIONS:
            faults.append(f"{' '.join([command[0].name, *command[1:]])} --help: {name}: '{description}' does not stand alone")
    for name in [name for section, name, _ in found if section == "Subcommands"]:
        if name == "train" and not (folder / "mhcnn-train").exists():
            continue
        more = check([*command, name])
        faults, checked = faults + more[0], checked + more[1]
    return faults, checked


# The check itself: what was wrong once is found.
assert entries(["Options:", "  --seed UINT=1               of the bootstrap", "  --resamples UINT:INT in [100 - 1000000]=2000", " " * 30 + "name of the site"]) == [
    ("Options", "--seed", "of the bootstrap"), ("Options", "--resamples", "name of the site")]

commands = {name for section, name, _ in entries(help_of([folder / "mhcnn"])) if section == "Subcommands"}
assert {"predict", "prepare", "train", "evaluate", "calibrate", "phantom", "bench", "doctor", "merge"} <= commands, commands
faults, checked = check([folder / "mhcnn"])
print(f"{checked} descriptions of {len(commands)} commands")
assert not faults, "\n".join(faults)
assert checked > 120, checked
PY

"$BIN/mhcnn" phantom --count 1 --seed 5 --height 480 --width 300 --out p >/dev/null 2>&1
expect_exit 0 "$BIN/mhcnn" predict p/images -o out --no-masks
grep -q '^The percent is the percent density: 100 \* dense area / breast area without pectoral muscle' "$out" || fail "does not say what the percent means"
grep -q "are in $PWD/out/overlays\$" "$out" || fail "does not say where the overlays are"
[[ -n $(find "$PWD/out/overlays" -name '*.png') ]] || fail "no overlays there"
expect_exit 0 "$BIN/mhcnn" predict p/images -o plain --no-masks --no-overlays
! grep -q overlays "$out" || fail "names overlays that were not written"
