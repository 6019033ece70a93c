#!/bin/bash
# SPDX-License-Identifier: MIT
# `make lint` finds each fault that is planted in a copy of the source, in includes, licences, lengths,
# documentation and commands, with file and line; and it finds nothing in the unchanged copy.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

copy=$SCRATCH/copy
mkdir "$copy" && cp -r "$TOP"/{include,runtime,reader,writer,page,http,cli,plugin,scripts,Makefile,.ci} "$copy" || exit 1

# finds SCRIPT FILE LINE TEXT [AT]: after TEXT is inserted at LINE of the copy's FILE, the script fails and
# names the file and the line, or line AT.
finds() {
    local script=$1 file=$2 line=${5:-$3} said status
    cp "$copy/$file" "$SCRATCH/original" && sed -i "$3i$4" "$copy/$file" || return 1
    said=$("$TOP/scripts/$script" "$copy")
    status=$?
    cp "$SCRATCH/original" "$copy/$file"
    printf '%s\n' "$said"
    ((status == 1)) && [[ $said == "$file:$line: "* && $said != *$'\n'* ]]
}

check "check-layers passes the unchanged source" "$TOP/scripts/check-layers" "$copy"
while read -r file text; do
    check "check-layers finds, in $file: $text" finds check-layers "$file" 9 "$text"
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
check "check-circles passes the unchanged build" "$TOP/scripts/check-circles" "$BUILD"
check "check-circles passes a file that uses another" circles "$one" 'int other(void) { return 1; }' ''
back='int one(void); int other(void) { return 1; } int again(void) { return one(); }'
check "check-circles finds files that call each other" says "files, by symbol: 1 circles" "$one" "$back" ''
check "check-circles finds folders that call each other" says "folders, by symbol: 1 circles" "$one" "$back" ''
check "check-circles finds headers that include each other" says "files, by include: 1 circles" "$one" \
    'int other(void) { return 1; }' '#include "reader/other/other.h"'
weak='int one(void) __attribute__((weak)); int other(void) { return one != 0; }'
check "check-circles passes a weak reference back" circles "$one" "$weak" ''

check "check-files passes the unchanged source" "$TOP/scripts/check-files" "$copy"
long=$(printf '    step();\\n%.0s' {1..51})
check "check-files finds a function of 51 lines" finds check-files cli/print/text.c 7 "void step(void) {\\n$long}\\n"
check "check-files finds a source without a licence" finds check-files reader/base/error.c 1 '/* */\n\n\n'
missing=x$(printf '\\n%.0s' $(seq "$((400 - $(wc -l <"$copy/runtime/base/clock.c")))"))
check "check-files finds a file of 401 lines" finds check-files runtime/base/clock.c 9 "$missing" 401

cp -r "$TOP"/{*.md,docs,packaging,LICENSE} "$copy" || exit 1
check "check-docs passes the unchanged source" "$TOP/scripts/check-docs" "$copy"
check "check-docs finds a broken link" finds check-docs docs/diff.md 3 'see [there](nowhere.md#at)'
lists_pages() {
    local said
    echo '# New' >"$copy/docs/new.md"
    said=$("$TOP/scripts/check-docs" "$copy")
    local status=$?
    rm "$copy/docs/new.md"
    printf '%s\n' "$said"
    ((status == 1)) && [[ $said == "docs/README.md:1: docs/new.md is not in the index" ]]
}
check "check-docs finds a page that the index does not list" lists_pages
other_version() { # FILE
    local said
    sed -i.original 's/0\.1\.0/0.9.9/' "$copy/$1" && said=$("$TOP/scripts/check-docs" "$copy")
    local status=$?
    mv "$copy/$1.original" "$copy/$1"
    printf '%s\n' "$said"
    ((status == 1)) && [[ $said == "$1:1: "*version* && $said != *$'\n'* ]]
}
check "check-docs finds another version in CHANGELOG.md" other_version CHANGELOG.md
check "check-docs finds another version in debian/changelog" other_version packaging/debian/changelog
check "make-options passes the unchanged source" "$TOP/scripts/make-options" --check
drifts() { # FILE: after the row of an option is changed, make-options names the file
    sed -i 's/wall time/wall clock time/' "$copy/include/cinstr/options.def" &&
        ! "$copy/scripts/make-options" --check >"$SCRATCH/said" && grep -q "^$1 is not what" "$SCRATCH/said"
}
cd "$copy" || exit 1
for file in $(grep -l 'made by scripts/make-options' ./*.md docs/*.md docs/man/*); do
    file=${file#./}
    check "make-options finds a row in $file that differs" drifts "$file"
done
cd "$TOP" || exit 1
check "draw-rooms passes the unchanged source" "$TOP/scripts/draw-rooms" --check "$BUILD"
drawn() { # FILE HEADER TEXT: after FILE includes HEADER, draw-rooms fails and prints TEXT
    cp "$copy/$1" "$SCRATCH/original" && sed -i "3i#include \"$2\"" "$copy/$1" || return 1
    "$copy/scripts/draw-rooms" --check "$BUILD" >"$SCRATCH/said" 2>&1
    local status=$?
    cp "$SCRATCH/original" "$copy/$1"
    ((status == 1)) && grep -F -- "$3" "$SCRATCH/said"
}
check "draw-rooms finds an arrow that is not drawn" drawn cli/verify/cmd_verify.c reader/import/import.h \
    '+    cli_verify --> reader_import'
check "draw-rooms finds a circle" drawn runtime/base/clock.c runtime/tree/lanes.h 'a circle through runtime/'
check "make-options passes what it has written itself" eval \
    '"$copy/scripts/make-options" && "$copy/scripts/make-options" --check'

# This machine has a command `undeclared` that no package of install-deps contains.
tests=$SCRATCH/alone
mkdir -p "$tests/tests/e2e" "$SCRATCH/bin" && cp /bin/true "$SCRATCH/bin/undeclared" || exit 1
check_commands() { # LINE: runs check-commands on a test with this line
    printf '#!/bin/bash\n%s\nown() { "$@"; }\n' "$1" >"$tests/tests/e2e/new.sh"
    PATH=$SCRATCH/bin:$PATH "$TOP/scripts/check-commands" "$tests"
}
finds_command() { # LINE
    local said
    said=$(check_commands "$1")
    (($? == 1)) && [[ $said == tests/e2e/new.sh:[23]": "*" the command undeclared"* && $said != *$'\n'* ]] && return
    printf '%s\n' "$said"
    return 1
}
while read -r line; do
    check "check-commands finds the command in: $line" finds_command "$line"
done <<'PLANTED'
undeclared x
LC_ALL=C und"ecl"ared <x | cat
count=$(grep -c x "$(undeclared x)")
command -v undeclared >/dev/null || exit
own undeclared x
own eval 'cat x && ! undeclared x'
bash -c "cat '$1' | undeclared"
trap 'undeclared; rm x' EXIT
timeout 5 undeclared x
tools=(gcc undeclared)
"${TOOL:-undeclared}" x
undeclared"-$version" x
printf '#!/bin/sh\n undeclared\n' >x; cat x
PLANTED
check "check-commands finds a path" finds_command "/usr/""bin/undeclared x"
while read -r line; do
    check "check-commands passes: $line" check_commands "$line"
done <<'RIGHT'
curl -s x | jq . && google-pprof x; protoc x; perf x; node x
"clang-$version" x && "clang++-$version" x && gcc x && awk x && cc x
own own x && "$TOP/scripts/undeclared" && ./undeclared x && "$undeclared" x
read -r undeclared <x && local undeclared=x
x=${y/z/undeclared}
own "undeclared words" # undeclared
RIGHT
check "check-commands passes a word that its script declares to be no command" \
    check_commands $'own undeclared x\n# Not commands: other undeclared'
check "check-commands finds a command that its script declares to be none" eval \
    '! check_commands "undeclared x"$'"'\\n# Not commands: undeclared'"
finish
