#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr merge`: the sum is what go tool pprof adds up of the same files; it takes the memory of the
# sum, not of the profiles; profiles of different kinds are refused in one line.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
cd "$SCRATCH" || exit 1

# Three runs, each at addresses of its own, with all that a run can write beside its profile.
record() { # NAME ARGUMENT
    "$CINSTR" run -q -o "$1.pb.gz" --sample --memprofile "$1.heap.pb.gz" -- ./lua "$REAL_HERE/mixed.lua" "$2" >out
}
check "three runs of Lua" eval 'real_build lua gcc hooks "$SCRATCH/lua" "${LINK_CINSTR[@]}" &&
    record one 1 && record two 2 && record three 1' || finish

# values TYPE PROFILE…: a line a function, its own value and that below it, as pprof reckons them
values() {
    local type=$1
    shift
    PPROF_BINARY_PATH=/nonexistent go tool pprof -unit=minimum -sample_index="$type" -nodefraction=0 -edgefraction=0 \
        -nodecount=100000 -top "$@" 2>/dev/null | awk 'on { print $1, $4, $6 } /flat%/ { on = 1 }' | sort
}
adds_up() { # KIND TYPE: the sum's profile is sum.KIND
    values "$2" {one,two,three}"$1" >expected && values "$2" "sum$1" >actual && [[ $(wc -l <expected) -ge 10 ]] &&
        diff expected actual
}
for kind in .pb.gz .cpu.pb.gz .heap.pb.gz; do
    check "merge of *$kind" "$CINSTR" merge -q -o "sum$kind" {one,two,three}"$kind"
done
check "the sum is a sound profile" "$CINSTR" verify sum.pb.gz
for type in calls wall cpu; do
    check "$type add up as pprof adds them" adds_up .pb.gz "$type"
done
check "samples add up as pprof adds them" adds_up .cpu.pb.gz samples
for type in alloc_objects inuse_space; do
    check "$type add up as pprof adds them" adds_up .heap.pb.gz "$type"
done

in_raw() { # PROFILE SECTION: how many lines it has there
    PPROF_BINARY_PATH=/nonexistent go tool pprof -raw "$1" | awk -v section="$2" '
        /^[A-Z][a-z]*:?$/ || /^(Samples|Locations|Mappings):?/ { on = index($0, section) == 1; next } on' | wc -l
}
same_stacks() {
    "$CINSTR" merge -q -o thrice.pb.gz one.pb.gz one.pb.gz three.pb.gz &&
        for section in Samples Locations Mappings; do
            found=$(in_raw thrice.pb.gz "$section") expected=$(in_raw one.pb.gz "$section")
            ((expected > 0 && found == expected)) || { echo "$section: $found, of one $expected" && return 1; }
        done
}
check "the same stacks at other addresses are one stack, of the same functions and libraries" same_stacks
check "it says that it is a sum" eval '"$CINSTR" report --verbose sum.pb.gz >report && grep "^note .*the sum of 3 profiles" report'
check "to standard output, from standard input" eval \
    '"$CINSTR" merge -o - - three.pb.gz <one.pb.gz | "$CINSTR" report --csv - >piped.csv &&
     "$CINSTR" merge -q -o files.pb.gz one.pb.gz three.pb.gz && "$CINSTR" report --csv files.pb.gz | cmp - piped.csv'

# --- memory -----------------------------------------------------------------------------------------

peak() { # PROFILES: KiB, of a sum of so many
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
check "two hundred profiles take the memory of four" few_and_many
[[ ! -f peaks ]] || sed 's/^/# /' peaks

# --- refusals ---------------------------------------------------------------------------------------

refuses() { # PATTERN SOURCE…
    local pattern=$1
    shift
    rm -f refused.pb.gz
    "$CINSTR" merge -o refused.pb.gz "$@" 2>err
    (($? == 1)) && [[ $(wc -l <err) == 1 && ! -e refused.pb.gz ]] && grep -q -E "$pattern" err || { cat err && return 1; }
}
check "another kind of profile is refused in a line that names it" refuses '^cinstr: one\.heap\.pb\.gz: ' one.pb.gz one.heap.pb.gz
check "so is what is no profile" refuses '^cinstr: .*mixed\.lua' one.pb.gz "$REAL_HERE/mixed.lua"
check "so is what is not there" refuses 'nowhere\.pb\.gz: No such file' one.pb.gz ./nowhere.pb.gz
check "no profile at all is wrong usage" eval '"$CINSTR" merge 2>err; [[ $? == 2 ]]'
finish
