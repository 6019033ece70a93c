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

check "check-files: nothing wrong" "$TOP/scripts/check-files" "$copy"
long=$(printf '    step();\\n%.0s' {1..51})
check "check-files: a function of 51 lines" finds check-files cli/print/text.c 7 "void step(void) {\\n$long}\\n"
check "check-files: a source without a licence" finds check-files reader/base/error.c 1 '/* */\n\n\n'
missing=x$(printf '\\n%.0s' $(seq "$((400 - $(wc -l <"$copy/runtime/base/clock.c")))"))
check "check-files: a file of 401 lines" finds check-files runtime/base/clock.c 9 "$missing" 401
finish
