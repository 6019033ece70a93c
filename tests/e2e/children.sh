#!/bin/bash
# SPDX-License-Identifier: MIT
# Fork children that live for a moment only and end by _exit or exec leave no segment and no profile: their
# calls are in their parent's profile, under a label. Children that work for seconds, or are sampled, write a
# profile of their own. The expected calls follow from short_children.c's loops.
# Not commands: exec
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit
mkdir -m 700 segments

builds() {
    local compiler
    for compiler in gcc clang-14; do
        $compiler -g -O1 -w -finstrument-functions "$TOP/tests/programs/short_children.c" -pthread "${LINK_CINSTR[@]}" \
            -o "children.$compiler" || return
    done
}
check "the program that forks builds" builds || finish

counts() { "$CINSTR" report --json "$1" | jq -r '.functions[] | select(.calls > 0) | "\(.function) \(.calls)"' | sort | paste -sd,; }
labelled() { go tool pprof -top -sample_index=calls -tagfocus=process=child "$1" 2>/dev/null; }

# children COMPILER HOW TIMES COUNTS [OPTIONS]
children() {
    local profiles
    rm -f p.*.pb.gz
    CINSTR_OPTIONS="output=p.%p.pb.gz:directory=$SCRATCH/segments${5:-}" timeout 300 "./children.$1" "$2" "$3" 2>err &&
        is_empty err || return
    profiles=(p.*.pb.gz)
    [[ -z $(ls -A segments) && ${#profiles[@]} == 1 ]] || { ls segments p.*.pb.gz && return 1; }
    [[ $(counts "${profiles[0]}") == "$4" ]] || { counts "${profiles[0]}" && return 1; }
    "$CINSTR" verify "${profiles[0]}" && labelled "${profiles[0]}" >top && has ' in_child$' <top && ! grep -q 'nothing' top
}
for compiler in gcc clang-14; do
    for how in _Exit quick_exit; do
        check "$compiler: $how: a child's calls are in its parent's profile" children $compiler $how 20 \
            "in_child 20,leaf 61,main 1,run_child 20,spawn 20"
    done
    for how in _exit _Fork exec execl execle execlp execvpe fexecve execveat; do
        check "$compiler: $how: a child's calls are in its parent's profile" children $compiler $how 20 \
            "become 20,in_child 20,leaf 61,main 1,run_child 20,spawn 20"
    done
    check "$compiler: after execs that fail and one that does not, a child's calls are in its parent's profile" children $compiler tried 20 \
        "become 20,in_child 40,leaf 81,main 1,run_child 20,spawn 20"
    check "$compiler: a grandchild's calls are in its grandparent's profile" children $compiler nested 10 \
        "become 20,in_child 20,leaf 61,main 1,run_child 20,spawn 20"
done
check "children of threads that fork at once are in their parent's profile" children gcc at_once 25 \
    "become 200,in_child 200,leaf 601,main 1,run_child 200,spawn 200,spawn_some 8"
for options in :histogram=1 :timing=adaptive :cpu=0; do
    check "with ${options#:}, a child's calls are in its parent's profile" children gcc _exit 20 \
        "become 20,in_child 20,leaf 61,main 1,run_child 20,spawn 20" "$options"
done
check "300 children leave their calls in their parent's profile, and nothing else" children gcc _exit 300 \
    "become 300,in_child 300,leaf 901,main 1,run_child 300,spawn 300"

# own HOW OPTIONS COUNT: the processes write COUNT profiles, which together have every call
own() {
    rm -f p.*.pb.gz
    CINSTR_OPTIONS="output=p.%p.pb.gz:directory=$SCRATCH/segments$2" timeout 300 ./children.gcc "$1" 2 2>err && is_empty err ||
        return
    rm -f p.*.cpu.pb.gz
    local profiles=(p.*.pb.gz)
    [[ -z $(ls -A segments) ]] && ((${#profiles[@]} == $3)) && "$CINSTR" merge -q -o sum.pb.gz "${profiles[@]}" &&
        [[ $(counts sum.pb.gz) == 'become 2,in_child 2,leaf 7,main 1,run_child 2,spawn 2' ]] || { counts sum.pb.gz && return 1; }
}
# A child that crashes leaves its segment with every call, as any process does.
crashed() {
    local segment
    rm -f p.*.pb.gz
    CINSTR_OPTIONS="output=p.%p.pb.gz:directory=$SCRATCH/segments" timeout 300 ./children.gcc abort 1 2>err && is_empty err &&
        segment=(segments/*) && ((${#segment[@]} == 1)) && "$CINSTR" verify "${segment[0]}" &&
        [[ $(counts "${segment[0]}") == 'in_child 1,leaf 3,run_child 1' ]] || { counts "${segment[0]}" && return 1; }
    "$CINSTR" ps --directory segments | has children.gcc && "$CINSTR" ps -q --clean --directory segments && [[ -z $(ls -A segments) ]]
}
check "a child that aborts leaves its records for cinstr dump" crashed
check "children that work for seconds write a profile of their own" own seconds '' 3
check "children that are sampled write a profile of their own" own _exit :sample=100 3

finish
