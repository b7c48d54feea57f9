/* output.c — writing results, remembering the first failure. */
#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void cli_output_init(cli_output *output, FILE *file)
{
    output->file = file;
    output->os_errno = 0;
}

static bool keep_failure(cli_output *output)
{
    output->os_errno = errno ? errno : EIO;
    return false;
}

bool cli_output_write(void *context, const char *bytes, size_t n_bytes)
{
    cli_output *output = context;
    if (output->os_errno) {
        return false;
    }
    errno = 0;
    return fwrite(bytes, 1, n_bytes, output->file) == n_bytes || keep_failure(output);
}

void cli_output_print(cli_output *output, const char *format, ...)
{
    if (output->os_errno) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    errno = 0;
    if (vfprintf(output->file, format, arguments) < 0) {
        keep_failure(output);
    }
    va_end(arguments);
}

/* Length of the valid UTF-8 sequence at `text`, 0 where there is none (RFC 3629). */
static size_t sequence_length(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, low, high;
        size_t length;
    } RANGES[] = {
        {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        if (text[0] < RANGES[i].first || text[0] > RANGES[i].last) {
            continue;
        }
        for (size_t k = 1; k < RANGES[i].length; k++) {
            unsigned char low = k == 1 ? RANGES[i].low : 0x80;
            unsigned char high = k == 1 ? RANGES[i].high : 0xBF;
            if (text[k] < low || text[k] > high) {
                return 0;
            }
        }
        return RANGES[i].length;
    }
    return 0;
}

void cli_output_json_text(cli_output *output, const char *text)
{
    cli_output_write(output, "\"", 1);
    for (const char *c = text; *c;) {
        size_t length = sequence_length((const unsigned char *)c);
        if (length == 0) {
            cli_output_write(output, "\xEF\xBF\xBD", 3);
            length = 1;
        } else if (*c == '"' || *c == '\\') {
            cli_output_print(output, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            cli_output_print(output, "\\u%04x", (unsigned)*c);
        } else {
            cli_output_write(output, c, length);
        }
        c += length;
    }
    cli_output_write(output, "\"", 1);
}

void cli_output_share(cli_output *output, double share)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%.4f", share);
    for (int i = 0; i < 2 && n > 0 && text[n - 1] == '0'; i++) {
        text[--n] = '\0';
    }
    cli_output_print(output, "%s", text);
}

bool cli_output_is_unread(const cli_output *output)
{
    return output->os_errno == EPIPE;
}

bool cli_output_finish(cli_output *output)
{
    errno = 0;
    if (fflush(output->file) != 0 && output->os_errno == 0) {
        keep_failure(output);
    }
    return output->os_errno == 0;
}
