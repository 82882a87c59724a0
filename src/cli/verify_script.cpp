// SPDX-License-Identifier: Apache-2.0
#include "cli/record_export.h"

namespace truce::cli {

std::string_view verify_script() {
    return R"script(#!/usr/bin/env bash
# Checks this folder: that every entry in it is what the monitors signed. Needs bash, OpenSSL (1.1.1 or later) and the
# GNU core utilities, and nothing of the program that wrote it. README.html says what is checked and what that means.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

exec 3>&1  # what is said from within a $(...) is still seen
fail() { echo "NOT VERIFIED: $*" >&3; exit 1; }
unhex() { local hex=$1 out=; while [[ -n $hex ]]; do out+="\\x${hex:0:2}"; hex=${hex:2}; done; printf '%b' "$out"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
hash_of_hex() { local sum; sum=$(unhex "$1" | sha256sum); echo "${sum:0:64}"; }
# The bytes of base64 as hexadecimal digits; refused unless it is the one spelling of these bytes.
base64_hex() {
    [[ $(printf %s "$1" | base64 -d 2>/dev/null | base64 -w 0) == "$1" ]] || fail "base64 that is not in its one spelling: $1"
    printf %s "$1" | base64 -d | hex
}
is_number() { [[ $1 =~ ^(0|[1-9][0-9]{0,18})$ && $1 -le 9223372036854775807 ]]; }

# Points of low order: with one of these as the key or the first half of a signature, programs disagree.
f30=ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
z30=000000000000000000000000000000000000000000000000000000000000
low_order=" 01${z30}00 ec${f30}7f ${z30}0000 ${z30}0080 01${z30}80 ec${f30}ff ed${f30}7f ed${f30}ff ee${f30}7f ee${f30}ff
 c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa
 26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05 26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85 "
low_order=${low_order//$'\n'/ }

# --- the policy: whose signatures count -------------------------------------------------------------------------------
declare -A log_keys witness_keys witness_of members wanted
quorum=
key_of() {  # NAME+ID+BASE64 -> sets name, id, type, public
    name=${1%%+*}; local rest=${1#*+}; id=${rest%%+*}; local bytes; bytes=$(base64_hex "${rest#*+}")
    type=${bytes:0:2}; public=${bytes:2}
    [[ ${#public} == 64 ]] || fail "the key of $name is no Ed25519 key"
    [[ $low_order != *" $public "* ]] || fail "the key of $name is of low order"
    local sum; sum=$({ printf '%s\n' "$name"; unhex "$bytes"; } | sha256sum)
    [[ ${sum:0:8} == "$id" ]] || fail "the id in the key of $name is not that key's"
}
while read -r word first rest; do
    case $word in
        '' | '#'*) ;;
        log) key_of "$first"; [[ $type == 01 ]] || fail "a log's key is of type $type"; log_keys[$name+$id]=$public ;;
        witness) key_of "${rest%% *}"; [[ $type == 04 ]] || fail "a witness's key is of type $type"
                 witness_keys[$name+$id]=$public; witness_of[$name+$id]=$first ;;
        group) read -r number list <<<"$rest"; members[$first]=$list; read -ra names <<<"$list"
               case $number in all) wanted[$first]=${#names[@]} ;; any) wanted[$first]=1 ;; *) wanted[$first]=$number ;; esac ;;
        quorum) quorum=$first ;;
        *) fail "the policy has a line that begins with '$word'" ;;
    esac
done <policy
[[ -n $quorum ]] || fail "the policy has no quorum line"
agrees() {  # NAME
    local member count=0
    if [[ -z ${members[$1]:-} ]]; then [[ " $agreeing " == *" $1 "* ]]; return; fi
    for member in ${members[$1]}; do if agrees "$member"; then count=$((count + 1)); fi; done
    [[ $count -ge ${wanted[$1]} ]]
}

# --- a checkpoint: its signatures, its size and its root --------------------------------------------------------------
holds() {  # PUBLIC MESSAGE-FILE SIGNATURE-HEX
    [[ ${#3} == 128 && $low_order != *" ${3:0:64} "* ]] || return 1
    { unhex "302a300506032b6570032100$1"; } >"$work/key"
    unhex "$3" >"$work/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$2" -sigfile "$work/signature" >/dev/null 2>&1
}
declare -A seen
checkpoint() {  # FILE -> sets origin, size, root (hex); says once who signed
    local sum; sum=$(sha256sum <"$1"); sum=${sum:0:64}
    if [[ -n ${seen[$sum]:-} ]]; then read -r origin size root <<<"${seen[$sum]}"; return; fi
    local lines line at=0 last; mapfile -t lines <"$1"
    last=$(tail -c 1 "$1" | hex); [[ $last == 0a ]] || fail "$1: the last line does not end"
    : >"$work/text"
    while [[ $at -lt ${#lines[@]} && -n ${lines[$at]} ]]; do printf '%s\n' "${lines[$at]}" >>"$work/text"; at=$((at + 1)); done
    [[ $at -ge 3 && $at -lt ${#lines[@]} ]] || fail "$1: this is no checkpoint"
    origin=${lines[0]} size=${lines[1]}
    is_number "$size" || fail "$1: the size is no number"
    root=$(base64_hex "${lines[2]}"); [[ ${#root} == 64 ]] || fail "$1: the root has not 32 bytes"
    local signed=no; agreeing=
    for line in "${lines[@]:$((at + 1))}"; do
        local dash signer text extra bytes id public
        read -r dash signer text extra <<<"$line"
        [[ $dash == $'\xe2\x80\x94' && -n $text && -z $extra ]] || fail "$1: a line below the text is no signature"
        bytes=$(base64_hex "$text"); id=${bytes:0:8}
        if public=${log_keys[$signer+$id]:-}; [[ -n $public ]]; then
            holds "$public" "$work/text" "${bytes:8}" || fail "$1: the signature by $signer does not hold"
            if [[ $signer == "$origin" ]]; then signed=yes; fi
        elif public=${witness_keys[$signer+$id]:-}; [[ -n $public ]]; then
            [[ ${#bytes} == 152 && $((16#${bytes:8:2})) -lt 128 ]] || fail "$1: the cosignature by $signer is malformed"
            local time=$((16#${bytes:8:16}))
            { printf 'cosignature/v1\ntime %s\n' "$time"; cat "$work/text"; } >"$work/message"
            holds "$public" "$work/message" "${bytes:24}" || fail "$1: the cosignature by $signer does not hold"
            agreeing+=" ${witness_of[$signer+$id]}"
            echo "$origin, $size entries: cosigned by ${witness_of[$signer+$id]} at $(date -u -d "@$time" +%Y-%m-%dT%H:%M:%SZ)"
        fi
    done
    [[ $signed == yes ]] || fail "$1: not signed by the feed's own key"
    if [[ $quorum != none ]] && ! agrees "$quorum"; then
        if [[ -z ${ALLOW_MISSING_QUORUM:-} ]]; then fail "$1: the quorum of the policy is not reached"; fi
        echo "$origin, $size entries: the quorum of the policy is NOT reached"
    fi
    echo "$origin, $size entries: signed; root $root"
    seen[$sum]="$origin $size $root"
}

# --- an entry: the path from its hash to the root (RFC 6962) ----------------------------------------------------------
proof() {  # PROOF-FILE ENTRY-FILE
    local lines at=1 index path=() hash place last; mapfile -t lines <"$1"
    [[ ${lines[0]} == c2sp.org/tlog-proof@v1 ]] || fail "$1: this is no proof"
    if [[ ${lines[1]} == "extra "* ]]; then at=2; fi
    [[ ${lines[$at]} == "index "* ]] || fail "$1: it has no index"
    index=${lines[$at]#index }; is_number "$index" || fail "$1: the index is no number"
    for ((at = at + 1; at < ${#lines[@]}; at++)); do
        if [[ -z ${lines[$at]} ]]; then break; fi
        path+=("$(base64_hex "${lines[$at]}")")
    done
    tail -n "+$((at + 2))" "$1" >"$work/checkpoint"
    checkpoint "$work/checkpoint"
    [[ $index -lt $size ]] || fail "$1: entry $index is not among $size"
    hash=$({ printf '\0'; cat "$2"; } | sha256sum); hash=${hash:0:64}
    place=$index last=$((size - 1))
    local sibling
    for sibling in "${path[@]}"; do
        [[ ${#sibling} == 64 && $last -gt 0 ]] || fail "$1: the path is too long"
        if ((place % 2 == 1 || place == last)); then
            hash=$(hash_of_hex "01$sibling$hash")
            while ((place % 2 == 0)); do place=$((place / 2)) last=$((last / 2)); done
        else
            hash=$(hash_of_hex "01$hash$sibling")
        fi
        place=$((place / 2)) last=$((last / 2))
    done
    [[ $last == 0 && $hash == "$root" ]] || fail "$2: this is not entry $index of $origin as it was signed"
}

count=0
for file in */*.tlog-proof; do
    [[ -e $file ]] || fail "there is no proof here"
    proof "$file" "${file%.tlog-proof}.entry"
    count=$((count + 1))
done
for file in */*.entry; do [[ -e ${file%.entry}.tlog-proof ]] || fail "$file: it has no proof"; done
echo "VERIFIED: each of the $count entries in this folder is what was signed"
)script";
}

}  // namespace truce::cli
