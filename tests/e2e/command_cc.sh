#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr cc` as a project's compiler: configure finds what it finds with the plain compiler, make builds
# instrumented libraries and programs, whose own tests pass, and whatever is no compilation gives what the
# compiler itself gives. The project is zlib, from Debian's sources.
# Not commands: clang clang++ ccache
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

export CINSTR_OPTIONS=directory=$SCRATCH/segments
mkdir -m 700 "$SCRATCH/segments"
compilers=(gcc clang-14)
command -v clang-19 >/dev/null && compilers+=(clang-19)

driver() { # COMPILER: its driver for C++
    case $1 in
    gcc*) echo "g++${1#gcc}" ;;
    clang*) echo "clang++${1#clang}" ;;
    esac
}

# --- a project of others ---------------------------------------------------------------------------
source=$("$TOP/scripts/fetch-source" zlib "${REAL_DIR:-$TOP/build/real}/sources") ||
    { fail "zlib's source is fetched" "$source" && finish; }

configured() { # NAME CC: a copy of the project, configured; NAME.said has what configure printed
    cp -r "$source" "$SCRATCH/$1" && cd "$SCRATCH/$1" || return
    CINSTR_OPTIONS=output=none CC=$2 ./configure >"$SCRATCH/$1.said" 2>&1 || { cat "$SCRATCH/$1.said" && return 1; }
}
ours() { # COMPILER: instruments all functions, those that are inlined as well
    echo "$CINSTR cc --before-inlining $1"
}
same_configuration() { # COMPILER
    (configured "plain-$1" "$1") && (configured "ours-$1" "$(ours "$1")") || return 1
    sed "s|$(ours "$1")|$1|; s|ours-|plain-|" "$SCRATCH/ours-$1.said" | diff "$SCRATCH/plain-$1.said" - &&
        diff "$SCRATCH/plain-$1/zconf.h" "$SCRATCH/ours-$1/zconf.h" &&
        diff <(sed -n '/^CFLAGS\|^LDFLAGS\|^SFLAGS/p' "$SCRATCH/plain-$1/Makefile") \
            <(sed -n '/^CFLAGS\|^LDFLAGS\|^SFLAGS/p' "$SCRATCH/ours-$1/Makefile")
}
made() { # COMPILER
    cd "$SCRATCH/ours-$1" && make -j2 && CINSTR_OPTIONS=$CINSTR_OPTIONS:output=none make test
}
recorded() { # COMPILER PROGRAM: calls in the program, in the library and between them are recorded
    cd "$SCRATCH/ours-$1" && rm -f ./*.pb.gz && "$CINSTR" run -q -o "$2.pb.gz" env LD_LIBRARY_PATH=. "./$2" &&
        "$CINSTR" verify "$2.pb.gz" && "$CINSTR" report --edges --csv "$2.pb.gz" >"$2.csv" &&
        grep -q '^main,test_compress,1,' "$2.csv" && grep -q '^compress,compress2,1,' "$2.csv" &&
        grep -q '^test_compress,compress,1,.*example.c,.*compress.c' "$2.csv"
}
for compiler in "${compilers[@]}"; do
    check "$compiler: configure finds what it finds with the plain compiler" same_configuration "$compiler" || continue
    check "$compiler: make builds the project, and its own tests pass" made "$compiler" || continue
    check "$compiler: a program with the static library is recorded" recorded "$compiler" example
    check "$compiler: a program with the shared library is recorded" recorded "$compiler" examplesh
done

# --- C++ -------------------------------------------------------------------------------------------
cat >"$SCRATCH/strings.cc" <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>
__attribute__((noinline)) static bool smaller(const std::string &a, const std::string &b) { return a < b; }
__attribute__((noinline)) static int thrown(int i) {
    if (i % 2) throw std::runtime_error("odd");
    return i;
}
int main() {
    std::vector<std::string> words;
    std::map<std::string, int> seen;
    int sum = 0;
    for (int i = 0; i < 100; i++) words.push_back(std::to_string(i * 7919 % 101));
    std::sort(words.begin(), words.end(), smaller);
    for (auto &word : words) seen[word]++;
    for (int i = 0; i < 10; i++) {
        try { sum += thrown(i); } catch (const std::exception &e) { sum += 100; }
    }
    std::cout << seen.size() << ' ' << sum << '\n';
}
END
cplusplus() { # LEVEL DRIVER OPTION…
    local level=$1 driver=$2
    shift 2
    cd "$SCRATCH" && rm -f strings && "$CINSTR" cc "$@" -- "$driver" "$level" -std=c++17 strings.cc -o strings &&
        [[ $("$CINSTR" run -q -o strings.pb.gz ./strings) == "100 520" ]] &&
        "$CINSTR" report --edges --csv strings.pb.gz >strings.csv && grep -q '^main,.*thrown.*,10,' strings.csv
}
templates() { # prints how many functions of libstdc++ are in the profile
    "$CINSTR" report --csv "$SCRATCH/strings.pb.gz" | grep -c '/usr/include/c++\|include/c++/'
}
for compiler in "${compilers[@]}"; do
    for level in -O0 -O2; do
        check "$(driver "$compiler") $level: the standard library links and runs" cplusplus $level "$(driver "$compiler")"
    done
    check "$compiler: a C++ file is compiled as C++ even if the driver is the one for C" eval \
        'cd "$SCRATCH" && "$CINSTR" cc $compiler -O0 strings.cc -o strings -lstdc++ -lm && "$CINSTR" run -o none ./strings'
done
check "g++'s own hooks: system headers are not instrumented" cplusplus -O2 g++ --before-inlining
check "g++'s own hooks: no function of a system header is recorded" eval '(($(templates) == 0))'
check "g++ --before-inlining --system-headers: functions of system headers are recorded" eval 'cplusplus -O2 g++ --before-inlining --system-headers && (($(templates) > 100))'
check "g++ with the plugin: those functions of system headers that are called are recorded" eval 'cplusplus -O2 g++ && (($(templates) > 3 && $(templates) < 100))'
# added COMPILER OPTION… -- FILE: what cinstr cc adds when it compiles FILE. The compiler prints its
# arguments.
mkdir "$SCRATCH/bin"
for name in gcc g++ clang clang++ ccache; do
    printf '#!/bin/sh\necho "$@"\n' >"$SCRATCH/bin/$name" && chmod +x "$SCRATCH/bin/$name"
done
added() {
    local compiler=$1 arguments
    shift
    arguments=$(PATH=$SCRATCH/bin:$PATH "$CINSTR" cc "${@:1:$#-2}" "$compiler" -c "${@: -1}") || return
    sed 's/\(-exclude-file-list=\)[^ ]*/\1EXCLUDED/; s/ -D__builtin_setjmp(b)=.* -D__builtin_longjmp(b,v)=.*; })$//' \
        <<<"${arguments% -c "${@: -1}"}"
}
excluded=-finstrument-functions-exclude-file-list=EXCLUDED
adds() { # EXPECTED ARGUMENTS OF added…
    local expected=$1
    shift
    diff <(echo "$expected") <(added "$@")
}
check "gcc: hooks are added, but not in system headers" adds "-g -finstrument-functions $excluded" gcc -- a.c
check "g++: hooks are added, but not in system headers" adds "-g -finstrument-functions $excluded" g++ -- a.cc
check "gcc --system-headers: hooks are added everywhere" adds "-g -finstrument-functions" gcc --system-headers -- a.c
check "clang: hooks after inlining are added" adds "-g -finstrument-functions-after-inlining" clang -- a.c
check "clang++: hooks after inlining are added" adds "-g -finstrument-functions-after-inlining" clang++ -- a.c
check "clang++ --before-inlining: hooks before inlining are added" adds "-g -finstrument-functions" clang++ --before-inlining -- a.cc
check "clang --after-inlining: hooks after inlining are added" adds "-g -finstrument-functions-after-inlining" clang --after-inlining -- a.c
check "the macros for __builtin_longjmp are left out for languages that do not have it" \
    eval '! added gcc -- a.f90 | has builtin_setjmp && PATH=$SCRATCH/bin:$PATH "$CINSTR" cc gcc -c a.c | has "D__builtin_longjmp(b,v)="'
check "ccache before the compiler stays before it" eval \
    '[[ $(PATH=$SCRATCH/bin:$PATH "$CINSTR" cc ccache gcc -c x.c) == "gcc -g -finstrument-functions ${excluded%EXCLUDED}"*" -c x.c" ]]'
refused() { # OPTION…: a gcc without a plugin is refused them, in one line
    ! PATH=$SCRATCH/bin:$PATH "$CINSTR" cc "$@" gcc -c x.c 2>"$SCRATCH/err" && (($(wc -l <"$SCRATCH/err") == 1)) && grep "needs" "$SCRATCH/err"
}
check "gcc --after-inlining without the plugin is refused" refused --after-inlining
check "gcc --inlined is refused" refused --inlined
# takes OPTION… -- ARGUMENT…: whether the real gcc is run with the plugin.
takes() {
    local options=()
    while [[ $1 != -- ]]; do options+=("$1") && shift; done
    "$CINSTR" cc "${options[@]}" gcc -O2 -v "${@:2}" -o "$SCRATCH/x.o" 2>&1 | has "^COLLECT_GCC_OPTIONS.*-fplugin=$BUILD/cinstr_gcc_plugin_$(gcc -dumpfullversion).so"
}
printf 'int f(int x) { return x; }\n' >"$SCRATCH/f.c"
check "gcc is run with the plugin that was built for its full version" takes -- -c "$SCRATCH/f.c"
check "gcc --no-plugin is run without" eval '! takes --no-plugin -- -c "$SCRATCH/f.c"'
check "gcc --before-inlining is run without" eval '! takes --before-inlining -- -c "$SCRATCH/f.c"'

# --- whatever is no instrumented compilation is left alone -------------------------------------------
printf 'int helper(int);\nint main(void) { return helper(0); }\n' >"$SCRATCH/main.c"
printf 'int helper(int x) { return x; }\n' >"$SCRATCH/helper.c"
printf '.globl helper\nhelper: mov %%edi,%%eax\nret\n.section .note.GNU-stack,""\n' >"$SCRATCH/helper.s"
same_as_plain() { # COMPILER ARGUMENTS…: output, messages and status are those of the compiler itself
    local expected actual
    cd "$SCRATCH" || return 1
    "$@" >plain.out 2>plain.err </dev/null
    expected=$?
    "$CINSTR" cc "$@" >ours.out 2>ours.err </dev/null
    actual=$?
    ((actual == expected)) || { echo "status $actual, not $expected" && return 1; }
    diff plain.out ours.out && diff plain.err ours.err
}
no_hooks() { # ARGUMENTS…: x.o, which is compiled with them, has no reference to a hook
    cd "$SCRATCH" && rm -f x.o && "$CINSTR" cc "$@" -o x.o && ! nm x.o | grep -E "cyg_profile|cinstr1_"
}
for compiler in "${compilers[@]}"; do
    for arguments in --version -dumpmachine -print-search-dirs "-E main.c" "-M main.c" "-fsyntax-only main.c" \
        "-c nothing.c" "-c -Wall -Werror main.c -o x.o" "--no-such-option -c main.c" "-v" "-x c -E -dM -"; do
        # shellcheck disable=SC2086
        check "$compiler $arguments: output, messages and status are the compiler's own" same_as_plain "$compiler" $arguments
    done
    check "$compiler: an assembler source gets no warning" same_as_plain "$compiler" -c -Werror helper.s -o x.o
    check "$compiler -c adds hooks, or the plugin's code" eval 'cd "$SCRATCH" && "$CINSTR" cc $compiler -c main.c -o x.o && nm x.o | grep -E "cyg_profile|cinstr1_enter_place"'
    check "$compiler -c adds debug information" eval 'readelf -S "$SCRATCH/x.o" | has debug_info'
    check "$compiler -g0: the project's own options have precedence" eval \
        '"$CINSTR" cc $compiler -g0 -c "$SCRATCH/main.c" -o "$SCRATCH/x.o" && ! readelf -S "$SCRATCH/x.o" | has debug_info'
    check "$compiler -ffreestanding adds no hooks" no_hooks "$compiler" -ffreestanding -c main.c
    check "$compiler -r links no library" eval 'cd "$SCRATCH" && "$CINSTR" cc $compiler -c helper.c -o h.o &&
        "$CINSTR" cc $compiler -r h.o -o x.o && ! nm x.o | has " [tT] cinstr"'
    check "$compiler -static links without a message" eval \
        'cd "$SCRATCH" && "$CINSTR" cc $compiler -static main.c helper.c -o s 2>err && is_empty err && ! readelf -d s | has PATH'
    check "$compiler: a shared library that is built alone records in a plain program" eval \
        'cd "$SCRATCH" && "$CINSTR" cc $compiler -shared -fPIC -Wl,-z,defs helper.c -o libh.so && readelf -d libh.so | has libcinstr.so.0'
    check "$compiler: cinstr cc adds no line to its output" eval \
        'cd "$SCRATCH" && "$CINSTR" cc $compiler -O2 main.c helper.c -o m >out 2>&1 && is_empty out'
done
check "gcc -fno-instrument-functions has precedence" no_hooks gcc -fno-instrument-functions -c main.c
check "a compiler that does not exist gives status 127" eval '"$CINSTR" cc nothing-cc -c x.c 2>"$SCRATCH/err"; (($? == 127))'
installed() { # the command finds the library in ../lib, wherever both were put
    local prefix=$SCRATCH/prefix
    mkdir -p "$prefix/bin" "$prefix/lib" && cp "$CINSTR" "$prefix/bin/" && cp "$BUILD"/libcinstr* "$BUILD/cinstr-writer" "$prefix/lib/" &&
        "$prefix/bin/cinstr" cc gcc "$SCRATCH/main.c" "$SCRATCH/helper.c" -o "$SCRATCH/i" &&
        readelf -d "$SCRATCH/i" | has "\[$prefix/lib\]" &&
        cd "$SCRATCH" && "$prefix/bin/cinstr" run -o i.pb.gz ./i && "$CINSTR" report --csv i.pb.gz | has '^helper,1,'
}
check "an installed command links the library in ../lib" installed
missing() {
    mkdir -p "$SCRATCH/alone/bin" && cp "$CINSTR" "$SCRATCH/alone/bin/" &&
        ! "$SCRATCH/alone/bin/cinstr" cc gcc "$SCRATCH/main.c" 2>"$SCRATCH/err" && (($(wc -l <"$SCRATCH/err") == 1)) &&
        "$SCRATCH/alone/bin/cinstr" cc gcc -c "$SCRATCH/main.c" -o "$SCRATCH/x.o"
}
check "a missing library gets one line when linking, and none when compiling" missing
finish
