/* date.c — dates as they stand in feeds. Four families, told apart by their first characters:
 *
 *   digits alone   1394470370, 1394470370698, 20260526, 20260526100000   epoch, or compact, by size
 *   year first     2026-05-26T10:00:00.5+02:00                           RFC 3339 and its relatives
 *   dotted         26.5.2026, 26.05.2026 10:00                           day first
 *   words          Tue, 26 May 2026 10:00 GMT, May 26, 2026, 26-FEB-1987 tokens in any order
 *
 * A date without a zone is taken as UTC: the machine's zone must not shape what is stored. */
#include "base/date.h"

#include <stdio.h>

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60, UNSET = -1 };
/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: RFC 3339 has four digits for the year. */
static const int64_t FIRST_S = -62135596800;
static const int64_t LAST_S = 253402300799;

typedef struct moment {
    int64_t year;
    int month, day;
    int hour, minute, second;
    int offset_s; /* east of Greenwich */
} moment;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Hinnant, "chrono-compatible
 * low-level date algorithms"): years begin in March, so that the leap day is the last one. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int days_in_month(int64_t year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

static bool moment_to_seconds(const moment *m, int64_t *seconds)
{
    if (m->year < 1 || m->year > 9999 || m->month < 1 || m->month > 12 || m->day < 1 ||
        m->day > days_in_month(m->year, m->month) || m->hour > 23 || m->minute > 59 ||
        m->second > 60) {
        return false;
    }
    *seconds = days_from_date(m->year, m->month, m->day) * DAY_S + m->hour * HOUR_S +
               m->minute * MINUTE_S + m->second - m->offset_s;
    return true;
}

/* The number at the front of `s`, at most `max_digits` long; its length, 0 where there is none. */
static size_t take_number(sr_str *s, size_t max_digits, int64_t *number)
{
    size_t n = 0;
    int64_t value = 0;
    while (n < s->n_bytes && n < max_digits && is_digit(s->data[n])) {
        value = value * 10 + (s->data[n++] - '0');
    }
    s->data += n;
    s->n_bytes -= n;
    *number = value;
    return n;
}

static bool take_char(sr_str *s, char c)
{
    if (s->n_bytes == 0 || s->data[0] != c) {
        return false;
    }
    s->data++;
    s->n_bytes--;
    return true;
}

static void skip_blanks(sr_str *s)
{
    while (s->n_bytes && (s->data[0] == ' ' || s->data[0] == '\t')) {
        s->data++;
        s->n_bytes--;
    }
}

/* "10:00", "10:00:00", "10:00:00.123", "10:00:00,123" */
static bool take_time(sr_str *s, moment *m)
{
    int64_t hour;
    int64_t minute;
    int64_t second = 0;
    if (!take_number(s, 2, &hour) || !take_char(s, ':') || take_number(s, 2, &minute) != 2) {
        return false;
    }
    if (take_char(s, ':')) {
        if (take_number(s, 2, &second) == 0) {
            return false;
        }
        int64_t fraction;
        if ((take_char(s, '.') || take_char(s, ',')) && !take_number(s, 18, &fraction)) {
            return false;
        }
    }
    m->hour = (int)hour;
    m->minute = (int)minute;
    m->second = (int)second;
    return true;
}

/* "+02:00", "+0200", "-05"; the sign is at the front. */
static bool take_offset(sr_str *s, moment *m)
{
    int sign = take_char(s, '-') ? -1 : 1;
    int64_t hours;
    int64_t minutes = 0;
    if (sign > 0 && !take_char(s, '+')) {
        return false;
    }
    if (take_number(s, 2, &hours) != 2) {
        return false;
    }
    bool colon = take_char(s, ':');
    size_t n_digits = take_number(s, 2, &minutes);
    if ((!colon && n_digits == 1) || (colon && n_digits == 0) || hours > 15 || minutes > 59) {
        return false;
    }
    m->offset_s = sign * (int)(hours * HOUR_S + minutes * MINUTE_S);
    return true;
}

/* Lower-case letters at the front of `s`, at most 11 of them; a longer word is no word of a date.
 */
static bool take_word(sr_str *s, char word[12])
{
    size_t n = 0;
    while (n < s->n_bytes && is_letter(s->data[n])) {
        if (n == 11) {
            return false;
        }
        word[n] = (char)(s->data[n] | 0x20);
        n++;
    }
    word[n] = '\0';
    s->data += n;
    s->n_bytes -= n;
    return n > 0;
}

static bool zone_from_word(const char *word, moment *m)
{
    static const struct {
        char name[5];
        signed char hours;
    } ZONES[] = {{"z", 0},    {"ut", 0},   {"utc", 0},  {"gmt", 0},  {"wet", 0},
                 {"bst", 1},  {"cet", 1},  {"cest", 2}, {"eet", 2},  {"eest", 3},
                 {"msk", 3},  {"jst", 9},  {"est", -5}, {"edt", -4}, {"cst", -6},
                 {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ZONES); i++) {
        if (strcmp(word, ZONES[i].name) == 0) {
            m->offset_s = ZONES[i].hours * HOUR_S;
            return true;
        }
    }
    return false;
}

/* Whether `word` is `full` or a beginning of it of three letters or more ("sep", "sept"). */
static bool is_beginning(const char *word, const char *full)
{
    size_t n = strlen(word);
    return n >= 3 && strncmp(word, full, n) == 0;
}

/* 1..12, or 0. */
static int month_from_word(const char *word)
{
    static const char *const MONTHS[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    /* German, French, Spanish, Italian, Portuguese, Dutch, where they differ in ASCII. */
    static const struct {
        char beginning[5];
        int month;
    } OTHERS[] = {{"gen", 1},  {"ene", 1},  {"fev", 2},  {"avr", 4},  {"abr", 4},
                  {"mai", 5},  {"mag", 5},  {"mei", 5},  {"juin", 6}, {"giu", 6},
                  {"juil", 7}, {"lug", 7},  {"aou", 8},  {"ago", 8},  {"set", 9},
                  {"okt", 10}, {"ott", 10}, {"out", 10}, {"dez", 12}, {"dic", 12}};
    for (int i = 0; i < 12; i++) {
        if (is_beginning(word, MONTHS[i])) {
            return i + 1;
        }
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(OTHERS); i++) {
        if (strncmp(word, OTHERS[i].beginning, strlen(OTHERS[i].beginning)) == 0) {
            return OTHERS[i].month;
        }
    }
    return 0;
}

static bool is_weekday(const char *word)
{
    static const char *const DAYS[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(DAYS); i++) {
        if (is_beginning(word, DAYS[i])) {
            return true;
        }
    }
    return false;
}

/* Digits alone, or with a fraction. Numbers of a size that no clock of our time shows are other
 * notations. */
static bool parse_digits(sr_str s, int64_t *seconds)
{
    bool negative = take_char(&s, '-');
    int64_t value;
    size_t n_digits = take_number(&s, 18, &value);
    int64_t fraction;
    if (n_digits == 0 || (take_char(&s, '.') && !take_number(&s, 18, &fraction)) || s.n_bytes) {
        return false;
    }
    bool compact = !negative && (n_digits == 8 || n_digits == 14);
    int64_t clock = n_digits == 14 ? value % 1000000 : 0;
    int64_t date = n_digits == 14 ? value / 1000000 : value;
    moment m = {.year = date / 10000,
                .month = (int)(date / 100 % 100),
                .day = (int)(date % 100),
                .hour = (int)(clock / 10000),
                .minute = (int)(clock / 100 % 100),
                .second = (int)(clock % 100)};
    if (compact && m.year >= 1800 && m.year < 2200 && moment_to_seconds(&m, seconds)) {
        return true;
    }
    /* Below 10^11 seconds (the year 5138), then milli-, micro-, nanoseconds. */
    while (value >= 100000000000) {
        value /= 1000;
    }
    *seconds = negative ? -value : value;
    return true;
}

/* "2026-05-26", "2026/05/26", with a time and a zone behind it. */
static bool parse_year_first(sr_str s, int64_t *seconds)
{
    moment m = {0};
    int64_t month;
    int64_t day;
    if (take_number(&s, 4, &m.year) != 4 || !(take_char(&s, '-') || take_char(&s, '/')) ||
        !take_number(&s, 2, &month) || !(take_char(&s, '-') || take_char(&s, '/')) ||
        !take_number(&s, 2, &day)) {
        return false;
    }
    m.month = (int)month;
    m.day = (int)day;
    if (take_char(&s, 'T') || take_char(&s, 't') || take_char(&s, ' ')) {
        skip_blanks(&s);
        if (!take_time(&s, &m)) {
            return false;
        }
        skip_blanks(&s);
        char word[12];
        if (s.n_bytes && is_letter(s.data[0])) {
            if (!take_word(&s, word) || !zone_from_word(word, &m)) {
                return false;
            }
        } else if (s.n_bytes && !take_offset(&s, &m)) {
            return false;
        }
    }
    return s.n_bytes == 0 && moment_to_seconds(&m, seconds);
}

/* "26.5.2026", "26.05.2026, 10:00": the day is first wherever dots are written. */
static bool parse_dotted(sr_str s, int64_t *seconds)
{
    moment m = {0};
    int64_t month;
    int64_t day;
    if (!take_number(&s, 2, &day) || !take_char(&s, '.') || !take_number(&s, 2, &month) ||
        !take_char(&s, '.') || take_number(&s, 4, &m.year) != 4) {
        return false;
    }
    m.month = (int)month;
    m.day = (int)day;
    bool has_more = s.n_bytes > 0;
    (void)take_char(&s, ',');
    skip_blanks(&s);
    return (!has_more || take_time(&s, &m)) && s.n_bytes == 0 && moment_to_seconds(&m, seconds);
}

/* What the tokens of a worded date have given so far; UNSET where nothing yet. */
typedef struct word_date {
    moment m;
    bool has_time;
    bool has_zone;
} word_date;

static bool take_worded_token(sr_str *s, word_date *d)
{
    char word[12];
    if (!take_word(s, word)) {
        return false;
    }
    bool is_first = d->m.day == UNSET && d->m.month == UNSET && d->m.year == UNSET;
    if (is_first && s->n_bytes && s->data[0] == ',') {
        return true; /* a day of the week in any language */
    }
    int month = month_from_word(word);
    if (month && d->m.month == UNSET) {
        d->m.month = month;
        return true;
    }
    if (is_weekday(word) || strcmp(word, "at") == 0 || strcmp(word, "of") == 0 ||
        strcmp(word, "the") == 0) {
        return true;
    }
    bool afternoon = strcmp(word, "pm") == 0;
    if (d->has_time && (afternoon || strcmp(word, "am") == 0)) {
        bool sound = d->m.hour >= 1 && d->m.hour <= 12;
        d->m.hour = d->m.hour % 12 + (afternoon ? 12 : 0);
        return sound;
    }
    d->has_zone = true;
    return d->has_time && zone_from_word(word, &d->m);
}

static bool take_numeric_token(sr_str *s, word_date *d)
{
    sr_str ahead = *s;
    int64_t number;
    size_t n_digits = take_number(&ahead, 5, &number);
    if (ahead.n_bytes && ahead.data[0] == ':') {
        if (d->has_time) {
            return false;
        }
        d->has_time = true;
        return take_time(s, &d->m);
    }
    *s = ahead;
    if (n_digits <= 2 && d->m.day == UNSET) {
        d->m.day = (int)number;
        sr_str suffix = *s;
        char word[12];
        if (suffix.n_bytes && is_letter(suffix.data[0]) && take_word(&suffix, word) &&
            (!strcmp(word, "st") || !strcmp(word, "nd") || !strcmp(word, "rd") ||
             !strcmp(word, "th"))) {
            *s = suffix;
        }
        return true;
    }
    if (d->m.year != UNSET || n_digits == 3 || n_digits > 4) {
        return false;
    }
    /* RFC 2822, 4.3: two digits below 50 are of this century. */
    d->m.year = n_digits == 4 ? number : number + (number < 50 ? 2000 : 1900);
    return true;
}

/* "Tue, 26 May 2026 10:00:00 +0200 (CEST)" and everything else that names its month. */
static bool parse_worded(sr_str s, int64_t *seconds)
{
    word_date d = {.m = {.year = UNSET, .month = UNSET, .day = UNSET}};
    while (s.n_bytes) {
        char c = s.data[0];
        bool sound = true;
        if (is_letter(c)) {
            sound = take_worded_token(&s, &d);
        } else if (is_digit(c)) {
            sound = take_numeric_token(&s, &d);
        } else if ((c == '+' || c == '-') && d.has_time && !d.has_zone) {
            d.has_zone = true;
            sound = take_offset(&s, &d.m);
        } else if (c == '(') {
            const char *end = memchr(s.data, ')', s.n_bytes);
            sound = end != NULL;
            s = sound ? sr_str_make(end + 1, s.n_bytes - (size_t)(end + 1 - s.data)) : s;
        } else {
            sound = strchr(" ,.-/\t", c) != NULL && c != '\0';
            s = sr_str_make(s.data + 1, s.n_bytes - 1);
        }
        if (!sound) {
            return false;
        }
    }
    return d.m.year != UNSET && d.m.month != UNSET && d.m.day != UNSET &&
           moment_to_seconds(&d.m, seconds);
}

bool sr_time_parse(sr_str text, int64_t *seconds)
{
    sr_str s = sr_str_trim(text);
    int64_t parsed;
    if (s.n_bytes == 0 || s.n_bytes > 80) {
        return false;
    }
    bool is_time = parse_digits(s, &parsed) || parse_year_first(s, &parsed) ||
                   parse_dotted(s, &parsed) || parse_worded(s, &parsed);
    if (!is_time || parsed < FIRST_S || parsed > LAST_S) {
        return false;
    }
    *seconds = parsed;
    return true;
}

bool sr_age_parse(sr_str text, int64_t *seconds)
{
    sr_str s = sr_str_trim(text);
    int64_t number;
    if (!take_number(&s, 9, &number) || s.n_bytes != 1) {
        return false;
    }
    int64_t unit = s.data[0] == 's'   ? 1
                   : s.data[0] == 'm' ? MINUTE_S
                   : s.data[0] == 'h' ? HOUR_S
                   : s.data[0] == 'd' ? DAY_S
                   : s.data[0] == 'w' ? 7 * DAY_S
                                      : 0;
    if (!unit) {
        return false;
    }
    *seconds = number * unit;
    return true;
}

void sr_time_format(int64_t seconds, char text[SR_TIME_TEXT_BYTES])
{
    text[0] = '\0';
    if (seconds == SR_TIME_UNKNOWN) {
        return;
    }
    int64_t days = seconds / DAY_S - (seconds % DAY_S < 0);
    int second_of_day = (int)(seconds - days * DAY_S);
    int64_t year;
    int month;
    int day;
    date_from_days(days, &year, &month, &day);
    if (year < 1 || year > 9999) {
        return;
    }
    snprintf(text, SR_TIME_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, month, day,
             second_of_day / HOUR_S, second_of_day / MINUTE_S % 60, second_of_day % 60);
}

void sr_age_format(int64_t seconds, int64_t now_s, char text[SR_AGE_TEXT_BYTES])
{
    static const struct {
        int64_t length_s;
        const char *name;
    } UNITS[] = {{365 * DAY_S, "year"},
                 {30 * DAY_S, "month"},
                 {DAY_S, "day"},
                 {HOUR_S, "hour"},
                 {MINUTE_S, "minute"}};
    text[0] = '\0';
    int64_t age_s;
    if (seconds == SR_TIME_UNKNOWN || now_s == SR_TIME_UNKNOWN ||
        __builtin_sub_overflow(now_s, seconds, &age_s) || age_s == INT64_MIN) {
        return;
    }
    int64_t length_s = age_s < 0 ? -age_s : age_s;
    for (size_t i = 0; i < SR_ARRAY_COUNT(UNITS); i++) {
        long long n = length_s / UNITS[i].length_s;
        if (n > 0) {
            snprintf(text, SR_AGE_TEXT_BYTES, "%s%lld %s%s%s", age_s < 0 ? "in " : "", n,
                     UNITS[i].name, n == 1 ? "" : "s", age_s < 0 ? "" : " ago");
            return;
        }
    }
    snprintf(text, SR_AGE_TEXT_BYTES, "just now");
}
