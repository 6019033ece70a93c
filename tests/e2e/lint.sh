#!/bin/bash
# SPDX-License-Identifier: MIT
# What `make lint` asks of includes, licences and lengths is found where it is planted, with file and
# line, and nowhere else.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

copy=$SCRATCH/copy
mkdir "$copy" && cp -r "$TOP"/{include,runtime,reader,page,http,cli,plugin,scripts,Makefile,.ci} "$copy" || exit 1

# finds SCRIPT FILE LINE TEXT [AT]: with TEXT put at LINE of the copy's FILE, the script fails, naming
# the file and the line, or line AT.
finds() {
    local script=$1 file=$2 line=${5:-$3} said status
    cp "$copy/$file" "$SCRATCH/original" && sed -i "$3i$4" "$copy/$file" || return 1
    said=$("$TOP/scripts/$script" "$copy")
    status=$?
    cp "$SCRATCH/original" "$copy/$file"
    printf '%s\n' "$said"
    ((status == 1)) && [[ $said == "$file:$line: "* && $said != *$'\n'* ]]
}

check "check-layers: nothing wrong" "$TOP/scripts/check-layers" "$copy"
while read -r file text; do
    check "check-layers: $file with $text" finds check-layers "$file" 9 "$text"
done <<'PLANTED'
include/cinstr.h #include <cinstr/segment.h>
include/cinstr/segment.h #include <stdio.h>
runtime/hooks/hooks.c #include <zlib.h>
runtime/hooks/hooks.c #  include "reader/profile/profile.h"
runtime/entry/slow.c #include "../../reader/base/error.h"
runtime/entry/slow.c #include "../base/clock.h"
runtime/entry/slow.c #include "clock.h"
runtime/base/clock.c #include "runtime/base/clock.h"
runtime/tree/lanes.c #include <uthash.h>
reader/profile/profile.h #include "runtime/process/process.h"
reader/base/error.c #include <zlib.h>
reader/snapshot/snapshot.c #include "profile.pb-c.h"
reader/build/build_profile.c #include <elfutils/libdw.h>
reader/analysis/analysis.c #include <jansson.h>
cli/cmd_dump.c #include <cinstr/segment.h>
cli/cmd_dump.c #include "reader/snapshot/snapshot_copy.h"
cli/main.c #include <zlib.h>
cli/main.c #include "runtime/base/lane.h"
http/serve_text.c #include <microhttpd.h>
page/report_data.c #include "http/serve_http.h"
PLANTED

# A tree of two folders, each of a file; what is planted are calls from one to the other and back.
tree=$SCRATCH/tree
circles() { # ONE.C OTHER.C ONE.H
    mkdir -p "$tree"/{reader,objects/reader}/{one,other} && printf '%s\n' "$1" >"$tree/reader/one/one.c" &&
        printf '%s\n' "$2" >"$tree/reader/other/other.c" && echo '#include "reader/one/one.h"' >"$tree/reader/other/other.h" &&
        echo "$3" >"$tree/reader/one/one.h" || return
    for file in reader/one/one reader/other/other; do
        gcc -I"$tree" -c "$tree/$file.c" -o "$tree/objects/$file.c.o" || return
    done
    "$TOP/scripts/check-circles" "$tree/objects" "$tree" >"$SCRATCH/said"
    local status=$?
    cat "$SCRATCH/said"
    return "$status"
}
one='int other(void); int one(void) { return other(); }'
says() { # TEXT, and that the check failed
    ! circles "${@:2}" && grep -Fx -- "$1" "$SCRATCH/said"
}
check "check-circles: nothing wrong" "$TOP/scripts/check-circles" "$BUILD"
check "check-circles: one uses the other alone" circles "$one" 'int other(void) { return 1; }' ''
back='int one(void); int other(void) { return 1; } int again(void) { return one(); }'
check "check-circles: files that call each other" says "files, by symbol: 1 circles" "$one" "$back" ''
check "check-circles: folders that call each other" says "folders, by symbol: 1 circles" "$one" "$back" ''
check "check-circles: headers that include each other" says "files, by include: 1 circles" "$one" \
    'int other(void) { return 1; }' '#include "reader/other/other.h"'
weak='int one(void) __attribute__((weak)); int other(void) { return one != 0; }'
check "check-circles: what is weak is no need" circles "$one" "$weak" ''

check "check-files: nothing wrong" "$TOP/scripts/check-files" "$copy"
long=$(printf '    step();\\n%.0s' {1..51})
check "check-files: a function of 51 lines" finds check-files cli/print/text.c 7 "void step(void) {\\n$long}\\n"
check "check-files: a source without a licence" finds check-files reader/base/error.c 1 '/* */\n\n\n'
missing=x$(printf '\\n%.0s' $(seq "$((400 - $(wc -l <"$copy/runtime/base/clock.c")))"))
check "check-files: a file of 401 lines" finds check-files runtime/base/clock.c 9 "$missing" 401
finish
