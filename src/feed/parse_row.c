/* parse_row.c — named columns as an article: the rows of CSV. */
#include "feed/parse_inside.h"

#define NO_COLUMN SIZE_MAX

/* The column that --map names by its number, counted from 1; NO_COLUMN: it is no such number. */
static size_t numbered_column(sr_str name, size_t n_columns)
{
    size_t number = 0;
    for (size_t i = 0; i < name.n_bytes; i++) {
        if (name.data[i] < '0' || name.data[i] > '9' || number > n_columns) {
            return NO_COLUMN;
        }
        number = number * 10 + (size_t)(name.data[i] - '0');
    }
    return number && number <= n_columns ? number - 1 : NO_COLUMN;
}

/* What has no name can be mapped by number, and guessed by content. */
static void choose_unnamed_columns(sr_record_parser *parser, const sr_feed_member *member)
{
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        const sr_field_path *path = &parser->map->paths[f];
        if (path->is_mapped && parser->columns[f][0] == NO_COLUMN) {
            parser->columns[f][0] = numbered_column(path->name, member->n_columns);
        }
    }
    for (size_t i = 0; i < member->n_column_fields && i < member->n_columns; i++) {
        uint8_t f = member->column_fields[i];
        bool is_used = f == SR_FEED_FIELD_COUNT || parser->map->paths[f].is_mapped;
        for (int other = 0; other < SR_FEED_FIELD_COUNT && !is_used; other++) {
            is_used = parser->columns[other][0] == i;
        }
        if (!is_used) {
            parser->columns[f][0] = i;
        }
    }
}

/* Finds the columns of every field, once a member. */
static void choose_columns(sr_record_parser *parser, const sr_feed_member *member)
{
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        for (int rank = 0; rank < SR_PARSER_MAX_RANK; rank++) {
            parser->columns[f][rank] = NO_COLUMN;
        }
    }
    for (size_t i = member->n_columns;
         i-- > 0;) { /* backwards: the first of two equal names stays */
        sr_str name = sr_str_trim(member->columns[i]);
        sr_feed_field field;
        unsigned rank = sr_field_map_guess(parser->map, name, &field);
        if (rank < SR_PARSER_MAX_RANK) {
            parser->columns[field][rank] = i;
        }
        for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
            const sr_field_path *path = &parser->map->paths[f];
            if (path->is_mapped && name.n_bytes && sr_str_equal(path->name, name)) {
                parser->columns[f][0] = i;
            }
        }
    }
    choose_unnamed_columns(parser, member);
    parser->columns_of = member;
}

/* The first column of a field that holds something, else the first that exists, else NO_COLUMN. */
static size_t filled_column(const sr_record_parser *parser, const sr_record *record, int field)
{
    size_t first = NO_COLUMN;
    for (int rank = 0; rank < SR_PARSER_MAX_RANK; rank++) {
        size_t column = parser->columns[field][rank];
        if (column == NO_COLUMN) {
            continue;
        }
        first = first == NO_COLUMN ? column : first;
        if (column < record->n_fields && sr_str_trim(record->fields[column]).n_bytes) {
            return column;
        }
    }
    return first;
}

static void choose_row_names(sr_record_parser *parser, const sr_record *record,
                             sr_str names[SR_FEED_FIELD_COUNT], size_t columns[SR_FEED_FIELD_COUNT])
{
    if (parser->columns_of != record->member) {
        choose_columns(parser, record->member);
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        columns[f] = filled_column(parser, record, f);
        names[f] = columns[f] == NO_COLUMN ? sr_str_make(NULL, 0)
                                           : sr_str_trim(record->member->columns[columns[f]]);
    }
}

static sr_status refuse_row(sr_record_parser *parser, const sr_record *record, sr_error *error)
{
    const sr_feed_member *member = record->member;
    size_t longest = 0;
    for (size_t i = 1; i < record->n_fields && i < member->n_columns; i++) {
        bool longer = sr_parser_text_weight(record->fields[i]) >
                      sr_parser_text_weight(record->fields[longest]);
        longest = longer ? i : longest;
    }
    sr_str name = member->n_columns ? member->columns[longest] : sr_str_make(NULL, 0);
    return sr_parser_refuse_names(parser, record, member->columns, member->n_columns, name, error);
}

sr_status sr_parse_row(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                       sr_article *article, sr_error *error)
{
    sr_str names[SR_FEED_FIELD_COUNT];
    size_t columns[SR_FEED_FIELD_COUNT];
    choose_row_names(parser, record, names, columns);
    sr_parser_note_seen(parser, record, sr_parser_mapped_bits(parser, names));
    if (!sr_parser_has_content(names)) {
        return refuse_row(parser, record, error);
    }
    const char *encoding = sr_parser_encoding(record);
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (columns[f] >= record->n_fields) {
            continue;
        }
        sr_str value = record->fields[columns[f]];
        if (encoding) {
            SR_TRY(sr_parser_convert(parser, encoding, value, &value));
        }
        SR_TRY(sr_parser_set_field(article, (sr_feed_field)f, value, encoding ? arena : NULL));
    }
    return SR_OK;
}

bool sr_parse_row_names(sr_record_parser *parser, const sr_record *record,
                        sr_str names[SR_FEED_FIELD_COUNT])
{
    size_t columns[SR_FEED_FIELD_COUNT];
    choose_row_names(parser, record, names, columns);
    return true;
}

size_t sr_parse_row_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                         size_t max_names)
{
    (void)parser;
    const sr_feed_member *member = record->member;
    size_t n_names = member->n_columns < max_names ? member->n_columns : max_names;
    for (size_t i = 0; i < n_names; i++) {
        names[i] = sr_str_trim(member->columns[i]);
    }
    return n_names;
}
