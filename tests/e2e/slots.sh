#!/bin/bash
# SPDX-License-Identifier: MIT
# Calls that go by slots (cinstr/slots.h) are exact wherever calls by hooks are. The hazard scripts are run
# again with programs that the newest clang builds with the plugin: with all calls timed, a share of them or
# none, and with all functions only counted. The programs count their own calls.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

find_plugins "calls by slots"

# by_slots WHAT KIND OPTIONS SCRIPT…: runs these scripts with the plugin; their checks become checks of this
# one.
by_slots() {
    local what=$1 kind=$2 options=$3 script
    for script in "${@:4}"; do
        relay "$what" "" env "HARNESS_COMPILERS=clang-${versions[-1]}+$kind" "EXTRA_OPTIONS=$options" "$TOP/tests/e2e/$script.sh"
    done
}
by_slots timed plugin "" hazards_control hazards_fork hazards_life hazards_limits live_dump
by_slots "a share timed" plugin :timing=adaptive hazards_control hazards_fork hazards_limits
by_slots "none timed" plugin :timing=count hazards_control hazards_fork
by_slots counted count "" hazards_control hazards_fork hazards_life hazards_limits live_dump
finish
