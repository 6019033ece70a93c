# SPDX-License-Identifier: MIT
# Completes cinstr's commands and options in fish, from what its own help says.

function __cinstr_commands
    cinstr help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\)  *\(.*\)/\1\t\2/p'
end

function __cinstr_options
    set -l words (commandline -opc)
    cinstr $words[2] --help 2>/dev/null | sed -n 's/^ *\(-[a-z], \)*\(--[a-z-]*\).*/\2/p'
end

function __cinstr_processes
    cinstr ps 2>/dev/null | awk '$1 ~ /^[0-9]+$/ { print $1 "\t" $(NF - 1) }'
end

function __cinstr_formats
    cinstr export --help 2>/dev/null | sed -n 's/^ \{24\}\([a-z]*\): .*/\1/p'
end

function __cinstr_has_command
    test (count (commandline -opc)) -ge 2
end

complete -c cinstr -n 'not __cinstr_has_command' -f -a '(__cinstr_commands)'
complete -c cinstr -n '__cinstr_has_command; and string match -q -- "-*" (commandline -ct)' -f -a '(__cinstr_options)'
complete -c cinstr -n '__cinstr_has_command; and contains (commandline -opc)[2] report diff dump top stack verify filter check export' -a '(__cinstr_processes)'
complete -c cinstr -n '__cinstr_has_command; and contains (commandline -opc)[2] run cc; and not string match -q -- "-*" (commandline -ct)' -a '(__fish_complete_command)'

complete -c cinstr -n 'contains (commandline -opc)[2] export dump' -l format -x -a '(__cinstr_formats)'

function __cinstr_is_run
    test (commandline -opc)[2] = run 2>/dev/null
end

# options: fish, made by scripts/make-options
complete -c cinstr -n __cinstr_is_run -s o -l output -r -F
complete -c cinstr -n __cinstr_is_run -l directory -r -F
complete -c cinstr -n __cinstr_is_run -l contexts -x -a ''
complete -c cinstr -n __cinstr_is_run -l timing -x -a 'exact adaptive count'
complete -c cinstr -n __cinstr_is_run -l no-cpu
complete -c cinstr -n __cinstr_is_run -l histogram
complete -c cinstr -n __cinstr_is_run -l by-thread
complete -c cinstr -n __cinstr_is_run -l sample -f -a ''
complete -c cinstr -n __cinstr_is_run -l sample-clock -x -a 'cpu wall'
complete -c cinstr -n __cinstr_is_run -l heap -f -a 'exact'
complete -c cinstr -n __cinstr_is_run -l block -f -a '0 1 io'
complete -c cinstr -n __cinstr_is_run -l mutex
complete -c cinstr -n __cinstr_is_run -l trace -r -F
complete -c cinstr -n __cinstr_is_run -l trace-ring -x -a ''
complete -c cinstr -n __cinstr_is_run -l cpuprofile -r -F
complete -c cinstr -n __cinstr_is_run -l memprofile -r -F
complete -c cinstr -n __cinstr_is_run -l blockprofile -r -F
complete -c cinstr -n __cinstr_is_run -l mutexprofile -r -F
complete -c cinstr -n __cinstr_is_run -l no-start
# end of options
