#!/bin/bash
# SPDX-License-Identifier: MIT
# Calls that are counted by slots (cinstr/slots.h) are exact wherever hooks are: the hazard programs,
# built by the newest clang with the plugin, which counts all their functions.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

find_plugins "counting by slots"
compiler=clang-${versions[-1]}+count
for script in hazards_control hazards_fork hazards_life hazards_limits live_dump; do
    before=$checks
    while read -r line; do
        case $line in
        '#'*:*) printf '%s\n' "$line" ;;
        'ok '* | 'not ok '*)
            checks=$((checks + 1))
            [[ $line == ok* ]] || failures=$((failures + 1))
            printf '%s\n' "${line/ok /ok counted, }"
            ;;
        esac
    done < <(HARNESS_COMPILERS=$compiler "$TOP/tests/e2e/$script.sh" 2>&1)
    ((checks > before)) || fail "$script.sh, counted" "no check was made"
done
finish
