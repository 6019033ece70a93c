#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr merge`: the sum of profiles has the numbers that go tool pprof adds up from the same files; merging
# takes memory for the sum, not for all profiles; profiles of different kinds are refused in one line.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
cd "$SCRATCH" || exit 1

# Three runs, each at other addresses, with every kind of profile that a run can write.
record() { # NAME ARGUMENT
    "$CINSTR" run -q -o "$1.pb.gz" --sample --memprofile "$1.heap.pb.gz" -- ./lua "$REAL_HERE/mixed.lua" "$2" >out
}
check "three runs of Lua are recorded" eval 'real_build lua gcc hooks "$SCRATCH/lua" "${LINK_CINSTR[@]}" &&
    record one 1 && record two 2 && record three 1' || finish

# values TYPE PROFILE…: a line for each function, with its own and its inclusive value, as pprof adds them up
values() {
    local type=$1
    shift
    PPROF_BINARY_PATH=/nonexistent go tool pprof -unit=minimum -sample_index="$type" -nodefraction=0 -edgefraction=0 \
        -nodecount=100000 -top "$@" 2>/dev/null | awk 'on { print $1, $4, $6 } /flat%/ { on = 1 }' | sort
}
adds_up() { # KIND TYPE: sum.KIND has pprof's values
    values "$2" {one,two,three}"$1" >expected && values "$2" "sum$1" >actual && [[ $(wc -l <expected) -ge 10 ]] &&
        diff expected actual
}
for kind in .pb.gz .cpu.pb.gz .heap.pb.gz; do
    check "merge of *$kind succeeds" "$CINSTR" merge -q -o "sum$kind" {one,two,three}"$kind"
done
check "the sum passes verify" "$CINSTR" verify sum.pb.gz
for type in calls wall cpu; do
    check "$type add up as pprof adds them" adds_up .pb.gz "$type"
done
check "samples add up as pprof adds them" adds_up .cpu.pb.gz samples
for type in alloc_objects inuse_space; do
    check "$type add up as pprof adds them" adds_up .heap.pb.gz "$type"
done

in_raw() { # PROFILE SECTION: the number of lines in that section
    PPROF_BINARY_PATH=/nonexistent go tool pprof -raw "$1" | awk -v section="$2" '
        /^[A-Z][a-z]*:?$/ || /^(Samples|Locations|Mappings):?/ { on = index($0, section) == 1; next } on' | wc -l
}
same_stacks() {
    "$CINSTR" merge -q -o thrice.pb.gz one.pb.gz one.pb.gz three.pb.gz &&
        for section in Samples Locations Mappings; do
            found=$(in_raw thrice.pb.gz "$section") expected=$(in_raw one.pb.gz "$section")
            ((expected > 0 && found == expected)) || { echo "$section: $found, $expected in one profile" && return 1; }
        done
}
check "equal stacks at different addresses become one stack, with the same functions and libraries" same_stacks
check "the report says that it is a sum" eval '"$CINSTR" report --verbose sum.pb.gz >report && grep "^note .*the sum of 3 profiles" report'
check "merge reads standard input and writes standard output" eval \
    '"$CINSTR" merge -o - - three.pb.gz <one.pb.gz | "$CINSTR" report --csv - >piped.csv &&
     "$CINSTR" merge -q -o files.pb.gz one.pb.gz three.pb.gz && "$CINSTR" report --csv files.pb.gz | cmp - piped.csv'

# --- memory -----------------------------------------------------------------------------------------

peak() { # PROFILES: the memory in KiB that merging so many takes
    local profiles
    profiles=$(seq -f "copies/%g.pb.gz" "$1") && ./measure peak "$CINSTR" merge -q -o many.pb.gz $profiles &&
        read -r status _ _ _ kibibytes <peak && ((status == 0)) && echo "$kibibytes"
}
few_and_many() {
    local few many
    mkdir copies && for i in {1..200}; do ln one.pb.gz "copies/$i.pb.gz"; done &&
        gcc -O1 "$TOP/bench/measure.c" -o measure && few=$(peak 4) && many=$(peak 200) &&
        echo "4 profiles: $few KiB, 200: $many KiB" | tee peaks && ((many * 10 < few * 12))
}
check "merging two hundred profiles takes the memory of four" few_and_many
[[ ! -f peaks ]] || sed 's/^/# /' peaks

# --- refusals ---------------------------------------------------------------------------------------

refuses() { # PATTERN SOURCE…
    local pattern=$1
    shift
    rm -f refused.pb.gz
    "$CINSTR" merge -o refused.pb.gz "$@" 2>err
    (($? == 1)) && [[ $(wc -l <err) == 1 && ! -e refused.pb.gz ]] && grep -q -E "$pattern" err || { cat err && return 1; }
}
check "a profile of another kind is refused in a line that names it" refuses '^cinstr: one\.heap\.pb\.gz: ' one.pb.gz one.heap.pb.gz
check "a file that is no profile is refused in a line that names it" refuses '^cinstr: .*mixed\.lua' one.pb.gz "$REAL_HERE/mixed.lua"
check "a file that does not exist is refused in a line that names it" refuses 'nowhere\.pb\.gz: No such file' one.pb.gz ./nowhere.pb.gz
check "merge without a profile is wrong usage" eval '"$CINSTR" merge 2>err; [[ $? == 2 ]]'
finish
