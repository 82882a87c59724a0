# SPDX-License-Identifier: Apache-2.0
# Completion of `truce` for bash: source this file, or put it into /usr/share/bash-completion/completions/truce.

_truce() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= word
    local commands="assess bound check compare durability exchange hotspots import key link map-columns notices record serve toll trend"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ " $commands " == *" $word "* ]]; then
            command=$word
            break
        fi
    done

    case $previous in
        --agreement | --actors | --areas | --accounts | --rejects | --previous | --mapping | --comparables | --days | --population | --effort | --key | --tls-cert | --tls-key | --policy | --passphrase-file | --new-passphrase-file | --checkpoint | --proof | --entry | --fork | --lists | --decisions)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        --out | -o | --into | --repair-from)
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            return ;;
        --model)
            mapfile -t COMPREPLY < <(compgen -W "permutation baseline population share" -- "$current")
            return ;;
        --when)
            mapfile -t COMPREPLY < <(compgen -W "now any" -- "$current")
            return ;;
        --language)
            mapfile -t COMPREPLY < <(compgen -W "en ar ru fr" -- "$current")
            return ;;
        --threads | --truce | --focus | --from | --to | --zone | --at | --place | --actor | --act | --against | --keys | --baseline-from | --baseline-to | --longest | --bin | --radius | --share | --least | --replicates | --truce-day | --baseline | --set-apart | --seed | --coarsest | --sites | --cases | --name | --failure | --failure-deaths | --failure-days | --horizons | --age | --kind | --conflict | --value | --ends | --observed-until | --cluster | --class | --start | --stop | --status | --began | --ended | --covariates | --draws | --feed | --entries | --for | --list-column | --count-column | --stratum | --may-repeat | --km | --km-coarse | --days | --link-from | --review-from | --listen | --daily-report) return ;;
        --cost)
            mapfile -t COMPREPLY < <(compgen -W "low medium high" -- "$current")
            return ;;
    esac

    local options="--help --threads"
    case $command in
        "") options+=" --version $commands" ;;
        assess) options+=" --comparables --conflict --out --agreement --actors --areas --accounts --zone --rejects --previous --as-of --since --truce --focus --from --to --language --own-use --excel --timings --quiet" ;;
        bound) options+=" --at --place --actor --act --against" ;;
        import) options+=" --into --zone --replace" ;;
        durability) options+=" --comparables --days --out --language --failure --failure-deaths --failure-days --horizons --age --kind --conflict --value --ends --observed-until --name --cluster --class --start --stop --status --began --ended --covariates --draws --seed --no-backtest" ;;
        compare) options+=" --mapping --keys" ;;
        key) options+=" --name --cost --passphrase-file --new-passphrase-file"
            [[ $previous == key && $current != -* ]] && options="new show passphrase" ;;
        notices) options+=" --at --as-of --language --out --sender" ;;
        record) options+=" --key --passphrase-file --policy --lines --out --checkpoint --proof --entry --fork --repair-from --feed --entries --kind --by --source --withhold --reader --as-of --digest --why --tier --to --as-it-is"
            [[ $previous == record && $current != -* ]] && options="init append log show verify prove fsck export write receive state withheld reveal release destroy collect share custody" ;;
        exchange) options+=" --key --passphrase-file --for --token-file --trusted" ;;
        serve) options+=" --listen --tls-cert --tls-key --key --passphrase-file --settings --daily-report --without-sign-in" ;;
        link) options+=" --out --decisions --may-repeat --actors --areas --zone --km --km-coarse --days --link-from --review-from --taxonomy --persons --show-persons --own-use --quiet" ;;
        hotspots) options+=" --accounts --agreement --actors --areas --zone --out --model --when --truce --from --to --baseline-from --baseline-to --longest --bin --radius --share --least --replicates --seed --coarsest --spread --sites --population --cases" ;;
        toll) options+=" --accounts --actors --areas --zone --from --to --lists --list-column --count-column --stratum --open --seed --replicates --out" ;;
        map-columns) ;;
        trend) options+=" --accounts --truce-day --areas --zone --truce --focus --from --to --baseline --set-apart --effort --seed --out --language --quiet" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    if [[ -n $command && $current != -* ]]; then mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current"); fi
}

complete -o filenames -F _truce truce
