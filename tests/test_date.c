/* test_date.c — every notation of a date that feeds use, those that are none, and the way back to
 * text. */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_time_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } CASES[] = {
        {"1970-01-01", 0},
        {"1970-01-01T00:00:00Z", 0},
        {"2026-05-26", 1779753600},
        {"2026/5/26", 1779753600},
        {"26.05.2026", 1779753600},
        {"26.5.2026, 10:00", 1779789600},
        {"26.05.2026 10:00:00", 1779789600},
        {"2026-05-26T10:00:00Z", 1779789600},
        {"2026-05-26t10:00:00z", 1779789600},
        {"2026-05-26 10:00:00", 1779789600},
        {"2026-05-26 10:00:00 UTC", 1779789600},
        {"2026-05-26T10:00", 1779789600},
        {"2026-05-26T12:00:00+02:00", 1779789600},
        {"2026-05-26T12:00:00.123456789+0200", 1779789600},
        {"2026-05-26T12:00:00,5+02", 1779789600},
        {"2026-05-26T04:30:00-05:30", 1779789600},
        {"  2026-05-26 \n", 1779753600},
        {"20260526", 1779753600},
        {"20260526100000", 1779789600},
        {"Tue, 26 May 2026 12:00:00 +0200", 1779789600},
        {"Tue, 26 May 2026 12:00:00 +0200 (CEST)", 1779789600},
        {"26 May 26 10:00 GMT", 1779789600},
        {"Tue, 26 May 2026 06:00:00 EDT", 1779789600},
        {"Tue, 26 May 2026 05:00:00 EST", 1779789600},
        {"Tue May 26 10:00:00 +0000 2026", 1779789600},
        {"May 26, 2026", 1779753600},
        {"May 26th, 2026 at 10:00 am", 1779789600},
        {"Sept. 1, 2026 12:00 PM", 1788264000},
        {"26-FEB-1987 15:01:01.79", 541350061},
        {"29 Feb 2024", 1709164800},
        {"1394470370", 1394470370},
        {"1394470370.698", 1394470370},
        {"1394470370698", 1394470370},
        {"1394470370698123", 1394470370},
        {"0", 0},
        {"-86400", -86400},
        {"1969-12-31T23:59:59Z", -1},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"0001-01-01", -62135596800},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        int64_t seconds = 42;
        if (!sr_time_parse(sr_str_of(CASES[i].text), &seconds) || seconds != CASES[i].seconds) {
            fail_msg("\"%s\" gave %lld, not %lld", CASES[i].text, (long long)seconds,
                     (long long)CASES[i].seconds);
        }
    }
}

static void test_time_parse_refuses(void **state)
{
    (void)state;
    static const char *const CASES[] = {
        "",
        " ",
        "yesterday",
        "31.02.2026",
        "26.05.26",
        "26.05.2026 x",
        "26.05.2026,",
        "2026-13-01",
        "2026-02-30",
        "2026-05-26T",
        "2026-05-26Tx",
        "2026-05-26T25:00:00Z",
        "2026-05-26T10:61:00Z",
        "2026-05-26T10:00:00+2",
        "26 May",
        "May 2026",
        "31 April 2026",
        "26/05/2026",
        "12-34",
        "1.2.3",
        "2026-05-26 10:00:00 XYZ",
        "May May 26 2026",
        "26 26 May 2026 2026",
        "10:00:00",
        "-",
        "26 May 2026 10:00 10:00",
        "0000-01-01",
        "13:00 PM May 26 2026",
        "2026-05-26T10:00:00Zjunk",
        "1234567890123456789012",
        "-67000006061",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        int64_t seconds = 42;
        if (sr_time_parse(sr_str_of(CASES[i]), &seconds) || seconds != 42) {
            fail_msg("\"%s\" was taken for %lld", CASES[i], (long long)seconds);
        }
    }
    int64_t seconds;
    assert_false(sr_time_parse(sr_str_make(NULL, 0), &seconds));
    assert_false(sr_time_parse(sr_str_make("26 May\0 2026", 12), &seconds));
}

static void test_time_format_is_the_inverse(void **state)
{
    (void)state;
    char text[SR_TIME_TEXT_BYTES];
    for (int64_t s = -62135596800; s < 253402300800; s += 86400 * 97 + 12345) {
        int64_t back = 1;
        sr_time_format(s, text);
        assert_true(sr_time_parse(sr_str_of(text), &back));
        assert_int_equal(back, s);
    }
    sr_time_format(1779789600, text);
    assert_string_equal(text, "2026-05-26T10:00:00Z");
    sr_time_format(SR_TIME_UNKNOWN, text);
    assert_string_equal(text, "");
    sr_time_format(INT64_MAX, text);
    assert_string_equal(text, "");
}

static void test_age(void **state)
{
    (void)state;
    int64_t seconds = 0;
    assert_true(sr_age_parse(sr_str_of("90d"), &seconds));
    assert_int_equal(seconds, 90 * 86400);
    assert_true(sr_age_parse(sr_str_of("12h"), &seconds) && seconds == 43200);
    assert_true(sr_age_parse(sr_str_of("30m"), &seconds) && seconds == 1800);
    assert_true(sr_age_parse(sr_str_of("2w"), &seconds) && seconds == 1209600);
    assert_false(sr_age_parse(sr_str_of("2026-05-26"), &seconds));
    assert_false(sr_age_parse(sr_str_of("d"), &seconds));
    assert_false(sr_age_parse(sr_str_of("12"), &seconds));
    assert_false(sr_age_parse(sr_str_of("12hh"), &seconds));
    assert_false(sr_age_parse(sr_str_of("-1d"), &seconds));
    static const struct {
        int64_t age_s;
        const char *text;
    } CASES[] = {{0, "just now"},
                 {59, "just now"},
                 {60, "1 minute ago"},
                 {2160, "36 minutes ago"},
                 {3600, "1 hour ago"},
                 {86399, "23 hours ago"},
                 {3 * 86400, "3 days ago"},
                 {31 * 86400, "1 month ago"},
                 {800 * 86400, "2 years ago"},
                 {-7200, "in 2 hours"},
                 {-30, "just now"}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        char text[SR_AGE_TEXT_BYTES];
        sr_age_format(1779789600 - CASES[i].age_s, 1779789600, text);
        assert_string_equal(text, CASES[i].text);
    }
    char text[SR_AGE_TEXT_BYTES];
    sr_age_format(SR_TIME_UNKNOWN, 0, text);
    assert_string_equal(text, "");
    sr_age_format(INT64_MAX, -5, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_parse),
        cmocka_unit_test(test_time_parse_refuses),
        cmocka_unit_test(test_time_format_is_the_inverse),
        cmocka_unit_test(test_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
