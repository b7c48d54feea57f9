/* help.c — help on a terminal, made of the flag table, the verbs' own texts and the guide. */
#include "cli/help.h"

#include "cli/flags.h"
#include "cli/guide.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 79, FLAG_COLUMN = 26, PARAGRAPH_INDENT = 6 };

/* Columns that a run of UTF-8 takes, one a character: our own texts have no others. */
static int count_columns(const char *text, size_t n_bytes)
{
    int n = 0;
    for (size_t i = 0; i < n_bytes; i++) {
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return n;
}

static void print_wrapped(cli_output *output, const char *text, size_t n_bytes, int indent)
{
    int column = 0;
    for (size_t i = 0; i < n_bytes;) {
        size_t end = i;
        while (end < n_bytes && text[end] != ' ') {
            end++;
        }
        int width = count_columns(text + i, end - i);
        if (column == 0 || column + 1 + width > WIDTH) {
            cli_output_print(output, "%s%*s", column ? "\n" : "", indent, "");
            column = indent;
        } else {
            cli_output_print(output, " ");
            column++;
        }
        cli_output_write(output, text + i, end - i);
        column += width;
        i = end + (end < n_bytes);
    }
    cli_output_print(output, "\n");
}

/* Paragraphs are lines of the text; empty lines and lines that start with two blanks stand as they
 * are. */
static void print_paragraphs(cli_output *output, const char *text, int indent)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n == 0) {
            cli_output_print(output, "\n");
        } else if (n > 2 && memcmp(text, "  ", 2) == 0) {
            cli_output_print(output, "%*s%.*s\n", indent, "", (int)n, text);
        } else {
            print_wrapped(output, text, n, indent);
        }
        text += n + (text[n] == '\n');
    }
}

/* "-n N", "--store DIR", "--audit[=N]". */
static int show_flag(const cli_flag *flag, char *text, size_t n_bytes)
{
    char name[64];
    snprintf(text, n_bytes, "%s%s%s%s", cli_flag_show(flag, name, sizeof name),
             flag->without    ? "[="
             : flag->argument ? " "
                              : "",
             flag->argument ? flag->argument : "", flag->without ? "]" : "");
    return count_columns(text, strlen(text));
}

static void print_flags(cli_output *output, unsigned verb, bool is_full)
{
    for (int group = 0; group < CLI_GROUP_COUNT; group++) {
        bool is_titled = false;
        for (size_t i = 0; i < cli_flag_count; i++) {
            const cli_flag *flag = &cli_flags[i];
            if (!(flag->verbs & verb) || (int)flag->group != group) {
                continue;
            }
            if (!is_titled) {
                cli_output_print(output, "\n%s\n", cli_group_titles[group]);
                is_titled = true;
            }
            char text[128];
            int width = show_flag(flag, text, sizeof text);
            cli_output_print(output, "  %s%*s%s\n", text,
                             width + 2 < FLAG_COLUMN ? FLAG_COLUMN - width - 2 : 1, "",
                             flag->brief);
            if (is_full && *flag->paragraph) {
                print_paragraphs(output, flag->paragraph, PARAGRAPH_INDENT);
            }
        }
    }
}

static void print_verbs(cli_output *output)
{
    cli_output_print(output, "\nVERBS\n");
    for (size_t i = 0; cli_commands[i]; i++) {
        char text[128];
        snprintf(text, sizeof text, "%s %s", cli_commands[i]->name, cli_commands[i]->arguments);
        int width = count_columns(text, strlen(text));
        cli_output_print(output, "  %s%*s%s\n", text, FLAG_COLUMN - width - 2, "",
                         cli_commands[i]->brief);
    }
}

static void print_head(cli_output *output, const cli_command *command)
{
    if (!command) {
        cli_output_print(output, "simrank: %s\n\nusage: simrank VERB [flags] [arguments]\n",
                         cli_guide_brief);
        cli_output_print(output, "       simrank --related ARTICLE [flags]\n");
        return;
    }
    cli_output_print(output, "simrank %s: %s\n\nusage: simrank %s [flags]%s%s\n", command->name,
                     command->brief, command->name, *command->arguments ? " " : "",
                     command->arguments);
}

void cli_help_print_brief(cli_output *output, const cli_command *command)
{
    print_head(output, command);
    if (!command) {
        print_verbs(output);
    }
    print_flags(output, command ? command->verb : CLI_NO_VERB, false);
    cli_output_print(output, "\nsimrank %s%s--help tells more.\n", command ? command->name : "",
                     command ? " " : "");
}

static void print_chapters(cli_output *output, const cli_chapter *chapter)
{
    for (; chapter->title; chapter++) {
        cli_output_print(output, "\n%s\n", chapter->title);
        print_paragraphs(output, chapter->text, 2);
    }
}

void cli_help_print_full(cli_output *output, const cli_command *command)
{
    print_head(output, command);
    if (command) {
        cli_output_print(output, "\n");
        print_paragraphs(output, command->teaching, 0);
        print_flags(output, command->verb, true);
        return;
    }
    print_chapters(output, cli_guide_before);
    print_verbs(output);
    print_flags(output, CLI_NO_VERB, true);
    print_chapters(output, cli_guide_after);
    cli_output_print(output, "\nsimrank VERB --help tells about one verb and its flags.\n");
}
