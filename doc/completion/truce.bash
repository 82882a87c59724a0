# SPDX-License-Identifier: Apache-2.0
# Completion of `truce` for bash: source this file, or put it into /usr/share/bash-completion/completions/truce.

_truce() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= word
    local commands="assess bound check compare exchange import key map-columns record toll"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ " $commands " == *" $word "* ]]; then
            command=$word
            break
        fi
    done

    case $previous in
        --agreement | --actors | --areas | --accounts | --rejects | --previous | --mapping | --key | --policy | --passphrase-file | --new-passphrase-file | --checkpoint | --proof | --entry | --fork | --lists)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        --out | -o | --into | --repair-from)
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            return ;;
        --language)
            mapfile -t COMPREPLY < <(compgen -W "en ar ru fr" -- "$current")
            return ;;
        --threads | --truce | --focus | --from | --to | --zone | --at | --place | --actor | --act | --against | --keys | --name | --feed | --entries | --for | --list-column | --count-column | --stratum | --seed | --replicates) return ;;
        --cost)
            mapfile -t COMPREPLY < <(compgen -W "low medium high" -- "$current")
            return ;;
    esac

    local options="--help --threads"
    case $command in
        "") options+=" --version $commands" ;;
        assess) options+=" --out --agreement --actors --areas --accounts --zone --rejects --previous --truce --focus --from --to --language --own-use --excel --timings --quiet" ;;
        bound) options+=" --at --place --actor --act --against" ;;
        import) options+=" --into --zone --replace" ;;
        compare) options+=" --mapping --keys" ;;
        key) options+=" --name --cost --passphrase-file --new-passphrase-file"
            [[ $previous == key && $current != -* ]] && options="new show passphrase" ;;
        record) options+=" --key --passphrase-file --policy --lines --out --checkpoint --proof --entry --fork --repair-from --feed --entries"
            [[ $previous == record && $current != -* ]] && options="init append log show verify prove fsck export" ;;
        exchange) options+=" --key --passphrase-file --for" ;;
        toll) options+=" --accounts --actors --areas --zone --from --to --lists --list-column --count-column --stratum --open --seed --replicates --out" ;;
        map-columns) ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    if [[ -n $command && $current != -* ]]; then mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current"); fi
}

complete -o filenames -F _truce truce
