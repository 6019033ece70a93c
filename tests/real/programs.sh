# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The real programs that cinstr is shown on: where their sources are, how each is compiled,
# linked and run. Sourced by tests/real/build, the end-to-end tests, the demo and the
# benchmarks. Whatever it makes goes below $REAL_DIR; standard output of real_run is the same
# for every right build of a program.
# Not commands: sqlite3 zstd

REAL_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REAL_TOP=$(cd "$REAL_HERE/../.." && pwd)
REAL_DIR=${REAL_DIR:-$REAL_TOP/build/real}
REAL_PLUGINS=${BUILD:-$REAL_TOP/build}
REAL_JOBS=${REAL_JOBS:-2}
export REAL_PROGRAMS="sqlite lua zstd json"

real_fail() {
    printf 'real programs: %s\n' "$*" >&2
    return 1
}

# real_fetch PACKAGE: prints the directory of the package's unpacked source.
real_fetch() {
    "$REAL_TOP/scripts/fetch-source" "$1" "$REAL_DIR/sources"
}

# SQLite is compiled as the single file that its own makefile puts together.
real_amalgamate_sqlite() {
    local source=$1 work=$REAL_DIR/amalgamation.$$
    [[ -f $REAL_DIR/amalgamation/sqlite3.c ]] && return
    mkdir -p "$work" &&
        make -C "$work" -f "$source/main.mk" TOP="$source" TCC="gcc -O1" BCC="gcc -O1" \
            NAWK=awk OPTS= sqlite3.c >"$work/log" 2>&1 ||
        real_fail "cannot make sqlite3.c, see $work/log" || return
    cp "$source/test/speedtest1.c" "$work/" && mv "$work" "$REAL_DIR/amalgamation"
}

# Debian's Lua takes the machine's library directory from a header that its build writes.
real_lua_header() {
    mkdir -p "$REAL_DIR/lua-include" &&
        echo "#define DEB_HOST_MULTIARCH \"$(gcc -dumpmachine)\"" \
            >"$REAL_DIR/lua-include/lua5.4-deb-multiarch.h"
}

# What zstd compresses: the first part of SQLite's sources as one file, the same every time.
real_make_corpus() {
    local source corpus=$REAL_DIR/corpus
    [[ -f $corpus.test && -f $corpus.demo ]] && return
    source=$(real_fetch sqlite3) || return
    tar -C "$source" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go=r \
        -cf "$corpus.$$" src ext test www &&
        head -c 4M "$corpus.$$" >"$corpus.test.$$" && mv "$corpus.test.$$" "$corpus.test" &&
        head -c 32M "$corpus.$$" >"$corpus.demo.$$" && mv "$corpus.demo.$$" "$corpus.demo" &&
        rm "$corpus.$$"
}

# real_describe PROGRAM: fetches its source and sets real_sources, real_defines, real_libs.
real_describe() {
    local source
    real_libs=()
    case $1 in
    sqlite)
        source=$(real_fetch sqlite3) && real_amalgamate_sqlite "$source" || return
        real_sources=("$REAL_DIR"/amalgamation/{sqlite3,speedtest1}.c)
        real_defines=(-I"$REAL_DIR/amalgamation" -DSQLITE_THREADSAFE=1
            -DSQLITE_OMIT_LOAD_EXTENSION)
        real_libs=(-lm -lpthread)
        ;;
    lua)
        # Addresses must not decide what is called: a fixed hash seed and sort pivot, and one
        # row in the cache that is indexed by the address of a C string.
        source=$(real_fetch lua5.4) && real_lua_header || return
        mapfile -t real_sources < <(printf '%s\n' "$source"/src/*.c | grep -v '/luac\.c$')
        real_defines=(-I"$REAL_DIR/lua-include" -I"$source/src" -DLUA_USE_POSIX
            '-Dluai_makeseed(L)=42u' '-Dl_randomizePivot()=42u' -DSTRCACHE_N=1 -DSTRCACHE_M=2)
        real_libs=(-lm)
        ;;
    zstd)
        source=$(real_fetch libzstd) && real_make_corpus || return
        real_sources=("$source"/lib/{common,compress,decompress,dictBuilder}/*.c
            "$source"/programs/*.c)
        real_defines=(-I"$source/lib" -I"$source/lib/common" -DZSTD_MULTITHREAD
            -DXXH_NAMESPACE=ZSTD_ -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM)
        real_libs=(-lpthread)
        ;;
    json)
        source=$(real_fetch nlohmann-json3) || return
        real_sources=("$REAL_HERE/json_main.cpp")
        real_defines=(-I"$source/single_include" -std=c++17)
        ;;
    *) real_fail "unknown program $1; there are: $REAL_PROGRAMS" ;;
    esac
}

# real_driver PROGRAM COMPILER: the compiler's driver for the program's language.
real_driver() {
    case $1-$2 in
    json-*gcc*) printf '%s\n' "${2/gcc/g++}" ;;
    json-clang*) printf '%s\n' "${2/clang/clang++}" ;;
    *) printf '%s\n' "$2" ;;
    esac
}

# real_flags PROGRAM COMPILER VARIANT: `plain`, or `hooks`: with function entry and exit hooks,
# which for C++ under clang have to be those after inlining, since before it the hooks make it
# refer to always-inline members that libstdc++ does not hold; `hooks-after`: clang's after inlining;
# `plugin`: ours of $REAL_PLUGINS in its place, whose checksum makes its objects its own; `plugin-hooks`: for
# clang, hooks by it.
real_flags() {
    local plugin checksum
    case $1-$2-$3 in
    *-plain) printf '%s\n' "-O2 -g" ;;
    *-clang-*-plugin | *-clang-*-plugin-hooks)
        plugin=$REAL_PLUGINS/cinstr-plugin-${2#clang-}.so
        checksum=$(cksum "$plugin") || return
        printf '%s\n' "-O2 -g -finstrument-functions-after-inlining -fpass-plugin=$plugin" \
            "-DPLUGIN_CHECKSUM=${checksum%% *}"
        [[ $3 == plugin ]] || printf '%s\n' "-fplugin=$plugin -Xclang -mllvm -Xclang -cinstr-hooks"
        ;;
    json-clang*-hooks | *-clang*-hooks-after)
        printf '%s\n' "-O2 -g -finstrument-functions-after-inlining"
        ;;
    *-gcc*-plugin)
        plugin=$REAL_PLUGINS/cinstr_gcc_plugin_$("$2" -dumpfullversion).so
        checksum=$(cksum "$plugin") || return
        printf '%s\n' "-O2 -g -finstrument-functions -fplugin=$plugin" "-DPLUGIN_CHECKSUM=${checksum%% *}"
        ;;
    *-hooks) printf '%s\n' "-O2 -g -finstrument-functions" ;;
    *) real_fail "unknown variant $3 for $2; there are: plain, hooks, plugin, and for clang hooks-after and plugin-hooks" ;;
    esac
}

# real_compile PROGRAM COMPILER FLAGS…: compiles what is not compiled yet and sets real_objects,
# always in the same order, so that builds with different hooks differ in their hooks alone.
real_compile() {
    local program=$1 driver directory source object pending=()
    driver=$(real_driver "$1" "$2") && real_describe "$program" || return
    shift 2
    directory=$(printf '%s\n' "$*" "${real_defines[*]}" | cksum)
    directory=$REAL_DIR/objects/$program-$driver-${directory%% *}
    mkdir -p "$directory" || return
    real_objects=()
    for source in "${real_sources[@]}"; do
        object=$directory/$(basename "$source").o
        real_objects+=("$object")
        [[ $object -nt $source ]] || pending+=("$source" "$object")
    done
    ((${#pending[@]} == 0)) && return
    # shellcheck disable=SC2016
    printf '%s\0' "${pending[@]}" | xargs -0 -n 2 -P "$REAL_JOBS" bash -c '
        source=${*: -2:1} object=${*: -1}
        "${@:1:$#-2}" -c "$source" -o "$object.$$" && mv "$object.$$" "$object"
    ' bash "$driver" "$@" "${real_defines[@]}" -w ||
        real_fail "$program does not compile with $driver $*"
}

# real_link PROGRAM COMPILER OUTPUT [LINK ARGUMENT…]: links what real_compile has compiled.
real_link() {
    local program=$1 compiler=$2 output=$3
    shift 3
    mkdir -p "$(dirname "$output")" || return
    "$(real_driver "$program" "$compiler")" -o "$output" "${real_objects[@]}" "$@" \
        "${real_libs[@]}" || real_fail "$program does not link with $compiler $*"
}

# real_build PROGRAM COMPILER VARIANT OUTPUT [LINK ARGUMENT…]
real_build() {
    local program=$1 compiler=$2 output=$4 flags
    flags=$(real_flags "$1" "$2" "$3") || return
    shift 4
    # shellcheck disable=SC2086
    real_compile "$program" "$compiler" $flags &&
        real_link "$program" "$compiler" "$output" "$@"
}

# real_count_hook: builds the counting hook and prints what to link in place of -lcinstr.
real_count_hook() {
    local object=$REAL_DIR/count_hook.o
    if [[ ! $object -nt $REAL_HERE/count_hook.c ]]; then
        mkdir -p "$REAL_DIR" &&
            gcc -std=gnu11 -O2 -g -c "$REAL_HERE/count_hook.c" -o "$object.$$" &&
            mv "$object.$$" "$object" || return
    fi
    printf '%s\n' "$object"
}

# real_arguments PROGRAM SIZE: sets real_arguments to what the program is run with. SIZE is
# `test` (some ten million calls) or `demo` (some hundred).
real_arguments() {
    local -A size=([sqlite-test]=5 [sqlite-demo]=20 [lua-test]=1 [lua-demo]=8 [json-test]=10
        [json-demo]=60 [zstd-test]=test [zstd-demo]=demo)
    local amount=${size[$1-$2]:-}
    [[ $amount ]] || real_fail "unknown program or size: $1 $2; sizes are: test, demo" || return
    case $1 in
    sqlite) real_arguments=(--memdb --verify --size "$amount") ;;
    lua) real_arguments=(-E "$REAL_HERE/mixed.lua" "$amount") ;;
    zstd) real_arguments=(-q -3 --single-thread --no-asyncio -c "$REAL_DIR/corpus.$amount") ;;
    json) real_arguments=("$amount") ;;
    esac
}

# real_run PROGRAM SIZE COMMAND…: runs it with its arguments appended; the status is its own.
# SQLite's benchmark prints how long it took: that alone is taken out.
real_run() {
    local program=$1
    real_arguments "$1" "$2" || return
    shift 2
    case $program in
    sqlite) (set -o pipefail && "$@" "${real_arguments[@]}" | sed 's/ *[0-9]*\.[0-9]*s$//') ;;
    *) "$@" "${real_arguments[@]}" ;;
    esac
}
