#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr import`: a pprof profile made of another profiler's file has the numbers that the profiler's own
# tool prints; a file that cannot be read gets one line. The program's work is known:
# tests/programs/imported.c.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
SOURCE=$TOP/tests/programs/imported.c
cd "$SCRATCH" || exit 1

build() { # NAME FLAG…
    local name=$1
    shift
    gcc -g -O1 -w -fno-omit-frame-pointer "$SOURCE" "$@" -o "$name"
}

# imported FILE OPTION…: makes FILE.pb.gz, which pprof opens without a message
imported() {
    local file=$1
    shift
    "$CINSTR" import -q -o "$file.pb.gz" "$@" "$file" &&
        PPROF_BINARY_PATH=/nonexistent go tool pprof -top "$file.pb.gz" >top.out 2>top.err
}

# values PROFILE TYPE flat|cum: a line for each function, its value and name
values() {
    go tool pprof "-unit=$([[ $2 == cpu ]] && echo ns || echo minimum)" -sample_index="$2" -nodefraction=0 -edgefraction=0 -nodecount=100000 -top "$1" 2>/dev/null |
        awk -v column="$([[ $3 == flat ]] && echo 1 || echo 4)" 'on { print $column + 0, $6 } /flat%/ { on = 1 }'
}

mappings() { # PROFILE: the files of its mappings, in order
    go tool pprof -raw "$1" 2>/dev/null | awk '/^Mappings/ { on = 1; next } on { print $3 }'
}

value_of() { # PROFILE TYPE flat|cum FUNCTION
    values "$1" "$2" "$3" | awk -v name="$4" '$2 == name { print $1 }'
}

equal() { # WHAT FOUND EXPECTED
    [[ $2 == "$3" && $2 ]] || { echo "$1: found $2, expected $3" && return 1; }
}

# --- gprof ------------------------------------------------------------------------------------------

as_gprof() {
    local name
    build pg -pg && ./pg && mv gmon.out g && imported g --binary pg || return
    gprof -b -p pg g >flat
    # "%time cumulative self calls ...": times have two decimals, and a sample is a hundredth of a second
    equal samples "$(value_of g.pb.gz samples flat spin)" "$(awk '$NF == "spin" { printf "%.0f", $3 * 100 }' flat)"
    for name in spin heavy light; do
        equal "calls of $name" "$(value_of g.pb.gz calls flat $name)" \
            "$(awk -v name=$name '$NF == name { print $4 }' flat)" || return
    done
    go tool pprof -sample_index=calls -peek 'spin$' g.pb.gz 2>/dev/null >peek
    grep -q '20 50.00% |   heavy$' peek && grep -q '20 50.00% |   light$' peek
}
check "gmon.out: samples and calls are as gprof prints them, calls also by caller" as_gprof

needs_binary() {
    "$CINSTR" import -q -o x.pb.gz g 2>err && return 1
    (($(wc -l <err) == 1)) && grep -q -- '--binary' err
}
check "gmon.out without --binary gets one line that asks for it" needs_binary

# --- callgrind --------------------------------------------------------------------------------------

as_callgrind() { # OPTION…
    build plain && objcopy -g plain stripped && rm -f cg &&
        valgrind -q --tool=callgrind --callgrind-out-file=cg "$@" ./stripped 10000 && imported cg || return
    callgrind_annotate --threshold=100 --auto=no cg >annotated
    # A line is "1,234 (12.3%)  file:function [object]" for each function and file: summed up by function
    sed -n 's/^ *\([0-9,]*\) *([^)]*) *[^ ]*:\([A-Za-z_0-9.@]*\)\( .*\)\{0,1\}$/\1 \2/p' annotated | tr -d , |
        awk '{ cost[$2] += $1 } END { for (name in cost) print cost[name], name }' | sort >expected
    values cg.pb.gz instructions flat | awk '{ cost[$2] += $1 } END { for (name in cost) if (cost[name]) print cost[name], name }' |
        sort >found
    (($(wc -l <expected) > 10)) || { echo "nothing to compare with" && cat annotated && return 1; }
    # One name in twenty may differ: callgrind marks recursion and writes (below main).
    comm -23 expected found >missing
    (($(wc -l <missing) * 20 < $(wc -l <expected))) || { head missing && return 1; }
    equal total "$(awk '{ sum += $1 } END { print sum }' found)" \
        "$(awk '$1 ~ /^[0-9,]+$/ && /PROGRAM TOTALS/ { gsub(",", "", $1); print $1 }' annotated)" || return
    equal calls "$(value_of cg.pb.gz calls flat spin)" 40 &&
        equal "first mapping" "$(mappings cg.pb.gz | sed -n 1p)" "$SCRATCH/stripped"
}
check "callgrind: instructions of each function and in all are as callgrind_annotate prints them" as_callgrind
check "callgrind with --dump-instr and --collect-jumps: instructions are as callgrind_annotate prints them" as_callgrind --dump-instr=yes --collect-jumps=yes

# --- gperftools -------------------------------------------------------------------------------------

library=$(ldconfig -p | awk '$1 ~ /^libprofiler[.]so/ && !found++ { print $NF }')
as_gperftools() {
    local name
    build plain && CPUPROFILE=$SCRATCH/gp LD_PRELOAD=$library ./plain >/dev/null 2>&1 && imported gp || return
    google-pprof --text ./plain gp >text 2>/dev/null
    for name in spin heavy light main; do # columns: flat % sum% cum % name
        equal "flat of $name" "$(value_of gp.pb.gz samples flat $name)" "$(awk -v n=$name '$NF == n { print $1 }' text)" &&
            equal "cum of $name" "$(value_of gp.pb.gz samples cum $name)" "$(awk -v n=$name '$NF == n { print $4 }' text)" ||
            return
    done
    equal period "$(value_of gp.pb.gz cpu flat spin)" "$(($(value_of gp.pb.gz samples flat spin) * 10000000))"
}
if [[ $library ]]; then
    check "gperftools: samples are as its own pprof prints them" as_gperftools
else
    fail "gperftools" "it is not installed: scripts/install-deps test"
fi

# --- perf -------------------------------------------------------------------------------------------

samples_by() { # COLUMN ARGUMENT…: a line with the samples of each name in that column of perf report
    perf report -i perf.data --stdio --no-children -g none -F "sample,$1" "${@:2}" 2>/dev/null |
        awk '!/^#/ && NF { print $NF, $1 }'
}
# Which function called spin() is taken from perf, too: while a frame is set up or torn down, the caller is
# missing.
as_perf() {
    local name
    perf script -i perf.data >script 2>/dev/null && imported script || return
    equal "samples of spin" "$(value_of script.pb.gz samples flat spin)" "$(samples_by symbol | sed -n 's/^spin //p')" || return
    samples_by parent -s parent --parent='^(heavy|light)$' >below
    for name in heavy light; do
        equal "samples of and below $name" "$(value_of script.pb.gz samples cum $name)" "$(sed -n "s/^$name //p" below)" || return
    done
    equal "first mapping" "$(mappings script.pb.gz | sed -n 1p)" "$SCRATCH/plain" || return
    # The profile's comment says which event perf counted, how many, and what a sample stands for.
    go tool pprof -comments script.pb.gz | has "perf's event cpu-clock"
}
build plain
# Where the kernel forbids perf events there is nothing to import. Where perf is not installed the check
# fails.
recorded() {
    perf record -q -o perf.data -e cpu-clock:u -g ./plain >/dev/null 2>perf.err
}
if recorded || ! grep -qi 'permi\|access' perf.err; then
    check "perf script: samples are as perf report prints them, below their callers" as_perf
else
    skip "perf script: samples are as perf report prints them, below their callers" "perf events are refused here"
fi

# Output as perf-script(1) documents it: blanks in names, C++, inlined frames, source lines, two events, no
# stack.
cat >fixture <<'END'
# captured on: some day
my prog 12 (34)  4711/4712 [001] 100.123456:   1000000 cpu-clock:u:
	    55d0c0ffee foo(int, char (*)(long)) const+0x1a (/opt/my dir/prog)
  file.c:12
	    55d0c0fed0 inner (inlined)
	    55d0c0fed0 outer+0x10 (/opt/my dir/prog)
	    7f00000010 [unknown] ([unknown])

prog  4711 100.223456:   2000000 cpu-clock:u:
	    55d0c0ffee foo(int, char (*)(long)) const+0x1b (/opt/my dir/prog)

  pr  4711 100.323456:       1 context-switches:
	    ffffffff810 schedule ([kernel.kallsyms])

prog  4711 100.423456:   3000000 cpu-clock:u:      55d0c0fed0 outer+0x10 (/opt/my dir/prog)
END
odd_perf() {
    imported fixture && go tool pprof -raw fixture.pb.gz 2>/dev/null >raw &&
        grep -q ' 1    1000000: [0-9]* [0-9]* [0-9]* [0-9]* $' raw && grep -q ' 1    2000000: ' raw &&
        grep -q ' 1    3000000: ' raw && grep -q 'foo(int, char (\*)(long)) const file.c:12' raw &&
        grep -q '1 samples of other events are left out' raw && ! grep -q schedule raw && return
    cat raw
    return 1
}
check "perf script: names with blanks, inlined frames, source lines and other events are read" odd_perf

# The loader runs first. pprof takes the first mapping for the program.
cat >loader_first <<'END'
a.sonar  4711 100.100000:   1000000 cpu-clock:u:
	    7f00000010 _dl_relocate_object+0x10 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
	    7f00000020 _dl_start+0x10 ([vdso])

a.sonar  4711 100.200000:   2000000 cpu-clock:u:
	    7f10000010 memcpy+0x10 (/usr/lib/x86_64-linux-gnu/libc.so.6)
	    55d0c0fed0 main+0x10 (/opt/x.so/a.sonar)
END
program_is_first() {
    imported loader_first && diff <(mappings loader_first.pb.gz) - <<'END' || return
/opt/x.so/a.sonar
/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
[vdso]
/usr/lib/x86_64-linux-gnu/libc.so.6
END
    go tool pprof -raw loader_first.pb.gz 2>/dev/null | awk '/ M=/ { print $3, $4 }' | sort | diff - <(printf '%s\n' \
        'M=1 main' 'M=2 _dl_relocate_object' 'M=3 _dl_start' 'M=4 memcpy')
}
check "perf script: the program is the first mapping, even if something else ran first" program_is_first

# --- folded -----------------------------------------------------------------------------------------

folded() {
    printf 'main;parse;read_[k] 3\nmain;parse 2\n\nmain;foo(a, b) 5\n' >stacks && imported stacks || return
    equal flat "$(value_of stacks.pb.gz samples flat parse)" 2 && equal cum "$(value_of stacks.pb.gz samples cum parse)" 5 &&
        equal main "$(value_of stacks.pb.gz samples cum main)" 10 && equal read "$(value_of stacks.pb.gz samples flat read)" 3
}
check "folded stacks: each count is at its frame" folded

piped() {
    printf 'main;a 1\n' | "$CINSTR" import -q -o - - >piped.pb.gz && go tool pprof -raw piped.pb.gz 2>/dev/null | has ' 1: 1 2'
}
check "import reads a pipe and writes a pipe" piped

# --- judged -----------------------------------------------------------------------------------------

judged() {
    build exact -finstrument-functions "${LINK_CINSTR[@]}" &&
        CINSTR_OPTIONS=output=exact.pb.gz ./exact && "$CINSTR" compare --json exact.pb.gz gp.pb.gz >judged.json || return
    jq -e '.. | objects | select(.function? == "spin") | .exact_share > 0.9 and .sampled_share > 0.9' judged.json
}
[[ ! $library ]] || check "cinstr compare takes an imported profile" judged

# --- files that cannot be read ----------------------------------------------------------------------

refused() { # WORDS FILE OPTION…
    local words=$1 file=$2
    shift 2
    "$CINSTR" import -q -o refused.pb.gz "$@" "$file" 2>err && { echo "import accepted $file" && return 1; }
    (($(wc -l <err) == 1)) && grep -q -- "$words" err && [[ ! -e refused.pb.gz ]] || { cat err && return 1; }
}
printf 'hello\n' >unknown
printf 'main;a 1\nmain;b\n' >no_count
head -c 100 gp >cut_off 2>/dev/null
printf 'events: Ir\nfn=(1) f\n1 x\n' >no_cost
printf 'events: Ir\nfn=(7)\n' >no_name
head -c 30 g >cut_gmon
check "an unknown file gets a line that names --format" refused '--format' unknown
check "a folded line without a count gets a line with its number" refused 'no_count:2: no count' no_count
check "a truncated profile of gperftools gets a line with the byte" refused 'cut_off: byte' cut_off
check "callgrind: an invalid cost gets a line with its number" refused 'no_cost:3: no cost' no_cost
check "callgrind: a number that no name was given gets a line with its number" refused 'no_name:2: a number without a name' no_name
check "a truncated gmon.out gets a line with the byte" refused 'cut_gmon: byte' cut_gmon --binary pg
check "a file that does not exist gets a line" refused 'cannot open' nowhere
finish
