#!/usr/bin/env python3
"""Writes man pages and shell completions of a program from its --help.

    make_manual.py PROGRAM OUT

PROGRAM is started with --help, and so is each command below it. OUT gets man/NAME.1 and man/NAME-COMMAND.1, and
completions/bash/NAME, completions/zsh/_NAME, completions/fish/NAME.fish. The same program gives the same bytes.
"""
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass, field

COLUMN = 30  # CLI11 begins descriptions here, on the next line after a long name
# A command of another program, which has a page of its own where that program is installed.
ELSEWHERE = {"train"}


@dataclass
class Command:
    """One --help: of the program (path of one name) or of a command below it."""
    path: list
    summary: str = ""
    usage: str = ""
    sections: dict = field(default_factory=dict)  # title -> [(name, description)]
    footer: list = field(default_factory=list)
    commands: list = field(default_factory=list)

    @property
    def name(self):
        return "-".join(self.path)


def read_help(program, path):
    made = subprocess.run([program, *path[1:], "--help"], capture_output=True, text=True, check=True, timeout=60)
    return made.stdout.splitlines()


def parse(lines, path):
    """Reads the text of a --help, as CLI11 writes it."""
    command, section = Command(path), ""
    lines = list(lines)
    while lines and not lines[0].startswith("Usage:"):
        command.summary += " " * bool(command.summary) + lines.pop(0).strip()
    command.usage = lines.pop(0).removeprefix("Usage: ")
    while lines:
        line = lines.pop(0)
        if re.fullmatch(r"[A-Z][A-Za-z ]*:", line):
            section = line[:-1]
            command.sections[section] = []
        elif line.startswith("  ") and line[2:3].strip() and section:
            below = bool(lines) and lines[0].startswith(" " * COLUMN) and not command.footer
            name, description = (line, lines.pop(0)) if below else (line[:COLUMN], line[COLUMN:])
            if not below and section not in ("Options", "Positionals", "Subcommands"):
                name, _, description = line.strip().partition("  ")
            command.sections[section].append((name.strip(), description.strip()))
        elif line.strip():
            section = ""
            command.footer.append(line.strip())
    return command


def read_command(program, path):
    command = parse(read_help(program, path), path)
    for name, _ in command.sections.get("Subcommands", []):
        if name not in ELSEWHERE:
            command.commands.append(read_command(program, [*path, name]))
    return command


def all_of(command):
    return [command, *(below for child in command.commands for below in all_of(child))]


# --- man pages

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def split_name(name):
    """'-m,--model TEXT=x REQUIRED' -> ('-m,--model', 'TEXT=x REQUIRED')"""
    flags, _, value = name.partition(" ")
    return flags, value


def man_entry(name, description):
    flags, value = split_name(name)
    flags = ", ".join(f"\\fB{roff(flag)}\\fR" for flag in flags.split(","))
    return [".TP", flags + (f" \\fI{roff(value)}\\fR" if value else ""), roff(description)]


def man_page(command, version, pages):
    title = command.name.upper()
    lines = [f'.TH "{title}" 1 "" "{version}" "MH-CNN"', ".SH NAME", f"{roff(command.name)} \\- {roff(command.summary)}",
             ".SH SYNOPSIS", f"\\fB{roff(command.usage)}\\fR"]
    for section, entries in command.sections.items():
        lines.append(f'.SH "{"COMMANDS" if section == "Subcommands" else section.upper()}"')
        for name, description in entries:
            lines += man_entry(name, description)
    if command.footer:
        lines.append(".SH NOTES")
        for line in command.footer:
            lines += [roff(line), ".br"]
    if command.path == ["mhcnn"]:
        lines += [".SH ENVIRONMENT", *man_entry("MHCNN_MODEL", "Model that is used where --model names none."),
                  *man_entry("MHCNN_DATA_DIR", "Folder of the shipped models and recipes, in place of the installed one."),
                  ".SH FILES", *man_entry("/etc/mhcnn/node.toml", "Configuration of the node that the unit mhcnn.service runs."),
                  ".SH NOTES", "A research tool, not a medical device."]
    others = [page for page in pages if page != command.name]
    if command.path == ["mhcnn"]:
        others += sorted(f"mhcnn-{name}" for name in ELSEWHERE)
    if len(command.path) > 1:
        others = [command.path[0], *([] if len(command.path) == 2 else ["-".join(command.path[:-1])])]
    if others:
        lines += ['.SH "SEE ALSO"', ", ".join(f"\\fB{roff(page)}\\fR(1)" for page in others)]
    return "\n".join(lines) + "\n"


# --- completions

def option_words(command):
    """Returns (words, takes a value, description) of each option."""
    options = []
    for name, description in command.sections.get("Options", []):
        flags, value = split_name(name)
        takes = bool(re.match(r"[A-Z]{2,}\b", value)) and not value.startswith(("REQUIRED", "Excludes", "Needs"))
        options.append((flags.split(","), takes, description))
    return options


def command_words(command):
    return command.sections.get("Subcommands", [])


def bash_completion(root):
    name = root.path[0]
    function = "_" + name.replace("-", "_")
    known = " | ".join(f"'{' '.join(['', *c.path[1:]])}'" for c in all_of(root) if len(c.path) > 1)
    lines = [f"# bash completion of {name}", f"{function}() {{",
             "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path='' i options commands values"]
    if known:
        lines += ["  for ((i = 1; i < COMP_CWORD; ++i)); do",
                  f'    case "$path ${{COMP_WORDS[i]}}" in {known}) path+=" ${{COMP_WORDS[i]}}" ;; esac', "  done"]
    lines.append("  case $path in")
    for command in all_of(root):
        options = option_words(command)
        lines += [f"    '{''.join(' ' + part for part in command.path[1:])}')",
                  f"      options='{' '.join(word for words, _, _ in options for word in words)}'",
                  f"      commands='{' '.join(word for word, _ in command_words(command))}'",
                  f"      values=' {' '.join(word for words, takes, _ in options if takes for word in words)} '", "      ;;"]
    lines += ["  esac",
              '  if [[ $values == *" $before "* ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$word")',
              '  elif [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")',
              '  elif [[ -n $commands ]]; then mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")',
              '  else mapfile -t COMPREPLY < <(compgen -f -- "$word")', "  fi", "}",
              f"complete -o filenames -F {function} {name}"]
    return "\n".join(lines) + "\n"


def zsh_text(text):
    return re.sub(r"[\[\]:'\\`$]", lambda found: {"'": "'\\''"}.get(found[0], "\\" + found[0]) if found[0] in "[]:'\\" else found[0], text)


def zsh_completion(root):
    name, lines = root.path[0], [f"#compdef {root.path[0]}"]

    def function(command):
        own = "_" + command.name.replace("-", "_")
        lines.extend([f"{own}() {{", "  local -a arguments"])
        for flags, takes, description in option_words(command):
            value = ":value:_files" if takes else ""
            for flag in flags:
                lines.append(f"  arguments+=('*{flag}[{zsh_text(description)}]{value}')")
        if command_words(command):
            lines.extend(["  local -a commands", "  commands=("])
            lines.extend(f"    '{word}:{zsh_text(description)}'" for word, description in command_words(command))
            lines.extend(["  )", "  local context state line", "  _arguments -C $arguments '1:command:->command' '*::argument:->argument'",
                          "  case $state in", f"    command) _describe -t commands '{command.name} command' commands ;;",
                          "    argument)", "      case $words[1] in"])
            lines.extend(f"        {child.path[-1]}) _{child.name.replace('-', '_')} ;;" for child in command.commands)
            lines.extend(["        *) _files ;;", "      esac ;;", "  esac"])
        else:
            lines.append("  _arguments $arguments '*:file:_files'")
        lines.append("}")
        for child in command.commands:
            function(child)

    function(root)
    lines.append(f'_{name.replace("-", "_")} "$@"')
    return "\n".join(lines) + "\n"


def fish_text(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


def fish_completion(root):
    name = root.path[0]
    lines = [f"# fish completion of {name}"]
    for command in all_of(root):
        children = " ".join(n for n, _ in command_words(command))
        seen = [f"__fish_seen_subcommand_from {part}" for part in command.path[1:]]
        if children and len(command.path) > 1:
            seen.append(f"not __fish_seen_subcommand_from {children}")
        condition = " && ".join(seen) if seen else "__fish_use_subcommand"
        for word, description in command_words(command):
            lines.append(f"complete -c {name} -n '{condition}' -f -a {word} -d '{fish_text(description)}'")
        for flags, takes, description in option_words(command):
            parts = [f"-l {f[2:]}" if f.startswith("--") else f"-s {f[1:]}" for f in flags]
            lines.append(f"complete -c {name} -n '{condition}' {' '.join(parts)}{' -r' if takes else ''} -d '{fish_text(description)}'")
    return "\n".join(lines) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main():
    program, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    root = read_command(str(program), [program.name])
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if not version.startswith(program.name):
        version = f"{program.name} {version}".strip()
    pages = [command.name for command in all_of(root)]
    for command in all_of(root):
        write(out / "man" / f"{command.name}.1", man_page(command, version, pages))
    write(out / "completions/bash" / root.path[0], bash_completion(root))
    write(out / "completions/zsh" / f"_{root.path[0]}", zsh_completion(root))
    write(out / "completions/fish" / f"{root.path[0]}.fish", fish_completion(root))
    print(f"{program.name}: {len(pages)} man pages, completions of bash, zsh and fish")


if __name__ == "__main__":
    main()
