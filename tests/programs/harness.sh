# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Builds a program of this directory instrumented, runs it under cinstr and compares what was
# recorded with what the program says of itself (said.h). Sourced by tests/e2e/hazards_*.sh after
# tests/e2e/lib.sh; makes no checks of its own but through that.
# shellcheck disable=SC2034,SC2154

LINK=("${LINK_CINSTR[@]}")
PROGRAMS=$TOP/tests/programs
SEGMENTS=$SCRATCH/segments
mkdir -m 700 "$SEGMENTS"
# A compiler clang-N+plugin is clang with the plugin; clang-N+count has it count all functions. gcc-N+plugin is
# gcc with its plugin, and without inlining, as the programs know all their calls.
read -r -a compilers <<<"${HARNESS_COMPILERS:-gcc clang-14}"

harness_build() {
    "${CC:-cc}" -O2 -std=gnu11 "$TOP/tests/truth/check.c" -o "$SCRATCH/truth-check"
}

compile_by() { # COMPILER: sets `compile`
    local compiler=${1%+plugin}
    compiler=${compiler%+count}
    compile=("$compiler")
    [[ $1 != gcc*+plugin ]] || compile+=("-fplugin=$BUILD/cinstr_gcc_plugin_$("$compiler" -dumpfullversion).so"
        -fno-inline -fno-optimize-sibling-calls)
    [[ $1 != clang*+* ]] || compile+=({-fplugin,-fpass-plugin}"=$BUILD/cinstr-plugin-${compiler#clang-}.so"
        -Xclang -mllvm -Xclang -cinstr-only-marked)
    [[ $1 != *+count ]] || compile+=(-Xclang -mllvm -Xclang -cinstr-count)
}

# program_build COMPILER NAME FLAGS…: builds $SCRATCH/NAME, linked with LINK; program_plain without it.
program_build() {
    local compile name=$2
    compile_by "$1"
    shift 2
    "${compile[@]}" -g -O2 -w -std=gnu11 -finstrument-functions "$PROGRAMS/$name.c" "$@" \
        "${LINK[@]}" -pthread -o "$SCRATCH/$name"
}

program_plain() {
    local compile
    compile_by "$1"
    "${compile[0]}" -g -O2 -w -std=gnu11 "$PROGRAMS/$2.c" -pthread -o "$SCRATCH/$2.plain"
}

forget() { # NAME
    rm -rf "${SCRATCH:?}/$1".truth.* "${SCRATCH:?}/$1".*.pb.gz "${SEGMENTS:?}"/*
}

# program_run NAME ARGUMENTS…: its own output goes to $SCRATCH/NAME.out; the status is its own.
program_run() {
    local name=$1
    shift
    forget "$name"
    TRUTH_OUTPUT=$SCRATCH/$name.truth \
        CINSTR_OPTIONS="output=$SCRATCH/$name.%p.pb.gz:directory=$SEGMENTS${EXTRA_OPTIONS:-}" \
        timeout "${PROGRAM_TIMEOUT:-120}" "$SCRATCH/$name" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err"
}

edges_of() { # PROFILE OR SEGMENT
    "$CINSTR" report --edges --csv "$1"
}

# Every process that stated its calls has a profile with the same calls, and every profile such a process.
profiles_match() { # NAME [PROFILES EXPECTED]
    local name=$1 truth pid count=0
    for truth in "$SCRATCH/$name".truth.*; do
        pid=${truth##*.}
        [[ -f $truth ]] || { echo "no truth was stated" && return 1; }
        edges_of "$SCRATCH/$name.$pid.pb.gz" >"$SCRATCH/$name.csv" || return 1
        "$SCRATCH/truth-check" "$truth" "$SCRATCH/$name.csv" || return 1
        count=$((count + 1))
    done
    ((count == ${2:-1})) || { echo "$count processes, not ${2:-1}" && return 1; }
    for profile in "$SCRATCH/$name".*.pb.gz; do
        [[ $profile == *.cpu.pb.gz ]] && continue # sampled beside it
        pid=${profile%.pb.gz}
        [[ -f $SCRATCH/$name.truth.${pid##*.} ]] || { echo "$profile of no such process" && return 1; }
    done
}

says_nothing() { # NAME: neither the program nor the recorder complains
    is_empty "$SCRATCH/$1.err"
}

# exact COMPILER NAME PROCESSES ARGUMENTS…: builds, runs to status 0 and compares.
exact() {
    local compiler=$1 name=$2 processes=$3
    shift 3
    program_build "$compiler" "$name" && program_run "$name" "$@" ||
        { echo "status $?" && head -n 3 "$SCRATCH/$name.err" && return 1; }
    says_nothing "$name" && profiles_match "$name" "$processes"
}

# The one segment that a dead process has left.
left_segment() {
    local found=("$SEGMENTS"/*)
    [[ -f ${found[0]} && ${#found[@]} -eq 1 ]] || { echo "segments left: ${found[*]}" >&2 && return 1; }
    echo "${found[0]}"
}

dump_matches() { # NAME: of the process that has died
    local segment truth=("$SCRATCH/$1".truth.*)
    segment=$(left_segment) && "$CINSTR" dump "$segment" -o "$SCRATCH/$1.dump.pb.gz" &&
        edges_of "$SCRATCH/$1.dump.pb.gz" >"$SCRATCH/$1.csv" &&
        "$SCRATCH/truth-check" "${truth[0]}" "$SCRATCH/$1.csv"
}
