/* manual.c — simrank.1 in roff (man(7)): the guide, every verb with its teaching, every flag once.
 */
#include "cli/manual.h"

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/guide.h"

#include <string.h>

/* Backslashes and dashes have a meaning, and so has a dot or a quote that starts a line. */
static void print_escaped(cli_output *output, const char *text, size_t n_bytes)
{
    if (n_bytes && (*text == '.' || *text == '\'')) {
        cli_output_print(output, "\\&");
    }
    for (size_t i = 0; i < n_bytes; i++) {
        if (text[i] == '\\') {
            cli_output_print(output, "\\e");
        } else if (text[i] == '-') {
            cli_output_print(output, "\\-");
        } else {
            cli_output_write(output, text + i, 1);
        }
    }
}

static void print_text(cli_output *output, const char *text)
{
    print_escaped(output, text, strlen(text));
}

static void print_paragraphs(cli_output *output, const char *text)
{
    bool is_example = false;
    while (*text) {
        size_t n = strcspn(text, "\n");
        bool stands = n > 2 && memcmp(text, "  ", 2) == 0;
        if (stands != is_example) {
            cli_output_print(output, stands ? ".RS 4\n.nf\n" : ".fi\n.RE\n");
            is_example = stands;
        }
        if (n == 0) {
            cli_output_print(output, ".PP\n");
        } else {
            print_escaped(output, stands ? text + 2 : text, stands ? n - 2 : n);
            cli_output_print(output, "\n");
        }
        text += n + (text[n] == '\n');
    }
    if (is_example) {
        cli_output_print(output, ".fi\n.RE\n");
    }
}

static void print_chapters(cli_output *output, const cli_chapter *chapter)
{
    for (; chapter->title; chapter++) {
        cli_output_print(output, ".SH %s\n", chapter->title);
        print_paragraphs(output, chapter->text);
    }
}

static void print_verbs(cli_output *output)
{
    cli_output_print(output, ".SH VERBS\n");
    for (size_t i = 0; cli_commands[i]; i++) {
        const cli_command *command = cli_commands[i];
        cli_output_print(output, ".SS \"%s %s\"\n", command->name, command->arguments);
        print_paragraphs(output, command->teaching);
    }
}

static void print_flag(cli_output *output, const cli_flag *flag)
{
    char name[64];
    cli_output_print(output, ".TP\n\\fB");
    print_text(output, cli_flag_show(flag, name, sizeof name));
    cli_output_print(output, "\\fR%s\\fI%s\\fR%s\n",
                     flag->without    ? "[="
                     : flag->argument ? " "
                                      : "",
                     flag->argument ? flag->argument : "", flag->without ? "]" : "");
    print_text(output, flag->brief);
    cli_output_print(output, ".\n");
    if (*flag->paragraph) {
        print_text(output, flag->paragraph);
        cli_output_print(output, "\n");
    }
    if (!(flag->verbs & CLI_NO_VERB)) {
        const char *joint = "Of: ";
        for (size_t i = 0; cli_commands[i]; i++) {
            if (flag->verbs & cli_commands[i]->verb) {
                cli_output_print(output, "%s%s", joint, cli_commands[i]->name);
                joint = ", ";
            }
        }
        cli_output_print(output, ".\n");
    }
}

void cli_manual_print(cli_output *output)
{
    cli_output_print(output, ".TH SIMRANK 1 \"\" \"simrank %s\" \"User Commands\"\n", sr_version());
    cli_output_print(output, ".SH NAME\nsimrank \\- %s\n.SH SYNOPSIS\n", cli_guide_brief);
    cli_output_print(output, ".nf\n");
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_output_print(output, "\\fBsimrank %s\\fR [\\fIflags\\fR]%s%s\n", cli_commands[i]->name,
                         *cli_commands[i]->arguments ? " " : "", cli_commands[i]->arguments);
    }
    cli_output_print(output, "\\fBsimrank \\-\\-related\\fR ARTICLE [\\fIflags\\fR]\n.fi\n");
    print_chapters(output, cli_guide_before);
    print_verbs(output);
    cli_output_print(output, ".SH FLAGS\n");
    for (int group = 0; group < CLI_GROUP_COUNT; group++) {
        cli_output_print(output, ".SS \"%s\"\n", cli_group_titles[group]);
        for (size_t i = 0; i < cli_flag_count; i++) {
            if ((int)cli_flags[i].group == group) {
                print_flag(output, &cli_flags[i]);
            }
        }
    }
    print_chapters(output, cli_guide_after);
}
