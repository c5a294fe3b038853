"""Compares the vocabulary of the results (src/mhcnn/results/codes.inc) with pydicom's tables of PS3.16.

The codes of views and their modifiers (src/mhcnn/dicom/view_codes.cc), which reports give too, are compared with CID 4014 and 4015.
Each code is looked up by scheme and value; its meaning must be one that a table gives, and where it names a context group (CID)
the group must hold it. Then each code is changed in one digit, and in its meaning, and must fail. Usage: check_codes.py codes.inc view_codes.cc
"""
import re
import sys

from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

# Codes that pydicom's tables do not hold, or hold with another form of the meaning, with the source.
ELSEWHERE = {
    ("UMLS", "C0034375"): {"Qualitative Evaluations"},  # PS3.16 TID 1500 row 12
    ("RFC5646", "en"): {"English"},  # PS3.16 TID 1204, CID 5000
    ("UCUM", "{pixels}"): {"pixels"},  # PS3.16 TID 1602 rows for 110910, 110911
    ("UCUM", "cm2"): {"square centimeter", "Centimeter**2"},  # CID 7461; pydicom gives the form of CID 84
    ("SCT", "399260004"): {"medio-lateral"},  # CID 4014 row ML; pydicom gives the form of CID 501
    ("SCT", "399196006"): {"caudo-cranial (from below)"},  # CID 4014 row FB and its remark
    ("SCT", "399265009"): {"cranio-caudal exaggerated"},  # View Position XCC; CID 4014 is extensible and has its two kinds alone
    ("UCUM", "mm"): {"millimeter", "mm"},  # CID 7460; pydicom gives the form of CID 3510
}
# Right codes of another concept: never to be used.
TRAPS = {
    ("SCT", "129793001"): "a lesion-like density (TID 4011), not the composition",
    ("SCT", "123037004"): "not the category of CID 7150",
    ("DCM", "111006"): "retired",
    ("DCM", "111103"): "retired",
    ("DCM", "111047"): "the probability of cancer, which TID 4006 forbids for a composition",
}
ENTRY = re.compile(r'MHCNN_CODE\((\w+),\s+"([^"]+)",\s+"([^"]+)",\s+"([^"]+)",\s+"([^"]+)"\)')


def plain(meaning):
    return re.sub("[\u200b\ufeff]", "", meaning)


def meanings_and_groups(scheme, value):
    found, groups = set(ELSEWHERE.get((scheme, value), ())), set()
    for keyword, entries in concepts.get(scheme, {}).items():
        if value in entries:
            meaning, _ = entries[value]
            found.add(plain(meaning))
            groups |= {cid for cid, by_scheme in cid_concepts.items() if keyword in by_scheme.get(scheme, ())}
    return found, groups


VIEW_MODIFIER = {
    value: True
    for keyword in cid_concepts[4015]["SCT"]
    for value in concepts["SCT"][keyword]
}


def problem(value, scheme, meaning, context):
    if (scheme, value) in TRAPS:
        return TRAPS[scheme, value]
    found, groups = meanings_and_groups(scheme, value)
    if not found:
        return "is in no table"
    if meaning not in found:
        return f"means {sorted(found)}"
    if len(meaning) > 64 or len(value) > 16:
        return "is too long for its element"
    if context != "-" and int(context.removeprefix("CID ")) not in groups:
        return f"is not in {context} but in {sorted(groups)}"
    return None


def wrong_forms(value, scheme, meaning, context):
    """Codes that a slip of the hand would make of a right one."""
    for at, c in enumerate(value):
        if c.isdigit():
            yield value[:at] + str((int(c) + 1) % 10) + value[at + 1 :], scheme, meaning, context
    yield value, "DCM" if scheme != "DCM" else "SCT", meaning, context
    yield value, scheme, meaning + "s", context
    if context != "-":
        yield value, scheme, meaning, "CID 29" if context != "CID 29" else "CID 6000"


def main():
    table = re.sub(r"^//.*$", "", open(sys.argv[1]).read(), flags=re.MULTILINE)
    rows = [match.groups() for match in ENTRY.finditer(table)]
    if rest := ENTRY.sub("", table).strip():
        sys.exit(f"FAILED: not an entry of the table: {rest.splitlines()[0]}")
    views = re.findall(r'\{"(\d+)", "([^"]+)", "([^"]+)", "([^"]+)",', open(sys.argv[2]).read())
    for value, _, word, meaning in views:
        # Meanings of modifiers have capitals in the standard; case tells nothing.
        standard = next((m for m in meanings_and_groups("SCT", value)[0] if m.lower() == meaning.lower()), meaning)
        context = "-" if value == "399265009" else "CID 4015" if VIEW_MODIFIER.get(value) else "CID 4014"
        rows.append((word, value, "SCT", standard, context))
    if len(views) < 20:
        sys.exit(f"FAILED: only {len(views)} views")
    for name, *code in rows:
        if wrong := problem(*code):
            sys.exit(f"FAILED: {name} {code}: {wrong}")
    for what in ("names", "codes"):
        keys = [r[0] if what == "names" else (r[1], r[2], r[3]) for r in rows]
        if len(keys) != len(set(keys)):
            sys.exit(f"FAILED: the same {what} twice")
    changed = caught = 0
    for name, *code in rows:
        for wrong in wrong_forms(*code):
            changed += 1
            if problem(*wrong):
                caught += 1
            else:
                sys.exit(f"FAILED: the wrong code {wrong} for {name} passes")
    for (scheme, value) in TRAPS:
        if not problem(value, scheme, "Mammography breast density", "-"):
            sys.exit(f"FAILED: {value} passes")
    if len(rows) < 80 or changed < 500:
        sys.exit(f"FAILED: only {len(rows)} codes, {changed} changed ones")
    print(f"{len(rows)} codes right; each of {caught} wrong forms of them found")


main()
