#!/bin/bash
# SPDX-License-Identifier: MIT
# arm64: the recorder cross-builds, its tests run under qemu's user emulation, and this machine's cinstr reads
# their segments. The truth is what the programs count themselves: hazard programs, and random truth programs
# in C and C++, built with gcc's hooks and with the plugin by each clang that has one. Left out is what qemu
# does differently: it has no perf events, turns vfork and clone into fork, and keeps pages that should be
# wiped on fork.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

prefix=aarch64-linux-gnu
sysroot=/usr/$prefix
for tool in $prefix-gcc $prefix-g++ qemu-aarch64; do
    has_tool $tool "arm64" || finish
done
arm=$SCRATCH/arm64
LINK=(-L"$arm" -lcinstr "-Wl,-rpath,$arm")

build_recorder() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" -s BUILD="$arm" CC=$prefix-gcc AR=$prefix-ar \
        CFLAGS='-O2 -g' LDFLAGS= WERROR=-Werror runtime
}

# There is no writer for arm64 here. So the recorder cannot write the profile at exit, says so, and keeps the
# segment.
run() { # NAME ARGUMENTS…
    local name=$1 status
    shift
    forget "$name"
    TRUTH_OUTPUT=$SCRATCH/$name.truth \
        CINSTR_OPTIONS="output=$SCRATCH/$name.%p.pb.gz:directory=$SEGMENTS:cpu=0" \
        timeout 300 qemu-aarch64 -L $sysroot "$SCRATCH/$name" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err"
    status=$?
    grep -Ev ': cannot write a profile: |: the profile is kept: |static program cannot load' \
        "$SCRATCH/$name.err" && return 1
    return $status
}

# Each segment passes verify when read natively, and has the calls that its process counted itself.
segments_match() { # NAME PROCESSES [CHECK OPTIONS]
    local segment pid count=0
    for segment in "$SEGMENTS"/*.seg; do
        pid=${segment##*/}
        pid=${pid%%.*}
        "$CINSTR" verify "$segment" && "$CINSTR" dump "$segment" -o "$SCRATCH/$1.pb.gz" &&
            edges_of "$SCRATCH/$1.pb.gz" >"$SCRATCH/$1.csv" || return 1
        [[ -f $SCRATCH/$1.truth ]] || mv "$SCRATCH/$1.truth.$pid" "$SCRATCH/$1.truth" || return 1
        "$SCRATCH/truth-check" "$SCRATCH/$1.truth" "$SCRATCH/$1.csv" "${@:3}" || return 1
        rm "$SCRATCH/$1.truth"
        count=$((count + 1))
    done
    ((count == $2)) || { echo "$count processes, not $2" && return 1; }
}

arm_exact() { # NAME STATUS PROCESSES ARGUMENTS…
    local name=$1 expected=$2 processes=$3 status
    shift 3
    program_build $prefix-gcc "$name" || return 1
    run "$name" "$@"
    status=$?
    ((status == expected)) || { echo "status $status" && cat "$SCRATCH/$name.err" && return 1; }
    segments_match "$name" "$processes"
}

static_exact() {
    local LINK=("-Wl,@$arm/libcinstr.static" -L"$arm" -lcinstr -static)
    arm_exact jumps 0 1 20000 && arm_exact coroutines 0 1 2000
}

is_arm64() {
    local segment=("$SEGMENTS"/*.seg)
    program_build $prefix-gcc callbacks && run callbacks && segment=("$SEGMENTS"/*.seg) &&
        "$CINSTR" report "${segment[0]}" >"$SCRATCH/report" && grep -q ' callbacks\.c:[1-9]' "$SCRATCH/report"
}

generate() {
    local tools=$TOP/tests/truth
    "${CC:-cc}" -O1 -std=gnu11 "$tools"/{generate,statements,blocks}.c -o "$SCRATCH/generate" &&
        $prefix-gcc -O1 -std=gnu11 -fexceptions -c "$tools/truth.c" -o "$SCRATCH/truth.o"
}

truth_exact() { # SEED LANGUAGE LEVEL
    local name=truth-$1-$2-$3 compiler=$prefix-gcc
    [[ $2 == c ]] || compiler=$prefix-g++
    "$SCRATCH/generate" "$1" --lang "$2" >"$SCRATCH/$name.$2" &&
        "$compiler" -x "$2" -w -g "-O$3" -finstrument-functions -I"$TOP/tests/truth" "$SCRATCH/$name.$2" \
            -x none "$SCRATCH/truth.o" "${LINK[@]}" -pthread -o "$SCRATCH/$name" &&
        run "$name" && segments_match "$name" 1
}

check "the checker builds" harness_build || finish
check "the recorder cross-builds without a warning" build_recorder || finish
check "functions have names and lines in the native report" is_arm64
check "callbacks of several callers through one call site are exact" arm_exact callbacks 0 1
check "longjmps, and siglongjmps out of handlers, are exact" arm_exact jumps 0 1 100000
check "coroutines, some unfinished, on reused memory are exact" arm_exact coroutines 0 1 500
check "a coroutine's stack that another one takes over at once is exact" arm_exact abandoned 0 1
check "handlers on the alternate stack that interrupt coroutines are exact" arm_exact altstack_coroutines 0 1
check "recursion 20,000 deep is exact" arm_exact recursion 0 1 20000
check "thread-specific data destructors are exact" arm_exact tls_destructors 0 1
check "threads at once and in a row are exact" arm_exact thread_storm 0 1 "$SEGMENTS" 50 300
check "each process after fork has its own calls" arm_exact forks 0 6 fork 0 5
check "fork in a process of 4 threads is exact" arm_exact forks 0 6 fork 4 5
check "calls before main are exact" arm_exact preinit 0 1
check "all calls are kept after exit from deep inside" arm_exact endings 7 1 exit
check "all calls are kept after _exit" arm_exact endings 7 1 _exit
check "a static program's longjmps and coroutines are exact" static_exact
check "the truth programs' tools build" generate || finish
for language in c c++; do
    for level in 0 2 3; do
        for seed in ${TRUTH_SEEDS:-1 2}; do
            check "truth program $seed, $language -O$level: every edge exact" truth_exact "$seed" $language $level
        done
    done
done

# --- the plugin ------------------------------------------------------------------------------------
find_plugins "the plugin for arm64"

# with_plugin NAME COMPILER SOURCE OPTIONS…: compiles as `cinstr cc` does, with the options in `choice`, and
# links with `objects`.
with_plugin() {
    "$CINSTR" cc "${choice[@]}" "$2" --target=$prefix -w -g -I"$TOP/tests/truth" "${@:4}" -c "$3" -o "$SCRATCH/$1.o" &&
        "$2" --target=$prefix "$SCRATCH/$1.o" "${objects[@]}" "${LINK[@]}" -pthread -o "$SCRATCH/$1"
}
compiler_for() { # LANGUAGE VERSION
    [[ $1 == c ]] && echo "clang-$2" || echo "clang++-$2"
}
without_arguments() {
    sed -E ':more; s/\([^()]*\)//; t more; s/"([^"]*)"/\1/g'
}
random_program() { # VERSION LANGUAGE OPTIONS…: builds and runs it, and keeps the truth that it states
    local name=random compiler objects=("$SCRATCH/truth.o")
    compiler=$(compiler_for "$2" "$1")
    "$SCRATCH/generate" "$1" --lang "$2" "${ingredients[@]}" >"$SCRATCH/$name.$2" &&
        with_plugin $name "$compiler" "$SCRATCH/$name.$2" "${@:3}" && run $name &&
        cp "$SCRATCH/$name.truth" "$SCRATCH/truth"
}
every_edge() { # VERSION LANGUAGE OPTIONS…
    random_program "$@" && segments_match random 1
}
every_function() { # VERSION LANGUAGE OPTIONS…
    random_program "$@" && segments_match random 1 --per-function
}
# hooked NAME: the functions that call a hook, according to the disassembler.
hooked() {
    $prefix-objdump -dC --no-show-raw-insn "$SCRATCH/$1" | awk '
        /^[0-9a-f]+ </ { name = $0; sub(/^[^<]*</, "", name); sub(/(\(.*)?>:$/, "", name) }
        /\tbl?\t.*<(__cyg_profile_func_enter|cinstr1_enter_place)/ { print name }' | sort -u
}
# After every_edge(): `report --never-called` lists the functions that the program itself says it never
# called.
never_called() {
    "$CINSTR" report --never-called --csv "$SCRATCH/random.pb.gz" | tail -n +2 | without_arguments |
        cut -d, -f1 | sort -u >"$SCRATCH/never" && [[ -s $SCRATCH/never ]] &&
        comm -23 <(hooked random) <(awk '$1 == "=" && $3 > 0 { print $2 }
            END { print "main" }' "$SCRATCH/truth" | sort) | diff - "$SCRATCH/never"
}
edges() { # PROFILE: the edges from the program's own functions, and from external ones that call back
    edges_of "$1" | tail -n +2 | without_arguments | grep -v '^[-[]' |
        awk -F, '$3 != 0 { print $1, $2, $3 }' | sort
}
external_c() { # VERSION LEVEL
    local segment pid count=0 objects=()
    with_plugin external "clang-$1" "$PROGRAMS/external.c" "-O$2" && run external 20 || return
    for segment in "$SEGMENTS"/*.seg; do
        pid=${segment##*/}
        "$CINSTR" verify -q "$segment" && "$CINSTR" dump "$segment" -o "$SCRATCH/external.pb.gz" &&
            sort "$SCRATCH/external.truth.${pid%%.*}" | diff - <(edges "$SCRATCH/external.pb.gz") || return
        count=$((count + 1))
    done
    ((count == 2))
}
external_cpp() { # VERSION LEVEL
    local segment objects=()
    with_plugin thrown "clang++-$1" "$PROGRAMS/external_thrown.cpp" "-O$2" && run thrown || return
    segment=$(left_segment) && "$CINSTR" verify -q "$segment" &&
        "$CINSTR" dump "$segment" -o "$SCRATCH/thrown.pb.gz" && [[ -s $SCRATCH/thrown.out ]] &&
        sort "$SCRATCH/thrown.out" | comm -23 - <(edges "$SCRATCH/thrown.pb.gz") >"$SCRATCH/wrong" &&
        is_empty "$SCRATCH/wrong"
}
for version in "${versions[@]}"; do
    clang="clang-$version"
    for language in c c++; do
        # Truth programs count calls that are inlined as well.
        ingredients=(--calls 5000 --without inlining)
        choice=()
        for options in -O0 "-O2 -fPIC"; do
            read -ra words <<<"$options -fno-inline -fno-optimize-sibling-calls"
            check "$clang $options, $language: every edge exact" every_edge "$version" $language "${words[@]}"
            check "$clang $options, $language: report --never-called lists exactly what the program never calls" never_called
        done
        check "$clang -O2, $language: every edge exact when calls are only counted" every_edge \
            "$version" $language -O2 -fno-inline -fno-optimize-sibling-calls -Xclang -mllvm -Xclang -cinstr-count
        ingredients=(--calls 5000)
        choice=(--inlined)
        check "$clang -O3, $language: each function's calls are exact, inlined or not" \
            every_function "$version" $language -O3
    done
    for level in 0 2; do
        choice=(--external=libc)
        check "$clang -O$level, c: external calls are exact, with callbacks, jumps, threads and fork" external_c "$version" $level
        choice=('--external=libc,_Zn?m,_Zd?P*')
        check "$clang -O$level, c++: external calls are exact, also when they end by an exception" external_cpp "$version" $level
    done
done
finish
