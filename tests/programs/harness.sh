# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Builds a program of this directory with hooks, runs it under cinstr, and compares the profile with the calls
# that the program states (said.h). End-to-end tests source it after lib.sh. It makes no checks itself.
# shellcheck disable=SC2034,SC2154

LINK=("${LINK_CINSTR[@]}")
PROGRAMS=$TOP/tests/programs
SEGMENTS=$SCRATCH/segments
mkdir -m 700 "$SEGMENTS"
# A compiler clang-N+plugin is clang with the plugin; clang-N+count counts all functions without times.
# gcc-N+plugin is gcc with its plugin, and without inlining, since the programs count inlined calls, too.
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

# program_build COMPILER NAME FLAGS…: builds $SCRATCH/NAME with hooks, linked with LINK. program_plain builds
# $SCRATCH/NAME.plain without either.
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

forget() { # NAME: removes its truth and profiles, and all segments
    rm -rf "${SCRATCH:?}/$1".truth.* "${SCRATCH:?}/$1".*.pb.gz "${SEGMENTS:?}"/*
}

# program_run NAME ARGUMENTS…: runs the program, with its output in $SCRATCH/NAME.out. The status is the
# program's.
program_run() {
    local name=$1
    shift
    forget "$name"
    TRUTH_OUTPUT=$SCRATCH/$name.truth \
        CINSTR_OPTIONS="output=$SCRATCH/$name.%p.pb.gz:directory=$SEGMENTS${EXTRA_OPTIONS:-}" \
        timeout "${PROGRAM_TIMEOUT:-900}" "$SCRATCH/$name" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err"
}

edges_of() { # PROFILE OR SEGMENT
    "$CINSTR" report --edges --csv "$1"
}

# Each process that stated its calls has a profile with the same calls, and each profile belongs to such a
# process.
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
        [[ $profile == *.cpu.pb.gz ]] && continue # samples of the same process
        pid=${profile%.pb.gz}
        [[ -f $SCRATCH/$name.truth.${pid##*.} ]] || { echo "no process stated calls for $profile" && return 1; }
    done
}

says_nothing() { # NAME: neither the program nor the recorder has printed an error
    is_empty "$SCRATCH/$1.err"
}

said_before_it_failed() { # NAME STATUS
    echo "status $2"
    [[ ! -e $SCRATCH/$1.err ]] || head -n 3 "$SCRATCH/$1.err"
}

# exact COMPILER NAME PROCESSES ARGUMENTS…: the program ends with status 0, and the profiles have its calls.
exact() {
    local compiler=$1 name=$2 processes=$3
    shift 3
    program_build "$compiler" "$name" && program_run "$name" "$@" || { said_before_it_failed "$name" $? && return 1; }
    says_nothing "$name" && profiles_match "$name" "$processes"
}

# left_segment: prints the name of the only segment that is left.
left_segment() {
    local found=("$SEGMENTS"/*)
    [[ -f ${found[0]} && ${#found[@]} -eq 1 ]] || { echo "segments left: ${found[*]}" >&2 && return 1; }
    echo "${found[0]}"
}

dump_matches() { # NAME: a dump of the process that has ended has its calls
    local segment truth=("$SCRATCH/$1".truth.*)
    segment=$(left_segment) && "$CINSTR" dump "$segment" -o "$SCRATCH/$1.dump.pb.gz" &&
        edges_of "$SCRATCH/$1.dump.pb.gz" >"$SCRATCH/$1.csv" &&
        "$SCRATCH/truth-check" "${truth[0]}" "$SCRATCH/$1.csv"
}
