#!/usr/bin/env bash
# The files of a release without building packages: a small Debian package stands for those of scripts/package.sh. Sums, signature, list of
# contents, and what is refused: no key, a changed tree, another version, a library without a licence. About 60 seconds.
source "$(dirname "$0")/lib.sh"
command -v minisign >/dev/null || skip "no minisign: scripts/setup --release"
"$PYTHON" -c 'import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in ("cyclonedx", "jsonschema", "sphinx")))' ||
  skip "no schemas: scripts/setup --release"
git -C "$ROOT" rev-parse --git-dir >/dev/null 2>&1 || skip "no git checkout"

# A package with the installed files of this build, compressed little.
expect_exit 0 cmake --install "$(dirname "$BIN")" --component program --prefix "$work/staged/usr"
mkdir -p staged/DEBIAN debs
cat >staged/DEBIAN/control <<'END'
Package: mhcnn
Version: 0.3.0
Architecture: amd64
Maintainer: The MH-CNN developers <mhcnn@invalid.example>
Depends: libopencv-core406 (>= 4.6.0+dfsg), libplplot17 (>= 5.15.0+dfsg), libc6 (>= 2.35)
Description: for a test
END
build_deb() { dpkg-deb --root-owner-group -Zgzip -z1 -b staged "$1" >/dev/null; }
build_deb debs/mhcnn_0.3.0_amd64.deb
sbom() { "$PYTHON" "$ROOT/scripts/make-sbom.py" "$@"; }
expect_exit 0 sbom debs/mhcnn_0.3.0_amd64.deb first.json
expect_exit 0 sbom debs/mhcnn_0.3.0_amd64.deb second.json
cmp first.json second.json || fail "two lists of one package differ"
"$PYTHON" - first.json <<'PY'
import json, sys
bom = json.load(open(sys.argv[1]))
parts = {part["name"]: part for part in bom["components"]}
assert all(part["licenses"] and part["version"] for part in parts.values())
assert parts["libplplot17"]["licenses"] == [{"license": {"id": "LGPL-2.0-or-later"}}], parts["libplplot17"]
for name in ("libopenvino.so.2641", "libtbb.so.12", "libhwloc.so.15", "mhcnn-fast", "toml++", "nlohmann-json"):
    assert name in parts or any(key.startswith(name.split(".so")[0]) for key in parts), name
PY
# What no table names is found: a library, a dependency; and a table without its library.
cp staged/usr/lib/mhcnn/libtbb.so.12 staged/usr/lib/mhcnn/libunknown.so.1
sed -i 's/^Depends: /&libunknown7, /' staged/DEBIAN/control
rm staged/usr/lib/mhcnn/libhwloc.so.15
build_deb wrong.deb
expect_exit 1 sbom wrong.deb wrong.json
for finding in 'libunknown.so.1: is in the package, but no table' 'libunknown7: the package depends on it' 'hwloc.*not in the package'; do
  grep -q "$finding" "$err" || { cat "$err"; fail "no finding: $finding"; }
done

# A clone, so that the tree has no changes.
git clone -q --shared "$ROOT" clone
ln -s "$ROOT/.deps" clone/.deps
release() { (cd clone && BIN=$BIN scripts/release.sh "$@"); }
expect_exit 1 release --out "$work/none" --from "$work/debs"
expect_error_line 'a release is signed: give --key'
minisign -G -W -p public.key -s secret.key >/dev/null
expect_exit 0 release --key "$work/secret.key" --out "$work/files" --from "$work/debs"
expect_exit 0 minisign -V -p public.key -m files/SHA256SUMS
(cd files && sha256sum --check --quiet SHA256SUMS) || fail "the sums are not those of the files"
for file in mhcnn_0.3.0_amd64.deb mhcnn_0.3.0_amd64.deb.cdx.json mhcnn-0.3.0.tar.gz mhcnn-0.3.0-site.tar.gz; do
  grep -q " $file\$" files/SHA256SUMS || fail "$file is not in SHA256SUMS"
done
[[ $(tar -tzf files/mhcnn-0.3.0-site.tar.gz | grep -c '^mhcnn-0.3.0-site/index.html$') == 1 ]] || fail "the site has no index"
tar -xzf files/mhcnn-0.3.0.tar.gz
[[ -x mhcnn-0.3.0/scripts/release.sh ]] || fail "the source archive is not complete"
echo x >>files/SHA256SUMS
expect_exit 1 minisign -V -p public.key -m files/SHA256SUMS
expect_exit 1 release --key "$work/secret.key" --out "$work/files" --from "$work/debs"
expect_error_line 'files: exists'
sed -i 's/^version: .*/version: 9.9.9/' clone/CITATION.cff
expect_exit 1 release --key "$work/secret.key" --out "$work/other" --from "$work/debs"
expect_error_line 'the working tree has changes'
git -C clone -c user.name=x -c user.email=x@example.org commit -qam "another version"
expect_exit 1 release --key "$work/secret.key" --out "$work/other" --from "$work/debs"
expect_error_line 'CITATION.cff: does not name the version'
echo "passed"
