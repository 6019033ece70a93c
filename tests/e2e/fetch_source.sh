#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/fetch-source fetches the newest version that apt offers and the archive still has, and says so if it
# is not the newest; if there is none, it says why in one line. A local directory stands for the archive.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
section=archive/dists/$codename/main/source
mkdir -p "$section" archive/pool
offer() { # VERSION: adds a source package whose file `version` has the version
    mkdir -p "thing-$1/debian/source" &&
        printf 'thing (%s) unstable; urgency=low\n\n  * So.\n\n -- A <a@example.org>  Thu, 01 Jan 2026 00:00:00 +0000\n' \
            "$1" >"thing-$1/debian/changelog" &&
        printf 'Source: thing\nMaintainer: A <a@example.org>\n\nPackage: thing\nArchitecture: all\nDescription: thing\n' \
            >"thing-$1/debian/control" &&
        echo '3.0 (native)' >"thing-$1/debian/source/format" && echo "$1" >"thing-$1/version" &&
        dpkg-source -b "thing-$1" && mv thing_"$1".* archive/pool
}
archive() {
    offer 1.2 && offer 1.10~rc1 && offer 1.10 && offer 1.9 &&
        (cd archive && dpkg-scansources pool) >"$section/Sources" && grep -c '^Package: thing' "$section/Sources" | grep -x 4
}
check "an archive of four versions is made" archive || finish

# apt's only source is this archive.
echo "deb [trusted=yes] file:$SCRATCH/archive $codename main" >sources.list
cat >apt.conf <<END
Dir::Etc::sourcelist "$SCRATCH/sources.list";
Dir::Etc::sourceparts "$SCRATCH/none";
END
export APT_CONFIG=$SCRATCH/apt.conf
fetched() { # VERSION MESSAGE
    rm -rf to
    [[ $("$TOP/scripts/fetch-source" thing to 2>err) == "$SCRATCH/to/thing" ]] || { cat err && return 1; }
    diff to/thing/version - <<<"$1" && diff err <(printf '%s' "$2")
}
took() { # VERSION
    fetched "$1" "fetch-source: thing: took version $1, since 1.10 cannot be fetched"$'\n'
}
check "the newest version is fetched" fetched 1.10 ''
rm archive/pool/thing_1.10.tar.*
check "if the archive no longer has it, the next one is fetched, and a line says so" took 1.10~rc1
rm archive/pool/thing_1.10~rc1.tar.*
check "if that has gone as well, the one after it is fetched" took 1.9
refused() { # NAME WORDS
    rm -rf to
    "$TOP/scripts/fetch-source" "$1" to >out 2>err && { echo "fetch-source fetched $1" && return 1; }
    is_empty out && (($(wc -l <err) == 1)) && grep -q "$2" err || { cat err && return 1; }
}
rm archive/pool/*.tar.*
check "if the archive has none, one line names the versions, and what apt says" refused thing \
    'fetch-source: cannot fetch source package thing; versions that apt offers: 1.10 1.10~rc1 1.9 1.2. It says: E: '
check "if apt offers none, one line says so" refused other 'cannot fetch source package other; versions that apt offers: none'
check "an invalid name is refused in one line" refused 'a b' 'a b is no name of a source package'
finish
