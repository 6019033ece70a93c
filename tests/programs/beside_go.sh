# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# A Go service with net/http/pprof, and requests that are sent both to it and to cinstr's server. The tests of
# the servers source it after harness.sh. They kill the processes in `servers`.
# shellcheck disable=SC2154

go_service() {
    go build -o "$SCRATCH/go_service" "$PROGRAMS/service.go" || return
    "$SCRATCH/go_service" >"$SCRATCH/said" 2>/dev/null &
    servers+=($!)
    read -r line <"$SCRATCH/said"
    go=http://$line/debug/pprof
}

# ask_often COUNT URL: asks so many times, eight at a time. Fails if one answer is none or an error.
ask_often() {
    seq "$1" | xargs -I N -P 8 curl -sS -f -o /dev/null "$2#N"
}

# answers BASE: a line for each request: method, path, status, type, disposition, and Go's headers
answers() {
    local method path
    while read -r method path; do
        [[ $path == - ]] && path=
        curl -sS -D "$SCRATCH/head" -o /dev/null -X "$method" ${METHOD_DATA:-} "$([[ $method == HEAD ]] && echo -I || echo -s)" "$1$path"
        tr -d '\r' <"$SCRATCH/head" | awk -v request="$method $path" '
            NR == 1 { status = $2 } tolower($1) == "content-type:" { sub(/^[^ ]* /, ""); type = $0 }
            tolower($1) == "content-disposition:" { sub(/^[^ ]* /, ""); disposition = $0 }
            tolower($1) == "x-go-pprof:" { go = "go" } tolower($1) == "x-content-type-options:" { sniff = $2 }
            END { print request, status, type, disposition, go, sniff }'
    done <"$SCRATCH/requests"
}
cat >"$SCRATCH/requests" <<'END'
GET -
GET /
HEAD /
GET /heap
HEAD /heap
GET /allocs
GET /block
GET /mutex
GET /heap?debug=0
GET /heap?debug=1
GET /heap?debug=2
GET /heap?debug=x
GET /heap?debug=
GET /heap?debug=-1
GET /allocs?debug=1
GET /block?debug=1
GET /mutex?debug=1
GET /heap?gc=1
GET /heap?seconds=1
GET /heap?seconds=
GET /heap?seconds=0
GET /heap?seconds=-1
GET /heap?seconds=x
GET /heap?seconds=0.5
GET /heap?seconds=1x
GET /heap?seconds=1&debug=1
GET /heap?seconds=0&debug=1
GET /heap?seconds=1&debug=0
GET /allocs?seconds=1
GET /allocs?seconds=0
GET /block?seconds=0
GET /block?seconds=1&debug=1
GET /mutex?seconds=x
GET /threadcreate
GET /threadcreate?debug=1
GET /threadcreate?seconds=1
GET /threadcreate?seconds=0
GET /nope
GET /nope?debug=1
GET /nope?seconds=1
GET /Heap
GET /heap/
GET /heap/more
GET /cmdline
HEAD /cmdline
GET /symbol
GET /symbol?0x1
GET /symbol?nonsense
POST /symbol
GET /profile?seconds=1
GET /trace?seconds=0.1
GET /trace?seconds=1
END

# side_by_side BASE: cinstr's server answers each request with the status, type and headers of Go's.
side_by_side() {
    answers "$go" >"$SCRATCH/go" && answers "$1" >"$SCRATCH/ours" || return
    (($(wc -l <"$SCRATCH/go") >= 40)) && diff "$SCRATCH/go" "$SCRATCH/ours"
}
