#!/bin/bash
# SPDX-License-Identifier: MIT
# cinstr growth: it finds how the counts of a small server grow with its requests, the exponents of the faults
# that are planted in it, and which limits they break; and it says what keeps it from a verdict. The expected
# counts follow from tests/programs/planted.c. tests/unit/growth_fit_test.c tests the fit.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1
mkdir temporary
export TMPDIR=$SCRATCH/temporary
sizes=100,200,400,800

build() { # NAME OPTION…
    gcc -O1 -g -finstrument-functions "${@:2}" "$TOP/tests/programs/planted.c" -o "$1" "${LINK_CINSTR[@]}"
}
build_all() {
    build fair && build slow -DQUADRATIC_LIST && build cold -DLOST_CACHE
}
check "a server and two worse ones build" build_all || finish

# grow STATUS ARGUMENT…: cinstr growth ends with STATUS; its text is in `said`.
grow() {
    local wanted=$1 status
    shift
    "$CINSTR" growth "$@" >said 2>err
    status=$?
    ((status == wanted)) && return
    echo "status $status instead of $wanted" && cat said err && return 1
}
rows() { # FILTER: what --json printed fulfils it
    jq -e --argjson sizes "[$sizes]" "$1" json >/dev/null || { jq -c '.rows[] | [.caller, .function, .value, .exponent, .low, .high, .shape, .values]' json && return 1; }
}
counts_are_exact() {
    "$CINSTR" growth --sizes $sizes --json -- ./fair {} >json || return
    rows '.sizes == $sizes and ([.rows[] | select(.caller == null and .function == "handle" and .value == "calls")] |
            length == 1 and .[0].values == $sizes and .[0].exponent > 0.999999 and .[0].exponent < 1.000001 and .[0].shape == "n")' &&
        rows '[.rows[] | select(.caller == "parse" and .function == "look_up" and .value == "calls")] |
            length == 1 and .[0].values == [$sizes[] * 4]' &&
        rows '[.rows[] | select(.caller == null and .function == "compute" and .value == "calls")] |
            length == 1 and .[0].values == [8, 8, 8, 8] and .[0].exponent == 0 and .[0].shape == "constant"'
}
check "functions and edges have the counts of each size" counts_are_exact
finds_the_list() {
    "$CINSTR" growth --sizes $sizes --json -- ./slow {} >json || return
    rows '[.rows[] | select(.exact and .caller == null)][0] | .function == "next_of" and .exponent > 1.95 and .exponent < 2.05 and
            .low > 1.9 and .high < 2.1 and .values == [$sizes[] | (. - 1) * (. - 1) + .]' &&
        rows '[.rows[] | select(.caller == "find_end" and .function == "next_of" and .value == "calls")][0] |
            .shape == "n^2" and .values == [$sizes[] | (. - 1) * (. - 1)]'
}
check "a list that became quadratic is first, with its exponent" finds_the_list
finds_the_cache() {
    "$CINSTR" growth --sizes $sizes --json -- ./cold {} >json || return
    rows '[.rows[] | select(.caller == null and .function == "compute" and .value == "calls")][0] | .shape == "n" and .values == [$sizes[] * 4]'
}
check "a lost cache turns a constant into a linear count" finds_the_cache

# --- limits ------------------------------------------------------------------------------------------

check "a server that grows with its requests keeps a limit of 1.2" grow 0 --sizes $sizes --max-exponent '*=1.2' --max-exponent 'compute=0' -- ./fair {}
names_the_list() {
    grow 1 --sizes $sizes --max-exponent '*=1.2' --max-exponent 'find_end > next_of=1.2' --max-exponent 'handle=1.2' -- ./slow {} || return
    grep -q '^broken: \*=1.2: calls of next_of  planted.c:[0-9]* grow as n^[12]\.[0-9]* (95 %: ' said &&
        grep -q '^broken: find_end > next_of=1.2: calls of find_end > next_of ' said && grep -qx 'held: handle=1.2' said || { cat said && return 1; }
}
check "a quadratic list breaks the limit, and is named" names_the_list
names_the_cache() {
    grow 1 --sizes $sizes --max-exponent 'compute=0.1' -- ./cold {} && grep -q '^broken: compute=0.1: calls of compute ' said
}
check "a lost cache breaks a limit near 0, and is named" names_the_cache
within_the_interval() {
    grow 2 --sizes 100,200 --max-exponent 'handle=1.2' -- ./fair {} &&
        grep -q '^undecided: handle=1.2: calls of handle .* occur at only 2 of the sizes$' said || { cat said && return 1; }
}
check "with two sizes alone, a limit is undecided" within_the_interval
check "a limit on a function that does not exist is undecided" grow 2 --sizes $sizes --max-exponent 'hundle=1.2' -- ./fair {}
judges_time_when_asked() {
    grow 0 --sizes $sizes --value wall --max-exponent 'main=9' -- ./fair {} && grep -qx 'held: main=9' said &&
        ! grep -q ' calls ' said
}
check "--value judges this value and no other" judges_time_when_asked

# --- formats -----------------------------------------------------------------------------------------

in_text() {
    grow 0 --sizes $sizes --edges --limit 3 -- ./slow {} && (($(grep -c ' > ' said) == 3)) &&
        grep -q '^sizes     100 200 400 800$' said && grep -q ' more left out; --limit 0 shows all$' said || { cat said && return 1; }
}
check "the text has edges, and says how many rows it leaves out" in_text
in_csv() {
    "$CINSTR" growth --sizes $sizes --csv -- ./fair {} >csv && head -n 1 csv | grep -qx 'value,caller,function,file,line,exponent,low,high,last,residual,shape,100,200,400,800' &&
        grep -q '^calls,,handle,.*planted.c,[0-9]*,1,1,1,1,[^,]*,n,100,200,400,800$' csv || { cat csv && return 1; }
}
check "CSV has a row for each function and value" in_csv
plots() {
    grow 0 --sizes $sizes --svg plot.svg -- ./slow {} && grep -q '<svg xmlns=' plot.svg || return
    ! command -v xmllint >/dev/null || xmllint --noout plot.svg || return
    (($(grep -c '<g transform' plot.svg) > 8)) &&
        (($(awk '/<g transform/ { inside = 0 } />next_of</ && !seen++ { inside = 1 } inside && /<circle/' plot.svg | wc -l) == 4))
}
check "the plot is well-formed, with a point for each size" plots
browser_shows_it() {
    chromium --headless --no-sandbox --disable-gpu --screenshot="$SCRATCH/plot.png" --window-size=900,1000 "file://$SCRATCH/plot.svg" >log 2>&1
    [[ -s plot.png ]]
}
if command -v chromium >/dev/null; then
    check "a browser shows the plot" browser_shows_it
fi

# --- the program -------------------------------------------------------------------------------------

leaves_output_alone() {
    grow 0 --sizes $sizes -- sh -c 'cat; echo "size $0 here" >&2; exec ./fair $0' {} <<<"noise" && ! grep -q noise said && ! grep -qx '[0-9][0-9]*' said && (($(grep -c 'size [1-8]00 here' err) == 4))
}
check "the program's output is kept apart, and its input is empty" leaves_output_alone
adds_up_processes() {
    "$CINSTR" growth --sizes $sizes --json -- sh -c './fair {}; ./fair {}' >json &&
        rows '[.rows[] | select(.caller == null and .function == "handle" and .value == "calls")][0].values == [$sizes[] * 2]'
}
check "profiles of several processes are added up" adds_up_processes
keeps_options() {
    CINSTR_OPTIONS=cpu=0:heap=exact grow 0 --sizes $sizes -- ./fair {} && grep -q ' wall ' said && ! grep -q ' cpu ' said
}
check "options in CINSTR_OPTIONS are kept" keeps_options

refused() { # WORDS ARGUMENT…
    local words=$1
    shift
    grow 2 "$@" && is_empty said && grep -q -- "$words" err || { cat said err && return 1; }
}
check "a program that fails is reported with its status and size" refused 'failed at size 200, with status 3' --sizes $sizes -- sh -c 'test {} = 100 || exit 3; ./fair {}'
check "a program that dies is reported with its signal and size" refused 'died of signal 9 at size 100' --sizes $sizes -- sh -c 'kill -9 $$' {}
check "a program that does not exist is refused" refused 'cannot run ./none: No such file' --sizes $sizes -- ./none {}
check "a program without hooks is refused" refused 'wrote no profile' --sizes $sizes -- true {}
check "a command without {} for the size is refused" refused 'has {}, for the size' --sizes $sizes -- ./fair 100
check "a command without --sizes is refused" refused 'give --sizes' -- ./fair {}
check "one size alone is refused" refused 'at least two' --sizes 100 -- ./fair {}
check "falling sizes are refused" refused 'rising numbers' --sizes 200,100 -- ./fair {}
check "a limit without an exponent is refused" refused "takes 'PATTERN=EXPONENT'" --sizes $sizes --max-exponent fast -- ./fair {}
check "a command without a program is refused" refused 'give a program' --sizes $sizes
check "no temporary file is left" rmdir temporary

find_plugins "work without calls"
cat >loops.c <<'END'
#include <stdlib.h>
static volatile unsigned sum;
__attribute__((noinline)) static void pairs(unsigned n) {
    for (unsigned i = 0; i < n; i++)
        for (unsigned k = 0; k < i; k++)
            sum += k;
}
int main(int argc, char **argv) {
    pairs((unsigned)strtoul(argv[argc - 1], NULL, 10));
    return 0;
}
END
work_without_calls() {
    mkdir temporary && "$CINSTR" cc --instructions "clang-${versions[-1]}" -O1 -g loops.c -o loops &&
        grow 1 --sizes $sizes --max-exponent 'pairs=1.5' -- ./loops {} && grep -q '^broken: pairs=1.5: instructions of pairs ' said &&
        grow 0 --sizes $sizes --value calls --max-exponent 'pairs=1.5' -- ./loops {} || { cat said && return 1; }
}
check "nested loops without calls are found by their instructions" work_without_calls
finish
