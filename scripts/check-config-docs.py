#!/usr/bin/env python3
"""Checks that docs/node.md has each key of a node's configuration (src/mhcnn/service/config.cc), and no other. Prints one line for each
difference and exits 1."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
source = "".join((ROOT / "src/mhcnn/service" / name).read_text() for name in ("config.cc", "access_config.cc"))
READ = r"(?:in\.(?:Flag|Whole|Seconds|Bytes|Text|Texts|AeTitle|Address|Path|Secret)\(|ReadFormats\(in, )"
TLS = set(re.findall(READ + r'table \+ "(\.\w+)"', source))
keys = {key for key in re.findall(READ + r'"([\w.]+\w)"', source) if key.rstrip(".") == key}
keys |= set(re.findall(r'ReadFieldName\(in, "([\w.]+)"', source))
if '"web.role_groups."' in source:
    keys |= {f"web.role_groups.{role}" for role in ("viewer", "reader", "administrator", "sender")}
keys |= {"destination" + name for name in re.findall(READ + r'key \+ "(\.\w+)"', source) if name not in (".ae_title", ".address")}
keys |= {table + name for table in ("receive.tls", "web.tls", "destination.tls") for name in TLS}
keys |= {"receive.allow.ae_title", "receive.allow.address", "web.allow.address"}
documented = set(re.findall(r"^\| `([a-z_.]+)` \| [^|]+ \| [^|]+ \|$", (ROOT / "docs/node.md").read_text(), re.M))
documented = {key for key in documented if "." in key or key in keys}
for key in sorted(keys - documented):
    print(f"docs/node.md: the key {key} is not in a table")
for key in sorted(documented - keys):
    print(f"docs/node.md: {key} is no key of src/mhcnn/service/config.cc")
print(f"{len(keys)} keys")
sys.exit(keys != documented)
