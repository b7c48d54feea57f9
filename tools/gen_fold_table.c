/* gen_fold_table — writes src/text/fold_table.inc (see src/text/fold.h) from utf8proc, for its
 * Unicode version.
 *
 *     ninja -C build gen_fold_table && build/gen_fold_table > src/text/fold_table.inc
 *
 * Class rules: letters and numbers (L*, N*) are words; those of scripts written without spaces
 * stand alone; marks and trailing Jamo belong to what precedes; what NFKC_Casefold deletes is
 * ignored; the rest separates. A mapping drops separators inside it (the spaces of an Arabic
 * ligature, the brackets of a bracketed number).
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

enum {
    N_CODE_POINTS = 0x110000,
    N_PAGES = N_CODE_POINTS / 256,
    MAX_SEQUENCE = 64,
    MAX_POOL = 1 << 18
};
enum { SEPARATOR, WORD, ALONE, MARK, IGNORED };
enum { SAME, DELTA, SEQUENCE };

static const utf8proc_option_t NFKC_CASEFOLD =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

/* Letters in these ranges are words of their own. Kangxi radicals (symbols by category) fold to
 * ideographs. */
static const uint32_t ALONE_RANGES[][2] = {
    {0x0e01, 0x0e7f}, {0x0e80, 0x0eff},   {0x1000, 0x109f},   {0x1100, 0x115f}, {0x1780, 0x17ff},
    {0x2f00, 0x2fd5}, {0x3005, 0x3007},   {0x3021, 0x3029},   {0x3031, 0x303c}, {0x3041, 0x30ff},
    {0x3105, 0x318e}, {0x31a0, 0x31bf},   {0x31f0, 0x31ff},   {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
    {0xa960, 0xa97c}, {0xa9e0, 0xa9ff},   {0xaa60, 0xaa7f},   {0xac00, 0xd7a3}, {0xf900, 0xfaff},
    {0xff66, 0xffdc}, {0x1aff0, 0x1b16f}, {0x20000, 0x3fffd},
};
/* Hangul vowels and final consonants, half-width voicing marks: letters by category, marks by
 * behaviour. */
static const uint32_t MARK_RANGES[][2] = {{0x1160, 0x11ff}, {0xd7b0, 0xd7fb}, {0xff9e, 0xff9f}};

static uint8_t class_of[N_CODE_POINTS];
static bool composes[N_CODE_POINTS]; /* may join what stands before it */
static uint32_t record_of[N_CODE_POINTS];
static char pool[MAX_POOL];
static size_t pool_bytes;
static uint32_t records[N_CODE_POINTS];
static uint32_t uses[N_CODE_POINTS];
static size_t n_records;
static uint16_t pages[N_PAGES][256];

static void fail(const char *why)
{
    fprintf(stderr, "gen_fold_table: %s\n", why);
    exit(1);
}

static bool in_ranges(uint32_t code_point, const uint32_t (*ranges)[2], size_t n_ranges)
{
    for (size_t i = 0; i < n_ranges; i++) {
        if (code_point >= ranges[i][0] && code_point <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xd800 && code_point <= 0xdfff;
}

/* The code points that `options` make of one code point. */
static size_t map_code_point(uint32_t code_point, utf8proc_option_t options, int32_t *out)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t n_bytes = utf8proc_encode_char((utf8proc_int32_t)code_point, bytes);
    utf8proc_ssize_t n = utf8proc_decompose(bytes, n_bytes, out, MAX_SEQUENCE, options);
    if (n < 0 || n > MAX_SEQUENCE) {
        fail("a mapping is too long");
    }
    n = utf8proc_normalize_utf32(out, n, options);
    return (size_t)n;
}

static int classify(uint32_t code_point)
{
    int32_t folded[MAX_SEQUENCE];
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    if (is_surrogate(code_point)) {
        return SEPARATOR;
    }
    if (map_code_point(code_point, NFKC_CASEFOLD, folded) == 0) {
        return IGNORED;
    }
    bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
    if (mark || (category != UTF8PROC_CATEGORY_CN &&
                 in_ranges(code_point, MARK_RANGES, sizeof MARK_RANGES / sizeof *MARK_RANGES))) {
        return MARK;
    }
    bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    bool number = category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    bool radical = code_point >= 0x2f00 && code_point <= 0x2fd5;
    bool script = in_ranges(code_point, ALONE_RANGES, sizeof ALONE_RANGES / sizeof *ALONE_RANGES);
    if (script && (letter || radical || category == UTF8PROC_CATEGORY_NL)) {
        return ALONE;
    }
    return letter || number ? WORD : SEPARATOR;
}

/* Everything behind the first place of a canonical decomposition may compose with its predecessor.
 */
static void mark_composing(void)
{
    int32_t parts[MAX_SEQUENCE];
    for (uint32_t c = 0; c < N_CODE_POINTS; c++) {
        size_t n =
            is_surrogate(c) ? 0 : map_code_point(c, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, parts);
        for (size_t i = 1; i < n; i++) {
            composes[parts[i]] = true;
        }
    }
}

static uint32_t add_to_pool(const int32_t *folded, size_t n)
{
    char bytes[MAX_SEQUENCE * 4];
    size_t n_bytes = 0;
    for (size_t i = 0; i < n; i++) {
        n_bytes += (size_t)utf8proc_encode_char(folded[i], (utf8proc_uint8_t *)bytes + n_bytes);
    }
    size_t offset = 0;
    while (offset + n_bytes <= pool_bytes && memcmp(pool + offset, bytes, n_bytes) != 0) {
        offset++;
    }
    if (offset + n_bytes > pool_bytes) {
        offset = pool_bytes;
        memcpy(pool + offset, bytes, n_bytes);
        pool_bytes += n_bytes;
    }
    if (n_bytes > 63 || pool_bytes >= MAX_POOL - MAX_SEQUENCE * 4) {
        fail("the pool of sequences is full");
    }
    return (uint32_t)(offset << 6 | n_bytes);
}

static uint32_t make_record(uint32_t code_point)
{
    uint32_t class = class_of[code_point];
    if (class == SEPARATOR || class == IGNORED) {
        return class;
    }
    int32_t folded[MAX_SEQUENCE];
    size_t n = map_code_point(code_point, NFKC_CASEFOLD, folded);
    const utf8proc_property_t *first = utf8proc_get_property(folded[0]);
    if (first->combining_class != 0 || composes[folded[0]]) {
        class |= 8;
    }
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (class_of[folded[i]] != SEPARATOR) {
            folded[n_kept++] = folded[i];
        }
    }
    if (n_kept == 0) {
        return SEPARATOR;
    }
    if (n_kept == 1 && (uint32_t)folded[0] == code_point) {
        return class | SAME << 4;
    }
    if (n_kept == 1) {
        return class | DELTA << 4 | (((uint32_t)folded[0] - code_point) & 0x1fffff) << 8;
    }
    return class | SEQUENCE << 4 | add_to_pool(folded, n_kept) << 8;
}

/* Distinct records, the most used first: their numbers are then short in the file. */
static void number_records(void)
{
    for (uint32_t c = 0; c < N_CODE_POINTS; c++) {
        uint32_t record = make_record(c);
        size_t i = 0;
        while (i < n_records && records[i] != record) {
            i++;
        }
        records[i] = record;
        uses[i]++;
        n_records += i == n_records;
        record_of[c] = record;
    }
    for (size_t i = 1; i < n_records; i++) {
        for (size_t j = i; j > 0 && uses[j] > uses[j - 1]; j--) {
            uint32_t record = records[j], use = uses[j];
            records[j] = records[j - 1], uses[j] = uses[j - 1];
            records[j - 1] = record, uses[j - 1] = use;
        }
    }
}

static unsigned find_record(uint32_t record)
{
    unsigned i = 0;
    while (records[i] != record) {
        i++;
    }
    return i;
}

/* Numbers separated by commas, packed to 100 columns. */
static void print_number(unsigned value, size_t *column)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%u,", value);
    if (*column + (size_t)n > 100) {
        putchar('\n');
        *column = 0;
    }
    fputs(text, stdout);
    *column += (size_t)n;
}

static void print_pages(void)
{
    uint8_t page_of[N_PAGES];
    size_t n_pages = 0;
    for (uint32_t p = 0; p < N_PAGES; p++) {
        for (uint32_t i = 0; i < 256; i++) {
            pages[n_pages][i] = (uint16_t)find_record(record_of[p << 8 | i]);
        }
        size_t same = 0;
        while (memcmp(pages[same], pages[n_pages], sizeof pages[0]) != 0) {
            same++;
        }
        n_pages += same == n_pages;
        page_of[p] = (uint8_t)same;
    }
    if (n_pages > 256 || n_records > UINT16_MAX) {
        fail("too many pages or records");
    }
    size_t column = 0;
    puts("const uint8_t sr_fold_page_of[0x1100] = {");
    for (uint32_t p = 0; p < N_PAGES; p++) {
        print_number(page_of[p], &column);
    }
    printf("\n};\n\nconst uint16_t sr_fold_pages[%zu][256] = {\n", n_pages);
    for (size_t p = 0; p < n_pages; p++) {
        column = 1;
        putchar('{');
        for (uint32_t i = 0; i < 256; i++) {
            print_number(pages[p][i], &column);
        }
        puts("},");
    }
    puts("};\n");
}

static void print_records_and_pool(void)
{
    size_t column = 0;
    printf("const uint32_t sr_fold_records[%zu] = {\n", n_records);
    for (size_t i = 0; i < n_records; i++) {
        print_number(records[i], &column);
    }
    puts("\n};\n");
    printf("const char sr_fold_pool[%zu] =\n    \"", pool_bytes + 1);
    for (size_t i = 0; i < pool_bytes; i++) {
        printf("\\%03o%s", (unsigned)(unsigned char)pool[i], i % 23 == 22 ? "\"\n    \"" : "");
    }
    puts("\";");
}

/* What the kernel split_two_byte needs of a code point (src/simd/kernels.h): its folded bytes, and
 * whether it is a letter; it stops where the tokeniser must decide. */
static uint32_t two_byte_record(uint32_t code_point)
{
    const uint32_t is_word = 1 << 16;
    const uint32_t stop = 1 << 17;
    uint32_t record = record_of[code_point];
    uint32_t class = record & 7;
    uint32_t mapping = record >> 4 & 3;
    bool interacts = record & 8;
    uint32_t folded = code_point;
    if (class == WORD && mapping == DELTA) {
        folded = (code_point + (record >> 8)) & 0x1fffff;
    }
    bool one_byte = code_point < 0x80;
    bool plain = class == SEPARATOR || (class == WORD && mapping != SEQUENCE && !interacts);
    if (!plain || (folded < 0x80) != one_byte || folded > 0x7ff) {
        return stop;
    }
    uint32_t bytes = one_byte ? folded : (0xc0 | folded >> 6) | (0x80 | (folded & 0x3f)) << 8;
    return bytes | (class == WORD ? is_word : 0);
}

static void print_two_byte(void)
{
    size_t column = 0;
    puts("\nconst uint32_t sr_fold_two_byte[0x800] = {");
    for (uint32_t c = 0; c < 0x800; c++) {
        print_number(two_byte_record(c), &column);
    }
    puts("\n};");
}

int main(void)
{
    for (uint32_t c = 0; c < N_CODE_POINTS; c++) {
        class_of[c] = (uint8_t)classify(c);
    }
    mark_composing();
    number_records();
    printf("/* Made by tools/gen_fold_table from utf8proc %s, Unicode %s. Do not edit. */\n/* "
           "clang-format off */\n\n",
           utf8proc_version(), utf8proc_unicode_version());
    printf("const char sr_fold_unicode_version[] = \"%s\";\n\n", utf8proc_unicode_version());
    print_pages();
    print_records_and_pool();
    print_two_byte();
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
