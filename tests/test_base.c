/* test_base.c — arena, buffer and its escapes, logarithms, files: the ground floor. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/logarithm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void arena_keeps_blocks_over_reset(void **state)
{
    (void)state;
    sr_arena arena;
    sr_arena_init(&arena);
    char *first = sr_arena_alloc(&arena, 100);
    char *big = sr_arena_alloc(&arena, 1 << 20);
    assert_non_null(first);
    assert_non_null(big);
    memset(first, 1, 100);
    memset(big, 2, 1 << 20);
    assert_int_equal(first[99], 1);
    assert_int_equal((uintptr_t)big % 16, 0);
    sr_arena_reset(&arena);
    assert_ptr_equal(sr_arena_alloc(&arena, 50), first);
    assert_ptr_equal(sr_arena_alloc(&arena, 1 << 20), big);
    assert_null(sr_arena_alloc(&arena, SIZE_MAX));
    sr_str copy = sr_arena_copy(&arena, sr_str_of("hello"));
    assert_string_equal(copy.data, "hello");
    sr_arena_release(&arena);
}

static void buffer_stops_at_its_limit(void **state)
{
    (void)state;
    sr_buffer buffer;
    sr_buffer_init(&buffer, 100);
    assert_int_equal(sr_buffer_append(&buffer, "0123456789", 10), SR_OK);
    assert_int_equal(sr_buffer_reserve(&buffer, 90), SR_OK);
    assert_int_equal(sr_buffer_reserve(&buffer, 91), SR_ERR_LIMIT);
    assert_int_equal(sr_buffer_reserve(&buffer, SIZE_MAX), SR_ERR_LIMIT);
    assert_int_equal(buffer.n_bytes, 10);
    sr_buffer_release(&buffer);
}

typedef sr_status (*escape)(sr_buffer *, sr_str);

static void assert_escape(escape function, sr_str text, const char *expected)
{
    sr_buffer buffer;
    sr_buffer_init(&buffer, SR_BUFFER_NO_LIMIT);
    assert_int_equal(function(&buffer, text), SR_OK);
    assert_int_equal(buffer.n_bytes, strlen(expected));
    assert_memory_equal(buffer.data, expected, buffer.n_bytes);
    sr_buffer_release(&buffer);
}

static void text_is_escaped(void **state)
{
    (void)state;
    assert_escape(sr_buffer_append_json, sr_str_of("a\"b\\c\n\t\x01\x1f é 漢 \U0001F600"),
                  "\"a\\\"b\\\\c\\n\\t\\u0001\\u001f é 漢 \U0001F600\"");
    assert_escape(sr_buffer_append_json, sr_str_of("\v\f\r\b\x7f"), "\"\\u000b\\f\\r\\b\x7f\"");
    assert_escape(sr_buffer_append_json, sr_str_make("x\xff\xc3", 3),
                  "\"x\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_escape(sr_buffer_append_json, sr_str_make("\xed\xa0\x80", 3),
                  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_escape(sr_buffer_append_csv, sr_str_of("plain text"), "plain text");
    assert_escape(sr_buffer_append_csv, sr_str_of("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
}

static void text_is_escaped_for_html(void **state)
{
    (void)state;
    assert_escape(sr_buffer_append_html, sr_str_of("<a href=\"x\">'&'</a>"),
                  "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

static void logarithms_equal_libm(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 5000000; n = n * 3 / 2 + 1) {
        for (uint64_t d = 1; d < 1000; d = d * 2 + 1) {
            double expected = log((double)n / (double)d);
            assert_true(fabs(sr_ln_ratio(n, d) - expected) < 0x1p-27);
        }
    }
    assert_true(sr_ln_ratio(7, 7) == 0.0);
    for (double x = 0.0; x < 59.0; x += 0.37) {
        assert_true(fabs(sr_exp2_negative(x) - exp2(-x)) < 0x1p-30);
    }
    assert_true(sr_exp2_negative(0.0) == 1.0);
    assert_true(sr_exp2_negative(1.0) == 0.5);
    assert_true(sr_exp2_negative(1e9) == 0.0);
}

static void files_fail_with_path_and_errno(void **state)
{
    (void)state;
    sr_error error = {0};
    sr_buffer buffer;
    sr_buffer_init(&buffer, 1000);
    assert_int_equal(sr_file_read_all("/nonexistent/file", &buffer, &error), SR_ERR_IO);
    assert_string_equal(error.file, "/nonexistent/file");
    assert_true(error.os_errno != 0);
    char path[] = "/tmp/simrank-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(sr_file_write(fd, path, "abc", 3, &error), SR_OK);
    char bytes[4];
    assert_int_equal(sr_file_pread(fd, path, bytes, 3, 0, &error), SR_OK);
    assert_memory_equal(bytes, "abc", 3);
    assert_int_equal(sr_file_pread(fd, path, bytes, 4, 0, &error), SR_ERR_CORRUPT);
    assert_int_equal(sr_file_read_all(path, &buffer, &error), SR_OK);
    assert_int_equal(buffer.n_bytes, 3);
    sr_str view;
    assert_int_equal(sr_file_map(path, &view, &error), SR_OK);
    assert_true(sr_str_equal_text(view, "abc"));
    sr_file_unmap(view);
    close(fd);
    unlink(path);
    sr_buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_blocks_over_reset),
        cmocka_unit_test(buffer_stops_at_its_limit),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(text_is_escaped_for_html),
        cmocka_unit_test(logarithms_equal_libm),
        cmocka_unit_test(files_fail_with_path_and_errno),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
