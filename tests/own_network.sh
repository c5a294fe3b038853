# shellcheck shell=bash
# To be sourced first, by a script that starts Orthanc, whose DICOM port listens on all addresses: the script runs again in a network of
# its own, which has 127.0.0.1 alone.
if [[ -z ${OWN_NETWORK:-} ]]; then
  if ! command -v ip >/dev/null || ! unshare -rn true 2>/dev/null; then echo "skipped: no separate network (unshare, ip)"; exit 77; fi
  # shellcheck disable=SC2016  # $0 is of the inner shell
  OWN_NETWORK=1 exec unshare -rn bash -c 'ip link set lo up && exec "$0"' "$0"
fi
