# SPDX-License-Identifier: Apache-2.0
# Completion of `truce` for bash: source this file, or put it into /usr/share/bash-completion/completions/truce.

_truce() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= word
    local commands="assess bound check compare import map-columns"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ " $commands " == *" $word "* ]]; then
            command=$word
            break
        fi
    done

    case $previous in
        --agreement | --actors | --areas | --accounts | --rejects | --previous | --mapping)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        --out | -o | --into)
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            return ;;
        --language)
            mapfile -t COMPREPLY < <(compgen -W "en ar ru fr" -- "$current")
            return ;;
        --threads | --truce | --focus | --from | --to | --zone | --at | --place | --actor | --act | --against | --keys) return ;;
    esac

    local options="--help --threads"
    case $command in
        "") options+=" --version $commands" ;;
        assess) options+=" --out --agreement --actors --areas --accounts --zone --rejects --previous --truce --focus --from --to --language --own-use --excel --timings --quiet" ;;
        bound) options+=" --at --place --actor --act --against" ;;
        import) options+=" --into --zone --replace" ;;
        compare) options+=" --mapping --keys" ;;
        map-columns) ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    if [[ -n $command && $current != -* ]]; then mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current"); fi
}

complete -o filenames -F _truce truce
