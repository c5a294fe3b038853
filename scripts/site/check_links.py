#!/usr/bin/env python3
"""Checks the links of a folder of HTML pages: prints each link to a file or anchor that does not exist, each file that is loaded from
another host, and exits 1 if there are any.

    check_links.py FOLDER
"""
import pathlib
import sys
import urllib.parse
from html.parser import HTMLParser

LOADED = {("img", "src"), ("script", "src"), ("source", "src"), ("iframe", "src"), ("link", "href")}
FOREIGN = ("http:", "https:", "//")


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.anchors, self.loaded = [], set(), []
        self.feed(path.read_text(errors="replace"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for key in ("id", "name"):
            if attributes.get(key) and (key == "id" or tag == "a"):
                self.anchors.add(attributes[key])
        for key in ("href", "src"):
            value = attributes.get(key)
            if not value:
                continue
            if (tag, key) in LOADED and value.startswith(FOREIGN) and attributes.get("rel") != "canonical":
                self.loaded.append(value)
            elif not value.startswith((*FOREIGN, "mailto:", "data:", "javascript:")):
                self.links.append(value)


def check(folder):
    pages = {path.resolve(): Page(path) for path in sorted(folder.rglob("*.html"))}
    faults, count = [], 0
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        faults += [f"{name}: loads {link} from another host" for link in page.loaded]
        for link in page.links:
            count += 1
            target, _, anchor = link.partition("#")
            target = urllib.parse.unquote(target.partition("?")[0])
            at = (path.parent / target).resolve() if target else path
            if not at.is_relative_to(folder.resolve()) or not at.exists():
                faults.append(f"{name}: {link} does not exist")
            elif anchor and at in pages and urllib.parse.unquote(anchor) not in pages[at].anchors:
                faults.append(f"{name}: {link}: there is no such anchor")
            elif at.is_dir():
                faults.append(f"{name}: {link} is a folder, which a browser shows as a list of files")
    return pages, count, faults


def main():
    pages, count, faults = check(pathlib.Path(sys.argv[1]))
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(pages)} pages, {count} links, {len(faults)} faults")
    sys.exit(bool(faults) or not count)


if __name__ == "__main__":
    main()
