#!/bin/bash
# SPDX-License-Identifier: MIT
# The pages that `--html` writes, in a browser (tests/page): they show the numbers that the command prints,
# can be sorted, searched and used by keyboard, need no network, and show names from profiles as text.
# tests/page/package-lock.json pins the driver of Debian's chromium.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/page/driver.sh
. "$TOP/tests/page/driver.sh"
cd "$SCRATCH" || exit 1

check "the browser's driver installs" install_driver || finish

# --- a comparison ----------------------------------------------------------------------------------
programs() {
    sed "s/work_d/$plain_name/" "$TOP/tests/programs/shares.c" >shares.c &&
        sed 's/work_b, 150/work_b, 10/; s/work_c, 120/work_c, 260/' shares.c >other.c &&
        gcc -O2 -g -finstrument-functions shares.c -o shares "${LINK_CINSTR[@]}" &&
        gcc -O2 -g other.c -o other &&
        "$CINSTR" run -q -o exact.pb.gz ./shares 100 >/dev/null &&
        "$CINSTR" run -q --sample=250 -o other.pb.gz ./other 300 >/dev/null &&
        make_hostile exact.pb.gz && make_hostile other.cpu.pb.gz
}
check "programs to compare are recorded" programs || finish
compares() {
    "$CINSTR" compare --html page.html exact.pb.gz other.cpu.pb.gz >said && is_empty said &&
        "$CINSTR" compare --json --limit 0 exact.pb.gz other.cpu.pb.gz >compare.json
}
check "compare --html writes a page" compares || finish
same_causes() {
    "$CINSTR" compare exact.pb.gz other.cpu.pb.gz | sed -n 's/^missed *\([^ ]*\) .*/\1/p' |
        diff - <(jq -r '.missed[].function' compare.json) &&
        "$CINSTR" compare exact.pb.gz other.cpu.pb.gz | sed -n 's/^shifted *\([^ ]*\) .*/\1/p' |
        diff - <(jq -r '.shifted[].function' compare.json)
}
check "JSON names the causes that the text names" same_causes
in_browser compare.mjs "$PWD/page.html" "$PWD/compare.json"

# --- a profile -------------------------------------------------------------------------------------
cat >calls.c <<'END_C'
volatile unsigned sink;
#define FUNCTION(name) __attribute__((noinline)) void name(unsigned n)
FUNCTION(leaf) { while (n-- != 0) sink = sink * 3 + 1; }
FUNCTION(NAME) { leaf(n); }
FUNCTION(middle) { for (unsigned i = 0; i < 50; i++) leaf(n); NAME(2 * n); }
FUNCTION(recurse) { if (n != 0) recurse(n - 1); else leaf(2000); }
int main(void) { for (int i = 0; i < 100; i++) { middle(400); recurse(5); leaf(100); NAME(2000); } }
END_C
profiled() {
    gcc -O1 -g -DNAME="$plain_name" -finstrument-functions calls.c -o calls "${LINK_CINSTR[@]}" &&
        "$CINSTR" run -q -o calls.pb.gz ./calls && make_hostile calls.pb.gz &&
        "$CINSTR" report --html calls.html calls.pb.gz >said && is_empty said &&
        "$CINSTR" report --json calls.pb.gz >functions.json &&
        "$CINSTR" report --edges --json calls.pb.gz >edges.json &&
        "$CINSTR" report --tree --json calls.pb.gz >tree.json &&
        go tool pprof -raw calls.pb.gz >raw && go tool pprof -top -sample_index=wall calls.pb.gz >top.wall &&
        CINSTR_OPTIONS=histogram=1 "$CINSTR" run -q -o histogram.pb.gz ./calls &&
        "$CINSTR" report --html histogram.html histogram.pb.gz &&
        "$CINSTR" report --json histogram.pb.gz >histogram.json && go tool pprof -raw histogram.pb.gz >histogram.raw
}
check "report --html writes a page" profiled || finish
in_browser report.mjs "$PWD/calls.html" "$PWD"
in_browser live.mjs "$PWD/calls.html"

many() {
    node "$TOP/tests/page/synthetic.mjs" 50000 many.pb.gz && "$CINSTR" verify many.pb.gz &&
        "$CINSTR" report --html many.html many.pb.gz
}
check "a page of 50,000 contexts is written" many && in_browser large.mjs "$PWD/many.html" \
    "$("$CINSTR" report --tree --json many.pb.gz | jq '.nodes | length')"

# --- what cannot be written ------------------------------------------------------------------------
refused() { # STATUS WORDS ARGUMENTS…
    local actual
    "$CINSTR" "${@:3}" >out 2>err
    actual=$?
    ((actual == $1)) && is_empty out && (($(wc -l <err) == 1)) && grep -q -- "$2" err && return
    echo "status $actual" && cat err && return 1
}
check "compare --html refuses two sampled profiles" refused 2 "one sampled" compare --html x.html exact.pb.gz \
    other.cpu.pb.gz other.cpu.pb.gz
check "compare --html together with --json is refused" refused 2 "exclude" compare --json --html x.html exact.pb.gz other.cpu.pb.gz
check "a page that cannot be written is an error" refused 1 nowhere/x.html compare --html nowhere/x.html \
    exact.pb.gz other.cpu.pb.gz
check "a full disk is an error" refused 1 /dev/full compare --html /dev/full exact.pb.gz other.cpu.pb.gz
check "report --html together with --json is refused" refused 2 "excludes" report --json --html x.html calls.pb.gz
check "a profile's page that cannot be written is an error" refused 1 nowhere/x.html report --html nowhere/x.html \
    calls.pb.gz
check "a comparison that fails leaves no page" eval '
    ! "$CINSTR" compare --html failed.html exact.pb.gz exact.pb.gz 2>/dev/null && [[ ! -e failed.html ]]'
to_pipe() {
    "$CINSTR" compare --html - exact.pb.gz other.cpu.pb.gz | cmp - page.html
}
check "a page can be written to a pipe" to_pipe

without_npm() {
    mkdir bare && cp -a "$BUILD"/{cli,http,page,reader,gen} bare && rm bare/gen/page_*.html bare/page/templates.* &&
        make -C "$TOP" BUILD="$PWD/bare" NPM= "$PWD/bare/cinstr" >said && (($(grep -c '^No page' said) >= 1)) &&
        ! bare/cinstr report --html x.html calls.pb.gz 2>err &&
        ! bare/cinstr compare --html x.html exact.pb.gz other.cpu.pb.gz 2>err && [[ ! -e x.html ]] &&
        grep -q 'built without pages: install nodejs' err
}
check "without npm everything else is built, and --html says what is missing" without_npm
finish
