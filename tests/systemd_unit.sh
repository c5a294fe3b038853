#!/usr/bin/env bash
# The unit of systemd is valid, hardened (exposure 2.0 or less), and starts what the program offers.
source "$(dirname "$0")/lib.sh"
command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed (package systemd)"
unit=$ROOT/packaging/systemd/mhcnn.service

# Where the program of the package is not installed, the one that was built stands for it.
sed "s#/usr/bin/mhcnn#$BIN/mhcnn#" "$unit" >mhcnn.service
expect_exit 0 systemd-analyze verify --man=no "$work/mhcnn.service"
[[ ! -s $err ]] || { cat "$err"; fail "the unit has faults"; }

systemd-analyze security --offline=yes --no-pager "$work/mhcnn.service" >security.txt || true
exposure=$(sed -n 's/.*exposure level for mhcnn.service: \([0-9.]*\).*/\1/p' security.txt)
[[ -n $exposure ]] || { cat security.txt; fail "no exposure level was printed"; }
awk "BEGIN { exit !($exposure <= 2.0) }" || { grep -v '^✓' security.txt; fail "exposure $exposure is more than 2.0"; }
echo "exposure level $exposure"

for key in Type=notify DynamicUser=yes StateDirectory=mhcnn WatchdogSec= 'SystemCallFilter=@system-service'; do
  grep -q "^$key" "$unit" || fail "the unit lacks $key"
done
# The command of ExecStart is one of the program.
read -r _ command _ < <(sed -n 's/^ExecStart=//p' "$unit")
expect_exit 0 "$BIN/mhcnn" "$command" --help
grep -q -- --config "$out" || fail "mhcnn $command has no option --config"
echo "passed"
