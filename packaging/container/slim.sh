#!/bin/bash
# Copies what mhcnn needs into an empty folder, which becomes the image: the package mhcnn, the shared libraries that its programs load,
# character sets, certificates and busybox. Runs in Debian 12 where the package is installed (Containerfile).
#   slim.sh ROOT ABSENT.C
# OpenCV, libtiff and libxml2 name GDAL, GDCM, GLX, JBIG-KIT and ICU, which mhcnn does not use; some of what GDAL brings is under the GPL. As in
# the Python wheel, ABSENT.C stands for their functions (python/absent.c), and these libraries are left out. Needs cc, patchelf, busybox-static.
set -euo pipefail
root=$1 absent=$2
libraries=$root/usr/lib/x86_64-linux-gnu
mkdir -p "$libraries" "$root"/{etc/ssl/certs,etc/mhcnn,tmp,proc,dev,sys,run,data,var/lib/mhcnn,usr/bin,usr/share/doc,var/lib/dpkg/status.d}
ln -s usr/bin usr/lib "$root/"
mkdir "$root/usr/lib64"
ln -s usr/lib64 "$root/lib64"

# The package, without documents.
dpkg -L mhcnn | grep -E '^/usr/(bin|lib/mhcnn|share/mhcnn)/|^/usr/share/doc/mhcnn/(copyright|LICENSE|THIRD)' | while IFS= read -r file; do
  if [[ -f $file ]]; then
    mkdir -p "$root${file%/*}"
    cp -P "$file" "$root$file"
  fi
done

# A library without the libraries that absent.c stands for.
cc -shared -fPIC -O1 -Wl,-soname,libmhcnn-absent.so -o "$libraries/libmhcnn-absent.so" "$absent"
without() {  # without LIBRARY ABSENT...
  local name=$1 needed
  shift
  cp "$(readlink -f "/usr/lib/x86_64-linux-gnu/$name")" "$libraries/$name"
  for needed in "$@"; do patchelf --remove-needed "$needed" "$libraries/$name"; done
  patchelf --add-needed libmhcnn-absent.so "$libraries/$name"
}
without libopencv_imgcodecs.so.406 libgdal.so.32 libgdcmMSFF.so.3.0 libgdcmDSED.so.3.0
without libopencv_core.so.406 libGLX.so.0
without libtiff.so.6 libjbig.so.0
without libxml2.so.2 libicuuc.so.72

# All others, under the names by which they are asked for.
# mhcnn loads imgcodecs at run time.
programs=(/usr/bin/mhcnn /usr/lib/mhcnn/*.so* "$libraries/libopencv_imgcodecs.so.406")
LD_LIBRARY_PATH=$libraries ldd "${programs[@]}" | awk '$2 == "=>" && $3 ~ "^/" {print $1, $3} $1 ~ "^/" && $2 ~ "^\\(" {print $1, $1}' |
  sort -u >/tmp/libraries.txt
while read -r name file; do
  case $(realpath -s "$file") in
    "$root"/* | /usr/lib/mhcnn/*) ;;
    */ld-linux*) cp -L "$file" "$root/usr/lib64/" ;;
    *) cp -L "$file" "$libraries/${name##*/}" ;;
  esac
done </tmp/libraries.txt

# Character sets of DICOM (iconv), certificates, time zones are not needed (UTC); a shell with wget for the health check.
cp -r /usr/lib/x86_64-linux-gnu/gconv "$libraries/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp /usr/bin/busybox "$root/usr/bin/busybox" 2>/dev/null || cp /bin/busybox "$root/usr/bin/busybox"
ln -s busybox "$root/usr/bin/sh"
echo 'mhcnn:x:10001:10001::/var/lib/mhcnn:/usr/bin/sh' >"$root/etc/passwd"
echo 'mhcnn:x:10001:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cp /etc/os-release /etc/debian_version "$root/etc/" 2>/dev/null
chown 10001:10001 "$root/data" "$root/var/lib/mhcnn"
chmod 1777 "$root/tmp"

# What a scanner of images reads (as in "distroless" images), and the licences: of each package that a file is from.
mapfile -t files < <(awk '{print $2}' /tmp/libraries.txt | xargs realpath -s | grep -v "^$root\|^/usr/lib/mhcnn" | xargs readlink -f)
files+=(/usr/lib/x86_64-linux-gnu/libopencv_imgcodecs.so.406 /usr/lib/x86_64-linux-gnu/libopencv_core.so.406 /usr/lib/x86_64-linux-gnu/libtiff.so.6
  /usr/lib/x86_64-linux-gnu/libxml2.so.2)
{ dpkg -S "${files[@]}" "${files[@]#/usr}" 2>/dev/null || true; } | cut -d: -f 1 | sort -u >/tmp/packages.txt
printf '%s\n' mhcnn busybox-static ca-certificates libc6 >>/tmp/packages.txt
sort -u /tmp/packages.txt | while read -r package; do
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package" 2>/dev/null || continue
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/" 2>/dev/null || true
done
if find "$libraries" | grep -E '/lib(gdal|poppler|x265|jbig|gdcm[A-Z]*|GLX|icu[a-z]*)\.'; then
  echo "error: a library that was to be left out is in the image" >&2
  exit 1
fi
