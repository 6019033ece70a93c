#!/bin/bash
# SPDX-License-Identifier: MIT
# Whatever file a command is given to read, it ends by itself: with an answer, or with a line that says what
# is wrong.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit

# --- the files ------------------------------------------------------------------------------------

recorded() { # a profile, and the segment of a process that was killed
    "$CINSTR" cc gcc "$TOP/tests/programs/one_leaf.c" -o leaf && CINSTR_OPTIONS=output=good.pb.gz ./leaf &&
        "$CINSTR" cc gcc "$TOP/tests/programs/endings.c" -o endings && mkdir -m 700 segments || return
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/segments ./endings kill
    cp segments/* good.seg
}
check "a profile and a segment are made" recorded || finish
mkdir files files/folder files/folder.seg
printf '' >files/empty
printf '' >files/empty.seg
printf 'x' >files/byte
printf '\037\213' >files/short.gz
head -c 65536 /dev/urandom >files/random
{ head -c 64 good.seg && cat files/random; } >files/random.seg
head -c 200 good.pb.gz >files/cut.pb.gz
gzip -dc good.pb.gz | head -c 500 >files/cut.pb
head -c 5000 good.seg >files/cut.seg
truncate -s 64M files/zeros
truncate -s 64M files/zeros.seg
ln -s loop files/loop
ln -s nowhere files/dangling
ln -s /dev/null files/null
((EUID == 0)) || { cp good.pb.gz files/forbidden && chmod 0 files/forbidden; }

# --- the commands ---------------------------------------------------------------------------------

# refused COMMAND…: status 1 or 2, and a line of the command's; of rules, one for each wrong line
refused() {
    local status lines
    timeout -s KILL 120 "$@" >out 2>err
    status=$?
    lines=$(wc -l <err)
    ((status == 1 || status == 2)) && ((lines >= 1 && lines <= 21 && $(grep -c -E '^cinstr( check)?: ' err) == lines)) ||
        { echo "$*: status $status" && head -n 5 err && return 1; }
}
refuses_all() { # ARGUMENT…
    local file
    for file in files/* /dev/zero /dev/urandom /dev/full; do
        refused "$CINSTR" "$@" "$file" </dev/null || return
    done
    mkfifo pipe && { : >pipe & } && refused "$CINSTR" "$@" pipe </dev/null && rm pipe
}
for reader in report verify stack top 'dump -o new' 'dump --trace new' 'export --format callgrind' 'merge -o new good.pb.gz' \
    'diff good.pb.gz' 'compare good.pb.gz' 'filter --budget 1' 'filter good.pb.gz --against' 'check --max-calls leaf=1000' \
    'check good.pb.gz --rules' 'check good.pb.gz --against' 'import -o new --format perf' 'import -o new --format gperftools' \
    'import -o new --format gmon' 'import -o new --format callgrind' 'import -o new --format folded' 'import -o new'; do
    # shellcheck disable=SC2086
    check "$reader: no file keeps or breaks it" refuses_all $reader
done
check "nothing was written" test ! -e new

# --- what is no device ------------------------------------------------------------------------------

endless_input() {
    refused "$CINSTR" verify - </dev/zero && refused "$CINSTR" import - </dev/urandom && refused "$CINSTR" verify /dev/stdin </dev/zero
}
check "a device on standard input is refused" endless_input
pipes() {
    cat good.pb.gz | "$CINSTR" verify - && "$CINSTR" verify - <good.pb.gz && cat good.pb.gz | "$CINSTR" verify /dev/stdin &&
        "$CINSTR" verify <(cat good.pb.gz) && echo 'main;leaf 3' | "$CINSTR" import -o folded.pb.gz - &&
        "$CINSTR" check good.pb.gz --rules <(echo 'at most 1000 calls of leaf') &&
        echo 'at most 1000 calls of leaf' | "$CINSTR" check good.pb.gz --rules -
}
check "pipes and standard input are read" pipes
finish
