#!/bin/bash
# SPDX-License-Identifier: MIT
# `make dist` makes a tarball that needs nothing else: unpacked, without git and npm, it makes the same
# tarball again, byte by byte, and Debian's packages are built from it. lintian finds nothing in them. dpkg
# installs them into a scratch root, which has the dependencies that this machine has; there the command and
# the plugin build programs whose counts are exact. Removed, they leave nothing.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

for tool in dpkg-buildpackage dh lintian fakeroot; do
    has_tool "$tool" "packages are built" || finish
done

# --- the tarball -----------------------------------------------------------------------------------

# making TREE TARGET OPTION…: runs make in a build directory of this test. The bundled pages are copied there.
release=$SCRATCH/release
making() {
    make -C "$1" --no-print-directory BUILD="$release" LLVM_VERSIONS=14 "${@:2}"
}
dist_from_git() {
    mkdir -p "$release/gen" && cp "$BUILD"/gen/page_*.html "$release/gen" && touch "$release"/gen/* &&
        making "$TOP" dist PAGE_BUILD="$BUILD/npm" >"$SCRATCH/said" && tarball=$(tail -n 1 "$SCRATCH/said") && [[ -s $tarball ]]
}
check "make dist makes a tarball" dist_from_git || finish
mkdir "$SCRATCH/unpacked" && tar -xf "$tarball" -C "$SCRATCH/unpacked"
tree=$(echo "$SCRATCH"/unpacked/*)
# again: runs make without git and npm in its PATH.
again() {
    local -a tools=(bash sh make tar gzip find sort comm grep cat stat cp mv rm mkdir dirname cc gcc nm awk test printf touch)
    local tool
    mkdir "$SCRATCH/bin" && for tool in "${tools[@]}"; do
        ln -s "$(type -P "$tool")" "$SCRATCH/bin/$tool" || return
    done
    PATH=$SCRATCH/bin make -C "$tree" --no-print-directory BUILD="$SCRATCH/again" dist >"$SCRATCH/said" &&
        cmp "$tarball" "$(tail -n 1 "$SCRATCH/said")"
}
check "the unpacked tarball makes the same tarball, without git and npm" again
same_files() {
    diff <(cd "$TOP" && git ls-files | sort) <(cd "$tree" && find . ! -type d -printf '%P\n' | grep -vx 'MANIFEST\|page/bundled/.*' | sort)
}
if [[ -e $TOP/.git ]]; then
    check "the tarball contains all files that git tracks, and in addition the bundled pages alone" same_files
fi
listed() {
    diff <(cd "$tree" && find . ! -type d -printf '%P\n' | LC_ALL=C sort) "$tree/MANIFEST"
}
check "MANIFEST lists all files in the tarball" listed

# --- packages --------------------------------------------------------------------------------------

version=$("$CINSTR" version | cut -d ' ' -f 2)
build() {
    LLVM_VERSIONS=14 making "$tree" deb >"$SCRATCH/said" || { cat "$SCRATCH/said" && return 1; }
}
check "make deb builds packages from the tarball" build || finish
mapfile -t debs < <(printf '%s\n' "$release"/deb/*.deb | grep -v -e -dbgsym_)
names() {
    local deb
    for deb in "${debs[@]}"; do
        dpkg-deb -f "$deb" Package
    done | sort | tr '\n' ' '
}
check "there are packages for the command, the libraries, development and the plugins" eval \
    '[[ $(names) == "cinstr cinstr-plugins libcinstr-dev libcinstr0 " ]]'
check "their version is that of the command" eval \
    '[[ $(dpkg-deb -f "${debs[0]}" Version) == "$version" ]]'
check "CHANGELOG.md has this version, too" grep -q "^## $version" "$TOP/CHANGELOG.md"
find_nothing() {
    lintian --no-cfg "$release"/deb/*.changes >"$SCRATCH/lintian" 2>"$SCRATCH/err"
    is_empty "$SCRATCH/lintian"
}
check "lintian finds nothing in the packages" find_nothing

# --- installed -------------------------------------------------------------------------------------

root=$SCRATCH/root
mkdir -p "$root/var/lib" && cp -r /var/lib/dpkg "$root/var/lib/dpkg"
rm -rf "$root"/var/lib/dpkg/lock* "$root"/var/lib/dpkg/updates/* "$root"/var/lib/dpkg/triggers/Lock
# No chroot is needed, since the packages have no scripts.
dpkg_there() {
    fakeroot dpkg --root="$root" --force-not-root --force-script-chrootless --no-triggers --log="$SCRATCH/dpkg.log" "$@"
}
there() { # lists all files but dpkg's database
    find "$root" -path "$root/var/lib/dpkg" -prune -o -print | sort
}
there >"$SCRATCH/before"
check "dpkg installs the packages, with the dependencies of this machine" dpkg_there --install "${debs[@]}" || finish
are_installed() {
    [[ $(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Abbrev}' cinstr cinstr-plugins libcinstr-dev libcinstr0) == 'ii ii ii ii ' ]]
}
check "dpkg lists them as installed" are_installed
check "the manual pages are installed" eval \
    'zcat "$root/usr/share/man/man1/cinstr.1.gz" | mandoc -T lint -W warning && zcat "$root/usr/share/man/man3/cinstr.3.gz" | mandoc -T lint -W warning'

cat >"$SCRATCH/program.c" <<'END'
#include <cinstr.h>
#include <stdio.h>
__attribute__((noinline)) int leaf(int x) { __asm__(""); return x + 1; }
__attribute__((noinline)) int middle(int x) { return leaf(x) + leaf(x + 1) - 1; }
int main(void) {
    int sum = 0;
    for (int i = 0; i < 1000; i++) sum += middle(i) % 7;
    printf("%d %s\n", sum, cinstr_version());
    return 0;
}
END
libraries=$(dirname "$(find "$root/usr/lib" -name libcinstr.so.0)")
counts_exactly() { # COMMAND…: it builds $SCRATCH/program, which is run and reported as a user would do it
    rm -f "$SCRATCH"/{program,p.pb.gz}
    "$@" -O2 "$SCRATCH/program.c" -I"$root/usr/include" -o "$SCRATCH/program" &&
        [[ $(LD_LIBRARY_PATH=$libraries "$root/usr/bin/cinstr" run -q -o "$SCRATCH/p.pb.gz" -- "$SCRATCH/program") == *" $version" ]] &&
        "$root/usr/bin/cinstr" verify "$SCRATCH/p.pb.gz" &&
        "$root/usr/bin/cinstr" report --edges --csv "$SCRATCH/p.pb.gz" >"$SCRATCH/edges" &&
        grep -q '^middle,leaf,2000,' "$SCRATCH/edges" && grep -q '^main,middle,1000,' "$SCRATCH/edges" || { cat "$SCRATCH/edges" && return 1; }
}
check "a program with gcc's hooks is counted exactly" counts_exactly "$root/usr/bin/cinstr" cc gcc
check "a program with the plugin's hooks is counted exactly, and gets its page" eval \
    'counts_exactly "$root/usr/bin/cinstr" cc --instructions clang-14 -g &&
        "$root/usr/bin/cinstr" report --html "$SCRATCH/p.html" "$SCRATCH/p.pb.gz" && [[ -s $SCRATCH/p.html ]]'
with_pkg_config() {
    local -x PKG_CONFIG_PATH=$libraries/pkgconfig
    # shellcheck disable=SC2046
    gcc $(pkg-config --define-variable=prefix="$root/usr" --variable=instrument cinstr) "$@" \
        $(pkg-config --define-variable=prefix="$root/usr" --cflags --libs cinstr)
}
check "a program that is linked by pkg-config's flags is counted exactly" counts_exactly with_pkg_config

# --- removed ---------------------------------------------------------------------------------------

check "dpkg removes the packages" dpkg_there --purge cinstr cinstr-plugins libcinstr-dev libcinstr0
left_behind() {
    diff "$SCRATCH/before" <(there)
}
check "nothing of them is left" left_behind
finish
