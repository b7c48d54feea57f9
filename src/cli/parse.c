/* parse.c — the command line, by the flag table.
 *
 * Flags may stand anywhere, before the verb too; "--" ends them. `--flag value`, `--flag=value`,
 * `-n5`, `-n 5`, `-n=5` and `-qj4` all work. A value that looks like a flag must be joined by "=":
 * a forgotten value is then told, not guessed. The first word that is no flag is the verb, unless
 * --related chose one.
 */
#include "cli/parse.h"

#include "cli/flags.h"
#include "cli/values.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct parse_state {
    cli_session *session;
    int argc;
    char *const *argv;
    int next;       /* index of the next word */
    bool seen[128]; /* by index in cli_flags */
} parse_state;

static bool refuse(cli_session *session, const char *what)
{
    const char *verb = session->command ? session->command->name : NULL;
    cli_terminal_error(&session->terminal, "%s", what);
    cli_terminal_hint(&session->terminal, "simrank %s%s--help tells more", verb ? verb : "",
                      verb ? " " : "");
    return false;
}

static bool refuse_value(cli_session *session, const cli_flag *flag, const char *value,
                         const char *wanted)
{
    char name[64];
    char what[1024];
    snprintf(what, sizeof what, "%s: '%s' is not %s", cli_flag_show(flag, name, sizeof name), value,
             wanted);
    return refuse(session, what);
}

/* "128 or 256", "jsonl, json, csv or text". */
static void list_words(const char *words, char *text, size_t n_bytes)
{
    size_t used = 0;
    text[0] = '\0';
    while (*words && used + 1 < n_bytes) {
        size_t n = strcspn(words, " ");
        const char *rest = words + n + strspn(words + n, " ");
        const char *joint = !*rest ? "" : strchr(rest, ' ') ? ", " : " or ";
        int written = snprintf(text + used, n_bytes - used, "%.*s%s", (int)n, words, joint);
        used += written > 0 ? (size_t)written : 0;
        words = rest;
    }
}

/* The formats of a verb, from their bits. */
static void list_formats(unsigned formats, char *text, size_t n_bytes)
{
    static const char *const names[] = {"text", "json", "jsonl", "csv", "html"};
    char words[64] = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (formats & 1u << i) {
            size_t used = strlen(words);
            snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "", names[i]);
        }
    }
    list_words(words, text, n_bytes);
}

static bool set_count(cli_session *session, const cli_flag *flag, const char *value, uint32_t *out)
{
    uint64_t count = 0;
    if (!cli_value_count(value, flag->max, &count) || count < flag->min) {
        char wanted[96];
        snprintf(wanted, sizeof wanted, "a whole number from %u to %u", flag->min, flag->max);
        return refuse_value(session, flag, value, wanted);
    }
    *out = (uint32_t)count;
    return true;
}

static bool set_value(cli_session *session, const cli_flag *flag, const char *value)
{
    char words[128];
    void *target = (char *)&session->options + flag->target;
    if (flag->words && flag->kind != CLI_OWN &&
        !cli_value_is_among(value, strlen(value), flag->words)) {
        list_words(flag->words, words, sizeof words);
        return refuse_value(session, flag, value, words);
    }
    const char *wanted = NULL;
    switch (flag->kind) {
    case CLI_SWITCH:
        *(bool *)target = true;
        return true;
    case CLI_TEXT:
        *(const char **)target = value;
        wanted = *value ? NULL : "a name";
        break;
    case CLI_LIST:
        if (!cli_list_append(target, value)) {
            return refuse(session, sr_status_text(SR_ERR_MEMORY));
        }
        return true;
    case CLI_COUNT:
        return set_count(session, flag, value, target);
    case CLI_SHARE:
        wanted = cli_value_decimal(value, strlen(value), target) && *(double *)target <= 1.0
                     ? NULL
                     : "a number from 0 to 1";
        break;
    case CLI_SIZE:
        wanted = cli_value_size(value, target) ? NULL : "a size such as 4096, 64K, 16M or 1G";
        break;
    case CLI_WHEN:
        wanted = cli_value_when(value, target)
                     ? NULL
                     : "a date (2026-05-26), a time (RFC 3339) or an age (90d, 12h)";
        break;
    case CLI_OWN:
        wanted = flag->read(value, &session->options);
        break;
    }
    return !wanted || refuse_value(session, flag, value, wanted);
}

/* The value of a flag: joined to it, or the next word. NULL: there is none. */
static const char *take_value(parse_state *state, const char *joined)
{
    if (joined) {
        return joined;
    }
    if (state->next >= state->argc) {
        return NULL;
    }
    const char *word = state->argv[state->next];
    bool is_number = word[0] == '-' && word[1] >= '0' && word[1] <= '9';
    if (word[0] == '-' && word[1] && !is_number) {
        return NULL;
    }
    state->next++;
    return word;
}

static bool apply_flag(parse_state *state, const cli_flag *flag, const char *joined)
{
    char name[64];
    char what[256];
    cli_flag_show(flag, name, sizeof name);
    state->seen[flag - cli_flags] = true;
    if (!flag->argument) {
        if (joined) {
            snprintf(what, sizeof what, "%s takes no value", name);
            return refuse(state->session, what);
        }
        return set_value(state->session, flag, "");
    }
    const char *value = joined || !flag->without ? take_value(state, joined) : flag->without;
    if (!value) {
        snprintf(what, sizeof what, "%s needs a value: %s%s%s", name, name, flag->name ? "=" : " ",
                 flag->argument);
        return refuse(state->session, what);
    }
    return set_value(state->session, flag, value);
}

/* "add", "add and dedup", "add, related, dedup and compare". */
static void list_verbs(unsigned verbs, char *text, size_t n_bytes)
{
    size_t used = 0;
    unsigned known = 0;
    text[0] = '\0';
    for (size_t i = 0; cli_commands[i]; i++) {
        known |= cli_commands[i]->verb;
    }
    verbs &= known;
    for (size_t i = 0; cli_commands[i] && used + 1 < n_bytes; i++) {
        if (!(verbs & cli_commands[i]->verb)) {
            continue;
        }
        verbs &= ~cli_commands[i]->verb;
        bool is_last = !verbs;
        const char *joint = used == 0 ? "" : is_last ? " and " : ", ";
        int n = snprintf(text + used, n_bytes - used, "%s%s", joint, cli_commands[i]->name);
        used += n > 0 ? (size_t)n : 0;
    }
}

static bool choose_verb(cli_session *session, const char *name)
{
    session->command = cli_command_find(name);
    if (session->command) {
        return true;
    }
    const char *nearest = NULL;
    size_t least = strlen(name) / 3 + 2;
    for (size_t i = 0; cli_commands[i]; i++) {
        size_t distance = cli_word_distance(name, strlen(name), cli_commands[i]->name);
        if (distance < least) {
            least = distance;
            nearest = cli_commands[i]->name;
        }
    }
    char verbs[128];
    struct stat info;
    cli_terminal_error(&session->terminal, "there is no verb '%s'", name);
    if (nearest) {
        cli_terminal_hint(&session->terminal, "the nearest is '%s'; simrank --help shows all",
                          nearest);
    } else if (stat(name, &info) == 0) {
        cli_terminal_hint(&session->terminal,
                          "to find what is related to that file: simrank --related %s", name);
    } else {
        list_verbs(CLI_EVERY, verbs, sizeof verbs);
        cli_terminal_hint(&session->terminal, "the verbs are %s; simrank --help tells more", verbs);
    }
    return false;
}

static bool take_word(parse_state *state, const char *word)
{
    cli_session *session = state->session;
    if (!session->command) {
        return choose_verb(session, word);
    }
    return cli_list_append(&session->options.arguments, word) ||
           refuse(session, sr_status_text(SR_ERR_MEMORY));
}

/* --related ARTICLE is the verb with another face. */
static bool take_related(parse_state *state, const char *joined)
{
    cli_session *session = state->session;
    if (session->command && session->command != &cli_command_related) {
        return refuse(session, "--related is a verb of its own");
    }
    session->command = &cli_command_related;
    return !joined || take_word(state, joined);
}

static bool take_long(parse_state *state, const char *word)
{
    size_t n_bytes = strcspn(word, "=");
    const char *joined = word[n_bytes] ? word + n_bytes + 1 : NULL;
    if (n_bytes == strlen("related") && memcmp(word, "related", n_bytes) == 0) {
        return take_related(state, joined);
    }
    const cli_flag *flag = cli_flag_find(word, n_bytes);
    if (flag) {
        return apply_flag(state, flag, joined);
    }
    char what[256];
    const char *nearest = cli_flag_nearest(word, n_bytes);
    snprintf(what, sizeof what, "there is no flag --%.*s%s%s", (int)(n_bytes < 100 ? n_bytes : 100),
             word, nearest ? "; the nearest is --" : "", nearest ? nearest : "");
    return refuse(state->session, what);
}

static bool take_letters(parse_state *state, const char *letters)
{
    for (const char *letter = letters; *letter; letter++) {
        const cli_flag *flag = cli_flag_find_letter(*letter);
        if (!flag) {
            char what[64];
            snprintf(what, sizeof what, "there is no flag -%.*s", (int)strcspn(letter, "="),
                     letter);
            return refuse(state->session, what);
        }
        if (!flag->argument) {
            if (!apply_flag(state, flag, NULL)) {
                return false;
            }
            continue;
        }
        const char *joined = letter[1] == '=' ? letter + 2 : letter[1] ? letter + 1 : NULL;
        return apply_flag(state, flag, joined);
    }
    return true;
}

/* Which verb a flag belongs to can be asked only when the verb is known. */
static bool check_flags(const parse_state *state)
{
    cli_session *session = state->session;
    unsigned verb = session->command ? session->command->verb : CLI_NO_VERB;
    for (size_t i = 0; i < cli_flag_count; i++) {
        if (!state->seen[i] || (cli_flags[i].verbs & verb)) {
            continue;
        }
        char name[64];
        char verbs[128];
        char what[384];
        cli_flag_show(&cli_flags[i], name, sizeof name);
        list_verbs(cli_flags[i].verbs, verbs, sizeof verbs);
        const char *whose = verbs[0] ? verbs : "simrank alone, without a verb";
        snprintf(what, sizeof what, "%s belongs to %s%s%s", name, whose,
                 session->command ? ", not to " : "",
                 session->command ? session->command->name : "");
        return refuse(session, what);
    }
    return true;
}

static bool check_arguments(cli_session *session)
{
    const cli_command *command = session->command;
    size_t n = session->options.arguments.n_items;
    char what[512];
    if (n > command->max_arguments) {
        snprintf(what, sizeof what, "%s: '%.200s' is one argument too many", command->name,
                 session->options.arguments.items[command->max_arguments]);
        return refuse(session, what);
    }
    if (n < command->min_arguments) {
        snprintf(what, sizeof what, "%s needs %s", command->name, command->arguments);
        return refuse(session, what);
    }
    if (!(command->formats & 1u << session->options.format)) {
        char formats[64];
        list_formats(command->formats, formats, sizeof formats);
        snprintf(what, sizeof what, "--format: %s prints %s", command->name, formats);
        return refuse(session, what);
    }
    return true;
}

bool cli_parse(cli_session *session, int argc, char *const *argv)
{
    parse_state state = {.session = session, .argc = argc, .argv = argv, .next = 1};
    bool is_ended = false;
    while (state.next < argc) {
        const char *word = argv[state.next++];
        bool is_good = true;
        if (is_ended || word[0] != '-' || !word[1]) {
            is_good = take_word(&state, word);
        } else if (strcmp(word, "--") == 0) {
            is_ended = true;
        } else if (word[1] == '-') {
            is_good = take_long(&state, word + 2);
        } else {
            is_good = take_letters(&state, word + 1);
        }
        if (!is_good) {
            return false;
        }
    }
    if (!check_flags(&state)) {
        return false;
    }
    const cli_options *options = &session->options;
    bool asks_help = options->brief_help || options->full_help || options->version;
    return asks_help || !session->command || check_arguments(session);
}
