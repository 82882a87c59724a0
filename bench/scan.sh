#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Space-time scan statistics beside the marks of SaTScan 10.3.2: bench/scan.sh [FOLDER]
#
# The instance of Syria (0.1-degree cells, weeks) lies with the reference data, ../shared/bench/d_scan, as do the scripts that make the
# synthetic instances s1, s2 and s3; these are made in FOLDER (build/bench-data/scan) once, which takes Python with pandas.
# The marks are CPU seconds for one replicate, measured on two cores of an AMD EPYC (Zen 4); on another machine take them as such.
set -euo pipefail

root=$(realpath "$(dirname "$0")/..")
reference=${TRUCEWATCH_REFERENCE:-$root/../shared}/bench
folder=${1:-$root/build/bench-data/scan}
scan=${TRUCEWATCH_SCAN:-$root/build/release/bench/bench_scan}
if [ ! -x "$scan" ]; then
    echo "scan.sh: $scan is not built; cmake --build --preset release --target bench_scan" >&2
    exit 2
fi
if [ ! -d "$reference/d_scan" ]; then
    echo "scan.sh: no reference data in $reference" >&2
    exit 2
fi
mkdir -p "$folder"
folder=$(realpath "$folder")
if [ ! -f "$folder/s3/x.cas" ]; then
    mkdir -p "$folder/data"
    g++ -O2 "$reference/gen.cpp" -o "$folder/gen"
    (cd "$folder" && ./gen slim 3000000 data/ev3m.csv && /usr/bin/python3 "$reference/d_scan/make_scan.py")
fi

echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "Syria, permutation; SaTScan: 510.849481, 26 places"
"$scan" "$reference/d_scan/syria/x.cas" "$reference/d_scan/syria/x.geo" --replicates 99 --peer 13.5
echo "s1, permutation; SaTScan: 8.716600"
"$scan" "$folder/s1/x.cas" "$folder/s1/x.geo" --first 2021/01/01 --last 2022/12/31 --replicates 999 --peer 0.099
echo "s1, Poisson"
"$scan" "$folder/s1/x.cas" "$folder/s1/x.geo" --first 2021/01/01 --last 2022/12/31 --replicates 999 --peer 0.111 --model poisson
months=(--first 2015/01/01 --last 2024/12/31 --bin month --time-share 0.1)
echo "s2, permutation"
"$scan" "$folder/s2/x.cas" "$folder/s2/x.geo" "${months[@]}" --share 0.1 --replicates 99 --peer 1.7
echo "s3, permutation"
"$scan" "$folder/s3/x.cas" "$folder/s3/x.geo" "${months[@]}" --share 0.05 --replicates 19 --peer 70
