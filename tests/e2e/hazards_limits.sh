#!/bin/bash
# SPDX-License-Identifier: MIT
# The recorder never ends the program and never changes what it does: under limits on files, descriptors and
# memory, with a full or hostile directory, closed descriptors, or set-uid. Output and status must be those of
# the plain build, and standard error has at most a few lines of the recorder in addition.
# Not commands: file
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

builds() {
    program_build "${compilers[0]}" work && program_plain "${compilers[0]}" work
}
check "the program builds" builds || finish

# same SETUP ARGUMENTS…: after SETUP, shell commands, both builds have the same output and status. The output
# goes through a pipe, so that a limit on file sizes affects the recorder alone.
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
    ((status == 0)) || { echo "the plain program fails, so this proves nothing" && return 1; }
    cmp "$SCRATCH/plain.out" "$SCRATCH/work.out" || return 1
    sed '/^cinstr: /d' "$SCRATCH/work.err" | diff "$SCRATCH/plain.err" - || return 1
    (($(wc -l <"$SCRATCH/work.err") <= 4)) || { head "$SCRATCH/work.err" && return 1; }
}
directory=$SEGMENTS

check "without limits: same output and status" same :
check "without limits, many contexts: same output and status" same : --wide
for blocks in 0 1 8 100 1000 100000; do
    check "file size limit of $blocks KiB: same output and status" same "ulimit -f $blocks" --wide
done
for descriptors in 4 5 6 10; do
    check "$descriptors descriptors: same output and status" same "ulimit -n $descriptors" --wide
done
for megabytes in 8 16 64 512 1024; do
    check "$megabytes MiB of address space: same output and status" same "ulimit -v $((megabytes * 1024))"
done
check "no locked memory: same output and status" same "ulimit -l 0"
check "no core file, no pending signals: same output and status" same "ulimit -c 0 -i 0"
check "closed standard input: same output and status" same "exec <&-"
check "closed standard error: same output and status" same "exec 2>&-"

# The recorder must not take a descriptor from 0 to 2 that is free: the output would go into the segment or
# profile.
closed() {
    CINSTR_OPTIONS="output=$SCRATCH/closed.pb.gz:directory=$SEGMENTS" "$SCRATCH/work" <&- >&- 2>&-
    local status=$?
    "$SCRATCH/work.plain" <&- >&- 2>&-
    local expected=$?
    ((status == expected)) || { echo "status $status, plain $expected" && return 1; }
    "$CINSTR" report --edges --csv "$SCRATCH/closed.pb.gz" >"$SCRATCH/closed.csv" &&
        grep -Eq '^"?main"?,"?branch"?,2000(,|$)' "$SCRATCH/closed.csv"
}
check "descriptors 0, 1 and 2 closed: the profile is complete" closed
check "closefrom(3), then files with these numbers: same output and status" same : --close-all
check "closefrom(3), then many contexts: same output and status" same : --close-all --wide

# --- directories ----------------------------------------------------------------------------------
without_following() { # files at which a symbolic link points must stay as they are
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
    check "a hostile segment directory ($kind): same output and status" hostile $kind
done
is_root() { (($(id -u) == 0)); }
if is_root; then
    check "a hostile segment directory (foreign): same output and status" hostile foreign
else
    skip "a hostile segment directory (foreign): same output and status" "needs root"
fi

# full SIZE [USED]: the segment is on a file system of that size, of which USED is in use.
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
        check "a file system of $size for the segment: same output and status" full $size
    done
    check "a full file system for the segment: same output and status" full 1m 2m
else
    skip "a full file system for the segment: same output and status" "needs mount"
fi

# A set-uid program ignores the options in its user's environment, and leaves no file.
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
setuid_counts() { # the file system honours the set-uid bit
    cp "$(command -v id)" "$SCRATCH/id" && chmod 4755 "$SCRATCH/id" && chmod 755 "$SCRATCH" &&
        [[ $(setpriv --reuid=65534 --clear-groups "$SCRATCH/id" -u 2>/dev/null) == 0 ]]
}
if is_root && command -v setpriv >/dev/null && setuid_counts; then
    check "set-uid: no file, no message, same output" setuid_is_silent
else
    skip "set-uid: no file, no message, same output" "needs root and a file system with set-uid"
fi
finish
