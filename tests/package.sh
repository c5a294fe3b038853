#!/usr/bin/env bash
# The Debian packages in a fresh Debian 12: `apt install` of the package alone, `mhcnn predict` on its example, the same figures as the
# build, an upgrade that keeps the configuration, a program that uses the library, and a purge that leaves nothing but data of patients.
# Makes the packages first, then a chroot from Debian's mirror (MHCNN_CHROOT_TAR=FILE: from an archive that mmdebstrap made).
# Takes about five minutes and 2 GB: only with MHCNN_SLOW=1, as root.
# shellcheck disable=SC2016
source "$(dirname "$0")/lib.sh"
[[ -n ${MHCNN_SLOW:-} ]] || skip "set MHCNN_SLOW=1 to install the packages in a chroot"
[[ $EUID == 0 ]] || skip "a chroot needs root"
command -v mmdebstrap >/dev/null || command -v debootstrap >/dev/null || skip "neither mmdebstrap nor debootstrap is installed"
packages=${MHCNN_PACKAGES:-$ROOT/build/packages}
[[ -n ${MHCNN_PACKAGES:-} ]] || (cd "$ROOT" && scripts/package.sh --quick) >made.txt 2>&1 || { tail -20 made.txt; fail "scripts/package.sh"; }

root=$work/chroot
leave() {
  for folder in dev/null proc; do umount "$root/$folder" 2>/dev/null || true; done
  rm -rf --one-file-system "$work"
}
trap leave EXIT
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
[[ -e $root/dev/null ]] || { touch "$root/dev/null" && mount --bind /dev/null "$root/dev/null"; }
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
  mapfile -t debs < <(cd "$root" && printf '/%s\n' packages/*.deb)
  apt_get install "${debs[@]}"
  apt_get install g++ cmake make
  cp -r "$ROOT/examples/cpp" "$root/tmp/example"
  expect_exit 0 within sh -c 'cd /tmp/example && cmake -B build && cmake --build build && build/measure /usr/share/mhcnn/examples/phantom-exam/*.dcm'
  grep '^exam: ' "$out" || fail "the example measured no exam"
  echo "library, compilers and example: $(took "$began")"
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
