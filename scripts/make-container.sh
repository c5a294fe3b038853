#!/usr/bin/env bash
# Builds the image of MH-CNN with buildah from a Debian package, tries it, and writes it into build/packages/mhcnn-container.tar.
#   scripts/make-container.sh [PACKAGES]        PACKAGES: folder with mhcnn_*_amd64.deb (default: build/packages)
# No registry is needed: the base is made by mmdebstrap. MHCNN_BASE_TAR=FILE takes the archive of an earlier one; MHCNN_OUT=FOLDER is where
# the image goes. Tried are, as the user 10001 on a read-only root: `predict` of the bundled exam, and the node with its health check.
# Needs root, buildah, mmdebstrap.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(realpath "${1:-build/packages}")
out=$(realpath -m "${MHCNN_OUT:-build/packages}")
mapfile -t debs < <(compgen -G "$packages/mhcnn_*_amd64.deb")
[[ ${#debs[@]} == 1 ]] || { echo "error: $packages: needs one mhcnn_*_amd64.deb; make it: scripts/package.sh" >&2; exit 1; }
[[ $EUID == 0 ]] || { echo "error: run as root: the base is a chroot" >&2; exit 1; }
for tool in buildah mmdebstrap; do
  command -v $tool >/dev/null || { echo "error: $tool is missing: apt-get install $tool" >&2; exit 1; }
done
version=$(dpkg-deb -f "${debs[0]}" Version)
work=$(mktemp -d)
# vfs and chroot: these work where a container is itself in one.
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot BUILDAH_FORMAT=docker
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }
leave() {
  command buildah --root "$work/storage" --runroot "$work/run" umount --all >/dev/null 2>&1 || true
  rm -rf --one-file-system "$work"
}
trap leave EXIT
began=$SECONDS

base=${MHCNN_BASE_TAR:-$work/base.tar}
[[ -e $base ]] || mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$base" http://deb.debian.org/debian
container=$(buildah from scratch)
buildah add --quiet "$container" "$base" / >/dev/null
buildah commit --quiet --rm "$container" localhost/debian:bookworm >/dev/null
mkdir "$work/context"
cp "${debs[0]}" packaging/container/{Containerfile,slim.sh} python/absent.c "$work/context/"
buildah build --quiet --pull-never --build-arg BASE=localhost/debian:bookworm --build-arg VERSION="$version" \
  -t "localhost/mhcnn:$version" "$work/context" >"$work/build.txt" 2>&1 || { tail -30 "$work/build.txt" >&2; exit 1; }
echo "built in $((SECONDS - began)) s"

# As an orchestrator starts it: entry point and environment of the image, its user, a read-only root, folders mounted.
container=$(buildah from --pull-never "localhost/mhcnn:$version")
root=$(buildah mount "$container")
echo "files: $(du -sm "$root" | cut -f 1) MiB"
packaging/container/try.sh "$root" "$(buildah inspect --type image "localhost/mhcnn:$version")"

mkdir -p "$out"
rm -f "$out/mhcnn-container.tar"
buildah push --quiet "localhost/mhcnn:$version" "docker-archive:$out/mhcnn-container.tar:mhcnn:$version"
echo "$out/mhcnn-container.tar: $(($(stat -c %s "$out/mhcnn-container.tar") / 1000000)) MB; load it: docker load -i mhcnn-container.tar"
