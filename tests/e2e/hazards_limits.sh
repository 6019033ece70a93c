#!/bin/bash
# SPDX-License-Identifier: MIT
# The recorder never takes the program down nor changes what it does: limits on files, descriptors
# and memory, a full or hostile directory, closed descriptors, set-uid. Output and status must be
# those of the plain build, and standard error at most a few lines of the recorder's own.
# Not commands: file
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

builds() {
    program_build "${compilers[0]}" work && program_plain "${compilers[0]}" work
}
check "the working program builds" builds || finish

# same SETUP ARGUMENTS…: both builds after SETUP, a piece of shell, with the same output and status.
# The output goes through a pipe, so that a file size limit is the recorder's problem alone.
same() {
    local setup=$1 expected status
    shift
    (eval "$setup" && exec "$SCRATCH/work.plain" "$@") 2>"$SCRATCH/plain.err" | cat >"$SCRATCH/plain.out"
    expected=${PIPESTATUS[0]}
    (
        export CINSTR_OPTIONS="output=$SCRATCH/work.pb.gz:directory=$directory"
        eval "$setup" && exec "$SCRATCH/work" "$@"
    ) 2> >(cat >"$SCRATCH/work.err") | cat >"$SCRATCH/work.out"
    status=${PIPESTATUS[0]}
    wait
    ((status == expected)) || { echo "status $status, plain $expected" && cat "$SCRATCH/work.err" && return 1; }
    ((status == 0)) || { echo "the plain program fails: nothing is proved" && return 1; }
    cmp "$SCRATCH/plain.out" "$SCRATCH/work.out" || return 1
    sed '/^cinstr: /d' "$SCRATCH/work.err" | diff "$SCRATCH/plain.err" - || return 1
    (($(wc -l <"$SCRATCH/work.err") <= 4)) || { head "$SCRATCH/work.err" && return 1; }
}
directory=$SEGMENTS

check "nothing special: same output and status" same :
check "nothing special, many contexts" same : --wide
for blocks in 0 1 8 100 1000 100000; do
    check "file size limit of $blocks KiB" same "ulimit -f $blocks" --wide
done
for descriptors in 4 5 6 10; do
    check "$descriptors descriptors" same "ulimit -n $descriptors" --wide
done
for megabytes in 8 16 64 512 1024; do
    check "$megabytes MiB of address space" same "ulimit -v $((megabytes * 1024))"
done
check "no locked memory" same "ulimit -l 0"
check "no core, no signals pending" same "ulimit -c 0 -i 0"
check "no /dev/null, no input" same "exec <&-"
check "no standard output for the recorder to take" same "exec 2>&-"

# A descriptor that is free must not become the recorder's: the profile would hold the output.
closed() {
    CINSTR_OPTIONS="output=$SCRATCH/closed.pb.gz:directory=$SEGMENTS" "$SCRATCH/work" <&- >&- 2>&-
    local status=$?
    "$SCRATCH/work.plain" <&- >&- 2>&-
    local expected=$?
    ((status == expected)) || { echo "status $status, plain $expected" && return 1; }
    "$CINSTR" report --edges --csv "$SCRATCH/closed.pb.gz" >"$SCRATCH/closed.csv" &&
        grep -Eq '^"?main"?,"?branch"?,2000(,|$)' "$SCRATCH/closed.csv"
}
check "descriptors 0, 1 and 2 closed: the profile is whole" closed
check "closefrom(3), and the numbers used anew" same : --close-all
check "closefrom(3), then many contexts" same : --close-all --wide

# --- directories ----------------------------------------------------------------------------------
without_following() { # what lies where the directory should be must stay as it is
    same : && [[ $(cat "$SCRATCH/victim/file") == untouched ]] &&
        [[ $(find "$SCRATCH/victim" | wc -l) == 2 ]] ||
        { find "$SCRATCH/victim" && return 1; }
}
hostile() { # KIND
    directory=$SCRATCH/place
    rm -rf "$directory" "$SCRATCH/victim"
    mkdir "$SCRATCH/victim" && echo untouched >"$SCRATCH/victim/file" || return 1
    case $1 in
    symlink) ln -s "$SCRATCH/victim" "$directory" ;;
    dangling) ln -s "$SCRATCH/victim/new" "$directory" ;;
    fifo) mkfifo "$directory" ;;
    file) echo >"$directory" ;;
    open) mkdir -m 777 "$directory" ;;
    readonly) mkdir -m 500 "$directory" ;;
    foreign) mkdir -m 700 "$directory" && chown 65534 "$directory" ;;
    missing) directory=$SCRATCH/place/below/below ;;
    esac
    without_following
    local result=$?
    directory=$SEGMENTS
    return $result
}
for kind in symlink dangling fifo file open readonly missing; do
    check "a segment directory that is: $kind" hostile $kind
done
is_root() { (($(id -u) == 0)); }
if is_root; then
    check "a segment directory that is: foreign" hostile foreign
else
    skip "a segment directory that is: foreign" "needs root"
fi

# full SIZE: a file system of that size holds the segment.
full() {
    local result
    mkdir -p "$SCRATCH/small" && mount -t tmpfs -o "size=$1,mode=700" none "$SCRATCH/small" || return 2
    directory=$SCRATCH/small
    [[ ${2:-} ]] && head -c "$2" /dev/zero >"$SCRATCH/small/ballast" 2>/dev/null
    same : --wide
    result=$?
    directory=$SEGMENTS
    umount "$SCRATCH/small"
    return $result
}
if is_root && mkdir -p "$SCRATCH/small" && mount -t tmpfs none "$SCRATCH/small" 2>/dev/null; then
    umount "$SCRATCH/small"
    for size in 4k 64k 1m 3m 64m; do
        check "a file system of $size for the segment" full $size
    done
    check "a file system that is full" full 1m 2m
else
    skip "a file system that is full" "needs mount"
fi

# A set-uid program takes no orders from its user's environment and leaves nothing behind.
setuid_is_silent() {
    local place=$SCRATCH/setuid
    mkdir -m 755 "$place" && mkdir -m 777 "$place/out" && chmod 755 "$SCRATCH" &&
        cp "$SCRATCH/work" "$place/work" && chmod 4755 "$place/work" || return 1
    CINSTR_OPTIONS="output=$place/out/p.pb.gz:directory=$place/out:help=1" \
        setpriv --reuid=65534 --regid=65534 --clear-groups "$place/work" >"$place/said" 2>"$place/errors"
    local status=$?
    "$SCRATCH/work.plain" | diff - "$place/said" || return 1
    ((status == 0)) || { echo "status $status" && cat "$place/errors" && return 1; }
    is_empty "$place/errors" && [[ -z $(ls -A "$place/out") ]]
}
setuid_counts() { # the file system honours the bit at all
    cp "$(command -v id)" "$SCRATCH/id" && chmod 4755 "$SCRATCH/id" && chmod 755 "$SCRATCH" &&
        [[ $(setpriv --reuid=65534 --clear-groups "$SCRATCH/id" -u 2>/dev/null) == 0 ]]
}
if is_root && command -v setpriv >/dev/null && setuid_counts; then
    check "set-uid: no file, no word, same output" setuid_is_silent
else
    skip "set-uid: no file, no word, same output" "needs root and a file system with set-uid"
fi
finish
