#!/bin/bash
# SPDX-License-Identifier: MIT
# A second stack may be anywhere in memory, even inside a frame of the first. Every edge is exact before,
# while and after something runs on it. The expected edges follow from second_stacks.c.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit

# edges: those of p.pb.gz between the program's functions
edges() {
    "$CINSTR" report --json --edges p.pb.gz | jq -r '.edges[] | select(.calls > 0 and .callee != "main") |
        "\(if .caller | test("^\\[") then "-" else .caller end) \(.callee) \(.calls)"' | sort
}

# expected WHERE HOW HANDLED: the edges of 20 rounds with 10 steps each, and a recursion 60 deep
expected() {
    local runner=main
    if [[ $1 == local ]]; then
        runner=on_frame
        printf '%s\n' 'main on_frame 20' 'on_frame work 20'
    fi
    printf '%s\n' "$runner run 20" 'main deep 20' 'deep deep 1180' 'deep leaf 1200'
    local own=0
    [[ $1 == local ]] && own=20
    case $2 in
    context | unseen)
        printf '%s\n' 'run drive 20' 'drive work 220' "work leaf $((220 + own))" '- coroutine 20' 'coroutine step 200' 'step leaf 400'
        ;;
    signal)
        printf '%s\n' 'run signalled 20' 'signalled work 220' "work leaf $((220 + own))" 'signalled handler 220' 'handler leaf 220'
        ;;
    timer)
        printf '%s\n' 'run signalled 20' 'signalled work 600000' "work leaf $((600000 + own))" "handler leaf $3"
        ;;
    esac
}

exact() { # WHERE HOW
    rm -f p.pb.gz
    CINSTR_OPTIONS=output=p.pb.gz timeout 300 ./second "$1" "$2" >out 2>err && is_empty err && "$CINSTR" verify p.pb.gz || return
    # Which function a timer interrupts is chance.
    edges | if [[ $2 == timer ]]; then grep -v ' handler '; else cat; fi >found
    diff <(expected "$1" "$2" "$(<out)" | sort) found || return
    [[ $2 != timer ]] || (($(edges | awk '$2 == "handler" { sum += $3 } END { print sum }') == $(<out) && $(<out) > 0))
}

for compiler in gcc clang-14; do
    command -v $compiler >/dev/null || continue
    for level in 0 2; do
        "$CINSTR" cc $compiler -O$level -I"$TOP/include" "$TOP/tests/programs/second_stacks.c" -o second -ldl ||
            { fail "$compiler -O$level" "the program does not build" && continue; }
        for where in local static heap mapping; do
            for how in context unseen signal; do
                check "$compiler -O$level: edges are exact with a $where stack, $how" exact $where $how
            done
        done
        for where in local static; do
            check "$compiler -O$level: edges are exact with a $where stack, timer" exact $where timer
        done
    done
done

finish
