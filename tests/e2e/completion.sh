#!/bin/bash
# SPDX-License-Identifier: MIT
# bash, zsh and fish complete the commands and options that `cinstr help` and `--help` list.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PATH=$BUILD:$PATH
here=$TOP/packaging/completion

in_bash() { # WORD…: the completions of the last word
    bash -c '. "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _cinstr; printf "%s\n" "${COMPREPLY[@]}"' \
        "$here/cinstr" "$@"
}
in_fish() {
    local line
    printf -v line '%s ' "$@"
    fish -c 'source $argv[1]; complete -C $argv[2]' "$here/cinstr.fish" "${line% }" | cut -f 1
}
# zsh's own functions that select what matches are not available without a terminal.
in_zsh() {
    zsh -f -c 'words=("${@:1}") CURRENT=$#
        _describe() { print -l -- ${${(P)2}%%:*} }
        _files() { }
        _command_names() { }
        compadd() { shift; print -l -- $@ }
        compset() { words[CURRENT]=${words[CURRENT]#*=} }
        . "$0"' "$here/_cinstr" "$@" | grep -e "^$(sed 's/.*=//' <<<"${*: -1}")"
}
# readline treats what follows "=" as a word of its own; the other shells do not.
joined() { # SHELL OPTION=WORD
    if [[ $1 == bash ]]; then
        in_bash cinstr run "${2%%=*}" = "${2#*=}"
    else
        "in_$1" cinstr run "$2"
    fi | sed 's/^--[a-z-]*=//'
}

# offers SHELL EXPECTED WORD…: the shell offers exactly these, in any order.
offers() {
    local shell=$1 expected=$2
    shift 2
    "in_$shell" "$@" | sort | diff <(tr ' ' '\n' <<<"$expected" | sort) -
}
for shell in bash fish zsh; do
    has_tool $shell "completion by $shell" || continue
    check "$shell completes commands" offers $shell "report" cinstr rep
    check "$shell completes options" offers $shell "--before-inlining" cinstr cc --bef
    check "$shell completes options with short names" offers $shell "--sort" cinstr report --sor
    check "$shell completes values of options" offers $shell "adaptive" cinstr run --timing a
    check "$shell completes formats" offers $shell "speedscope" cinstr export --format sp
    check "$shell completes formats of dump" offers $shell "speedscope" cinstr dump --format sp
    check "$shell completes values joined by =" diff <(joined $shell --block=i) <(echo io)
    check "$shell offers no values where the program's name is due" eval '[[ ! $(in_'$shell' cinstr run --block exac) == *exact* ]]'
    for command in $(cinstr help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        check "$shell completes the command $command" offers $shell "$command" cinstr "$command"
    done
done
finish
