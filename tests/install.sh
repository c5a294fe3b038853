#!/usr/bin/env bash
# `cmake --install`: the installation can be moved, needs neither the build nor the sources nor a home, and gives the figures of the build.
# Its man pages and completions are well formed; wrong data folders and mixed versions are named.
source "$(dirname "$0")/lib.sh"
build=$(dirname "$BIN")

components=(program)
if [[ -e $build/lib/libmhcnn.so ]]; then components+=(library development); fi
if [[ -x $BIN/mhcnn-train && $build != *cuda* ]]; then components+=(training training_links); fi
for component in "${components[@]}"; do expect_exit 0 cmake --install "$build" --component "$component" --prefix "$work/first"; done
mv first "second place"
prefix="$work/second place"
program=$prefix/bin/mhcnn
for file in share/mhcnn/VERSION share/mhcnn/models/mhcnn-fast.onnx share/mhcnn/examples/phantom-exam/L-CC.dcm \
  lib/systemd/system/mhcnn.service share/doc/mhcnn/LICENSE share/doc/mhcnn/THIRD_PARTY_LICENSES.md share/doc/mhcnn/openvino/LICENSE; do
  [[ -f $prefix/$file ]] || fail "$file is not installed"
done
grep -q "^ExecStart=$work/first/bin/mhcnn serve" "$prefix/lib/systemd/system/mhcnn.service" || fail "the unit starts another program"

# Libraries: all are found, OpenVINO's in the installation, and no path of the build is left.
# shellcheck disable=SC2016
readelf -d "$program" | grep RUNPATH | grep -qF '[$ORIGIN/../lib/mhcnn]' || fail "RUNPATH: $(readelf -d "$program" | grep RUNPATH)"
ldd "$program" >libraries
! grep 'not found' libraries || fail "libraries are missing"
grep -q "second place/bin/../lib/mhcnn/libopenvino.so" libraries || fail "OpenVINO of the installation is not used"
size=$(du -sm "$prefix" | cut -f 1)
# mhcnn-train finds LibTorch by links in the installation. Without these links, `mhcnn train` names the remedy.
if [[ " ${components[*]} " == *" training "* ]]; then
  expect_exit 0 "$program" train --help
  for file in recipes/smoke.toml models/mhcnn-fast.safetensors libtorch.txt; do [[ -f $prefix/share/mhcnn/$file ]] || fail "$file is not installed"; done
  expect_exit 0 "$PYTHON" "$prefix/bin/mhcnn-train-libtorch" --check
  rm -r "$prefix"/lib/mhcnn/libtorch-*
  expect_exit 2 "$program" train --help
  expect_error_line '^error: LibTorch, which mhcnn-train needs, is not installed; run as root: mhcnn-train-libtorch'
  expect_exit 1 "$PYTHON" "$prefix/bin/mhcnn-train-libtorch" --check
else
  expect_exit 2 "$program" train --help
  expect_error_line '^error: mhcnn-train is not installed; install the package mhcnn-train'
fi

# Without a home, in a folder that only root may write.
measure() { (cd / && env -u HOME -u MHCNN_MODEL PATH=/usr/bin:/bin "$@"); }
expect_exit 0 measure "$program" predict "$prefix/share/mhcnn/examples/phantom-exam" -o "$work/installed"
expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o "$work/built"
percent_of_exam() { "$PYTHON" -c 'import csv, sys; print(next(csv.DictReader(open(sys.argv[1])))["percent_density"])' "$1"; }
figures() { cut -d, -f 2-18 "$1/results.csv"; }  # all but the path, the model (which has a comma) and the time
[[ $(figures installed) == "$(figures built)" ]] || fail "the installation gives other figures than the build"
[[ $(wc -l <installed/results.csv) == 5 ]] || fail "not four rows"
expect_exit 0 measure "$program" doctor
grep -q "second place/share/mhcnn/models/mhcnn-fast.onnx" "$out" || fail "doctor names another model"
# Nothing is written into a home.
mkdir home
HOME=$work/home expect_exit 0 "$program" predict "$ROOT/examples/phantom-exam/L-CC.dcm" -o "$work/home-run"
[[ -z $(ls -A home) ]] || fail "wrote into the home: $(ls -A home)"

# The example for C++, built with the installed library alone, prints the figures of the command.
if [[ " ${components[*]} " == *" library "* ]]; then
  cp -r "$ROOT/examples/cpp" example
  expect_exit 0 cmake -S example -B example/build "-DCMAKE_PREFIX_PATH=$prefix"
  expect_exit 0 cmake --build example/build
  mapfile -t views < <(ls "$ROOT"/examples/phantom-exam/*.dcm)
  expect_exit 0 env -u HOME example/build/measure "${views[@]}"
  grep -E '^/' "$out" | sed -E 's/.*: (.*) %/\1/' >library.txt
  tail -n +2 built/results.csv | cut -d, -f 6 >command.txt
  diff command.txt library.txt || fail "the library gives other figures than the command"
  [[ $(sed -n 's/^exam: \(.*\) %/\1/p' "$out") == $(percent_of_exam built/studies.csv) ]] || fail "the library gives another figure of the exam"
  # What it offers: names of the versioned namespace alone.
  nm -D --defined-only -C "$prefix"/lib/libmhcnn.so.*.*.* | sed -E 's/^[0-9a-f]+ . //' | grep -vE '(^|for |to )mhcnn::v0::' >others.txt || true
  [[ ! -s others.txt ]] || { head -5 others.txt; fail "libmhcnn.so exports other names"; }
  expect_exit 1 env MHCNN_DATA_DIR=/nowhere example/build/measure "${views[0]}"
  expect_error_line 'MHCNN_DATA_DIR=/nowhere: is not a folder'
  # A program that wants another minor version is refused.
  sed -i 's/find_package(mhcnn 0.3/find_package(mhcnn 0.2/' example/CMakeLists.txt
  expect_exit 1 cmake -S example -B example/other "-DCMAKE_PREFIX_PATH=$prefix"
  grep -q 'version: 0\.' "$err" || { cat "$err"; fail "the other version is not named"; }
fi

# Another folder of data.
predict_one() { "$program" predict "$ROOT/examples/phantom-exam/L-CC.dcm" -o "$work/one" --restart; }
MHCNN_DATA_DIR=$ROOT expect_exit 0 predict_one
MHCNN_DATA_DIR=/nowhere expect_exit 1 predict_one
expect_error_line '^error: MHCNN_DATA_DIR=/nowhere: is not a folder; remove the variable'
mkdir empty
MHCNN_DATA_DIR=$work/empty expect_exit 1 predict_one
expect_error_line 'empty: does not contain models/mhcnn-fast.onnx; remove the variable'
mkdir other && echo 0.0.1 >other/VERSION
MHCNN_DATA_DIR=$work/other expect_exit 2 predict_one
expect_error_line 'contains the files of mhcnn 0.0.1, but this program is mhcnn [0-9.]+; '
echo 9.9.9 >"$prefix/share/mhcnn/VERSION"
expect_exit 2 predict_one
expect_error_line 'contains the files of mhcnn 9.9.9, .*; install the program again'
rm -r "$prefix/share/mhcnn/models"
expect_exit 1 predict_one
expect_error_line 'mhcnn-fast.onnx is neither in share/mhcnn/models'

# Man pages: one for each command, without warnings of the formatter. Completions: valid, and complete.
pages=$prefix/share/man/man1
for page in mhcnn mhcnn-predict mhcnn-serve mhcnn-jobs-list; do [[ -f $pages/$page.1 ]] || fail "no page $page.1"; done
if command -v man >/dev/null; then
  for page in "$pages"/*.1; do
    man --warnings -E UTF-8 -l -Tutf8 -Z "$page" >/dev/null 2>warnings
    [[ ! -s warnings ]] || { cat warnings; fail "$page has warnings"; }
  done
fi
bash -c '
  source "$1"
  complete_of() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mhcnn; echo "${COMPREPLY[*]}"; }
  [[ $(complete_of mhcnn pred) == predict ]] || exit 1
  [[ $(complete_of mhcnn predict --tt) == --tta ]] || exit 2
  [[ $(complete_of mhcnn jobs li) == list ]] || exit 3
  [[ $(complete_of mhcnn jobs list --conf) == --config ]] || exit 4
' completion "$prefix/share/bash-completion/completions/mhcnn" || fail "completion of bash, case $?"
for shell in zsh fish; do
  mapfile -t files < <(find "$prefix/share/$shell" -type f -size +0)
  [[ ${#files[@]} -gt 0 ]] || fail "no completion of $shell"
  for file in "${files[@]}"; do
    if command -v "$shell" >/dev/null; then "$shell" -n "$file" || fail "completion of $shell"; fi
  done
done
echo "passed: $size MB installed"
