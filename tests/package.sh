#!/usr/bin/env bash
# The Debian packages in a fresh Debian 12: `apt install` of the package alone, `mhcnn predict` on its example, the same figures as the
# build, each kind of file, kept networks, `tune`, an upgrade that keeps the configuration, a program that uses the library, training with the
# LibTorch that mhcnn-train-libtorch fetches, and a purge that leaves nothing but data of patients.
# Makes the packages first, then a chroot from Debian's mirror (MHCNN_CHROOT_TAR=FILE: from an archive that mmdebstrap made).
# MHCNN_PACKAGES=FOLDER takes these packages; MHCNN_WHEELS=FOLDER takes the wheels of LibTorch there in place of the Python Package Index.
# Takes about ten minutes and 4 GB: only with MHCNN_SLOW=1, as root.
# shellcheck disable=SC2016
source "$(dirname "$0")/lib.sh"
[[ -n ${MHCNN_SLOW:-} ]] || skip "set MHCNN_SLOW=1 to install the packages in a chroot"
[[ $EUID == 0 ]] || skip "a chroot needs root"
command -v mmdebstrap >/dev/null || command -v debootstrap >/dev/null || skip "neither mmdebstrap nor debootstrap is installed"
packages=${MHCNN_PACKAGES:-$ROOT/build/packages}
[[ -n ${MHCNN_PACKAGES:-} ]] || (cd "$ROOT" && scripts/package.sh --train --quick) >made.txt 2>&1 || { tail -20 made.txt; fail "scripts/package.sh"; }

root=$work/chroot
leave() {
  for folder in dev/null dev/urandom proc; do umount "$root/$folder" 2>/dev/null || true; done
  rm -rf --one-file-system "$work"
}
trap leave EXIT
command -v lintian >/dev/null || echo "lintian is not installed: the packages are not checked"
if command -v lintian >/dev/null; then
  lintian --tag-display-limit 0 --fail-on error,warning "$packages"/*.deb || fail "lintian"
fi
clock() { date +%s.%N; }
took() { awk "BEGIN { printf \"%.1f s\", $(clock) - $1 }"; }
began=$(clock)
mkdir "$root"
if [[ -n ${MHCNN_CHROOT_TAR:-} ]]; then
  tar -C "$root" -xf "$MHCNN_CHROOT_TAR" --exclude=./dev
elif command -v mmdebstrap >/dev/null; then
  mmdebstrap --variant=minbase bookworm - http://deb.debian.org/debian 2>bootstrap.txt | tar -C "$root" -x --exclude=./dev
else
  debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >bootstrap.txt 2>&1
fi
mkdir -p "$root/dev" "$root/proc"
for node in null urandom; do
  [[ -e $root/dev/$node ]] || { touch "$root/dev/$node" && mount --bind "/dev/$node" "$root/dev/$node"; }
done
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
echo "chroot: $(took "$began")"

within() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
apt_get() { within apt-get -yq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >apt.txt 2>&1 || { tail -30 apt.txt; fail "apt-get $*"; }; }
size_of() { du -sm --one-file-system "$root" | cut -f 1; }
apt_get update
mkdir "$root/packages" && cp "$packages"/*.deb "$root/packages/"
before_size=$(size_of)
within dpkg-query -W -f='${Package}\n' | sort >before.txt
(cd "$root" && find usr etc var/lib -xdev ! -path 'var/lib/apt/*' ! -path 'var/lib/dpkg/*' | sort) >files-before.txt

began=$(clock)
deb=$(cd "$root/packages" && ls mhcnn_*.deb)
apt_get install "/packages/$deb"
echo "apt install: $(took "$began"), $(within dpkg-query -W -f='${Package}\n' | wc -l) packages in all ($(wc -l <before.txt) before), $(($(size_of) - before_size)) MB with what it depends on; the package alone: $(within dpkg-query -W -f='${Installed-Size}' mhcnn) kB"
for tool in gcc g++ cmake python3 make; do ! within sh -c "command -v $tool" >/dev/null || fail "$tool is installed"; done

began=$(clock)
expect_exit 0 within mhcnn predict /usr/share/mhcnn/examples/phantom-exam -o /tmp/out
echo "predict of four images: $(took "$began")"
expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o "$work/built"
figures() { cut -d, -f 2-18 "$1/results.csv"; }
[[ $(figures "$root/tmp/out") == "$(figures built)" ]] || fail "the package gives other figures than the build"
expect_exit 0 within mhcnn doctor
expect_exit 0 within env MHCNN_DATA_DIR=/usr/share/mhcnn mhcnn inspect fast
expect_exit 0 within runuser -u nobody -- env -u HOME mhcnn predict /usr/share/mhcnn/examples/phantom-exam/L-CC.dcm -o /tmp/nobody

# The page for the browser, and each kind of file: what is loaded at run time is among the dependencies.
files_of() { (cd "$1" && find . -type f | sed -E 's,[0-9a-f]{2}/[0-9a-f]{16},PATH,' | sort); }
diff <(files_of "$root/tmp/out") <(files_of built) || fail "the package writes other files than the build"
[[ $(find "$root/tmp/out/page/pictures" -name '*.jpg' -size +1k | wc -l) -ge 4 ]] || fail "the page has no pictures"
expect_exit 0 "$BIN/mhcnn" phantom --count 1 --seed 5 --out phantom
"$PYTHON" - phantom/images/*.png "$root/tmp/kinds" <<'PY'
import pathlib, sys
import numpy
from PIL import Image
source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(mode=0o755)
pixels = numpy.asarray(Image.open(source)).astype(float)
eight = Image.fromarray((pixels * (255 / pixels.max())).astype("uint8"))
Image.open(source).save(out / "a.png")
eight.save(out / "b.jpg", quality=95)
for name, options in (("c.tif", {}), ("d.tif", {"compression": "tiff_lzw"}), ("e.bmp", {}), ("f.jp2", {"irreversible": False})):
    eight.save(out / name, **options)
PY
cp -r "$root/tmp/kinds" kinds
expect_exit 0 within mhcnn predict /tmp/kinds -o /tmp/kinds-out
expect_exit 0 "$BIN/mhcnn" predict kinds -o kinds-out
[[ $(figures "$root/tmp/kinds-out") == "$(figures kinds-out)" && $(grep -c ',ok,' kinds-out/results.csv) == 6 ]] || fail "kinds of files"

# Compiled networks are kept and taken again; a home that cannot be written is left alone.
kept() { within runuser -u nobody -- env XDG_CACHE_HOME=/tmp/cache mhcnn predict /tmp/kinds/a.png -o "$1"; }
install -d -o 65534 "$root/tmp/cache"
for run in first second; do expect_exit 0 kept "/tmp/kept-$run"; done
[[ -n $(find "$root/tmp/cache" -type f -size +1M) ]] || fail "no network was kept"
[[ $(figures "$root/tmp/kept-first") == "$(figures "$root/tmp/kept-second")" ]] || fail "a kept network gives other figures"
install -d -m 555 -o 65534 "$root/tmp/home"
expect_exit 0 within runuser -u nobody -- env HOME=/tmp/home mhcnn predict /tmp/kinds/a.png -o /tmp/read-only-home
[[ -z $(ls -A "$root/tmp/home") ]] || fail "wrote into a home that cannot be written"
expect_exit 0 within mhcnn tune --seconds 0.1 --dry-run
expect_exit 0 within env HOME=/tmp/tuned mhcnn tune --seconds 0.1
cat "$out"
[[ -s $root/tmp/tuned/.config/mhcnn/tune.json ]] || fail "tune kept nothing"
expect_exit 0 within env HOME=/tmp/tuned mhcnn predict /tmp/kinds/a.png -o /tmp/tuned-out
expect_exit 2 within mhcnn train --help
expect_error_line 'install the package mhcnn-train'
for file in usr/share/man/man1/mhcnn-predict.1.gz usr/share/bash-completion/completions/mhcnn lib/systemd/system/mhcnn.service; do
  [[ -e $root/$file || -e $root/usr/$file ]] || fail "$file is not installed"
done

# A later version of the same files: the configuration stays.
mkdir -p "$root/etc/mhcnn" "$root/var/lib/mhcnn" && echo 'objects = "/var/lib/mhcnn/objects"' >"$root/etc/mhcnn/node.toml"
dpkg-deb -R "$root/packages/$deb" later
sed -i 's/^Version: .*/&+later/' later/DEBIAN/control
dpkg-deb -b --root-owner-group -Zgzip -z1 later "$root/packages/later.deb" >/dev/null
apt_get install /packages/later.deb
[[ $(within dpkg-query -W -f='${Version}' mhcnn) == *+later ]] || fail "was not upgraded"
[[ -s $root/etc/mhcnn/node.toml ]] || fail "the upgrade removed the configuration"
expect_exit 0 within mhcnn predict /usr/share/mhcnn/examples/phantom-exam/L-CC.dcm -o /tmp/later
apt_get install --allow-downgrades "/packages/$deb"
if compgen -G "$root/packages/libmhcnn-dev_*.deb" >/dev/null; then
  began=$(clock)
  rm "$root/packages/later.deb"
  mapfile -t debs < <(cd "$root" && printf '/%s\n' packages/libmhcnn*.deb)
  apt_get install "${debs[@]}"
  apt_get install g++ cmake make
  cp -r "$ROOT/examples/cpp" "$root/tmp/example"
  expect_exit 0 within sh -c 'cd /tmp/example && cmake -B build && cmake --build build && build/measure /usr/share/mhcnn/examples/phantom-exam/*.dcm'
  grep '^exam: ' "$out" || fail "the example measured no exam"
  echo "library, compilers and example: $(took "$began")"
fi

# Training: the package says what is missing, its program fetches it, and a network is trained.
if compgen -G "$root/packages/mhcnn-train_*.deb" >/dev/null; then
  began=$(clock)
  mapfile -t debs < <(cd "$root" && printf '/%s\n' packages/mhcnn-train_*.deb)
  apt_get install "${debs[@]}"
  grep 'LibTorch .* is not installed; run as root: mhcnn-train-libtorch' apt.txt || fail "the installation does not name mhcnn-train-libtorch"
  expect_exit 2 within mhcnn train --help
  expect_error_line '^error: LibTorch, which mhcnn-train needs, is not installed; run as root: mhcnn-train-libtorch'
  expect_exit 1 within runuser -u nobody -- mhcnn-train-libtorch
  expect_error_line 'cannot be written; run mhcnn-train-libtorch as root'
  if [[ -n ${MHCNN_WHEELS:-} ]]; then
    mkdir "$root/wheels" && cp "$MHCNN_WHEELS"/*.whl "$root/wheels/"
    fetch=(within env PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels mhcnn-train-libtorch)
    cp "$root/usr/share/mhcnn/libtorch.txt" right.txt
    sed -i 's/sha256:[0-9a-f]\{8\}/sha256:00000000/' "$root/usr/share/mhcnn/libtorch.txt"
    expect_exit 1 "${fetch[@]}"
    expect_error_line 'pip could not download the wheels'
    cp right.txt "$root/usr/share/mhcnn/libtorch.txt"
    [[ -z $(find "$root/usr/lib/mhcnn" -name '*libtorch*') ]] || fail "a failed download left files"
  else
    fetch=(within mhcnn-train-libtorch)
    # A network whose proxy has a certificate of its own: what pip of this machine trusts.
    [[ -z ${PIP_CERT:-} ]] || { cp "$PIP_CERT" "$root/packages/pip.crt" && fetch=(within env PIP_CERT=/packages/pip.crt mhcnn-train-libtorch); }
  fi
  expect_exit 0 "${fetch[@]}"
  expect_exit 0 within mhcnn-train-libtorch --check
  expect_exit 0 within mhcnn-train-libtorch
  grep 'nothing to do' "$out" || fail "LibTorch is fetched again"
  echo "mhcnn-train and LibTorch: $(took "$began"), $(du -sm "$root"/usr/lib/mhcnn/libtorch-* | cut -f 1) MB of LibTorch; the package alone: $(within dpkg-query -W -f='${Installed-Size}' mhcnn-train) kB"
  began=$(clock)
  expect_exit 0 within mhcnn phantom --count 24 --seed 1 --height 128 --width 64 --split-val 0.25 --out /tmp/phantoms
  expect_exit 0 within mhcnn train --recipe /usr/share/mhcnn/recipes/smoke.toml --data /tmp/phantoms/manifest.csv --out /tmp/run --max-steps 2
  [[ -n $(find "$root/tmp/run" -name '*.safetensors') ]] || fail "the training wrote no checkpoint"
  echo "training of two steps: $(took "$began")"
  within mhcnn doctor | grep 'ok .*training .*/usr/bin/mhcnn-train' || fail "doctor does not name mhcnn-train"
  apt_get purge mhcnn-train
  [[ -z $(find "$root/usr/lib/mhcnn" -name '*libtorch*') ]] || fail "the removal left LibTorch"
fi

mapfile -t ours < <(within dpkg-query -W -f="\${Package}\n" | grep mhcnn)
apt_get purge "${ours[@]}"
for folder in /etc/mhcnn /var/lib/mhcnn; do
  grep -q "$folder is kept" apt.txt || { cat apt.txt; fail "the purge does not name $folder, which stays"; }
done
rm -r "$root/etc/mhcnn" "$root/var/lib/mhcnn"
apt_get autoremove --purge
(cd "$root" && find usr etc var/lib -xdev -iname '*mhcnn*') >left.txt
[[ ! -s left.txt ]] || { cat left.txt; fail "the purge left files"; }
echo "passed"
