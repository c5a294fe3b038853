#!/usr/bin/env bash
# Builds the documentation site into a folder of plain files that open without a server and without a network: the documents, and the
# reference, which is made from the program (--help), its sources and the comments of the headers. Fails where a link leads nowhere.
#   scripts/make-site.sh OUT            installs what is missing (scripts/setup --docs); with all headers by Doxygen
#   scripts/make-site.sh OUT --quick    for a test: installs nothing, takes the public headers alone
# Takes mhcnn from build/release or build/inference, or from the folder BIN.
set -euo pipefail
[[ $# -ge 1 && ( $# == 1 || $2 == --quick ) && $1 != -* ]] || { echo "usage: scripts/make-site.sh OUT [--quick]" >&2; exit 2; }
out=$(realpath -m "$1") quick=${2:-}
cd "$(dirname "$0")/.."
[[ -n $quick ]] || scripts/setup --docs
source scripts/programs.sh
find_programs mhcnn
sphinx=.deps/venv/bin/sphinx-build
[[ -x $sphinx ]] || { echo "error: Sphinx is missing: scripts/setup --docs" >&2; exit 1; }
command -v doxygen >/dev/null || { echo "error: doxygen is missing: apt-get install doxygen" >&2; exit 1; }
if [[ -e $out ]] && [[ ! -d $out || ( -n $(ls -A "$out") && ! -e $out/.mhcnn-site ) ]]; then
  echo "error: $out: contains other files; give a new folder" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The documents, in the places that they have to each other in the repository.
pages=$work/pages
mkdir -p "$pages"/{docs,models,examples,reference}
cp -r docs/*.md docs/images "$pages/docs/"
if [[ -d docs/api ]]; then cp -r docs/api "$pages/docs/"; fi
cp README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md THIRD_PARTY_LICENSES.md LICENSE CITATION.cff "$pages/"
cp models/README.md "$pages/models/"
cp examples/README.md "$pages/examples/"
cp scripts/site/{conf.py,site.css,index.md} "$pages/"
.deps/venv/bin/python scripts/site/reference.py "$bin/mhcnn" "$pages/reference"
[[ -e $pages/reference/api.md ]] || sed -i '/^reference\/api$/d' "$pages/index.md"

MHCNN_VERSION=$(sed -n 's/^project(mhcnn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export MHCNN_VERSION SOURCE_DATE_EPOCH
"$sphinx" -q -W --keep-going -b html -d "$work/doctrees" "$pages" "$work/site"

{
  cat Doxyfile
  echo "GENERATE_XML = NO"
  echo "OUTPUT_DIRECTORY = $work/doxygen"
  echo "HTML_TIMESTAMP = NO"
  echo "HAVE_DOT = NO"
  if [[ -n $quick ]]; then echo "INPUT = docs/reference.dox include"; fi
} | doxygen - >"$work/doxygen.txt" 2>&1 || { cat "$work/doxygen.txt" >&2; exit 1; }
mv "$work/doxygen/html" "$work/site/cpp"
cp -r docs/images "$work/site/docs/"  # for pictures that a page names in HTML
rm -rf "$work/site"/{.buildinfo,objects.inv,.doctrees}
.deps/venv/bin/python scripts/site/check_links.py "$work/site"
rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/site" "$out"
touch "$out/.mhcnn-site"
echo "$out/index.html: $(du -sm "$out" | cut -f 1) MB"
