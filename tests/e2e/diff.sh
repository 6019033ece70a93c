#!/bin/bash
# SPDX-License-Identifier: MIT
# cinstr diff: regressions that are planted in a small service are found and named, by counts, by time and by
# what was allocated; builds match although functions and files were renamed, lines shifted and functions
# inlined; what is printed adds up. The expected counts follow from regressions.c.
# tests/unit/diff_random_test.c tests the split into causes on random profiles.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1
source=$TOP/tests/programs/regressions.c

# build NAME SOURCE FLAG…: builds and runs it, which writes NAME.pb.gz and NAME.heap.pb.gz.
build() {
    gcc -O1 -g -finstrument-functions "${@:3}" "$2" -o "$1" "${LINK_CINSTR[@]}" &&
        "$CINSTR" run -q --memprofile "$1.heap.pb.gz" -o "$1.pb.gz" "./$1" >/dev/null && [[ -s $1.pb.gz ]]
}
check "the service builds without a regression" build old "$source" || finish
for plant in LOOP CACHE QUADRATIC MALLOC STEP; do
    check "the service builds with PLANT_$plant" build "$plant" "$source" "-DPLANT_$plant" || finish
done

# names VALUE PLANT CAUSE CALLER FUNCTION: this is the first cause of the change of VALUE.
names() {
    "$CINSTR" diff --value "$1" --json "old$6.pb.gz" "$2$6.pb.gz" >json || return
    jq -e --arg cause "$3" --arg caller "$4" --arg function "$5" '.causes[0] |
        .effect > 0 and [.cause, .caller, .function] == [$cause, $caller, $function]' json ||
        { jq -c '.causes[:3][] | del(.file, .caller_file)' json && return 1; }
}
check "a call that moved into a loop is named" names calls LOOP calls serve check_table ''
check "a cache that is no longer used is named by the calls that it spared" names calls CACHE calls price compute ''
check "a list that became quadratic is named by the call that walks it" names calls QUADRATIC new append next_of ''
check "one more allocation per request is named by calls" names calls MALLOC calls answer allocate ''
check "one more allocation per request is named by objects allocated" names alloc_objects MALLOC calls answer allocate .heap
check "one more allocation per request is named by bytes allocated" names alloc_space MALLOC calls answer allocate .heap
check "a new step is named" names calls STEP new handle log_request ''

# runs SIDE NAME: makes five runs of NAME, and prints the options of diff that take them as SIDE.
runs() {
    local i
    for i in 1 2 3 4 5; do
        "$CINSTR" run -q -o "$2.$i.pb.gz" "./$2" >/dev/null && printf ' --%s %s.%d.pb.gz' "$1" "$2" $i || return
    done
}
# adds_to_time PLANT CAUSE CALLER FUNCTION: this is among the causes of the change of CPU time, with more
# time.
adds_to_time() {
    local sides
    sides=$(runs old old && runs new "$1") || return
    # shellcheck disable=SC2086
    "$CINSTR" diff --value cpu --json $sides >json || return
    jq -e --arg cause "$2" --arg caller "$3" --arg function "$4" '[.causes[] |
        select([.cause, .caller, .function] == [$cause, $caller, $function]) | .effect] | length == 1 and .[0] > 0' json
}
check "the call in the loop adds to the time" adds_to_time LOOP calls serve check_table
check "the lost cache adds to the time" adds_to_time CACHE calls price compute
check "the list's walk adds to the time" adds_to_time QUADRATIC new append next_of
check "the allocation adds to the time" adds_to_time MALLOC calls answer allocate
check "the new step adds to the time" adds_to_time STEP new handle log_request

# A call that became more expensive is found by instructions, which vary less than times.
by_instructions() {
    local name
    for name in PLAIN PLANT_DEAR; do
        "$CINSTR" cc --instructions "clang-$1" -O1 -g "-D$name" "$source" -o "$name" &&
            "$CINSTR" run -q -o $name.pb.gz ./$name >/dev/null || return
    done
    "$CINSTR" diff --value instructions --json PLAIN.pb.gz PLANT_DEAR.pb.gz >json &&
        jq -e '.causes[0] | [.cause, .caller, .function] == ["cost", null, "check_table"] and
            .calls == [1, 1] and .effect >= 50000 and .error == 0' json || { jq -c '.causes[:3][]' json && return 1; }
}
version=$(for one in 14 16 19; do
    [[ ! -f $BUILD/cinstr-plugin-$one.so ]] || ! command -v "clang-$one" >/dev/null || { echo $one && break; }
done)
if [[ $version ]]; then
    check "a call that became more expensive is named by its instructions" by_instructions "$version"
else
    skip "a call that became more expensive is named by its instructions" "no LLVM with its headers is here"
fi

says_it_in_words() {
    "$CINSTR" diff old.pb.gz LOOP.pb.gz >text || return
    grep -q '^ .* serve calls check_table 1 -> 400 times a call (1 -> 400 calls)  regressions.c:' text &&
        grep -q '^change .*; calls +798, ' text && ! grep -q $'\033' text &&
        "$CINSTR" diff --edges old.pb.gz LOOP.pb.gz | has ' 1 *400  serve > check_table' &&
        "$CINSTR" diff --value calls old.pb.gz STEP.pb.gz | has 'handle now calls log_request (400 calls)' &&
        "$CINSTR" diff --value calls STEP.pb.gz old.pb.gz | has 'handle no longer calls log_request (400 calls)'
}
check "the text names the causes in words" says_it_in_words

# --- counts are those of each profile -----------------------------------------------------------------
counts_are_exact() {
    local name
    "$CINSTR" diff --json old.pb.gz QUADRATIC.pb.gz >json || return
    for name in old new; do
        local profile=old.pb.gz
        [[ $name == old ]] || profile=QUADRATIC.pb.gz
        diff <(jq -r --arg side $name '.functions[] | select(.["in_" + $side]) | [.function, .calls[$side]] | @tsv' json | sort) \
            <("$CINSTR" report --json "$profile" | jq -r '.functions[] | [.function, .calls] | @tsv' | sort) &&
            diff <(jq -r --arg side $name '.edges[] | select(.["in_" + $side]) | [.caller, .callee, .calls[$side]] | @tsv' json | sort) \
                <("$CINSTR" report --edges --json "$profile" | jq -r '.edges[] | [.caller, .callee, .calls] | @tsv' | sort) || return
    done
}
check "functions and edges have the calls that report shows for each profile" counts_are_exact

adds_up() { # FILE FILE OPTION…
    "$CINSTR" diff --json "$@" | jq -e '
        def near($a; $b; $scale): ($a - $b | fabs) <= 1e-6 * $scale + 1e-6;
        .total as $total | ($total.old + $total.new) as $scale |
        near(([.causes[].effect] | add // 0); $total.change; $scale) and
        near((.parts | .calls + .cost + .new + .gone); $total.change; $scale) and
        near(([.functions[].self.change] | add); $total.change; $scale) and
        all((.functions, .edges)[]; near((.self_parts | .calls + .cost + .new + .gone); .self.change; $scale))'
}
for plant in LOOP CACHE QUADRATIC MALLOC STEP; do
    check "PLANT_$plant: the parts of the change of time add up" adds_up old.pb.gz "$plant.pb.gz"
    check "PLANT_$plant: the parts of the change of bytes allocated add up" adds_up old.heap.pb.gz "$plant.heap.pb.gz" --value alloc_space
done

csv_is_json() {
    "$CINSTR" diff --csv "$@" >csv && "$CINSTR" diff --json "$@" >json || return
    diff <(cut -d , -f 1,3,4 csv | tail -n +2) <(jq -r '.functions[] | [.function, .calls.old, .calls.new] | join(",")' json) &&
        diff <("$CINSTR" diff --edges --csv "$@" | cut -d , -f 1,2,4,5 | tail -n +2) \
            <(jq -r '.edges[] | [.caller // "(outermost)", .callee, .calls.old, .calls.new] | join(",")' json) &&
        diff <("$CINSTR" diff --causes --csv "$@" | cut -d , -f 1-3,6,7 | tail -n +2) \
            <(jq -r '.causes[] | [.cause, .caller // "", .function, .calls[0], .calls[1]] | join(",")' json)
}
check "CSV has the numbers of JSON" csv_is_json old.pb.gz QUADRATIC.pb.gz

# --- the same program, built differently ----------------------------------------------------------------
# matches PROFILE OPTION…: it has the same functions with the same calls as the old one, all with
# counterparts.
matches() {
    "$CINSTR" diff --value calls --json "${@:2}" old.pb.gz "$1" >json || return
    jq -e '.total.change == 0 and .causes == [] and .old.only == [] and .new.only == [] and
        all((.functions, .edges)[]; .calls.change == 0)' json || { jq -c '.causes[], .old, .new' json && return 1; }
}
check "a build with a renamed function is recorded" build renamed "$source" -DRENAMED
lists_what_is_renamed() {
    "$CINSTR" diff --value calls old.pb.gz renamed.pb.gz >text &&
        grep -A 1 '^functions that only old has' text | has ' 400  price  regressions.c' &&
        grep -A 1 '^functions that only new has' text | has ' 400  cost_of  regressions.c'
}
check "functions without a counterpart are listed" lists_what_is_renamed
check "--rename gives a function its counterpart" matches renamed.pb.gz --rename price=cost_of
moved() {
    mkdir -p elsewhere && { echo && echo '/* Lines go down. */' && cat "$source"; } >elsewhere/service.c &&
        build moved elsewhere/service.c
}
check "a build of a renamed file with shifted lines is recorded" moved
check "a renamed file with shifted lines matches without --rename" matches moved.pb.gz

# Two files have a static function of the same name. One of the files is renamed.
two_files() { # DIRECTORY SECOND FILE
    mkdir -p "$1" && echo 'static int step(int n) { return n + 1; } int second(int n) { return step(step(n)); }' >"$1/$2" &&
        echo 'int second(int); static int step(int n) { return n * 2; }
            int main(void) { return step(second(0)) != 4; }' >"$1/main.c" &&
        gcc -O0 -g -finstrument-functions "$1/main.c" "$1/$2" -o "$1/program" "${LINK_CINSTR[@]}" &&
        "$CINSTR" run -q -o "$1.pb.gz" "$1/program"
}
renames_a_file() {
    two_files one a.c && two_files two b.c &&
        "$CINSTR" diff --value calls --json one.pb.gz two.pb.gz | jq -e '.old.only != []' &&
        "$CINSTR" diff --value calls --json --rename a.c=b.c one.pb.gz two.pb.gz |
        jq -e '.old.only == [] and .causes == [] and ([.functions[] | select(.function == "step")] | length) == 2'
}
check "functions of one name in two files are told apart, and --rename renames a file" renames_a_file

# Hooks after inlining are in the functions that are left.
inlined() {
    local name compiler=$1 calls='int leaf(int n) { return n * 3; }
        static inline int middle(int n) { int sum = 0; for (int i = 0; i < n; i++) sum += leaf(i); return sum; }
        int main(void) { int sum = 0; for (int i = 0; i < 20; i++) sum += middle(i); return sum < 0; }'
    echo "__attribute__((noinline)) ${calls/static inline/__attribute__((noinline))}" >apart.c
    echo "__attribute__((noinline)) $calls" >inlined.c
    for name in apart inlined; do
        "$compiler" -O2 -g -fno-optimize-sibling-calls -finstrument-functions-after-inlining $name.c -o $name "${LINK_CINSTR[@]}" &&
            "$CINSTR" run -q -o $name.pb.gz ./$name || return
    done
    "$CINSTR" diff --value calls --json apart.pb.gz inlined.pb.gz >json || return
    jq -e '[.causes[] | [.cause, .caller, .function]] == [["gone", "main", "middle"]] and
        ([.functions[] | select(.function == "leaf")][0].calls | .old == .new)' json || { jq -c '.causes[]' json && return 1; }
}
if command -v clang-14 >/dev/null; then
    check "contexts match although a function between was inlined" inlined clang-14
else
    skip "contexts match although a function between was inlined" "clang-14 is not here"
fi

# --- several runs, running processes, colour ------------------------------------------------------------
averages() {
    runs old old && runs new STEP || return
    "$CINSTR" diff --json --old old.1.pb.gz --old old.2.pb.gz --new STEP.1.pb.gz --new STEP.2.pb.gz old.3.pb.gz STEP.3.pb.gz >json &&
        jq -e '(.old.profiles | length) == 3 and (.new.profiles | length) == 3 and .calls.varies == false and
            .calls.error == 0 and .total.error > 0 and .calls.change == 800' json &&
        jq -e --argjson mean "$(for i in 1 2 3; do "$CINSTR" report --json old.$i.pb.gz | jq .values.wall.total; done | jq -s 'add / 3')" \
            '.total.old - $mean | fabs < 1' json
}
check "several runs of each side are averaged, and their spread is in the interval" averages

of_a_process() {
    local pid status
    gcc -O1 -g -finstrument-functions "$TOP/tests/programs/live.c" -o live -pthread "${LINK_CINSTR[@]}" || return
    mkdir -m 700 segments && mkfifo said asked && exec 7<>said 8<>asked || return
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/segments ./live 1 >&7 <&8 &
    pid=$!
    read -r _ <&7
    "$CINSTR" dump --directory segments -q -o live.pb.gz "$pid" &&
        "$CINSTR" diff --directory segments --value calls --json live.pb.gz "$pid" | jq -e '.calls.change >= 0 and .new.only == []'
    status=$?
    echo >&8
    wait "$pid"
    exec 7<&- 8<&-
    return "$status"
}
check "a running process is compared with a profile of it" of_a_process

coloured() { # VARIABLE…: prints a difference on a terminal
    env TERM=xterm "$@" script -qec "'$CINSTR' diff --value calls old.pb.gz LOOP.pb.gz" /dev/null
}
if command -v script >/dev/null; then
    check "increases are red on a terminal" eval 'coloured | has $'"'\\033'"'"\[31m *+798"'
    check "NO_COLOR turns colours off" eval '! coloured NO_COLOR=1 | has $'"'\\033'"
fi

# --- what cannot be compared ----------------------------------------------------------------------------
refused() { # STATUS WORDS ARGUMENTS…
    local status=$1 words=$2 actual
    shift 2
    "$CINSTR" diff "$@" >out 2>err
    actual=$?
    ((actual == status)) && is_empty out && (($(wc -l <err) == 1)) && grep -q -- "$words" err && return
    echo "status $actual" && cat err && return 1
}
check "one profile alone is refused" refused 2 "OLD and NEW" old.pb.gz
check "three profiles without --old and --new are refused" refused 2 "--old" old.pb.gz old.pb.gz old.pb.gz
check "--old without --new is refused" refused 2 "OLD and NEW" --old old.pb.gz
check "profiles without a value in common are refused" refused 1 "no value 'wall'" old.pb.gz old.heap.pb.gz
check "an unknown value is an error" refused 1 "no value 'delay'" --value delay old.pb.gz LOOP.pb.gz
check "--rename from a name that the old profile does not have is an error" refused 1 "of the old profile is called prices" --rename prices=cost_of old.pb.gz renamed.pb.gz
check "--rename to a name that the new profile does not have is an error" refused 1 "of the new profile is called costs" --rename price=costs old.pb.gz renamed.pb.gz
check "--rename without '=' is wrong usage" refused 2 OLD=NEW --rename price old.pb.gz renamed.pb.gz
check "an unknown kind is wrong usage" refused 2 "unknown kind" --kind cpus old.pb.gz renamed.pb.gz
check "a profile that does not exist is an error" refused 1 nowhere.pb.gz old.pb.gz ./nowhere.pb.gz
finish
