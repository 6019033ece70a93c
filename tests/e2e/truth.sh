#!/bin/bash
# SPDX-License-Identifier: MIT
# Random programs that count their own call edges (tests/truth) are compared with the profiles that cinstr
# records of them. With gcc every edge has to be exact. With clang every function has to be exact, and edges
# within 0.2 %, since clang's hooks call no exit when an exception passes. A compiler clang-N+plugin is clang
# with the plugin: with it every edge has to be exact. TRUTH_SEEDS="7 8" or TRUTH_COUNT=100 choose the
# programs, TRUTH_COMPILERS and TRUTH_LEVELS the builds, TRUTH_OPTIONS the ingredients of the programs,
# TRUTH_HOOKS the options that add hooks. TRUTH_PROMISE=functions compares the calls of functions alone.
# Not commands: clang
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

truth=$TOP/tests/truth
tools=${TRUTH_TOOLS:-$SCRATCH}
export TRUTH_TOOLS=$tools
seeds=${TRUTH_SEEDS:-$(seq 1 "${TRUTH_COUNT:-3}")}
levels=${TRUTH_LEVELS:-0 1 2 3}
promised=${TRUTH_PROMISE:-edges}
read -ra options <<<"${TRUTH_OPTIONS:-}"
read -ra hooks <<<"${TRUTH_HOOKS:--finstrument-functions}"

compilers() {
    local one
    for one in ${TRUTH_COMPILERS:-gcc clang-14 clang-19}; do
        command -v "${one%+plugin}" >/dev/null && echo "$one"
    done
}

compiler_for() { # LANGUAGE COMPILER
    case $1:$2 in
    c++:gcc*) echo "g++${2#gcc}" ;;
    c++:clang*) echo "clang++${2#clang}" ;;
    *) echo "$2" ;;
    esac
}

build_tools() {
    "${CC:-cc}" -O1 -std=gnu11 "$truth"/{generate,statements,blocks}.c -o "$tools/generate" &&
        "${CC:-cc}" -O2 -std=gnu11 "$truth/check.c" -o "$tools/check" &&
        "${CC:-cc}" -O1 -std=gnu11 -fexceptions -c "$truth/truth.c" -o "$tools/truth.o" &&
        "${CC:-cc}" -O1 -std=gnu11 -c "$truth/naive_hook.c" -o "$tools/naive_hook.o"
}

# Whether the program is built with clang's own hooks.
is_clang_hooks() { # COMPILER
    [[ $1 == clang* && $1 != *+plugin ]]
}

# program_build SEED LANGUAGE COMPILER LEVEL NAME LINK…
program_build() {
    local seed=$1 language=$2 compiler=${3%+plugin} level=$4 name=$5 plugin=()
    case $3 in
    clang*+plugin) plugin=({-fplugin,-fpass-plugin}"=$BUILD/cinstr-plugin-${compiler#clang-}.so") ;;
    gcc*+plugin) plugin=("-fplugin=$BUILD/cinstr_gcc_plugin_$("$compiler" -dumpfullversion).so") ;;
    esac
    shift 5
    "$tools/generate" "$seed" --lang "$language" "${options[@]}" >"$name.$language" &&
        "$(compiler_for "$language" "$compiler")" -x "$language" -w -g "-O$level" \
            "${hooks[@]}" "${plugin[@]}" -I"$truth" "$name.$language" -x none "$tools/truth.o" "$@" \
            -pthread -o "$name"
}

# one_check: records one program. Prints nothing if it is exact enough, else one line that says why.
one_check() { # SEED LANGUAGE COMPILER LEVEL
    local seed=$1 language=$2 compiler=$3 level=$4 name status tolerance=0
    name=$SCRATCH/t-$seed-$language-$compiler-$level
    is_clang_hooks "$compiler" && tolerance=0.002
    program_build "$@" "$name" "${LINK_CINSTR[@]}" 2>"$name.log" ||
        { echo "does not build: $(tail -n 1 "$name.log")" && return; }
    TRUTH_OUTPUT=$name.truth CINSTR_OPTIONS=output=$name.pb.gz \
        timeout "${TRUTH_TIMEOUT:-600}" "$name" >"$name.log" 2>&1
    status=$?
    ((status == 0)) || { echo "ends with $status: $(tail -n 1 "$name.log")" && return; }
    [[ ! -s $name.log ]] || { echo "says $(head -n 1 "$name.log")" && return; }
    "$CINSTR" report --edges --csv "$name.pb.gz" >"$name.csv" 2>"$name.log" ||
        { echo "no report: $(tail -n 1 "$name.log")" && return; }
    "$tools/check" "$name.truth" "$name.csv" --per-function >"$name.log" 2>&1 ||
        { echo "functions: $(head -n 3 "$name.log" | tr '\n' ';')" && return; }
    [[ $promised == functions ]] ||
        "$tools/check" "$name.truth" "$name.csv" --tolerance $tolerance >"$name.log" 2>&1 ||
        { echo "edges: $(head -n 3 "$name.log" | tr '\n' ';')" && return; }
    [[ ${KEEP:-} ]] || rm -f "$name" "$name".*
}

if [[ ${1:-} == --one ]]; then
    shift
    printf '%s %s %s %s\t%s\n' "$@" "$(one_check "$@")"
    exit
fi

# Tests the checker with a naive hook, which pops one frame for each exit: it is right on plain calls, and
# wrong on jumps.
naive_compare() { # LANGUAGE COMPILER INGREDIENTS
    local options=(--only "$3") hooks=(-finstrument-functions)
    program_build 1 "$1" "$2" 2 "$SCRATCH/naive" "$tools/naive_hook.o" &&
        NAIVE_OUTPUT=$SCRATCH/naive.csv TRUTH_OUTPUT=$SCRATCH/naive.truth "$SCRATCH/naive" ||
        return 3
    "$tools/check" "$SCRATCH/naive.truth" "$SCRATCH/naive.csv"
}

naive_differs() {
    naive_compare "$@"
    (($? == 1))
}

check "the truth tools build" build_tools || finish
check "truth: a naive hook agrees on plain calls" \
    naive_compare c++ gcc recursion,inlining,indirect,callbacks,frames
check "truth: a naive hook agrees on gcc's exceptions" naive_compare c++ gcc recursion,exceptions
check "truth: a naive hook is found wrong on longjmp" naive_differs c gcc recursion,jumps
check "truth: a naive hook is found wrong on clang's exceptions" \
    naive_differs c++ clang-14 recursion,exceptions

[[ -x $CINSTR ]] || fail "truth programs" "$CINSTR has not been built"
[[ -x $CINSTR ]] || finish
for compiler in $(compilers); do
    for language in c c++; do
        results=$SCRATCH/results-$compiler-$language
        for seed in $seeds; do
            for level in $levels; do
                echo "$seed $language $compiler $level"
            done
        done | xargs -P "$(nproc)" -L 1 "$0" --one >"$results"
        while IFS=$'\t' read -r what why; do
            [[ -z $why ]] || printf '# %s: %s\n' "$what" "$why"
        done <"$results"
        count=$(wc -l <"$results")
        wrong=$(grep -cvP '\t$' "$results")
        promise="every edge exact"
        is_clang_hooks "$compiler" && promise="every function exact, edges within 0.2 %"
        [[ $promised != functions ]] || promise="every function exact"
        if ((count > 0 && wrong == 0)); then
            ok "$compiler $language, $count programs: $promise"
        else
            fail "$compiler $language, $count programs: $promise" "$wrong are not"
        fi
    done
done
finish
