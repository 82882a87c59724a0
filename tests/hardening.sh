#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reads from a built program that it has the protections that cmake/Hardening.cmake asks for.
#   hardening.sh PROGRAM...
set -euo pipefail
failed=0
for program in "$@"; do
    headers=$(readelf --wide --program-headers --dynamic --file-header "$program")
    symbols=$(readelf --wide --dyn-syms "$program")
    want() { # want WHAT TEXT PATTERN
        if ! grep -qE "$3" <<<"$2"; then
            echo "$program: no $1"
            failed=1
        fi
    }
    want "position-independent executable" "$headers" 'Type: +DYN'
    want "immediate binding (-z now)" "$headers" 'BIND_NOW|NOW'
    want "read-only relocations (-z relro)" "$headers" 'GNU_RELRO'
    want "non-executable stack" "$headers" 'GNU_STACK .* RW +0x'
    want "stack protector" "$symbols" '__stack_chk_fail'
    want "fortified library calls" "$symbols" '_chk@|_chk$'
    # The linker marks shared objects alone as "nodlopen", and drops the whole program's CET note because Debian's C start-up
    # files lack it; so the code itself is read: every function that may be jumped to begins with endbr64.
    if [[ $(uname -m) == x86_64 ]]; then
        branches=$(objdump --disassemble=main "$program")
        want "control-flow protection in main" "$branches" 'endbr64'
    fi
done
exit $failed
