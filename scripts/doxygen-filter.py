#!/usr/bin/env python3
"""Prints a header for Doxygen (FILTER_PATTERNS of Doxyfile) with its lines in place: the comment of a declaration of several
variables is repeated for each, as Doxygen gives it to one of them only.

    scripts/doxygen-filter.py HEADER
"""
import pathlib
import re
import sys

DECLARATION = re.compile(r"^(\s*)((?:[\w:]|<[^;]*>|\s(?![=,;]))+?[\s>])(\w+(?:\[\w+\])?(?: = [^;,(){}]+|\{[^{}]*\})?"
                         r"(?:, \w+(?:\[\w+\])?(?: = [^;,(){}]+|\{[^{}]*\})?)+);(.*)$")


def join_continuation(lines, number):
    """Moves the rest of a declaration that ends on a later line to the line on which it begins."""
    after = number + 1
    while re.match(r"\s+[\w:<>]+ \w+ = [^;(){}]*,$", lines[number]) and after < min(number + 4, len(lines)):
        lines[number] += " " + lines[after].strip()
        lines[after] = ""
        after += 1


def main():
    lines = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    for number in range(len(lines)):
        join_continuation(lines, number)
        line = lines[number]
        declaration = DECLARATION.match(line)
        if not declaration:
            continue
        indent, kind, names, rest = declaration.groups()
        comment, begin = [], number
        if rest.strip().startswith("///<"):
            comment = [rest.strip().removeprefix("///<").strip()]
            after = number + 1
            while after < len(lines) and lines[after].strip().startswith("///<"):
                comment.append(lines[after].strip().removeprefix("///<").strip())
                lines[after] = ""
                after += 1
        elif not rest.strip():
            while begin and lines[begin - 1].strip().startswith("/// "):
                begin -= 1
                comment.insert(0, lines[begin].strip().removeprefix("///").strip())
        if not comment:
            continue
        text = f"/** {' '.join(comment)} */ "
        for i in range(begin, number):
            lines[i] = ""
        variables = re.split(r", (?=\w+(?:\[\w+\])?(?: =|\{|,|$))", names)
        lines[number] = indent + " ".join(f"{text}{kind.strip()} {variable.strip()};" for variable in variables)
    print("\n".join(lines), end="")


if __name__ == "__main__":
    main()
