/* terminal.c — messages, errors and the progress bar. */
#include "cli/terminal.h"

#include "cli/command.h"
#include "cli/signals.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_CELLS = 30, REDRAW_MS = 100 };

void cli_terminal_init(cli_terminal *terminal, bool quiet)
{
    const char *kind = getenv("TERM");
    memset(terminal, 0, sizeof *terminal);
    terminal->quiet = quiet;
    terminal->has_bar = !quiet && isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
}

void cli_terminal_clear(cli_terminal *terminal)
{
    if (terminal->is_bar_shown) {
        fputs("\r\033[K", stderr);
        terminal->is_bar_shown = false;
    }
}

__attribute__((format(printf, 3, 0))) static void
print_line(cli_terminal *terminal, const char *prefix, const char *format, va_list arguments)
{
    cli_terminal_clear(terminal);
    fflush(stdout); /* where both go to one place, lines stand in the order of their making */
    fputs(prefix, stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void cli_terminal_say(cli_terminal *terminal, const char *format, ...)
{
    if (terminal->quiet) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    print_line(terminal, "simrank: ", format, arguments);
    va_end(arguments);
}

void cli_terminal_error(cli_terminal *terminal, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(terminal, "simrank: ", format, arguments);
    va_end(arguments);
}

void cli_terminal_hint(cli_terminal *terminal, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(terminal, "  ", format, arguments);
    va_end(arguments);
}

int cli_terminal_fail(cli_terminal *terminal, sr_status status, const sr_error *error)
{
    if (status == SR_ERR_INTERRUPTED) {
        cli_terminal_error(terminal, "interrupted");
        return CLI_EXIT_INTERRUPTED;
    }
    bool is_told = error->status == status && error->text[0];
    const char *text = is_told ? error->text : sr_status_text(status);
    const char *file = error->status == status ? error->file : "";
    if (file[0] && error->line) {
        cli_terminal_error(terminal, "%s:%" PRIu64 ": %s", file, error->line, text);
    } else if (file[0]) {
        cli_terminal_error(terminal, "%s: %s", file, text);
    } else {
        cli_terminal_error(terminal, "%s", text);
    }
    return CLI_EXIT_ERROR;
}

static void hear_message(void *context, sr_message_level level, const char *text)
{
    (void)level; /* the text of a warning says what is wrong; both are one line */
    cli_terminal_say(context, "%s", text);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void hear_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
    cli_terminal *terminal = context;
    int64_t now = now_ms();
    if (!terminal->has_bar || (terminal->is_bar_shown && now - terminal->redrawn_ms < REDRAW_MS)) {
        return;
    }
    cli_terminal_clear(terminal);
    if (total == 0) {
        fprintf(stderr, "%s %" PRIu64, what, done);
    } else {
        double share = done < total ? (double)done / (double)total : 1.0;
        int full = (int)(share * BAR_CELLS);
        fprintf(stderr, "%s [%.*s%*s] %3d%%", what, full, "##############################",
                BAR_CELLS - full, "", (int)(share * 100.0));
    }
    fflush(stderr);
    terminal->is_bar_shown = true;
    terminal->redrawn_ms = now;
}

static bool hear_cancelled(void *context)
{
    (void)context;
    return cli_signals_interrupted();
}

sr_observer cli_terminal_observer(cli_terminal *terminal)
{
    return (sr_observer){.context = terminal,
                         .message = hear_message,
                         .progress = hear_progress,
                         .cancelled = hear_cancelled};
}
