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
runtime/hooks.c #include <zlib.h>
runtime/hooks.c #  include "profile.h"
runtime/slow.c #include "../reader/error.h"
runtime/lanes.c #include <uthash.h>
reader/profile.h #include "process.h"
reader/error.c #include <zlib.h>
reader/snapshot.c #include "profile.pb-c.h"
reader/build_profile.c #include <elfutils/libdw.h>
reader/analysis.c #include <jansson.h>
cli/cmd_dump.c #include <cinstr/segment.h>
cli/cmd_dump.c #include "snapshot_copy.h"
cli/main.c #include <zlib.h>
cli/main.c #include "lane.h"
http/serve_text.c #include <microhttpd.h>
page/report_data.c #include "serve_http.h"
PLANTED

check "check-files: nothing wrong" "$TOP/scripts/check-files" "$copy"
long=$(printf '    step();\\n%.0s' {1..51})
check "check-files: a function of 51 lines" finds check-files cli/text.c 7 "void step(void) {\\n$long}\\n"
check "check-files: a source without a licence" finds check-files reader/error.c 1 '/* */\n\n\n'
missing=x$(printf '\\n%.0s' $(seq "$((400 - $(wc -l <"$copy/runtime/clock.c")))"))
check "check-files: a file of 401 lines" finds check-files runtime/clock.c 9 "$missing" 401
finish
