#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reading large files, beside DuckDB: makes the inputs, fetches DuckDB from npm, compares the answers, prints the ratios.
#   bench/ingest.sh [FOLDER] [PAIRS]     inputs go to FOLDER (build/bench-data, 4.5 GB); PAIRS of runs (5)
# Environment: BUILD, the build folder with the programs `ingest` and `synth` (build/release).
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build/bench-data}
pairs=${2:-5}
build=${BUILD:-build/release}

for program in "$build/bench/ingest" "$build/tools/synth"; do
    if [[ ! -x $program ]]; then
        echo "$program is not there. Build it first: cmake --preset release && cmake --build --preset release --target ingest synth" >&2
        exit 3
    fi
done

library=bench/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so
if [[ ! -f $library ]]; then
    echo "Fetching DuckDB from npm (bench/package-lock.json)"
    if ! (cd bench && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); then
        echo "npm could not install the packages in bench/package-lock.json. Is the npm registry reachable?" >&2
        exit 3
    fi
fi

# The inputs that the project's performance page has check values for, where its generator is at hand; else our own.
mkdir -p "$folder"
reference=../shared/bench/gen.cpp
if [[ -f $reference ]]; then
    [[ -x $folder/gen ]] || g++ -O2 -std=c++20 -w "$reference" -o "$folder/gen"
    make_input() { "$folder/gen" "$@"; }
else
    make_input() { "$build/tools/synth" "$@"; }
fi
input() {  # input SHAPE ROWS FILE: makes the file unless it is there; a broken-off one is never left under its name
    [[ -f $folder/$3 ]] && return
    echo "Writing $folder/$3"
    make_input "$1" "$2" "$folder/$3.part"
    mv "$folder/$3.part" "$folder/$3"
}
input acled 3000000 acled3m.csv
input gdelt 5000000 gdelt5m.tsv
input ged 350000 ged.csv

if [[ -f $reference ]]; then
    # Rows and sums that the reference inputs must give.
    check() {  # check WORK FILE NAME VALUE
        local found
        found=$("$build/bench/ingest" --run ours --how full --work "$1" --file "$folder/$2" | awk -F'\t' -v name="$3" '$1 == name { print $2 }')
        if [[ $found != "$4" ]]; then
            echo "$2: $3 is '$found', but must be '$4': no figures" >&2
            exit 1
        fi
        echo "$2: $3 = $found, as it must be"
    }
    check acled-aggregates acled3m.csv rows 3000000
    check acled-aggregates acled3m.csv "sum 0" 8981912
    check gdelt-aggregates gdelt5m.tsv rows 5000000
    check gdelt-aggregates gdelt5m.tsv "sum 0" -239010.7
    check ged-columns ged.csv rows 350000
    check ged-columns ged.csv "sum 10" 1048358
fi

lscpu | grep -E "^Model name|^CPU\(s\)" || true
echo "All files are read once before they are timed (warm)."
status=0
for what in "acled-columns acled3m.csv" "gdelt-aggregates gdelt5m.tsv" "ged-columns ged.csv" "acled-aggregates acled3m.csv"; do
    read -r work file <<<"$what"
    "$build/bench/ingest" --work "$work" --file "$folder/$file" --library "$library" --pairs "$pairs" || status=1
done
exit $status
