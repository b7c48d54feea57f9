/* completion.c — what each shell needs to complete verbs, flags, and the values that are words.
 *
 * Everything else completes as a file name: feeds, articles, reports and stores are that.
 */
#include "cli/completion.h"

#include "cli/command.h"
#include "cli/flags.h"

#include <string.h>

static void print_bash_words(cli_output *output, unsigned verb)
{
    char name[64];
    for (size_t i = 0; i < cli_flag_count; i++) {
        if (cli_flags[i].verbs & verb) {
            cli_output_print(output, " %s", cli_flag_show(&cli_flags[i], name, sizeof name));
        }
    }
}

static void print_bash(cli_output *output)
{
    cli_output_print(output, "_simrank() {\n"
                             "    local word=${COMP_WORDS[COMP_CWORD]} verb= words= i\n"
                             "    case ${COMP_WORDS[COMP_CWORD-1]} in\n");
    for (size_t i = 0; i < cli_flag_count; i++) {
        if (cli_flags[i].words) {
            cli_output_print(output,
                             "    --%s) mapfile -t COMPREPLY < <(compgen -W '%s' -- "
                             "\"$word\"); return ;;\n",
                             cli_flags[i].name, cli_flags[i].words);
        }
    }
    cli_output_print(output, "    esac\n"
                             "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                             "        case ${COMP_WORDS[i]} in\n"
                             "        --related) verb=related; break ;;\n        ");
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, "%s%s", i ? "|" : "", cli_commands[i]->name);
    }
    cli_output_print(output, ") verb=${COMP_WORDS[i]}; break ;;\n"
                             "        esac\n"
                             "    done\n"
                             "    case $verb in\n");
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, "    %s) words='", cli_commands[i]->name);
        print_bash_words(output, cli_commands[i]->verb);
        cli_output_print(output, "' ;;\n");
    }
    cli_output_print(output, "    *) words='--related");
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, " %s", cli_commands[i]->name);
    }
    print_bash_words(output, CLI_NO_VERB);
    cli_output_print(output,
                     "' ;;\n"
                     "    esac\n"
                     "    if [[ -z $verb || $word == -* ]]; then\n"
                     "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                     "    fi\n"
                     "}\n"
                     "complete -o default -F _simrank simrank\n");
}

/* A text within single quotes; zsh's own brackets and colons are escaped there. */
static void print_quoted(cli_output *output, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'') {
            cli_output_print(output, "'\\''");
        } else if (strchr(special, *text)) {
            cli_output_print(output, "\\%c", *text);
        } else {
            cli_output_write(output, text, 1);
        }
    }
}

static void print_zsh_flags(cli_output *output, unsigned verb)
{
    char name[64];
    for (size_t i = 0; i < cli_flag_count; i++) {
        const cli_flag *flag = &cli_flags[i];
        if (!(flag->verbs & verb)) {
            continue;
        }
        cli_output_print(output, " \\\n            '%s%s%s[", flag->kind == CLI_LIST ? "*" : "",
                         cli_flag_show(flag, name, sizeof name),
                         !flag->argument ? ""
                         : flag->without ? "=-"
                         : flag->name    ? "="
                                         : "+");
        print_quoted(output, flag->brief, "[]");
        cli_output_print(output, "]");
        if (flag->argument) {
            cli_output_print(output, flag->without ? "::" : ":");
            print_quoted(output, flag->argument, ":");
            cli_output_print(output, flag->words ? ":(%s)" : ":_files", flag->words);
        }
        cli_output_print(output, "'");
    }
}

static void print_zsh(cli_output *output)
{
    cli_output_print(output, "#compdef simrank\n"
                             "_simrank() {\n"
                             "    local verb=${words[2]}\n"
                             "    if ((CURRENT == 2)); then\n"
                             "        local -a verbs=(");
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, "\n            '%s:", cli_commands[i]->name);
        print_quoted(output, cli_commands[i]->brief, ":");
        cli_output_print(output, "'");
    }
    cli_output_print(output, ")\n        _describe verb verbs\n        _arguments "
                             "'--related[related articles]'");
    print_zsh_flags(output, CLI_NO_VERB);
    cli_output_print(output, "\n        return\n    fi\n"
                             "    [[ $verb == --related ]] && verb=related\n"
                             "    shift words\n"
                             "    ((CURRENT--))\n"
                             "    case $verb in\n");
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, "    %s)\n        _arguments", cli_commands[i]->name);
        print_zsh_flags(output, cli_commands[i]->verb);
        cli_output_print(output, "%s ;;\n",
                         cli_commands[i]->max_arguments ? " \\\n            '*:file:_files'" : "");
    }
    cli_output_print(output, "    esac\n"
                             "}\n"
                             "if [[ $funcstack[1] == _simrank ]]; then _simrank \"$@\"; else "
                             "compdef _simrank simrank; fi\n");
}

static void print_fish_flag(cli_output *output, const cli_flag *flag)
{
    cli_output_print(output, "complete -c simrank");
    if (flag->verbs != (unsigned)CLI_EVERY) {
        bool is_alone = flag->verbs == CLI_NO_VERB;
        cli_output_print(output, " -n '%s",
                         is_alone ? "__fish_use_subcommand" : "__fish_seen_subcommand_from");
        for (size_t i = 0; cli_commands[i]; i++) {
            if (flag->verbs & cli_commands[i]->verb) {
                cli_output_print(output, " %s", cli_commands[i]->name);
            }
        }
        cli_output_print(output, "%s'", flag->verbs & CLI_RELATED ? " --related" : "");
    }
    if (flag->name) {
        cli_output_print(output, " -l %s", flag->name);
    } else {
        cli_output_print(output, " -s %c", flag->letter);
    }
    if (flag->argument && !flag->without) {
        cli_output_print(output, " -r");
    }
    if (flag->words) {
        cli_output_print(output, " -f -a '%s'", flag->words);
    }
    cli_output_print(output, " -d '");
    print_quoted(output, flag->brief, "");
    cli_output_print(output, "'\n");
}

static void print_fish(cli_output *output)
{
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, "complete -c simrank -n __fish_use_subcommand -f -a %s -d '",
                         cli_commands[i]->name);
        print_quoted(output, cli_commands[i]->brief, "");
        cli_output_print(output, "'\n");
    }
    cli_output_print(output, "complete -c simrank -n __fish_use_subcommand -l related -r -d "
                             "'related articles'\n");
    for (size_t i = 0; i < cli_flag_count; i++) {
        print_fish_flag(output, &cli_flags[i]);
    }
}

void cli_completion_print(cli_output *output, const char *shell)
{
    if (strcmp(shell, "bash") == 0) {
        print_bash(output);
    } else if (strcmp(shell, "zsh") == 0) {
        print_zsh(output);
    } else {
        print_fish(output);
    }
}
