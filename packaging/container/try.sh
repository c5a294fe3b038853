#!/usr/bin/env bash
# Tries an image: its files are in ROOT, its description (`buildah inspect --type image`) is the second argument. Runs its entry point as its
# user on a read-only root with an empty /tmp, in namespaces of its own: `predict` of the bundled exam, the folders and variables of MONAI
# Deploy and mercure, a node with its health check. Needs root.
#   try.sh ROOT DESCRIPTION
set -euo pipefail
root=$1 description=$2
here=$(cd "$(dirname "$0")/../.." && pwd)
python=$here/.deps/venv/bin/python
[[ -x $python ]] || python=python3
field() { "$python" -c 'import json, sys; v = json.loads(sys.argv[1])["Docker"]["config"].get(sys.argv[2]); print(*v if isinstance(v, list) else [v], sep="\n")' "$description" "$1"; }
user=$(field User)
[[ $user == 10001:10001 ]] || { echo "error: the image runs as '$user'" >&2; exit 1; }
field Healthcheck | grep -q health/live || { echo "error: the image has no health check" >&2; exit 1; }
mapfile -t entry < <(field Entrypoint)
mapfile -t environment < <(field Env)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$work"/{view,data,state,etc}
chown 10001:10001 "$work"/{data,state}

# within SHELL_TEXT: in the container, with `mhcnn` as the entry point.
within() {
  # shellcheck disable=SC2016
  timeout 300 unshare --mount --pid --fork --kill-child bash -euc '
    view=$1 root=$2 data=$3 state=$4 etc=$5 text=$6
    shift 6
    mount --bind "$root" "$view"
    mount -o remount,bind,ro "$view"
    mount -t proc proc "$view/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$view/tmp"
    mount -t tmpfs tmpfs "$view/dev"
    for node in null zero urandom random; do touch "$view/dev/$node"; mount --bind "/dev/$node" "$view/dev/$node"; done
    mount --bind "$data" "$view/data"
    mount --bind "$state" "$view/var/lib/mhcnn"
    mount --bind "$etc" "$view/etc/mhcnn"
    exec chroot --userspec=10001:10001 "$view" /usr/bin/busybox env -i "$@" /usr/bin/busybox sh -euc "cd /data; $text"
  ' -- "$work/view" "$root" "$work/data" "$work/state" "$work/etc" "$1" "${environment[@]}"
}

began=$SECONDS
within "! touch /written 2>/dev/null; test \$(id -u) = 10001 2>/dev/null || true
  ${entry[*]} predict /usr/share/mhcnn/examples/phantom-exam -o /data/out --format all" >"$work/predict.txt" 2>&1 ||
  { cat "$work/predict.txt" >&2; exit 1; }
[[ $(grep -c ',ok,' "$work/data/out/results.csv") == 4 ]] || { cat "$work/data/out/results.csv" >&2; echo "error: not all images were measured" >&2; exit 1; }
[[ -n $(find "$work/data/out/objects" -name 'sc.dcm') ]] || { echo "error: no summary page" >&2; exit 1; }
echo "predict of four images: $((SECONDS - began)) s, as the user 10001 on a read-only root"
[[ -z ${MHCNN_COMPARE:-} ]] || cmp <(cut -d, -f 2-18 "$MHCNN_COMPARE/results.csv") <(cut -d, -f 2-18 "$work/data/out/results.csv")

cp "$here/examples/container/node.toml" "$work/etc/node.toml"
within "${entry[*]} serve --config /etc/mhcnn/node.toml >/tmp/log 2>&1 & node=\$!
  live=no
  for i in \$(/usr/bin/busybox seq 60); do
    if /usr/bin/busybox wget -q -O /dev/null http://127.0.0.1:8042/health/live; then live=yes; break; fi
    /usr/bin/busybox sleep 1
  done
  /usr/bin/busybox kill \$node; wait \$node || true
  /usr/bin/busybox cat /tmp/log
  test \$live = yes" >"$work/node.txt" 2>&1 || { cat "$work/node.txt" >&2; echo "error: the node is not live" >&2; exit 1; }
echo "node: live"

# As MONAI Deploy and mercure call it.
mkdir "$work/data/in" "$work/data/monai" "$work/data/mercure"
cp "$root"/usr/share/mhcnn/examples/phantom-exam/*.dcm "$work/data/in/"
chown -R 10001:10001 "$work/data"
cp "$here/examples/monai-deploy/run.sh" "$work/etc/monai.sh"
cp "$here/examples/mercure/run.sh" "$work/etc/mercure.sh"
within "HOLOSCAN_INPUT_PATH=/data/in HOLOSCAN_OUTPUT_PATH=/data/monai /usr/bin/sh /etc/mhcnn/monai.sh
  MERCURE_IN_DIR=/data/in MERCURE_OUT_DIR=/data/mercure /usr/bin/sh /etc/mhcnn/mercure.sh" >"$work/modules.txt" 2>&1 || { cat "$work/modules.txt" >&2; exit 1; }
[[ -s $work/data/monai/results.csv && -n $(find "$work/data/monai" -name 'sr.dcm') ]] || { echo "error: MONAI Deploy's folder has no results" >&2; exit 1; }
[[ -n $(find "$work/data/mercure" -maxdepth 1 -name '*.dcm') && -s $work/data/mercure/result.json ]] || { ls "$work/data/mercure" >&2; echo "error: mercure's folder has no results" >&2; exit 1; }
echo "folders and variables of MONAI Deploy and mercure: results in both"
