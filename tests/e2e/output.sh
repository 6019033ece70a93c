#!/bin/bash
# SPDX-License-Identifier: MIT
# Where output goes: devices, pipes and symbolic links are written to and never replaced; nobody can have a
# file overwritten by guessing a name; and if many processes write to one name, the file is complete at the
# end.
. "$(dirname "$0")/lib.sh"
"$CINSTR" cc gcc "$TOP/tests/programs/one_leaf.c" -o "$SCRATCH/leaf" || exit
cd "$SCRATCH" || exit

# record OUTPUT: runs the program with output=OUTPUT; standard error is in err.
record() { CINSTR_OPTIONS=output=$1 ./leaf >out 2>err; }

# is_whole FILE: the profile has all calls
is_whole() { "$CINSTR" report --csv "$1" | has '^leaf,100,'; }

# Each function below takes by_program or by_command, and calls it with the NAME to write to.
check "a new file is written" record whole.pb.gz
by_program() { record "$1" && is_empty err; }
by_command() { "$CINSTR" merge -q -o "$1" whole.pb.gz 2>err && is_empty err; }

device() { # BY
    mknod null c 1 3 && "$1" null && [[ -c null ]]
    local status=$?
    rm -f null
    return $status
}

full() {
    record /dev/full && [[ -c /dev/full ]] && (($(wc -l <err) <= 2)) && has 'cannot write /dev/full: .*' <err || return
    ! "$CINSTR" merge -q -o /dev/full whole.pb.gz 2>err && [[ -c /dev/full ]] && (($(wc -l <err) == 1))
}

pipe() { # BY
    mkfifo fifo && { cat fifo >read.pb.gz & } && "$1" fifo && wait $! && [[ -p fifo ]] && is_whole read.pb.gz
    local status=$?
    rm -f fifo
    return $status
}

links() { # BY
    local by=$1
    mkdir -p elsewhere && ln -sf elsewhere/target.pb.gz link && "$by" link && [[ -L link ]] &&
        is_whole elsewhere/target.pb.gz && rm elsewhere/target.pb.gz || return
    echo old >elsewhere/target.pb.gz && "$by" link && [[ -L link ]] && is_whole elsewhere/target.pb.gz || return
    ln -sf link second && "$by" second && [[ -L second && -L link ]] || return
    ln -sf itself itself && ! { "$by" itself; } && [[ -L itself ]]
}

# /dev/fd/N is what a shell's process substitution passes as a name.
open_files() { # BY
    "$1" /dev/fd/7 7>seventh.pb.gz && is_whole seventh.pb.gz || return
    echo before >eighth && "$1" /dev/fd/8 8>>eighth && [[ $(head -n 1 eighth) == before ]]
}

hard_links() { # BY
    echo victim >victim && rm -f linked && ln victim linked && "$1" linked && [[ $(<victim) == victim ]] && is_whole linked
}

guessed() { # BY
    local name
    for name in guess.pb.gz.part "guess.pb.gz.$$.part"; do
        rm -f "$name" && mkfifo "$name" || return
    done
    timeout 300 bash -c "$(declare -f record is_empty "$1"); CINSTR=$CINSTR; $1 guess.pb.gz" && is_whole guess.pb.gz &&
        [[ -p guess.pb.gz.part ]]
}

modes() { # BY
    (umask 022 && echo >secret && chmod 600 secret && "$1" secret && [[ $(stat -c %a secret) == 600 ]] && rm -f open &&
        "$1" open && [[ $(stat -c %a open) == 644 ]])
}

long_names() { # BY
    local name
    name=$(printf 'x%.0s' {1..255})
    "$1" "$name" && is_whole "$name"
}

for by in by_program by_command; do
    if ((EUID == 0)); then
        check "$by writes to a device" device $by
    fi
    check "$by writes to a pipe" pipe $by
    check "$by keeps a symbolic link, and writes to its target" links $by
    check "$by writes to an open file by its name in /dev/fd" open_files $by
    check "$by leaves the old contents to other hard links" hard_links $by
    check "$by does not follow what lies at a temporary name that was guessed" guessed $by
    check "$by keeps the mode of a file, and gives a new one the usual mode" modes $by
    check "$by writes to a name of the greatest length" long_names $by
done
check "a full device gets a line, and is not replaced" full

nobody_reads() {
    mkfifo lonely && timeout 300 "$BASH" -c "$(declare -f record); record lonely" && [[ -p lonely ]] &&
        has 'cannot write lonely: nobody reads it' <err && has 'the profile is kept' <err
}
check "the program does not wait for long for a reader of a pipe" nobody_reads

# Runs as a user without privileges, who owns the segments' folder.
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
if ((EUID == 0)) && command -v setpriv >/dev/null; then
    mkdir -m 700 his && chown 65534 his && chmod 755 "$SCRATCH" && cp "$CINSTR" ./cinstr-for-all && chmod 755 leaf cinstr-for-all
    chmod 644 whole.pb.gz
    by_program_of_nobody() { as_nobody env "CINSTR_OPTIONS=output=$1:directory=$SCRATCH/his" ./leaf >out 2>err && is_empty err; }
    by_command_of_nobody() { as_nobody ./cinstr-for-all merge -q -o "$1" whole.pb.gz 2>err && is_empty err; }
    own_folder() { # BY
        mkdir -p locked && echo >locked/file && chmod 666 locked/file && chmod 755 locked && "$1" locked/file && is_whole locked/file
    }
    sticky() { # BY
        rm -rf sticky && mkdir -m 1777 sticky && echo >sticky/file && chmod 666 sticky/file && "$1" sticky/file &&
            is_whole sticky/file && [[ $(stat -c %u sticky/file) == 0 && $(ls sticky) == file ]] && "$1" sticky/new &&
            is_whole sticky/new && [[ $(stat -c %u sticky/new) == 65534 ]]
    }
    for by in by_program_of_nobody by_command_of_nobody; do
        check "${by%_of*} writes a file in place in a folder where it may create none" own_folder $by
        check "${by%_of*} writes another user's file in place in a sticky folder" sticky $by
    done
    # The recorder must be able to read what it has written, whatever the umask.
    masked() {
        rm -rf his/* && as_nobody bash -c "umask 0777 && CINSTR_OPTIONS=output=$SCRATCH/his/p.pb.gz:directory=$SCRATCH/his/new/ ./leaf" \
            >out 2>err && is_empty err && is_whole his/p.pb.gz && [[ $(stat -c %a his/new) == 700 && -z $(ls his/new) ]]
    }
    check "recording works with a umask that takes all permissions" masked
fi

# --- names that cannot be written -------------------------------------------------------------------

command=$CINSTR
# refused PATTERN NAME [RUNNER…]: a line gives the reason. The program keeps its segment, `command` fails.
refused() {
    local pattern=$1 name=$2 kept=$SCRATCH/refused out=$SCRATCH/out err=$SCRATCH/err
    shift 2
    rm -rf "$kept" && mkdir -m 777 "$kept" && mkdir -m 700 "$kept/segments" && chown "$("$@" id -u)" "$kept/segments" || return
    CINSTR_OPTIONS=output=$name:directory=$kept/segments "$@" "$SCRATCH/leaf" >"$out" 2>"$err"
    [[ $? == 0 && $(<"$out") == 100 && $(wc -l <"$err") == 2 ]] && has "cannot write .*: $pattern" <"$err" &&
        has 'the profile is kept' <"$err" && is_whole "$kept"/segments/*.seg || { cat "$out" "$err" && return 1; }
    "$@" "$command" merge -q -o "$name" "$SCRATCH/whole.pb.gz" >"$out" 2>"$err"
    (($? == 1 && $(wc -l <"$err") == 1)) && has "$pattern" <"$err" || { cat "$err" && return 1; }
}
ln -s /nonexistent/folder/p.pb.gz astray
longer=$(printf 'x%.0s' {1..256})
check "a symbolic link with a missing target is refused" refused 'No such file or directory' astray
check "a name that is too long is refused" refused 'File name too long' "$longer"
check "a name below a file is refused" refused 'Not a directory' whole.pb.gz/p.pb.gz
gone() { (mkdir gone && cd gone && rmdir ../gone && refused 'No such file or directory' p.pb.gz); }
check "a folder that was removed is refused" gone
socket() { python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")' && refused 'No such device or address' socket; }
check "a socket is refused" socket
if ((EUID == 0)) && command -v setpriv >/dev/null; then
    command=$SCRATCH/cinstr-for-all
    mkdir sealed && echo >sealed/file && chmod 600 sealed/file
    check "a new file in another user's folder is refused" refused 'Permission denied' sealed/new as_nobody
    check "another user's file is refused" refused 'Permission denied' sealed/file as_nobody
fi
if ((EUID == 0)) && unshare -m true 2>/dev/null; then
    read_only() { unshare -m bash -c "mkdir -p sealed_disk && mount -t tmpfs -o ro none sealed_disk && $(declare -p command SCRATCH CINSTR) && $(declare -f refused has is_whole) && refused 'Read-only file system' sealed_disk/p.pb.gz"; }
    command=$CINSTR
    check "a read-only file system is refused" read_only
fi
in_folders() { # output= names a folder or a link to one, with or without a slash
    mkdir -p folder && ln -s folder to_folder && record folder && record to_folder && record folder/ && (($(ls folder | wc -l) == 3)) && [[ -L to_folder ]]
}
check "a folder, or a link to one, gets files with the default names" in_folders
# A daemon changes its working directory. The segment in a directory with a relative name is removed all the
# same.
elsewhere() {
    mkdir -p -m 700 near && printf '#include <unistd.h>\nint main(void) { return chdir("/"); }\n' >daemon.c && "$CINSTR" cc gcc daemon.c -o daemon &&
        CINSTR_OPTIONS=output=none:directory=near ./daemon && [[ -z $(ls near) ]] &&
        CINSTR_OPTIONS=output=$SCRATCH/daemon.pb.gz:directory=near ./daemon && [[ -z $(ls near) ]] && "$CINSTR" report daemon.pb.gz | has main
}
check "a program that changes its working directory leaves no segment" elsewhere

# --- many processes with one name -----------------------------------------------------------------

together() {
    local i pids=()
    for i in {1..8}; do
        CINSTR_OPTIONS=output=one.pb.gz ./leaf >/dev/null 2>"err.$i" &
        pids+=($!)
    done
    wait "${pids[@]}" && is_whole one.pb.gz && ! compgen -G 'one.pb.gz.*' &&
        ! grep -L 'this replaces the profile of another process; %p' err.{1..8} | has -v . || return
    cat err.{1..8}
    (($(cat err.{1..8} | wc -l) <= 7)) && ! grep -hv 'this replaces' err.{1..8}
}
check "if many processes write to one name, the file is complete, and each that replaces it says so" together

# Two processes with the same number, as in two containers.
in_container() { unshare --pid --fork --kill-child env CINSTR_OPTIONS="$1" "$SCRATCH/leaf" >/dev/null 2>err; }
containers() {
    mkdir -p shared && cd shared || return
    in_container sample=100 && in_container sample=100 && in_container 'output=named.%p.pb.gz' &&
        in_container 'output=named.%p.pb.gz'
    local status=$? profile
    for profile in cinstr.leaf.1.pb.gz cinstr.leaf.1-2.pb.gz named.1.pb.gz named.1-2.pb.gz; do
        is_whole "$profile" || status=1
    done
    ls
    cd ..
    return $status
}
if unshare --pid --fork true 2>/dev/null; then
    check "two processes with the same number write two profiles" containers
else
    skip "two processes with the same number write two profiles" "no PID namespace is to be had"
fi

# --- where a trace is drained to ------------------------------------------------------------------

trace_chunks() {
    echo victim >kept && ln -sf kept trace.json.chunks && CINSTR_OPTIONS=output=none:trace=trace.json ./leaf >/dev/null &&
        [[ $(<kept) == victim ]] && jq -e '.traceEvents | length > 200' trace.json >/dev/null &&
        CINSTR_OPTIONS=output=none:trace=/dev/stdout ./leaf >mixed && (($(stat -c %s mixed) > 1000)) || return
    mkfifo tracefifo.json && { cat tracefifo.json >piped.json & } &&
        CINSTR_OPTIONS=output=none:trace=tracefifo.json ./leaf >/dev/null && wait $! &&
        jq -e '.traceEvents | length > 200' piped.json >/dev/null && ! compgen -G '*.chunks' | has -v '^trace.json.chunks$'
}
check "a trace is drained to a file with an unused name, and can be written to a pipe" trace_chunks

finish
