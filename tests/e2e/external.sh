#!/bin/bash
# SPDX-License-Identifier: MIT
# External calls, under each clang that has a plugin: each function has as many calls as the program, and a
# library that is interposed before libc, count; names are right however the program is linked; times have the
# function's waits; what it calls back is below it; exceptions, jumps, fork and threads change nothing; and
# all other profiles have the same numbers as without.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
export BUILD
cd "$SCRATCH" || exit 1

find_plugins "external calls"

# --- a program that counts its own -----------------------------------------------------------------
without_arguments() {
    sed -E ':more; s/\([^()]*\)//; t more; s/"([^"]*)"/\1/g'
}
edges() { # PROFILE: those from the program's own functions, and what those call back; what was open at fork is not a call
    "$CINSTR" report --edges --csv "$1" | tail -n +2 | without_arguments | grep -v '^[-[]' |
        awk -F, '$3 != 0 { print $1, $2, $3 }' | sort
}
built() { # VERSION OPTIONS…
    "$CINSTR" cc "${choice[@]}" "clang-$1" "${@:2}" -pthread "$TOP/tests/programs/external.c" -o program
}
ran() { # OPTIONS OF CINSTR_OPTIONS
    rm -f said.* profile.*
    TRUTH_OUTPUT=$SCRATCH/said CINSTR_OPTIONS=output=profile.%p.pb.gz$1 ./program 20
}
as_said() { # the edges are those that the program and its child have counted
    local said
    for said in said.*; do
        "$CINSTR" verify -q "profile.${said#said.}.pb.gz" &&
            sort "$said" | diff - <(edges "profile.${said#said.}.pb.gz") || return
    done
    [[ $(echo said.*) == *' '* ]]
}
exact() { # VERSION OPTIONS…
    built "$@" && ran "" && as_said
}
parent() { # the name of the profile of the process that has forked
    local said
    said=$(grep -l "^main waits" said.*) && echo "profile.${said#said.}.pb.gz"
}
# waited CALLER CALLEE MILLISECONDS: the edge has at least this time, and it is not the caller's own.
waited() {
    "$CINSTR" report --edges --csv --value wall "$(parent)" | awk -F, -v caller="$1" -v callee="$2" -v least=$(($3 * 1000000)) '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $2 == caller { taken = $column["total_ns"] - $column["self_ns"] }
        $1 == caller && $2 == callee { edge = $column["total_ns"] }
        END { exit !(edge >= least && (caller == "writer" || taken >= least)) }'
}
untimed() {
    "$CINSTR" report "$(parent)" | has '^warning  *no times: '
}
# A static program can write its profile if the reader is linked into it.
read -ra needed < <(pkg-config --static --libs libdw libelf libprotobuf-c zlib)
static=(-static "-Wl,-u,cinstr_writer_main" "$BUILD/static/libcinstr_reader.a" "${needed[@]}" -lsupc++ -lm)

for version in "${versions[@]}"; do
    clang="clang-$version"
    choice=(--external=libc)
    for level in 0 1 2 3; do
        check "$clang -O$level: every call of a libc function is recorded, with its caller" exact "$version" -O$level
    done
    check "$clang: the time that nanosleep waits is its own" waited writer nanosleep 30
    check "$clang: the time that read waits is its own" waited waits read 20
    check "$clang, timing=adaptive: every call is recorded" eval 'ran :timing=adaptive && as_said'
    check "$clang: names are right in a program that is not position independent" exact "$version" -O2 -fno-pie -no-pie
    check "$clang: names are right in a position independent program" exact "$version" -O2 -fPIE -pie
    check "$clang: names are right in a static program" exact "$version" -O2 -Wno-unused-command-line-argument "${static[@]}"
    check "$clang: names and counts are right without builtins" exact "$version" -O2 -fno-builtin
    check "$clang: -cinstr-count counts external calls as well" exact "$version" -O2 -Xclang -mllvm -Xclang -cinstr-count
    check "$clang: -cinstr-count measures no times" untimed
    for lto in full thin; do
        has_tool "ld.lld-$version" "$clang: names and counts are right with $lto link-time optimisation" || continue
        check "$clang: names and counts are right with $lto link-time optimisation" exact "$version" -O2 -flto=$lto -fuse-ld=lld-$version
    done
    choice=(--external=libc --before-inlining)
    check "$clang: names and counts are right with hooks before inlining" exact "$version" -O2
done

# --- which functions are recorded ------------------------------------------------------------------
listed() { # VERSION LIST: the external functions that the program calls and the profile has, of six
    printf '%b' "$2" >list && built "$1" -O2 -Xclang -mllvm -Xclang -cinstr-list=list && ran "" &&
        edges "$(parent)" | cut -d' ' -f2 | grep -x 'malloc\|free\|strlen\|memcpy\|read\|qsort' | sort -u | tr '\n' ' '
}
refused() { # VERSION LIST PATTERN
    printf '%b' "$2" >list && ! built "$1" -Xclang -mllvm -Xclang -cinstr-list=list 2>err && grep -q "error: cinstr: list$3" err
}
# A call that is only counted has no time: its wait is its caller's.
counted_by_list() { # VERSION
    [[ $(listed "$1" 'external fun:read\ncount fun:read\n') == "read " ]] && "$CINSTR" report --csv --value wall "$(parent)" |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
            $1 == "read" { none = $column["total_ns"] == 0 && $column["calls"] == 1 }
            $1 == "waits" { own = $column["self_ns"] >= 30000000 } END { exit !(none && own) }'
}
for version in "${versions[@]}"; do
    clang="clang-$version"
    choice=()
    check "$clang: without a list or an option no external call is recorded" eval '[[ -z $(listed "$version" "") ]]'
    check "$clang: the functions that the list names are recorded" eval \
        '[[ $(listed "$version" "external fun:str*\nexternal fun:[mr]*\nskip fun:malloc\n") == "memcpy read strlen " ]]'
    check "$clang: a 'count' line in the list counts calls without times" counted_by_list "$version"
    check "$clang: a list that selects external functions by source is refused" refused "$version" 'external src:*\n' ':1: must name fun:'
    choice=('--external=malloc,str*')
    check "$clang: the functions that the option names are recorded, unless the list skips them" eval \
        '[[ $(listed "$version" "") == "malloc strlen " && $(listed "$version" "skip fun:str*\n") == "malloc " ]]'
    choice=('--external=[')
    check "$clang: an invalid pattern is refused" eval '! built "$version" 2>err && grep -q "cinstr-external: \[ is not a glob" err'
done
check "cinstr cc refuses --external with gcc" eval \
    '! "$CINSTR" cc --external=libc gcc -c "$TOP/tests/programs/external.c" -o none.o 2>err && grep -q "^cinstr: cc: --external needs clang" err'

# --- other files of the program --------------------------------------------------------------------
cat >main.c <<'END'
#include <stdlib.h>
int hooked(int x), unhooked(int x), compare(const void *a, const void *b);
int main(int argc, char **argv) {
    int values[] = {argc, 2, 1}, sum = argv[0] == 0;
    for (int i = 0; i < 10; i++)
        sum += hooked(i) + unhooked(i);
    qsort(values, 3, sizeof values[0], compare);
    return sum == 1;
}
END
printf 'int unhooked(int); int hooked(int x) { return unhooked(x) + 1; }\n' >hooked.c
printf 'int unhooked(int x) { return x; }\n' >unhooked.c
printf 'int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }\n' >compare.c
cat >expected <<'END'
hooked unhooked 10
main hooked 10
main qsort 1
main unhooked 10
END
several() { # VERSION COMMAND OPTIONS…: COMMAND compiles compare.c
    local clang=("$CINSTR" cc "--external=*" "clang-$1")
    "${clang[@]}" -Wno-unused-command-line-argument "${@:3}" -c main.c && "${clang[@]}" -Wno-unused-command-line-argument "${@:3}" -c hooked.c && "clang-$1" -O2 -c unhooked.c && $2 -c compare.c &&
        "${clang[@]}" "${@:3}" main.o hooked.o compare.o unhooked.o -o program && CINSTR_OPTIONS=output=several.pb.gz ./program &&
        edges several.pb.gz | grep -v ' compare ' | diff expected - && edges several.pb.gz | has '^qsort compare [1-9]'
}
for version in "${versions[@]}"; do
    others=()
    command -v "ld.lld-$version" >/dev/null && others=("-O2 -fuse-ld=lld-$version -flto" "-O2 -fuse-ld=lld-$version -Wl,--icf=all")
    for options in "-O0" "-O2" "-O2 -fPIC" "-O2 -fno-pie -no-pie" "${others[@]}"; do
        read -ra words <<<"$options"
        check "clang-$version $options: a function with hooks in another file is not external" \
            several "$version" "gcc -g -finstrument-functions" "${words[@]}"
    done
    check "clang-$version: clang's own hooks record calls below an external function" \
        several "$version" "clang-$version -g -finstrument-functions" -O2
done

# --- random programs that count their own edges ----------------------------------------------------
truth=$TOP/tests/truth
check "the truth tools build" eval 'gcc -O1 -std=gnu11 "$truth"/{generate,statements,blocks}.c -o generate &&
    gcc -O1 -std=gnu11 -fexceptions -c "$truth/truth.c"'
# A function with hooks may be called from an external one, such as truth_sort(). The profile then does not
# say which function with hooks is above. But it has all calls, and no edge has too many.
compared_edges() { # TRUTH PROFILE
    awk 'NR == FNR && $1 == "=" { total[$2] = $3; next }
        NR == FNR { if (!/^#/) truth[$1, $2] = $3; next }
        !($2 in total) { next }
        { found[$2] += $3; if ($1 in total) edge[$1, $2] += $3; else external[$2] }
        END {
            for (name in total) if (found[name] != total[name]) { print name, total[name], found[name]; bad = 1 }
            for (one in edge) if (edge[one] > truth[one]) { print "more", one, truth[one], edge[one]; bad = 1 }
            for (one in truth) { split(one, ends, SUBSEP)
                if (edge[one] < truth[one] && !(ends[2] in external)) { print "less", one, truth[one], edge[one]; bad = 1 } }
            exit bad }' "$1" <("$CINSTR" report --edges --csv "$2" | tail -n +2 | without_arguments |
        awk -F, '{ print $1, $2, $3 }')
}
random_program() { # VERSION LANGUAGE LEVEL SEED
    local driver=clang-$1
    [[ $2 == c ]] || driver=clang++-$1
    ./generate "$4" --lang "$2" >"random.$2" &&
        "$CINSTR" cc '--external=*' --before-inlining "$driver" "-O$3" -w -I"$truth" "random.$2" truth.o -pthread -o random &&
        rm -f random.truth && TRUTH_OUTPUT=random.truth CINSTR_OPTIONS=output=random.pb.gz ./random >random.out 2>&1 &&
        is_empty random.out && "$CINSTR" verify -q random.pb.gz && [[ -s random.truth ]] &&
        grep '^raise ' <(edges random.pb.gz) && compared_edges random.truth random.pb.gz
}
for version in "${versions[@]}"; do
    for language in c c++; do
        for level in 0 2; do
            check "clang-$version -O$level: a random program in $language with jumps, signals, threads and coroutines is exact" \
                random_program "$version" "$language" "$level" "$((version + level))"
        done
    done
done

# --- C++ -------------------------------------------------------------------------------------------
thrown() { # VERSION OPTIONS…
    "$CINSTR" cc '--external=libc,_Zn?m,_Zd?P*' "clang++-$1" "${@:2}" "$TOP/tests/programs/external_thrown.cpp" -o thrown &&
        CINSTR_OPTIONS=output=thrown.pb.gz ./thrown | sort >said && "$CINSTR" verify thrown.pb.gz &&
        [[ -s said && -z $(edges thrown.pb.gz | sort | comm -23 said -) ]]
}
for version in "${versions[@]}"; do
    for level in 0 1 2 3; do
        check "clang-$version -O$level: calls are exact through exceptions in external functions" thrown "$version" -O$level
    done
done

# --- real programs, with an interposed library that counts calls -----------------------------------
check "the counting library builds" gcc -O2 -D_GNU_SOURCE -shared -fPIC -fno-builtin -fno-optimize-sibling-calls \
    "$TOP/tests/programs/count_libc.c" -o count_libc.so
external_build() { # PROGRAM COMPILER
    local flags
    flags=$(real_flags "$1" "$2" plugin) || return
    # shellcheck disable=SC2086
    real_compile "$1" "$2" $flags "-fplugin=$BUILD/cinstr-plugin-${2#clang-}.so" \
        -Xclang -mllvm -Xclang "-cinstr-external=libc,_Zn?m,_Zd?P*" && real_link "$1" "$2" "$SCRATCH/$1" "${LINK_CINSTR[@]}"
}
sums() { # sums up lines `name,calls` by name without arguments
    without_arguments | awk -F, '{ calls[$1] += $2 } END { for (name in calls) print name "," calls[name] }' | sort
}
as_counted() { # PROGRAM COMPILER PATTERN: all functions but those that match the pattern have the calls counted
    rm -f counted profile.pb.gz
    external_build "$1" "$2" && CINSTR_OPTIONS=output=$SCRATCH/profile.pb.gz real_run "$1" test \
        env LD_PRELOAD="$SCRATCH/count_libc.so" COUNT_LIBC_OUTPUT="$SCRATCH/counted" "./$1" >out &&
        "$CINSTR" verify profile.pb.gz && (($(wc -l <counted) > 3)) && c++filt <counted | sums | grep -v "$3" >expected &&
        "$CINSTR" report --csv profile.pb.gz | sums | grep "$(sed 's/,.*/,/; s/^/^/' expected)" | diff expected -
}
for version in "${versions[@]}"; do
    for program in ${PROGRAMS:-lua json}; do
        without=none
        [[ $program != json ]] || without='^free,' # libstdc++ jumps to free(), which is no call of the program
        check "$program by clang-$version: each libc function has the calls that an interposed library counts" as_counted "$program" "clang-$version" $without
    done
done

# --- together with the other profiles --------------------------------------------------------------
charges() { # VERSION: the edges of the heap profile are the same with and without external calls
    local one
    for one in with without; do
        choice=(--external=libc)
        [[ $one == with ]] || choice=()
        built "$1" -O2 -L"$BUILD" -lcinstr_heap && ran :heap=exact || return
        "$CINSTR" report --edges --csv "$(parent | sed 's/\.pb/.heap.pb/')" | sort >"$one"
    done
    grep -q '^pthread_create,.*,1,304,' with && grep -q '^main,allocate,.*,20,210,210,' with &&
        diff <(grep -v allocate_dtv without) <(grep -v pthread_create with)
}
instructions() { # VERSION: the whole program has as many instructions with as without external calls
    local one
    for one in with without; do
        choice=(--external=libc --instructions)
        [[ $one == with ]] || choice=(--instructions)
        built "$1" -O2 && ran "" || return
        "$CINSTR" report --csv "$(parent)" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
            { sum += $column["instructions"] } END { print sum }' >"$one"
    done
    (($(<with) > 0)) && diff without with
}
for version in "${versions[@]}"; do
    check "clang-$version: external calls do not change the heap profile" charges "$version"
    check "clang-$version: external calls do not change the number of instructions" instructions "$version"
done
finish
