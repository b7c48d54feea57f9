/* main.c — the program: prepare, parse, run the verb, see that the output arrived. */
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/parse.h"
#include "cli/signals.h"

#include <fcntl.h>
#include <limits.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A closed stdin, stdout or stderr would give its number to the next file that is opened, a segment
 * of the store for one, and a message would go into it. What is put in its place fails as a closed
 * one does. */
static void occupy_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
            _exit(CLI_EXIT_ERROR);
        }
    }
}

/* libgomp's idle threads spin until there is more to do. Between the small parallel parts of bulk
 * work that was half of their processor time, and on a machine in use the spinning kept others
 * from what it waited for. It asks once what they shall do, when it is loaded: the program begins
 * again with the answer given, unless somebody gave one. */
static void let_threads_sleep(const cli_session *session, char *const *argv)
{
    cli_load load = session->command->load;
    bool is_bulk =
        load == CLI_LOAD_BULK || (load == CLI_LOAD_BULK_WITH_ALL && session->options.all);
    if (is_bulk && omp_get_max_threads() > 1 && !getenv("OMP_WAIT_POLICY") &&
        !getenv("GOMP_SPINCOUNT") && setenv("OMP_WAIT_POLICY", "passive", 0) == 0) {
        char path[PATH_MAX]; /* by its own name: ps and pkill shall find it */
        ssize_t n_bytes = readlink("/proc/self/exe", path, sizeof path - 1);
        if (n_bytes > 0) {
            path[n_bytes] = '\0';
            (void)execv(path, argv); /* not there: as it is, then */
        }
    }
}

static int run_command(cli_session *session, char *const *argv)
{
    sr_error error = {0};
    sr_status status = sr_kernel_check(&error);
    if (status != SR_OK) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    if (session->options.n_threads) {
        omp_set_num_threads((int)session->options.n_threads);
    }
    let_threads_sleep(session, argv);
    return session->command->run(session);
}

static int run(cli_session *session, int argc, char *const *argv)
{
    const cli_options *options = &session->options;
    cli_output *output = &session->output;
    if (!cli_parse(session, argc, argv)) {
        return CLI_EXIT_ERROR;
    }
    cli_terminal_init(&session->terminal, options->quiet);
    if (options->full_help) {
        cli_help_print_full(output, session->command);
    } else if (options->brief_help) {
        cli_help_print_brief(output, session->command);
    } else if (options->version) {
        cli_output_print(output, "simrank %s (kernel %s)\n", sr_version(), sr_kernel_name());
    } else if (options->manual) {
        cli_manual_print(output);
    } else if (options->completions) {
        cli_completion_print(output, options->completions);
    } else if (!session->command) {
        cli_terminal_error(&session->terminal, "a verb is missing");
        cli_terminal_hint(&session->terminal, "simrank -h lists the verbs");
        return CLI_EXIT_ERROR;
    } else {
        return run_command(session, argv);
    }
    return CLI_EXIT_DONE;
}

int main(int argc, char **argv)
{
    occupy_standard_files();
    cli_signals_install();
    cli_session session;
    memset(&session, 0, sizeof session);
    cli_options_init(&session.options);
    cli_output_init(&session.output, stdout);
    session.observer = cli_terminal_observer(&session.terminal);
    int exit_code = run(&session, argc, argv);
    cli_terminal_clear(&session.terminal);
    if (!cli_output_finish(&session.output) && !cli_output_is_unread(&session.output)) {
        cli_terminal_error(&session.terminal, "stdout: %s", strerror(session.output.os_errno));
        exit_code = CLI_EXIT_ERROR;
    }
    cli_options_release(&session.options);
    return exit_code;
}
