#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the adjudication join beside PostGIS: bench/join.sh PLACES.csv COMMITMENTS.csv [option of `join`...]
#
# PLACES: id,day,lat,lon,actor_a,actor_b. COMMITMENTS: cid,start_day,end_day,actor_a,actor_b,scope,wkt.
# Starts a PostgreSQL of its own in a scratch folder (TRUCEWATCH_BENCH_PG keeps it there for the next run), on a local
# socket, loads both files, gives PostGIS the indexes that serve it best, and stops it at the end.
# Without PostGIS our figures are printed alone. Debian: postgresql-15-postgis-3.
set -euo pipefail

if [ $# -lt 2 ]; then
    sed -n '3,8s/^# \{0,1\}//p' "$0"
    exit 2
fi
places=$(realpath "$1")
commitments=$(realpath "$2")
shift 2
root=$(realpath "$(dirname "$0")/..")
join=${TRUCEWATCH_JOIN:-$root/build/release/bench/join}
if [ ! -x "$join" ]; then
    echo "join.sh: $join is not built; cmake --build --preset release --target join" >&2
    exit 2
fi

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
if [ -z "$bin" ] || ! ls "${bin%/bin}"/lib/postgis-3.so >/dev/null 2>&1; then
    echo "join.sh: no PostGIS here; our figures alone" >&2
    exec "$join" "$places" "$commitments" "$@"
fi

# The server refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then as=(runuser -u postgres --); fi

keep=${TRUCEWATCH_BENCH_PG:-}
scratch=${keep:-$(mktemp -d)}
mkdir -p "$scratch"
if [ "$(id -u)" = 0 ]; then chown postgres "$scratch"; fi
chmod 755 "$scratch"

stop() {
    "${as[@]}" "$bin/pg_ctl" -D "$scratch/data" -m fast -w stop >/dev/null 2>&1 || true
    if [ -z "$keep" ]; then rm -rf "$scratch"; fi
}
trap stop EXIT
trap 'exit 130' INT TERM

cd /
if [ ! -d "$scratch/data" ]; then
    echo "making a PostgreSQL in $scratch" >&2
    "${as[@]}" "$bin/initdb" -D "$scratch/data" -A trust --no-sync >/dev/null
fi
"${as[@]}" "$bin/pg_ctl" -D "$scratch/data" -w -l "$scratch/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$scratch' -c port=54329 -c shared_buffers=1GB -c work_mem=256MB -c maintenance_work_mem=1GB -c fsync=off" \
    start >/dev/null
psql="${as[*]} $bin/psql -X -h $scratch -p 54329 -d postgres"
sql() { $psql -q -v ON_ERROR_STOP=1 -c "$1"; }

# Loaded already, from the same files?
stamp=$(stat -c '%n %s %Y' "$places" "$commitments" | sha256sum | cut -c1-16)
if [ "$($psql -qAt -c "select to_regclass('loaded_$stamp') is not null")" != t ]; then
    echo "loading PostGIS" >&2
    sql "drop table if exists cm, ev"
    sql "create extension if not exists postgis"
    sql "create extension if not exists btree_gist"
    sql "create table cm(cid int, start_day int, end_day int, actor_a int, actor_b int, scope int, wkt text)"
    $psql -q -v ON_ERROR_STOP=1 -c "copy cm from stdin csv header" <"$commitments"
    sql "alter table cm add geom geometry(Polygon,4326)"
    sql "update cm set geom=ST_GeomFromText(wkt,4326)"
    sql "alter table cm drop column wkt"
    sql "create table ev(id int, day int, lat float8, lon float8, actor_a int, actor_b int)"
    $psql -q -v ON_ERROR_STOP=1 -c "copy ev from stdin csv header" <"$places"
    sql "alter table ev add geom geometry(Point,4326)"
    sql "update ev set geom=ST_SetSRID(ST_MakePoint(lon,lat),4326)"
    sql "vacuum full cm"
    sql "vacuum full ev"
    sql "create index on cm using gist(geom)"
    sql "create index on ev(actor_a,actor_b,day)"
    sql "create index on ev using gist(geom,day)"
    sql "vacuum analyze"
    sql "create table loaded_$stamp()"
fi

"$join" "$places" "$commitments" --psql "$psql" "$@"
