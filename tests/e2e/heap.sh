#!/bin/bash
# SPDX-License-Identifier: MIT
# heap=: every allocation is recorded by context, as an independent counting malloc and valgrind count;
# sampled values have no bias; what is in use is right across threads, forks and resets, with other
# allocators, and in programs without hooks.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

LINK=(-L"$BUILD" -lcinstr_heap "${LINK_CINSTR[@]}")

# functions PROFILE: one line for each function, its name and its own four values.
functions() {
    go tool pprof -raw "$1" | awk '
        /^Samples:/ { getline; on = 1; next }
        /^Locations/ { on = 0; places = 1; next }
        /^Mappings/ { places = 0 }
        on && /: / { leaf[++n] = $5; for (i = 1; i <= 4; i++) { sub(":", "", $i); value[n, i] = $i } }
        places { sub(":", "", $1); name[$1] = $4 }
        END { for (k = 1; k <= n; k++) for (i = 1; i <= 4; i++) sum[name[leaf[k]], i] += value[k, i]
            for (k = 1; k <= n; k++) if (!(name[leaf[k]] in seen)) { f = name[leaf[k]]; seen[f] = 1
                print f, sum[f, 1], sum[f, 2], sum[f, 3], sum[f, 4] } }'
}

# totals PROFILE: objects and bytes allocated, objects and bytes in use
totals() {
    functions "$1" | awk '{ for (i = 1; i <= 4; i++) sum[i] += $(i + 1) }
        END { printf "%d %d %d %d\n", sum[1], sum[2], sum[3], sum[4] }'
}

# --- a program that knows its own allocations -----------------------------------------------------

# as_said PROFILE: each function has what $SCRATCH/heap.out states. strdup is below the function that calls
# it.
as_said() {
    functions "$1" | sed 's/^strdup /copied /' | sort >"$SCRATCH/found" && sort "$SCRATCH/heap.out" | diff - "$SCRATCH/found"
}

known_numbers() {
    EXTRA_OPTIONS=:heap=exact program_run heap known && is_empty "$SCRATCH/heap.err" &&
        as_said "$SCRATCH"/heap.*.heap.pb.gz
}

each_line_is_named() {
    go tool pprof -lines -top -sample_index=alloc_space "$SCRATCH"/heap.*.heap.pb.gz >"$SCRATCH/lines" &&
        awk '/ grown / { print $6 " " $7 }' "$SCRATCH/lines" | sort -u >"$SCRATCH/places" &&
        (($(wc -l <"$SCRATCH/places") == 2)) || { cat "$SCRATCH/places" "$SCRATCH/lines" && return 1; }
}

exact_profile_is_untouched() {
    "$CINSTR" verify "$SCRATCH"/heap.*[0-9].pb.gz &&
        "$CINSTR" report --csv "$SCRATCH"/heap.*[0-9].pb.gz >"$SCRATCH/exact.csv" &&
        ! grep -q -E '^(malloc|calloc),' "$SCRATCH/exact.csv"
}

for compiler in "${compilers[@]}"; do
    check "$compiler: a program with known allocations builds" \
        program_build "$compiler" heap -DWITH_CINSTR "-I$TOP/include" || continue
    check "$compiler: each function has what it allocated and what it holds, to the byte" known_numbers
    check "$compiler: allocations on two lines of a function are told apart" each_line_is_named
    check "$compiler: the exact profile passes verify, and has no allocations" exact_profile_is_untouched
done

freed_by_others() {
    EXTRA_OPTIONS=:heap=exact program_run heap freed && is_empty "$SCRATCH/heap.err" || return
    # Only this function is compared: libc keeps memory for its threads.
    functions "$SCRATCH"/heap.*.heap.pb.gz >"$SCRATCH/found"
    grep -q "^allocate_and_end 80000 $((400 * (16 * 200 + 199 * 100))) 0 0$" "$SCRATCH/found" ||
        { cat "$SCRATCH/found" && return 1; }
}
check "memory that ended threads allocated and other threads freed is no longer in use" freed_by_others

child_has_its_own() {
    local parent child
    EXTRA_OPTIONS=:heap=exact program_run heap fork && is_empty "$SCRATCH/heap.err" || return
    parent=$(grep -l -a . /dev/null "$SCRATCH"/heap.*.heap.pb.gz | while read -r file; do
        functions "$file" | has '^of_parent' && echo "$file"
    done)
    child=$(for file in "$SCRATCH"/heap.*.heap.pb.gz; do [[ $file == "$parent" ]] || echo "$file"; done)
    [[ -f $parent && -f $child ]] || { echo "parent $parent child $child" && return 1; }
    functions "$parent" >"$SCRATCH/parent" && functions "$child" >"$SCRATCH/child"
    grep -q '^of_parent 1 111 1 111$' "$SCRATCH/parent" && ! grep -q of_child "$SCRATCH/parent" &&
        grep -q '^of_child 1 222 1 222$' "$SCRATCH/child" && ! grep -q of_parent "$SCRATCH/child"
}
check "a fork child has its own allocations, and none of its parent's" child_has_its_own

refused_stays() {
    EXTRA_OPTIONS=:heap=exact program_run heap refused &&
        functions "$SCRATCH"/heap.*.heap.pb.gz | has '^refused 1 333 1 333$'
}
check "memory is still in use if realloc has failed to move it" refused_stays

reset_keeps_what_is_held() {
    EXTRA_OPTIONS=:heap=exact program_run heap reset || return
    cp "$SCRATCH/heap.out" "$SCRATCH/reset.pb.gz"
    functions "$SCRATCH/reset.pb.gz" >"$SCRATCH/found"
    grep -q '^before_reset 0 0 1 444$' "$SCRATCH/found" &&
        grep -q '^after_reset 1 555 1 555$' "$SCRATCH/found" || { cat "$SCRATCH/found" && return 1; }
}
check "cinstr_reset() forgets allocations before it, but not what is in use" reset_keeps_what_is_held

# --- sampled --------------------------------------------------------------------------------------

# Each of 40 runs estimates the same four sums. The mean of an unbiased estimate lies within six of its
# standard errors of the truth. The standard errors are taken from the runs themselves.
unbiased() {
    local i
    EXTRA_OPTIONS=:heap=exact program_run heap random 20000 &&
        functions "$SCRATCH"/heap.*.heap.pb.gz | grep -E '^(small|large) ' >"$SCRATCH/truth" || return
    for ((i = 0; i < 40; i++)); do
        EXTRA_OPTIONS=:heap=50000 program_run heap random 20000 &&
            functions "$SCRATCH"/heap.*.heap.pb.gz | grep -E '^(small|large) '
    done >"$SCRATCH/estimates"
    awk 'FNR == NR { for (i = 1; i <= 4; i++) truth[$1, i] = $(i + 1); next }
        { for (i = 1; i <= 4; i++) { sum[$1, i] += $(i + 1); square[$1, i] += $(i + 1) ^ 2 } runs[$1] = 1 }
        END { for (key in truth) { n = 40; mean = sum[key] / n
                spread = 6 * sqrt((square[key] / n - mean ^ 2) / (n - 1)) + 1
                split(key, part, SUBSEP); print part[1], part[2], mean, "of", truth[key], "+-", spread
                if (mean < truth[key] - spread || mean > truth[key] + spread) wrong = 1
                if (truth[key] > 0 && spread > truth[key] / 2 + 1) { print "too wide"; wide++ } }
            exit wrong || wide > 2 }' "$SCRATCH/truth" "$SCRATCH/estimates"
}
check "sampled values are right on average" unbiased

# --- real programs --------------------------------------------------------------------------------

gcc -O2 -w -fPIC -shared -fno-builtin "$PROGRAMS/counting_malloc.c" -o "$SCRATCH/counting_malloc.so" || exit 1

# SQLite and Lua are built with hooks. Their counts are compared with those of the plain build, which runs
# under the same name.
as_counted() { # PROGRAM
    mkdir -p "$SCRATCH/plain" "$SCRATCH/recorded"
    real_build "$1" gcc plain "$SCRATCH/plain/$1" &&
        real_build "$1" gcc hooks "$SCRATCH/recorded/$1" "${LINK[@]}" || return
    (cd "$SCRATCH/plain" && real_run "$1" test env LD_PRELOAD="$SCRATCH/counting_malloc.so" \
        COUNTING_MALLOC="$SCRATCH/counted" "./$1" >out) || return
    (cd "$SCRATCH/recorded" && real_run "$1" test env \
        CINSTR_OPTIONS="output=$SCRATCH/$1.pb.gz:heap=exact:directory=$SEGMENTS" "./$1" >out) || return
    cmp "$SCRATCH/plain/out" "$SCRATCH/recorded/out" || return
    totals "$SCRATCH/$1.heap.pb.gz" >"$SCRATCH/found"
    awk 'FNR == NR { objects = $1; bytes = $2; frees = $3; next }
        { print "found", $0, "counted", objects, bytes, frees
          exit !($1 == objects && $2 == bytes && $1 - $3 == frees && objects > 100) }' \
        "$SCRATCH/counted" "$SCRATCH/found"
}
check "SQLite has the allocations, bytes and frees that a counting malloc counts" as_counted sqlite
check "Lua has the allocations, bytes and frees that a counting malloc counts" as_counted lua

as_valgrind() {
    local log=$SCRATCH/valgrind.log
    (cd "$SCRATCH/plain" && objcopy -g sqlite sqlite.stripped &&
        real_run sqlite test valgrind --log-file="$log" ./sqlite.stripped >out) || return
    totals "$SCRATCH/sqlite.heap.pb.gz" >"$SCRATCH/found"
    awk -F'[ :,]+' '/total heap usage/ { gsub(",", ""); split($0, w, /[: ]+/)
            for (i in w) { if (w[i] == "allocs") allocs = w[i - 1]; if (w[i] == "bytes") bytes = w[i - 1] } }
        END { print allocs, bytes }' "$log" >"$SCRATCH/expected"
    awk 'FNR == NR { allocs = $1; bytes = $2; next } { print "found", $0, "valgrind", allocs, bytes
        exit !($1 == allocs && $2 == bytes) }' "$SCRATCH/expected" "$SCRATCH/found"
}
check "SQLite has the allocations and bytes that valgrind counts" as_valgrind

# --- other allocators, other programs -------------------------------------------------------------

# allocator NAME: the library's path. The loader's cache is asked, since the name of the package may vary.
allocator() {
    ldconfig -p | awk -v name="$1" '$1 ~ "^" name "[.]so" && !found++ { print $NF }'
}

on_top_of() { # LIBRARY
    forget heap
    LD_PRELOAD="$BUILD/libcinstr_heap.so.0 $1" CINSTR_OPTIONS="output=$SCRATCH/heap.%p.pb.gz:heap=exact" \
        "$SCRATCH/heap" known >"$SCRATCH/heap.out" 2>"$SCRATCH/heap.err" && is_empty "$SCRATCH/heap.err" &&
        as_said "$SCRATCH"/heap.*.heap.pb.gz
}
for name in libjemalloc libtcmalloc_minimal; do
    library=$(allocator "$name")
    if [[ $library ]]; then
        check "on top of $name: each function has what it allocated and what it holds" on_top_of "$library"
    else
        fail "on top of $name" "it is not installed: scripts/install-deps test"
    fi
done

cat >"$SCRATCH/new.cpp" <<'END'
#include <memory>
#include <string>
#include <vector>
struct alignas(64) wide { char bytes[192]; };
__attribute__((noinline)) static int *one() { return new int(1); }
__attribute__((noinline)) static wide *aligned() { return new wide; }
__attribute__((noinline)) static char *many() { return new char[1000]; }
int main() {
    auto a = one(), b = one();
    auto w = aligned();
    auto m = many();
    delete a;
    delete[] m;
    (void)b;
    delete w;
}
END
operators() { # [LIBRARY]
    LD_PRELOAD="$BUILD/libcinstr_heap.so.0 ${1:-}" \
        CINSTR_OPTIONS="output=$SCRATCH/new.pb.gz:heap=exact:directory=$SEGMENTS" "$SCRATCH/new" &&
        functions "$SCRATCH/new.heap.pb.gz" >"$SCRATCH/found" || return
    grep -q '^one() 2 8 1 4$' "$SCRATCH/found" && grep -q '^aligned() 1 192 0 0$' "$SCRATCH/found" &&
        grep -q '^many() 1 1000 0 0$' "$SCRATCH/found" || { cat "$SCRATCH/found" && return 1; }
}
check "a C++ program builds" g++ -std=c++17 -g -O1 -finstrument-functions "$SCRATCH/new.cpp" \
    "${LINK_CINSTR[@]}" -o "$SCRATCH/new"
check "operator new is charged once, to the function that uses it" operators
check "operator new of tcmalloc is, too" operators "$(allocator libtcmalloc_minimal)"

# by_run NAME PROGRAM: what `cinstr run --memprofile` finds is what the program states
by_run() {
    "$CINSTR" run -q -o none --memprofile "$SCRATCH/$1.pb.gz" -- "$2" known >"$SCRATCH/heap.out" && as_said "$SCRATCH/$1.pb.gz"
}

without_hooks() {
    program_plain gcc heap && by_run plain "$SCRATCH/heap.plain"
}
check "run --memprofile finds the same in a program without hooks, by its call stacks" without_hooks

preloaded() {
    LINK=("${LINK_CINSTR[@]}")
    program_build gcc heap -DWITH_CINSTR "-I$TOP/include" && by_run preloaded "$SCRATCH/heap"
}
check "run --memprofile finds the same in a program with hooks that is not linked with libcinstr_heap" preloaded

says_that_it_is_missing() {
    LINK=("${LINK_CINSTR[@]}")
    program_build gcc heap -DWITH_CINSTR "-I$TOP/include" || return
    EXTRA_OPTIONS=:heap=exact program_run heap known
    (($(wc -l <"$SCRATCH/heap.err") == 1)) && grep -q 'lcinstr_heap' "$SCRATCH/heap.err" &&
        [[ ! -e $(echo "$SCRATCH"/heap.*.heap.pb.gz) ]]
}
leaks_are_listed() {
    EXTRA_OPTIONS=:heap=exact program_run heap known || return
    "$CINSTR" report --leaks --json "$SCRATCH"/heap.*.heap.pb.gz >"$SCRATCH/leaks.json" || return
    jq -r '.leaks[] | [(.stack | map(.function) | if .[0] == "strdup" then .[1] else .[0] end), .objects, .bytes]
        | join(" ")' "$SCRATCH/leaks.json" | awk '{ o[$1] += $2; b[$1] += $3 } END { for (f in o) print f, o[f], b[f] }' |
        sort >"$SCRATCH/found"
    awk '$4 > 0 { print $1, $4, $5 }' "$SCRATCH/heap.out" | sort | diff - "$SCRATCH/found" &&
        "$CINSTR" report --leaks "$SCRATCH"/heap.*.heap.pb.gz | has '^7,000 bytes in 7 objects$' &&
        "$CINSTR" report --leaks "$SCRATCH"/heap.*.heap.pb.gz | has ' planted_leak  .*/heap.c:[1-9]'
}
LINK=(-L"$BUILD" -lcinstr_heap "${LINK_CINSTR[@]}")
program_build gcc heap -DWITH_CINSTR "-I$TOP/include" >"$SCRATCH/build.log" 2>&1
check "report --leaks lists the memory in use, and nothing else" leaks_are_listed

# The recorder does not know what the allocator keeps for itself. What a process holds can be read while it
# runs.
live_and_killed() {
    local pid
    cat >"$SCRATCH/hold.c" <<'END'
#include <stdlib.h>
#include <unistd.h>
static void *volatile held;
__attribute__((noinline)) static void hold(void) { held = malloc(12345); }
int main(void) { hold(); if (write(1, "\n", 1) == 1) pause(); }
END
    gcc -g -finstrument-functions "$SCRATCH/hold.c" "${LINK[@]}" -o "$SCRATCH/hold" || return
    exec 8< <(CINSTR_OPTIONS="heap=exact:output=none:directory=$SEGMENTS" exec "$SCRATCH/hold")
    pid=$!
    read -r _ <&8
    "$CINSTR" dump -q --directory "$SEGMENTS" --kind heap -o "$SCRATCH/live.pb.gz" "$pid" &&
        functions "$SCRATCH/live.pb.gz" | has '^hold 1 12345 1 12345$' || return
    kill -9 "$pid"
    await has_ended "$pid" || return
    "$CINSTR" dump -q --directory "$SEGMENTS" --kind heap -o "$SCRATCH/dead.pb.gz" "$pid" &&
        functions "$SCRATCH/dead.pb.gz" | has '^hold 1 12345 1 12345$'
}
check "dump --kind heap reads a running process and a killed one" live_and_killed

check "heap= without libcinstr_heap gets one line" says_that_it_is_missing

finish
