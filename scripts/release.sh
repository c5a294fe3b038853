#!/usr/bin/env bash
# Makes all files of a release in a folder: Debian packages, wheel, documentation site, source archive, image (if buildah is there), lists of
# what they contain (CycloneDX), SHA256SUMS and its signature.
#   scripts/release.sh --key FILE [--out FOLDER] [--from FOLDER] [--package-twice]
#     --key FILE     secret key of minisign that signs SHA256SUMS; nothing is released without one. `minisign -G` makes a pair of keys
#     --out FOLDER   default: build/release-VERSION; a folder that is not there yet
#     --from FOLDER  takes the packages (*.deb, *.whl) of this folder and builds none; nothing is made twice then
#     --package-twice  makes the packages twice of one build, to compare them; else the commit is compiled twice, which takes an hour more
# Refuses a working tree with changes, and files that name different versions. The version is that of CMakeLists.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
stop() { echo "error: $*" >&2; exit 1; }
key='' out='' from='' again=(--compile)
while (($#)); do
  case $1 in
    --key) key=${2:-}; shift 2 || stop "--key: give a file" ;;
    --out) out=${2:-}; shift 2 || stop "--out: give a folder" ;;
    --package-twice) again=(); shift ;;
    --from) from=${2:-}; shift 2 || stop "--from: give a folder" ;;
    *) echo "usage: scripts/release.sh --key FILE [--out FOLDER] [--from FOLDER] [--package-twice]" >&2; exit 2 ;;
  esac
done
version=$(sed -n 's/^project(mhcnn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
out=$(realpath -m "${out:-build/release-$version}")
[[ -n $key ]] || stop "a release is signed: give --key FILE; minisign -G makes one"
[[ -r $key ]] || stop "$key: cannot be read; give the secret key of minisign"
key=$(realpath "$key") root=$PWD
command -v minisign >/dev/null || stop "minisign is missing: apt-get install minisign"
[[ ! -e $out ]] || stop "$out: exists; give another folder, or remove it"
[[ -z $(git status --porcelain) ]] || stop "the working tree has changes; commit them: a release is of a commit"

# CMakeLists.txt defines the version; these files repeat it.
check() { grep -q "$2" "$1" || stop "$1: does not name the version $version of CMakeLists.txt"; }
check CITATION.cff "^version: $version\$"
check CHANGELOG.md "^## $version "
for file in examples/container/compose.yaml examples/kubernetes/node.yaml examples/monai-deploy/Containerfile examples/mercure/Containerfile; do
  check "$file" "mhcnn:$version"
done
check examples/monai-deploy/app.json "\"version\": \"$version\""
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
umask 022
mkdir -p "$out"

if [[ -n $from ]]; then
  cp "$from"/*.deb "$out/"
  for wheel in "$from"/*.whl; do if [[ -e $wheel ]]; then cp "$wheel" "$out/"; fi; done
else
  scripts/setup --release
  scripts/package.sh --train
  cp build/packages/*.deb "$out/"
  scripts/check-reproducible.sh "${again[@]}" release build/packages
  scripts/make-wheel.sh build/release build/packages 6
  cp build/packages/mhcnn-"$version"-*.whl "$out/"
fi
python=.deps/venv/bin/python
[[ -x $python ]] || python=python3

scripts/make-site.sh "$out/site" --quick
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --exclude=.mhcnn-site -C "$out" \
  --transform "s,^site,mhcnn-$version-site," -c site | gzip -9n >"$out/mhcnn-$version-site.tar.gz"
rm -rf "$out/site"
git archive --format=tar --prefix="mhcnn-$version/" HEAD | gzip -9n >"$out/mhcnn-$version.tar.gz"
for package in "$out"/*.deb "$out"/*.whl; do
  if [[ -e $package ]]; then "$python" scripts/make-sbom.py "$package" "$package.cdx.json"; fi
done
if [[ -z $from ]] && command -v buildah >/dev/null && [[ $EUID == 0 ]]; then
  MHCNN_OUT=$out scripts/make-container.sh "$out"
else
  echo "no image: it needs buildah and root, and packages that are built here"
fi

cd "$out"
sums=$(find . -maxdepth 1 -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum)  # before the shell makes the file of the sums
printf '%s\n' "$sums" >SHA256SUMS
minisign -S -s "$key" -m SHA256SUMS -t "mhcnn $version, commit $(git -C "$root" rev-parse HEAD)" </dev/null >/dev/null || stop "$key: minisign could not sign"
ls -l "$out"
echo "released into $out; tag the commit: git tag -a v$version -m 'mhcnn $version'"
