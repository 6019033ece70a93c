#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr report --never-called`, under each clang that has a plugin. The functions that it lists, and those
# that have calls in the profile, are together exactly the functions that call a hook according to the
# disassembler. The table of functions that it reads needs no relocation, and does not keep code that the
# linker would remove.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
export BUILD

cd "$SCRATCH" || exit 1
find_plugins "the plugin"

# hooked BINARY: the addresses of the functions that call an entry hook.
hooked() {
    objdump -d --no-show-raw-insn "$1" |
        awk '/^[0-9a-f]+ </ { sub(/^0*/, "", $1); address = $1 }
            /call.*<(__cyg_profile_func_enter|cinstr1_count_enter|cinstr1_count_leaf|cinstr1_enter_place)/ { print address }' | sort -u
}
called() { # PROFILE BINARY: the addresses of the functions in BINARY that have calls
    "$CINSTR" report --addresses "$1" | sed -n "s/^${2##*/}+0x\([0-9a-f]*\) .*/\1/p" | sort -u
}
# name BINARY: reads addresses, and prints the first symbol at each.
name() {
    awk 'FNR == NR { sub(/^0*/, "", $1); if (!($1 in name)) name[$1] = $3; next } { print name[$1] }' \
        <(nm --defined-only "$1" | sort) -
}
# first_name BINARY: reads symbols, and prints for each what name() prints for its address; drops unknown
# ones.
first_name() {
    awk 'FNR == NR { address[$3] = $1; if (!($1 in first)) first[$1] = $3; next }
        $1 in address { print first[address[$1]] }' <(nm --defined-only "$1" | sort) -
}
# If two functions have one name, one may be called and the other not: so the numbers have to add up, too.
all_accounted() { # PROFILE BINARY…
    local profile=$1 binary
    shift
    "$CINSTR" report --never-called --json "$profile" >never.json && : >hooked && : >called && : >never || return
    for binary; do
        hooked "$binary" | name "$binary" >>hooked
        called "$profile" "$binary" | name "$binary" >>called
        jq -r '.functions[].symbol' never.json | first_name "$binary" >>never
    done
    [[ -s hooked && -s called && -s never ]] && diff <(sort -u hooked) <(sort -u called never) &&
        (($(wc -l <hooked) == $(jq .instrumented never.json))) &&
        (($(wc -l <called) + $(jq .never_called never.json) == $(jq .instrumented never.json)))
}

# --- a program whose functions are known ------------------------------------------------------------
cat >known.c <<'END'
#define KEPT __attribute__((noinline))
extern int from_library(int x);
static volatile int sink;
KEPT static int leaf(int x) { return sink = x + 1; }
KEPT static int only_from_never(int x) { return leaf(x) * 2; }
KEPT int never_exported(int x) { return only_from_never(x); }
KEPT __attribute__((weak)) int never_weak(int x) { return leaf(x) + 2; }
KEPT static int often(int x) { return leaf(x) + leaf(x + 1); }
__attribute__((no_instrument_function)) int without_hooks(int x) { return x; }
int main(int argc, char **argv) {
    (void)argv;
    for (int i = 0; i < 10; i++) sink += often(i);
    if (argc > 1) sink += only_from_never(argc) + never_weak(argc);
    return from_library(argc) != 3;
}
END
cat >library.cc <<'END'
#define KEPT __attribute__((noinline))
template <class T> struct Box {
    T value;
    KEPT T get() const { return value; }
    KEPT T never_got() const { return value + 1; }
};
extern "C" int from_library(int x) { return Box<int>{x}.get() + Box<long>{1}.get() + 1; }
int never_in_library(int x) { return Box<int>{x}.never_got() + x; }
END
sed 's/library/second/' library.cc >second.cc
known() { # CLANG FLAGS…: builds program and library, and runs the program
    local clang=$1
    shift
    rm -f known.pb.gz known
    "$CINSTR" cc "${clang/clang/clang++}" -g -fPIC -shared "$@" library.cc -o libknown.so &&
        "$CINSTR" cc "$clang" -g "$@" known.c -L. -lknown -Wl,-rpath,"$SCRATCH" -o known &&
        "$CINSTR" run -q -o known.pb.gz ./known
}
expect_known() {
    "$CINSTR" report --never-called --csv known.pb.gz | diff - <(
        echo "function,file,line"
        for function in 'Box<int>::never_got() const|never_got|library.cc' 'never_exported|int never_ex|known.c' \
            'never_in_library(int)|int never_in|library.cc' 'never_weak|int never_w|known.c' 'only_from_never|static int only|known.c'; do
            IFS='|' read -r name pattern file <<<"$function"
            echo "$name,$SCRATCH/$file,$(grep -n -m 1 "$pattern" "$file" | cut -d: -f1)"
        done
    ) && "$CINSTR" report --never-called known.pb.gz | has '^5 of 11 instrumented functions were never called$'
}
code_of() {
    nm "$1" | awk '$2 ~ /^[tTwW]$/ && NF == 3 { print $3 }' | sort
}
# The same objects are linked without the table's sections: a function that is there only with them was kept
# by the table.
keeps_no_more() { # CLANG LINKER
    local bare name
    "$CINSTR" cc "$1" -g -O2 -ffunction-sections -c known.c -o known.o &&
        "$CINSTR" cc "${1/clang/clang++}" -g -O2 -ffunction-sections -c library.cc -o library.o || return
    for name in known library; do
        objcopy --remove-section cinstr_functions --remove-section .rela.cinstr_functions "$name.o" "$name.bare.o" || return
    done
    for bare in "" .bare; do
        "$1" "-fuse-ld=$2" -Wl,--gc-sections "known$bare.o" "library$bare.o" "${LINK_CINSTR[@]}" -o "collected$bare" || return
    done
    ! grep -q never_exported <(nm collected) && diff <(code_of collected) <(code_of collected.bare) &&
        "$CINSTR" run -q -o collected.pb.gz ./collected && all_accounted collected.pb.gz collected
}
# report runs in another directory than the one that the library's relative name is relative to.
by_relative_name() { # CLANG
    "$CINSTR" cc "${1/clang/clang++}" -g -O2 -fPIC -shared library.cc -o librelative.so &&
        "$CINSTR" cc "$1" -g -O2 known.c ./librelative.so -o relative && readelf -d relative | has 'NEEDED.*\[\./librelative' &&
        "$CINSTR" run -q -o relative.pb.gz ./relative &&
        (cd / && "$CINSTR" report --never-called --csv "$SCRATCH/relative.pb.gz") | has '^never_in_library(int),.*/library.cc,'
}
no_relocation() { # the table is read-only, so the loader could not relocate it
    readelf -SW libknown.so | has ' cinstr_functions  *PROGBITS .* AL ' && ! readelf -dW libknown.so | grep TEXTREL
}
link_time() { # CLANG LINKER KIND
    "$CINSTR" cc "$1" -g -O2 "-flto=$3" -c known.c -o known.o &&
        "$CINSTR" cc "${1/clang/clang++}" -g -O2 "-flto=$3" -c library.cc -o library.o &&
        "$1" -O2 "-flto=$3" "-fuse-ld=$2" -Wl,--gc-sections known.o library.o "${LINK_CINSTR[@]}" -o linked &&
        "$CINSTR" run -q -o linked.pb.gz ./linked && all_accounted linked.pb.gz linked
}
# The library is made of two files with the same inline functions. The program has been built by known().
library() { # CLANG LINKER OPTIONS…
    local name driver=${1/clang/clang++}
    for name in library second; do
        "$CINSTR" cc "$driver" -g -O2 -fPIC "${@:3}" -c $name.cc -o $name.o || return
    done
    "$driver" -O2 -shared "${@:3}" "-fuse-ld=$2" library.o second.o "${LINK_CINSTR[@]}" -o libknown.so &&
        "$CINSTR" run -q -o known.pb.gz ./known && all_accounted known.pb.gz known libknown.so
}
survives_strip() {
    "$CINSTR" report --never-called --json known.pb.gz | jq '.instrumented, .never_called' >before &&
        strip known libknown.so && "$CINSTR" report --never-called --json known.pb.gz | jq '.instrumented, .never_called' | diff before -
}
counted_too() { # CLANG: functions that are only counted are in the table
    known "$1" -O2 -Xclang -mllvm -Xclang -cinstr-count && expect_known
}
before_inlining() { # CLANG
    "$CINSTR" cc --before-inlining "$1" -g -O2 known.c -L. -lknown -Wl,-rpath,"$SCRATCH" -o known &&
        "$CINSTR" run -q -o known.pb.gz ./known && all_accounted known.pb.gz known libknown.so
}
# A function whose calls were all inlined was called, although its own code never ran.
inlined_too() { # CLANG
    "$CINSTR" cc --inlined "$1" -g -O2 inlined.c -o inlined && "$CINSTR" run -q -o inlined.pb.gz ./inlined &&
        "$CINSTR" report --never-called --csv inlined.pb.gz | tail -n +2 | cut -d, -f1 | diff - <(echo unused)
}
cat >inlined.c <<'END'
static volatile int sink;
int small(int x) { return sink = x; }
int unused(int x) { return small(x) + 1; }
int main(void) { return small(1) - 1; }
END

for version in "${versions[@]}"; do
    clang=clang-$version
    for level in -O0 -O1 -O2 -O3; do
        check "$clang $level: exactly the functions without a call are listed" eval 'known "$clang" $level && expect_known'
    done
    check "$clang: each function that calls a hook is called or listed" all_accounted known.pb.gz known libknown.so
    check "$clang: with hooks before inlining, each function that calls a hook is called or listed" before_inlining "$clang"
    check "$clang: the table needs no relocation" no_relocation
    check "$clang: a library that the program has by a relative name is found" by_relative_name "$clang"
    check "$clang: the table survives strip" survives_strip
    check "$clang: functions that are only counted are in the table" counted_too "$clang"
    check "$clang: a function is not listed if all its calls were inlined" inlined_too "$clang"
    for linker in bfd "lld-$version"; do
        has_tool "ld.$linker" "$clang: ld.$linker --gc-sections removes as much code as without the table" || continue
        check "$clang: ld.$linker --gc-sections removes as much code as without the table" keeps_no_more "$clang" "$linker"
        for lto in full thin; do
            check "$clang: each function is called or listed with $lto link-time optimisation by ld.$linker" link_time "$clang" "$linker" $lto
        done
        for options in -fno-semantic-interposition "-flto -fvisibility-inlines-hidden" \
            "-flto=thin -fno-semantic-interposition -Wl,--gc-sections -Wno-unused-command-line-argument"; do
            read -ra words <<<"$options"
            check "$clang ${options% -Wno*}: each function is called or listed in a library of several files, by ld.$linker" library "$clang" "$linker" "${words[@]}"
        done
    done
done

# --- real programs ----------------------------------------------------------------------------------
real() { # PROGRAM COMPILER
    real_build "$1" "$2" plugin "./$1" "${LINK_CINSTR[@]}" &&
        CINSTR_OPTIONS=output=$1.pb.gz real_run "$1" test "./$1" >out && all_accounted "$1.pb.gz" "$1"
}
for version in "${versions[@]}"; do
    for program in ${PROGRAMS:-lua json}; do
        check "$program by clang-$version: each function that calls a hook is called or listed" \
            real "$program" "clang-$version"
    done
done

# --- files that are missing ------------------------------------------------------------------------
refused() { # WORDS PROFILE
    ! "$CINSTR" report --never-called "$2" >out 2>err && is_empty out && (($(wc -l <err) == 1)) && grep -q -- "$1" err
}
known "clang-${versions[0]}" -O1
check "a file that has changed is named in a note" eval 'cp /bin/true known && "$CINSTR" report --never-called known.pb.gz |
    grep -q "^note  *known: .*/known has changed since it ran"'
check "a file that does not exist any more is named in a note" eval 'rm known && "$CINSTR" report --never-called known.pb.gz | has "^note  *known: cannot open"'
gcc -g -finstrument-functions -x c - "${LINK_CINSTR[@]}" -o by_gcc <<<'int main(void) { return 0; }' &&
    "$CINSTR" run -q -o gcc.pb.gz ./by_gcc
check "for a program without a table, a line says how to get one" refused 'cinstr cc clang' gcc.pb.gz
finish
