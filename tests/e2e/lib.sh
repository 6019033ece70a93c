# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Helpers of the end-to-end tests. They print one line for each check, `ok NAME` or `not ok NAME: why`, and
# details in lines that begin with `#`. Each script in tests/e2e sources this file first and ends with
# `finish`. It sets TOP, BUILD and SCRATCH (removed at the end, kept with KEEP=1), and unsets CINSTR_OPTIONS.
# Not commands: clang

set -u -o pipefail
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(cd "${BUILD:-$TOP/build}" && pwd) || exit 1
export LC_ALL=C
unset CINSTR_OPTIONS
CINSTR=$BUILD/cinstr
export CINSTR
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/cinstr-e2e.XXXXXX") || exit 1
if [[ ${KEEP:-} ]]; then
    printf '# kept: %s\n' "$SCRATCH"
else
    trap 'rm -rf "$SCRATCH"' EXIT
fi
checks=0
failures=0
under_way='' # the name of the check that runs now

# What a program under test is linked with: LINK_CINSTR is the -lcinstr of this build.
# shellcheck disable=SC2034
LINK_CINSTR=(-L"$BUILD" -lcinstr "-Wl,-rpath,$BUILD")

ok() {
    checks=$((checks + 1))
    printf 'ok %s\n' "$1"
}

# fail NAME WHY
fail() {
    checks=$((checks + 1))
    failures=$((failures + 1))
    printf 'not ok %s: %s\n' "$1" "$2"
}

# skip NAME WHY: for what the machine may lack.
skip() {
    printf 'ok %s # skip %s\n' "$1" "$2"
}

# An error in $((…)) makes bash leave all functions at once: then the next check reports the failure.
tell_of_aborted() {
    [[ ! $under_way ]] || fail "$under_way" "an arithmetic expression in it is none"
    under_way=''
}

# check NAME COMMAND…: ok if the command succeeds; otherwise its output is shown.
check() {
    local name=$1 status
    shift
    tell_of_aborted
    under_way=$name
    if "$@" >"$SCRATCH/check.log" 2>&1; then
        under_way=''
        ok "$name"
        return 0
    else
        status=$?
        under_way=''
    fi
    fail "$name" "status $status of ${1##*/} ${*:2:2}"
    head -n 20 "$SCRATCH/check.log" | sed 's/^/# /'
    return 1
}

# is_empty FILE: for check; shows what a file that should be empty holds.
is_empty() {
    [[ ! -s $1 ]] || { head -n 5 "$1" && return 1; }
}

# send FD FORMAT ARGUMENT…: printf to a reader that may be gone. Then it fails, where bash would die of
# SIGPIPE. Call it outside a subshell: in one the descriptors of coprocesses are closed.
send() {
    local fd=$1 status
    shift
    trap '' PIPE
    # shellcheck disable=SC2059
    printf "$@" >&"$fd"
    status=$?
    trap - PIPE
    return "$status"
}

# has ARGUMENTS OF GREP: whether grep finds anything in its input. It reads all of the input. grep -q does
# not: the writer would die of SIGPIPE, and with pipefail the pipe would fail.
has() { (($(grep -c "$@") > 0)); }

# await COMMAND…: repeats the command until it succeeds, for five minutes at most.
await() {
    local deadline=$((SECONDS + 300))
    until "$@"; do
        ((SECONDS < deadline)) || { echo "awaited in vain: $*" && return 1; }
    done
}

has_ended() { # PID
    ! kill -0 "$1" 2>/dev/null
}

# has_tool TOOL NAME: whether the tool is installed. If not, check NAME is skipped for clang 16 and 19, which
# Debian 12 got later than its first release. install-deps installs all other tools: their absence is a
# failure.
has_tool() {
    command -v "$1" >/dev/null && return
    case $1 in
    *-16 | *-19) skip "$2" "$1 is not here" ;;
    *) fail "$2" "$1 is not here: scripts/install-deps test" ;;
    esac
    return 1
}

# find_plugins WHAT [VERSION…]: sets `versions` to the LLVM versions whose clang and plugin are available. If
# there is none, the script ends.
find_plugins() {
    local what=$1 version
    shift
    (($#)) || set -- 14 16 19
    versions=()
    for version; do
        has_tool "clang-$version" "$what by clang-$version" && [[ -f $BUILD/cinstr-plugin-$version.so ]] &&
            versions+=("$version")
    done
    ((${#versions[@]})) || { fail "$what" "no plugin was built: scripts/install-deps test" && finish; }
}

# relay NAME WHAT COMMAND…: runs another script. Its checks whose names begin with WHAT, which may be empty,
# become checks of this script, with NAME before.
relay() {
    local name=$1 what=$2 before=$checks line
    shift 2
    while read -r line; do
        case $line in
        '#'*:*) printf '%s\n' "$line" ;;
        "ok $what"* | "not ok $what"*)
            checks=$((checks + 1))
            [[ $line == ok* ]] || failures=$((failures + 1))
            printf '%s\n' "${line/ok $what/ok $name, $what}"
            ;;
        esac
    done < <("$@" 2>&1)
    ((checks > before)) || fail "$name" "no check was made"
}

# truth_by_plugin NAME ENVIRONMENT…: runs the truth programs (truth.sh) with the plugins that find_plugins()
# has found.
truth_by_plugin() {
    relay "$1" clang env "TRUTH_COMPILERS=$(printf 'clang-%s+plugin ' "${versions[@]}")" "${@:2}" "$TOP/tests/e2e/truth.sh"
}

# finish: ends a script; a script without any check fails.
finish() {
    tell_of_aborted
    printf '# %d checks, %d failed\n' "$checks" "$failures"
    ((checks > 0 && failures == 0))
    exit
}
