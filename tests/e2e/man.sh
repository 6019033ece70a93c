#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages are well-formed and complete: they describe every command and option that the commands list
# themselves, every option of the recorder and every function of the header, and nothing that does not exist.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

page1=$TOP/docs/man/cinstr.1
page3=$TOP/docs/man/cinstr.3

lint() {
    mandoc -T lint -W warning "$1"
}
commands() {
    "$CINSTR" help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}
options_in_help() { # COMMAND
    "$CINSTR" "$1" --help | sed -n '/^  /p' | grep -Eo '^ *(-[a-z], )?--[a-z-]+(, --[a-z-]+)*' |
        grep -Eo -e '--?[a-z][a-z-]*' | grep -vxe '-h' -e '--help' | sort -u
}
section() { # COMMAND: its section on the page
    awk -v head=".Ss cinstr $1" '/^\.S[sh]/ { inside = $0 == head } inside' "$page1"
}
options_on_page() { # COMMAND
    section "$1" | sed -n 's/^\.It Fl //p' | sed 's/ Ns .*//; s/ Ar .*//; s/ , / /g' | tr ' ' '\n' | sed 's/^/-/; s/,$//' | sort -u
}
same_options() {
    diff <(options_in_help "$1") <(options_on_page "$1")
}

check "cinstr(1) is well-formed" lint "$page1"
check "cinstr(3) is well-formed" lint "$page3"
check "cinstr(1) describes each command, and no other" diff <(commands | sort) \
    <(sed -n 's/^\.Ss cinstr //p' "$page1" | sort)
for command in $(commands); do
    [[ $command == help || $command == version ]] && continue
    check "cinstr(1) has the options of $command, and no others" same_options "$command"
done

formats_in_help() {
    "$CINSTR" export --help | sed -n 's/^ \{24\}\([a-z]*\): .*/\1/p' | sort
}
formats_on_page() {
    section export | sed -n '/^\.It Fl -format/,/^\.It Fl o/s/^\.Ql \([a-z]*\) :$/\1/p' | sort
}
check "cinstr export --help lists its formats" eval '(($(formats_in_help | wc -l) >= 5))'
check "cinstr(1) has the formats of export, and no others" diff <(formats_in_help) <(formats_on_page)

echo 'int main(void) { return 0; }' >"$SCRATCH/main.c"
recorder_options() {
    gcc -finstrument-functions "$SCRATCH/main.c" "${LINK_CINSTR[@]}" -o "$SCRATCH/main" &&
        CINSTR_OPTIONS=help=1:output=none "$SCRATCH/main" 2>&1 | sed -n 's/^cinstr:   \([a-z_]*\)=.*/\1/p' | sort
}
check "cinstr(3) has the recorder's options, and no others" diff <(recorder_options) \
    <(sed -n 's/^\.It Cm \([a-z_]*\) Ns = .*/\1/p' "$page3" | sort)
check "the recorder lists its options" eval '(($(recorder_options | wc -l) >= 8))'
functions() {
    grep -o '\bcinstr_[a-z_]*(' "$TOP/include/cinstr.h" | tr -d '(' | sort -u
}
check "cinstr(3) has every function of cinstr.h, and no other" diff <(functions) \
    <(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.Fn \([a-z_]*\) .*/\1/p' "$page3" | sort)
check "cinstr(3) has every error of cinstr.h" diff <(grep -Eo '\bE[A-Z]{2,}\b' "$TOP/include/cinstr.h" | grep -v '^END' | sort -u) \
    <(sed -n 's/^\.It Bq Er //p' "$page3" | sort)
finish
