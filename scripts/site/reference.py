#!/usr/bin/env python3
"""Writes the pages of the reference, as Markdown, from the program and its sources; exits 1 if a page would lack something.

    reference.py PROGRAM OUT

PROGRAM is the path of mhcnn; mhcnn-train beside it, if it is there, gets a page too. OUT gets commands/*.md, flags.md, columns.md,
recipe.md, config.md, python.md, cpp.md, and api.md if docs/api/openapi.json is there.
"""
import ast
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
import make_manual  # noqa: E402

faults = []


def read(name):
    return (ROOT / name).read_text()


def cell(text):
    """Text as a cell of a table, shown as it is."""
    return re.sub(r"([\\|<>*_\[\]`$#])", r"\\\1", text.strip())


def code(text):
    return "`" + text.strip().replace("|", "\\|") + "`" if text.strip() else ""


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def rows_of(document, cells):
    """The rows of the tables of a document with this number of cells, each a list of Markdown texts."""
    for line in read(document).splitlines():
        found = [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(found) == cells and not set(found[0]) <= set("-: "):
            yield found


def differs(what, wanted, documented, document):
    for name in sorted(set(wanted) - set(documented)):
        faults.append(f"{document}: the {what} {name} is not in a table")
    for name in sorted(set(documented) - set(wanted)):
        faults.append(f"{document}: {name} is no {what}")


def absolute_links(text):
    """Links of a page in docs/, as seen from reference/."""
    return re.sub(r"\]\((?!https?:|#)([^)]+)\)", r"](../docs/\1)", text)


# --- commands

def command_text(command, level):
    title = " ".join(command.path)
    parts = [f"{'#' * level} {title}\n", cell(command.summary) + "\n", f"```text\n{command.usage}\n```\n"]
    for section, entries in command.sections.items():
        if section == "Subcommands":
            if level == 1 and len(command.path) == 1:
                continue
            parts.append(table(["command", "what it does"], [[code(name), cell(text)] for name, text in entries]))
        elif section in ("Options", "Positionals"):
            rows = []
            for name, text in entries:
                flags, value = make_manual.split_name(name)
                rows.append([", ".join(code(flag) for flag in flags.split(",")), code(value), cell(text)])
            parts.append(f"**{section}**\n\n" + table(["option" if section == "Options" else "argument", "value", "meaning"], rows))
        else:
            parts.append(f"**{section}**\n\n" + table(["name", "meaning"], [[code(name), cell(text)] for name, text in entries]))
    if command.footer:
        parts.append("\\\n".join(cell(line) for line in command.footer) + "\n")
    return "\n".join(parts + [command_text(child, level + 1) for child in command.commands if level > 1 or len(command.path) > 1])


def write_commands(program, out):
    root = make_manual.read_command(str(program), ["mhcnn"])
    pages = {command.path[1]: command_text(command, 1) for command in root.commands}
    summaries = dict(root.sections["Subcommands"])
    train = program.with_name("mhcnn-train")
    if train.exists():
        pages["train"] = command_text(make_manual.read_command(str(train), ["mhcnn-train"]), 1)
    rows = [[f"[{name}]({name}.md)" if name in pages else code(name), cell(text)] for name, text in summaries.items()]
    for name, text in pages.items():
        (out / "commands" / f"{name}.md").write_text(text)
    tree = "\n".join(sorted(pages))
    (out / "commands/index.md").write_text(
        f"# Commands\n\nThe text of `--help` of each command.\n\n{table(['command', 'what it does'], rows)}\n"
        f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{tree}\n```\n")


# --- flags, columns, keys

def write_flags(out):
    words = re.findall(r'\{Flag::k\w+, "(\w+)"\}', read("src/mhcnn/image/flags.cc"))
    text = re.sub(r'"\s*\n\s*"', "", read("src/mhcnn/results/flag_texts.cc"))
    advice = dict(re.findall(r'constexpr const char\* (k\w+) = "([^"]*)"', text))
    said = {word: (sentence, advice.get(what, "")) for word, sentence, what in re.findall(r'\{"(\w+)",\s*\{"([^"]*)",\s*(k\w+)\}\}', text)}
    described = {row[0].strip("`"): row for row in rows_of("docs/flags.md", 3) if row[0].startswith("`")}
    differs("flag", words, described, "docs/flags.md")
    differs("flag", words, said, "src/mhcnn/results/flag_texts.cc")
    rows = [[code(word), cell(" ".join(said.get(word, ("", "")))), *described.get(word, ["", "", ""])[1:]] for word in words]
    (out / "flags.md").write_text(
        "# Flags in one table\n\nEach warning, in the order of the program. The page [Flags](../docs/flags.md) explains which flags "
        "matter, and the numbers in brackets.\n\n"
        + absolute_links(table(["flag", "in words, and what to do", "raised when", "what it means for the number"], rows)))


def names_in(text):
    """The names of a cell: `a`, `b`; `p_a` … `p_d` are four."""
    names = re.findall(r"`([\w.]+)`", text)
    if "…" in text and len(names) == 2:
        stem, first, last = names[0][:-1], names[0][-1], names[1][-1]
        return [stem + chr(letter) for letter in range(ord(first), ord(last) + 1)]
    return names


def section_of(document, title):
    return re.search(rf"^## {re.escape(title)}.*?(?=^## |\Z)", read(document), re.M | re.S)[0]


def columns(document, title, function, source):
    body = re.search(rf"{function}\(\) \{{.*?= \{{(.*?)\}};", read(source), re.S)[1]
    wanted = re.findall(r'"(\w+)"', body)
    meaning = {}
    for line in section_of(document, title).splitlines():
        found = re.fullmatch(r"\| ([^|]+) \| (.+) \|", line)
        if found and found[1].startswith("`"):
            meaning.update(dict.fromkeys(names_in(found[1]), found[2]))
    missing = [name for name in wanted if name not in meaning]
    faults.extend(f"{document}: the column {name} of {title} is not in its table" for name in missing)
    return table(["", "column", "meaning"], [[str(i + 1), code(name), meaning.get(name, "")] for i, name in enumerate(wanted)])


def write_columns(out):
    first = columns("docs/results.md", "results.csv", "ResultColumns", "src/mhcnn/results/results_table.cc")
    second = columns("docs/results.md", "studies.csv", "StudyColumns", "src/mhcnn/results/studies_table.cc")
    first = first.replace("](#", "](../docs/results.md#")
    (out / "columns.md").write_text(
        "# Columns of the tables\n\nThe columns in their order. [Results](../docs/results.md) explains the tables.\n\n"
        f"## results.csv\n\n{absolute_links(first).replace('../docs/../docs/', '../docs/')}\n## studies.csv\n\n{absolute_links(second)}")


def write_recipe(out):
    source = read("src/mhcnn/train/recipe.cc")
    keys = set(re.findall(r'\b(?:Get|GetWithOldName|GetWord)\((?:options, )?"([a-z_]+\.[a-z_]+)"', source))
    keys |= {f"phase.N.{name}" for name in re.findall(r'Get\(prefix \+ "(\w+)"', source)}
    described = {}
    for first, default, meaning in rows_of("docs/training.md", 3):
        names = names_in(first)
        if not names or "." not in names[0]:
            continue
        prefix = names[0].rsplit(".", 1)[0]
        if prefix.split(".")[0] not in {key.split(".")[0] for key in keys}:
            continue
        for name in names:
            described[name if "." in name else f"{prefix}.{name}"] = (default, meaning)
    if not keys <= set(described) or not set(described) <= keys:
        differs("key", keys, described, "docs/training.md")
    rows = [[code(name), *described[name]] for name in described]
    (out / "recipe.md").write_text(
        "# Keys of a recipe\n\nKeys that the documents describe in one row have their defaults and meanings in the same order here. "
        "[Training](../docs/training.md) explains recipes.\n\n" + absolute_links(table(["key", "default", "meaning"], rows)))


def write_config(out):
    subprocess.run([sys.executable, str(ROOT / "scripts/check-config-docs.py")], check=True, stdout=subprocess.DEVNULL)
    rows = [row for row in rows_of("docs/node.md", 3) if re.fullmatch(r"`[a-z_.]+`", row[0]) and ("." in row[0] or row[0] in (
        "`name`", "`objects`", "`log_level`"))]
    (out / "config.md").write_text(
        "# Keys of a node's configuration\n\n[The node](../docs/node.md) explains the configuration.\n\n"
        + absolute_links(table(["key", "default", "meaning"], rows)).replace("](#", "](../docs/node.md#"))


# --- interfaces

def resolved(api, kind, entry):
    """An entry, or the one that it refers to."""
    return api["components"][kind][entry["$ref"].split("/")[-1]] if "$ref" in entry else entry


def write_api(out):
    path = ROOT / "docs/api/openapi.json"
    if not path.exists():
        return
    api = json.loads(path.read_text())
    parts = [f"# HTTP interface\n\n{api['info'].get('summary', '')} {api['info'].get('description', '')}\n"]
    for route, operations in api["paths"].items():
        shared = operations.get("parameters", [])
        for method, operation in operations.items():
            if method not in ("get", "put", "post", "delete", "patch", "head"):
                continue
            parts.append(f"## {method.upper()} `{route}`\n\n{operation.get('summary', '')}\n\n{operation.get('description', '')}\n")
            rows = []
            for parameter in (resolved(api, "parameters", entry) for entry in shared + operation.get("parameters", [])):
                rows.append([code(parameter["name"]), parameter["in"], "yes" if parameter.get("required") else "no",
                             cell(parameter.get("description", ""))])
            if rows:
                parts.append(table(["parameter", "in", "required", "meaning"], rows))
            rows = []
            for status, entry in operation.get("responses", {}).items():
                answer = resolved(api, "responses", entry)
                kinds = ", ".join(code(kind) for kind in answer.get("content", {}))
                rows.append([code(str(status)), kinds, cell(answer.get("description", ""))])
            parts.append(table(["status", "content", "meaning"], rows))
    (out / "api.md").write_text("\n".join(parts))


def signature(function, name):
    arguments = ast.unparse(function.args)
    arguments = re.sub(r"^self(, )?", "", arguments)
    return f"{name}({arguments})" + (f" -> {ast.unparse(function.returns)}" if function.returns else "")


def described(node):
    return cell(ast.get_docstring(node) or "").replace("\n\n", "\n").replace("\n", "<br>")


def write_python(out):
    parts = ["# Python interface\n\nFrom the package `mhcnn`. [Use from Python](../docs/python.md) has examples.\n"]
    module = ast.parse(read("python/mhcnn/__init__.py"))
    public = ast.literal_eval(next(n.value for n in module.body if isinstance(n, ast.Assign) and n.targets[0].id == "__all__"))
    error = ast.parse(read("python/mhcnn/_error.py"))
    native = re.sub(r'"\s*\n\s*"', "", read("python/module.cc"))
    shown = set()
    for node in module.body + error.body:
        if isinstance(node, ast.FunctionDef) and node.name in public:
            shown.add(node.name)
            parts.append(f"## mhcnn.{node.name}\n\n```python\n{signature(node, node.name)}\n```\n\n{described(node)}\n")
        elif isinstance(node, ast.ClassDef) and node.name in public:
            shown.add(node.name)
            parts.append(f"## mhcnn.{node.name}\n\n{described(node)}\n")
            body, rows = node.body, []
            for i, member in enumerate(body):
                if isinstance(member, ast.AnnAssign) and i + 1 < len(body) and isinstance(body[i + 1], ast.Expr):
                    rows.append([code(member.target.id), cell(str(body[i + 1].value.value))])
                if not isinstance(member, ast.FunctionDef) or (member.name.startswith("_") and member.name != "__init__"):
                    continue
                if any(isinstance(d, ast.Name) and d.id == "property" for d in member.decorator_list):
                    rows.append([code(member.name), described(member)])
                else:
                    name = node.name if member.name == "__init__" else member.name
                    parts.append(f"```python\n{signature(member, name)}\n```\n\n{described(member)}\n")
            if rows:
                parts.append(table(["attribute", "meaning"], rows))
    for match in re.finditer(r'nb::class_<\w+(?:::\w+)?>\(m, "(\w+)", "([^"]*)"\)(.*?);\n\}', native, re.S):
        name, text, body = match.groups()
        if name not in public:
            continue
        shown.add(name)
        rows = [[code(member), cell(meaning)] for member, meaning in
                re.findall(r'\.def(?:_prop_ro)?\(\s*"([a-z]\w*)",.*?"((?:[^"\\]|\\.)*)"\)', body, re.S)]
        parts.append(f"## mhcnn.{name}\n\n{cell(text)}\n\n{table(['attribute', 'meaning'], rows)}")
    faults.extend(f"python: mhcnn.{name} has no entry" for name in public if name not in shown | {"ERROR_CODES", "__version__"})
    (out / "python.md").write_text("\n".join(parts))


def write_cpp(out):
    parts = ["# C++ interface\n\nThe public headers, which `find_package(mhcnn)` gives. [Install](../docs/install.md#use-from-c) has an "
             "example.\n",
             '<p><a href="../cpp/index.html">All classes and functions</a> (made by Doxygen from the headers)</p>\n']
    for header in sorted((ROOT / "include/mhcnn").glob("*.h")):
        parts.append(f"## {header.name}\n\n```cpp\n{header.read_text()}```\n")
    (out / "cpp.md").write_text("\n".join(parts))


def main():
    program, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    (out / "commands").mkdir(parents=True, exist_ok=True)
    write_commands(program, out)
    for write in (write_flags, write_columns, write_recipe, write_config, write_api, write_python, write_cpp):
        write(out)
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
