#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr dump --seconds` writes what a process did during that time, and its numbers are as sound as those of
# a whole run. Tested with threads that begin and end all the time and with redis under load: no value is
# below 0, no share above 100 %, no time belongs to a context without a call or an open one, and verify
# passes, for each profile and for their sum.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
cd "$SCRATCH" || exit 1
export CINSTR_OPTIONS=directory=$SEGMENTS # where the command looks for processes

# is_sound PROFILE: its numbers make sense as go tool pprof and the report show them.
is_sound() {
    "$CINSTR" verify "$1" && PPROF_BINARY_PATH=/nonexistent go tool pprof -raw "$1" >raw || return 1
    awk '/^Samples:/ { on = 1; getline; next } /^Locations/ { exit } on && /: / { sub(/:.*/, ""); print }' raw >samples
    [[ -s samples ]] || { echo "no samples" && return 1; }
    ! grep -e - samples || return 1
    "$CINSTR" report --limit 0 "$1" | awk '
        /^ *self +share/ { on = 1; next } !on || NF < 5 { next }
        { for (i = 1; i <= NF; i++) if ($i ~ /%$/ && $i + 0 > 100) { print; bad = 1 } rows++ }
        END { exit bad || !rows }'
}

# deltas NAME PID SECONDS: writes twenty profiles of so many seconds each.
deltas() {
    local i
    for ((i = 0; i < 20; i++)); do
        "$CINSTR" dump -q --seconds "$3" -o "$1.$i.pb.gz" "$2" && is_sound "$1.$i.pb.gz" || return 1
    done
    "$CINSTR" merge -q -o "$1.sum.pb.gz" "$1".[0-9]*.pb.gz && is_sound "$1.sum.pb.gz"
}

# --- threads that end ---------------------------------------------------------------------------------

threads() {
    local pid status word in out
    mkfifo in out
    CINSTR_OPTIONS=directory=$SEGMENTS:output=none"$1" ./live 100000 <in >out &
    pid=$!
    exec {in}>in {out}<out
    read -r -u "$out" word && [[ $word == ready ]] && deltas live "$pid" 0.05
    status=$?
    kill "$pid"
    wait "$pid"
    exec {in}>&- {out}<&-
    rm in out
    return "$status"
}
check "a program of eight threads builds" program_build gcc live || finish
for timing in exact adaptive; do
    check "twenty profiles of 50 ms are sound while threads begin and end, timing=$timing" threads ":timing=$timing"
done

# --- a daemon -----------------------------------------------------------------------------------------

build_redis() {
    local source
    source=$(real_fetch redis) || return
    [[ -d $REAL_DIR/redis ]] || { cp -r "$source" "$REAL_DIR/redis.$$" && mv "$REAL_DIR/redis.$$" "$REAL_DIR/redis"; } || return
    rm -f "$REAL_DIR/redis/src/redis-server"
    make -C "$REAL_DIR/redis/src" -j"$REAL_JOBS" MALLOC=libc USE_SYSTEMD=no BUILD_TLS=no OPTIMIZATION=-O1 \
        CFLAGS="-finstrument-functions -w" LDFLAGS="${LINK_CINSTR[*]}" FINAL_LIBS="-lm -ldl -pthread -lrt ${LINK_CINSTR[*]}" \
        redis-server redis-benchmark >redis.log 2>&1 ||
        { tail -n 5 redis.log && return 1; }
}

redis() {
    local server load status
    CINSTR_OPTIONS=directory=$SEGMENTS:output=none "$REAL_DIR/redis/src/redis-server" --port 0 --unixsocket "$SCRATCH/redis.sock" \
        --save '' --appendonly no --io-threads 2 >redis.out 2>&1 &
    server=$!
    until [[ -S redis.sock ]]; do
        kill -0 "$server" || { tail -n 3 redis.out && return 1; }
    done
    CINSTR_OPTIONS=output=none "$REAL_DIR/redis/src/redis-benchmark" -s redis.sock -c 20 -t set,get,lpush,sort -n 1000000 -l -q >load.out 2>&1 &
    load=$!
    deltas redis "$server" 0.2
    status=$?
    kill "$load" "$server"
    wait "$load" "$server"
    return "$status"
}
check "redis builds" build_redis || finish
check "twenty profiles of 200 ms of redis under load are sound" redis
finish
