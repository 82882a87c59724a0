#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the survival estimators beside R's package survival: bench/survival.sh [ROWS] [option of `bench_survival`...]
#
# ROWS (100000) spells are made once in TRUCEWATCH_BENCH_DATA (build/bench-data); TRUCEWATCH_SURVIVAL_TABLE names a table
# to be used instead (columns time, event, x1 to x5, grp). Without R our times are printed alone. Debian: r-cran-survival,
# r-cran-data.table.
set -euo pipefail

root=$(realpath "$(dirname "$0")/..")
survival=${TRUCEWATCH_SURVIVAL:-$root/build/release/bench/bench_survival}
if [ ! -x "$survival" ]; then
    echo "survival.sh: $survival is not built; cmake --build --preset release --target bench_survival" >&2
    exit 2
fi
rows=100000
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    rows=$1
    shift
fi
table=${TRUCEWATCH_SURVIVAL_TABLE:-}
if [ -z "$table" ]; then
    folder=${TRUCEWATCH_BENCH_DATA:-$root/build/bench-data}
    mkdir -p "$folder"
    table=$folder/survival$rows.csv
    [ -s "$table" ] || "$survival" "$table" --make "$rows"
fi
echo "load $(cut -d' ' -f1 /proc/loadavg)"
if ! Rscript -e 'library(survival)' >/dev/null 2>&1; then
    echo "survival.sh: no R with survival here; our times alone" >&2
    exec "$survival" "$table" "$@"
fi
exec "$survival" "$table" --peer "$root/bench/survival.R" "$@"
