#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr export`: what other viewers read from its files is what `cinstr report` prints: calls, self and
# inclusive costs in callgrind_annotate and speedscope, calls of edges in Graphviz, sums of folded stacks and
# of CSV. This holds for recursion and odd names, too.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
# shellcheck source=tests/page/driver.sh
. "$TOP/tests/page/driver.sh"
cd "$SCRATCH" || exit 1

cat >odd.cpp <<'END_CPP'
#include <string>
volatile unsigned sink;
#define APART __attribute__((noinline))
#define WORK for (unsigned i = 0; i < 500; i++) sink = sink + i
namespace { struct number { unsigned n; }; }
APART number operator+(const number &a, const number &b) { WORK; return {a.n + b.n}; }
APART unsigned even(unsigned n);
APART unsigned odd(unsigned n) { WORK; return n == 0 ? 0 : even(n - 1) + 1; }
APART unsigned even(unsigned n) { WORK; return n == 0 ? 1 : odd(n - 1) + sink; }
APART unsigned down(unsigned n) { WORK; return n == 0 ? odd(3) : down(n - 1) + 1; }
int main() {
    for (unsigned i = 0; i < 1000; i++) { down(i % 7); even(i % 5); (void)(number{i} + number{1}); }
}
END_CPP
record() {
    real_build lua gcc hooks "$SCRATCH/lua" "${LINK_CINSTR[@]}" &&
        "$CINSTR" run -q -o lua.pb.gz ./lua "$REAL_HERE/mixed.lua" 1 >out &&
        g++ -O1 -g -finstrument-functions odd.cpp -o odd "${LINK_CINSTR[@]}" && "$CINSTR" run -q -o odd.pb.gz ./odd
}
check "profiles of Lua and of a C++ program with recursion are recorded" record || finish

# --- callgrind --------------------------------------------------------------------------------------

# What callgrind_annotate shows: `COST FILE:FUNCTION`, where the cost is not 0. It cuts its working directory
# off some file names and leaves it in others, so it runs in another directory.
annotated() { # FILE EVENT OPTION…
    (cd / && callgrind_annotate --threshold=100 --auto=no --show="$2" --sort="$2:100" "${@:3}" "$1" 2>"$SCRATCH/err") |
        sed -n 's/^ *\([0-9,]*\) *([0-9. ]*%) *\(\*  \)\?\([^<> ].*:.*\)/\1 \3/p' | sed 's/ \[\]$//' |
        awk '{ gsub(",", "", $1) } 1' | grep -v ':(outermost)$' | sort
    is_empty err
}
reported() { # PROFILE VALUE KEY
    "$CINSTR" report --json --value "$2" "$1" | jq -r --arg key "$3" '.functions[] | select(.[$key] != 0) |
        "\(.[$key]) \(if .file == "" then "???" else .file end):\(.function)"' | sort
}
same() { # EXPECTED ACTUAL, both files
    [[ $(wc -l <"$1") -ge ${least:-5} ]] && diff "$1" "$2"
}
annotates() { # PROFILE VALUE KEY OPTION…
    "$CINSTR" export --format callgrind --value "$2" -o callgrind.out "$1.pb.gz" &&
        annotated "$PWD/callgrind.out" "$2" "${@:4}" >actual && reported "$1.pb.gz" "$2" "$3" >expected && same expected actual
}
for profile in lua odd; do
    check "callgrind_annotate shows each function's calls ($profile)" annotates $profile calls calls
    check "callgrind_annotate shows its own time ($profile)" annotates $profile wall self_ns
    check "callgrind_annotate shows its inclusive time ($profile)" annotates $profile wall total_ns --inclusive=yes
    check "callgrind_annotate shows its inclusive CPU time ($profile)" annotates $profile cpu total_ns --inclusive=yes
done

# `CALLS CALLER CALLEE` of each edge, as callgrind_annotate counts them.
edges() {
    (cd / && callgrind_annotate --threshold=100 --auto=no --tree=calling --show=calls "$SCRATCH/callgrind.out") |
        sed -n 's/^[^*>]*\([*>]\)  *\([^ ].*\)/\1 \2/p' |
        sed 's/ \[\]$//' | awk '
            $1 == "*" { caller = substr($0, 3); next }
            { calls = $NF; gsub(/[(),x]/, "", calls); $1 = $NF = ""; print calls, caller " ->" $0 }' | sed 's/ $//' |
        grep -v '(outermost)' | sort >actual
    "$CINSTR" report --edges --json lua.pb.gz | jq -r 'def at(file): if file == "" then "???" else file end;
        .edges[] | select(.caller != null and .calls != 0) |
        "\(.calls) \(at(.caller_file)):\(.caller) -> \(at(.callee_file)):\(.callee)"' | sort >expected
    same expected actual
}
check "a callgrind file is written" "$CINSTR" export --format callgrind -o callgrind.out lua.pb.gz
least=100 check "callgrind_annotate shows each edge's calls" edges

# --- folded -----------------------------------------------------------------------------------------

folded() { # PROFILE VALUE KEY self|total
    "$CINSTR" export --format folded --value "$2" "$1.pb.gz" >folded &&
        awk -v which="$4" '{
            value = $NF; sub(/ [0-9]+$/, ""); n = split($0, frame, ";"); delete seen
            for (i = n; i > (which == "self" ? n - 1 : 0); i--)
                if (!seen[frame[i]]++) sum[frame[i]] += value
        } END { for (name in sum) printf "%d %s\n", sum[name], name }' folded | sort >actual
    "$CINSTR" report --json --value "$2" "$1.pb.gz" | jq -r --arg key "$3" '[.functions[] | select(.[$key] != 0)] |
        group_by(.function)[] | "\(map(.[$key]) | add) \(.[0].function | gsub(";"; ":"))"' | sort >expected
    same expected actual
}
check "folded stacks add up to each function's calls" folded lua calls calls self
check "folded stacks add up to each function's own time" folded odd wall self_ns self
check "folded stacks add up to each function's inclusive time" folded odd wall total_ns total
back() {
    "$CINSTR" export --format folded --value calls odd.pb.gz | "$CINSTR" import -q --format folded -o back.pb.gz - &&
        "$CINSTR" export --format folded back.pb.gz | sort >actual && sort folded.calls >expected && least=3 same expected actual
}
check "folded stacks that are exported and imported are the same" eval '"$CINSTR" export --format folded --value calls odd.pb.gz >folded.calls && back'

# --- speedscope -------------------------------------------------------------------------------------

speedscope_file() {
    "$CINSTR" export --format speedscope -o odd.json odd.pb.gz &&
        for value in wall calls cpu; do "$CINSTR" report --json --value $value odd.pb.gz >report.$value || return; done
}
check "the browser's driver installs" install_driver && check "a file for speedscope is written" speedscope_file &&
    in_browser speedscope.mjs "$PWD/odd.json" report.wall report.calls report.cpu
first() {
    "$CINSTR" export --format speedscope --value cpu lua.pb.gz >lua.json &&
        jq -e '.profiles[.activeProfileIndex] | .name == "cpu" and .unit == "nanoseconds" and
            (.weights | add) == .endValue and (.samples | length) == (.weights | length)' lua.json
}
check "the value that was asked for comes first" first

# --- the Firefox Profiler ---------------------------------------------------------------------------

# The rules of the format's version 61, in the viewer's documentation: the columns of a table have one length,
# indices are within their tables, and a stack comes after its prefix.
firefox_valid() { # PROFILE
    "$CINSTR" export --format firefox -o "$1.firefox.json" "$1.pb.gz" && jq -e '
        def table: . as $t | all(to_entries[] | select(.value | type == "array"); .value | length == $t.length);
        def within($n): all(. == null or (type == "number" and . >= 0 and . < $n and . == floor));
        .shared as $s | (.meta | .preprocessedProfileVersion == 61 and .interval > 0 and (.categories[0].color == "grey")) and
        ($s.stringArray | all(type == "string")) and
        ([$s.funcTable, $s.frameTable, $s.stackTable, $s.sources, $s.resourceTable, $s.nativeSymbols] | all(table)) and
        ($s.funcTable.name | within($s.stringArray | length)) and ($s.funcTable.source | within($s.sources.length)) and
        ($s.sources.filename | within($s.stringArray | length)) and ($s.frameTable.func | within($s.funcTable.length)) and
        ($s.stackTable.frame | within($s.frameTable.length)) and
        ($s.stackTable.prefix | to_entries | all(.value == null or .value < .key)) and
        (.threads | length >= 3 and all((.samples | table) and (.markers | table) and .processType == "default" and
            (.samples.stack | within($s.stackTable.length)) and (.samples.time | . == sort)))' "$1.firefox.json"
}
firefox_sums() { # PROFILE VALUE KEY SCALE
    jq -r --arg value "$2" --argjson scale "$4" '.shared as $s | .threads[] | select(.name == $value) | .samples |
        [.stack, .weight] | transpose | map({f: $s.frameTable.func[$s.stackTable.frame[.[0]]], w: .[1]}) | group_by(.f)[] |
        "\(map(.w * $scale | round) | add) \($s.stringArray[$s.funcTable.name[.[0].f]])"' "$1.firefox.json" | sort >actual
    "$CINSTR" report --json --value "$2" "$1.pb.gz" | jq -r --arg key "$3" '.functions[] | select(.[$key] != 0) |
        "\(.[$key]) \(.function)"' | sort >expected
    same expected actual
}
for profile in lua odd; do
    check "the Firefox Profiler's file obeys its format ($profile)" firefox_valid $profile
    check "its weights add up to each function's calls ($profile)" firefox_sums $profile calls calls 1
    check "its weights add up to each function's own time ($profile)" firefox_sums $profile wall self_ns 1000000
done

# --- dot --------------------------------------------------------------------------------------------

# `COUNT CALLER -> CALLEE` of each edge, as Graphviz reads it.
drawn() {
    "$CINSTR" export --format dot "$1.pb.gz" >graph.dot && dot -Tjson graph.dot 2>err >graph.json && is_empty err &&
        jq -r '(.objects | map({key: "\(._gvid)", value: (.label | split("\\n")[0])}) | from_entries) as $name |
            .edges[] | "\(.label) \($name["\(.tail)"]) -> \($name["\(.head)"])"' graph.json | tr -d , | sort >actual
    "$CINSTR" report --json "$1.pb.gz" >report.json && "$CINSTR" report --edges --json "$1.pb.gz" |
        jq -r --slurpfile report report.json '$report[0].values.wall.total as $all |
            ([$report[0].functions[] | select(.total_ns >= $all * 0.005) | {key: (.function + .file), value: true}] |
                from_entries) as $shown |
            .edges[] | select(.caller != null and .total_ns >= $all * 0.001 and
                $shown[.caller + .caller_file] and $shown[.callee + .callee_file]) |
            "\(.calls) \(.caller) -> \(.callee)"' | tr -d , | sort >expected
    same expected actual
}
check "Graphviz reads each edge's calls" drawn lua
least=4 check "Graphviz reads each edge's calls with odd names" drawn odd
is_picture() { # FILE: xmllint counts what Graphviz's reading of the graph has
    [[ $(xmllint --xpath 'count(//*[local-name()="g"][@class="node"])' "$1") == $(jq '.objects | length' graph.json) ]] &&
        [[ $(xmllint --xpath 'count(//*[local-name()="g"][@class="edge"])' "$1") == $(jq '.edges | length' graph.json) ]] &&
        grep -q 'operator+' "$1"
}
draws() {
    "$CINSTR" export --format svg -o graph.svg odd.pb.gz && is_picture graph.svg &&
        "$CINSTR" export --format svg odd.pb.gz >out.svg && cmp graph.svg out.svg
}
check "the SVG has each box and edge that Graphviz reads" draws
without_graphviz() {
    ! PATH=/nonexistent "$CINSTR" export --format svg -o none.svg odd.pb.gz 2>err && [[ ! -e none.svg && $(wc -l <err) == 1 ]] &&
        grep -q 'apt install graphviz' err || { cat err && return 1; }
}
check "without Graphviz, svg says what to install and leaves no file" without_graphviz

# --- csv --------------------------------------------------------------------------------------------

columns() {
    "$CINSTR" export --format csv lua.pb.gz >lua.csv && [[ $(head -n 1 lua.csv) == stack,depth,function,file,line,calls,wall_ns,* ]] &&
        awk -F, 'NR > 1 { calls[$3 " " $4] += $6; wall[$3 " " $4] += $7; n = split($1, frame, ";"); bad += n != $2 }
            END { for (at in calls) if (calls[at] + wall[at]) print calls[at], wall[at], at; exit bad != 0 }' lua.csv | sort >actual
    "$CINSTR" report --json lua.pb.gz | jq -r '.functions[] | select(.calls + .self_ns != 0) |
        "\(.calls) \(.self_ns) \(.function) \(.file)"' | sort >expected
    same expected actual
}
check "CSV adds up to each function's calls and time" columns
check "a name with a comma is quoted" eval '"$CINSTR" export --format csv odd.pb.gz | grep -q ",\"operator+(.*, .*)\","'

# --- sources and refusals ---------------------------------------------------------------------------

refuses() { # STATUS PATTERN ARGUMENT…
    local status=$1 pattern=$2 actual
    shift 2
    "$CINSTR" export "$@" >said 2>err
    actual=$?
    ((actual == status)) && is_empty said && [[ $(wc -l <err) == 1 ]] && grep -q -- "$pattern" err ||
        { echo "status $actual" && cat err && return 1; }
}
check "an unknown format is refused with the list" refuses 2 "unknown format 'x': choose one of callgrind, folded, speedscope, firefox, dot, svg, csv" --format x odd.pb.gz
check "no format is refused with the list" refuses 2 'choose one of callgrind' odd.pb.gz
check "an unknown value is refused with the list" refuses 1 'wall' --format folded --value x odd.pb.gz
check "a file that is no profile is named" refuses 1 'odd\.cpp' --format folded odd.cpp
difference() {
    "$CINSTR" run -q -o more.pb.gz ./lua "$REAL_HERE/mixed.lua" 2 >out &&
        PPROF_BINARY_PATH=/nonexistent go tool pprof -proto -diff_base more.pb.gz -output difference.pb.gz lua.pb.gz
}
check "a difference, which has negative values, is made" difference &&
    check "a difference cannot be exported as costs" refuses 1 'difference' --format callgrind -o x difference.pb.gz
finish
