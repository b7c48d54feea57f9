# Help, the man page and the completions are made of one table: what one of them names, all name.

try simrank -h
try env SIMRANK_KERNEL=scalar simrank --version
for verb in add related dedup compare init info check; do
    try simrank $verb -h
done
try simrank --related -h

echo "lines over 100 columns:"
{
    simrank --help
    for verb in add related dedup compare init info check; do simrank $verb --help; done
} | awk 'length($0) > 100'

simrank --man >simrank.1
simrank --completions bash >simrank.bash
simrank --completions zsh >simrank.zsh
simrank --completions fish >simrank.fish
echo "flags that -h names and another text does not:"
for verb in add related dedup compare init info check; do
    simrank $verb -h | grep -o '^  --[a-z-]*' | while read -r flag; do
        simrank $verb --help | grep -q -e "^  $flag" || echo "$verb --help: $flag"
        grep -q -F -e "${flag//-/\\-}" simrank.1 || echo "man: $flag"
        grep -q -F -e "$flag" simrank.bash || echo "bash: $flag"
        grep -q -F -e "$flag" simrank.zsh || echo "zsh: $flag"
        grep -q -F -e "-l ${flag#--} " simrank.fish || echo "fish: $flag"
    done
done

. ./simrank.bash
complete_words() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _simrank
    echo "${*: -1}: ${COMPREPLY[*]}"
}
echo "completions:"
complete_words simrank ""
complete_words simrank d
complete_words simrank dedup --t
complete_words simrank dedup --keep ""
complete_words simrank --related --m
