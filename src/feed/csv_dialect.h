/* csv_dialect.h — how a CSV file is written, by its first rows: the delimiter, whether the first
 * row names the columns, and where it does not, which column could be which field. */
#ifndef SR_FEED_CSV_DIALECT_H
#define SR_FEED_CSV_DIALECT_H

#include "feed/fields.h"

enum { SR_CSV_MAX_COLUMNS = 64 };

/* What the user says of the first row. */
typedef enum sr_csv_header {
    SR_CSV_HEADER_BY_CONTENT,
    SR_CSV_HEADER_YES,
    SR_CSV_HEADER_NO
} sr_csv_header;

/* And of quotes inside quotes. */
typedef enum sr_csv_quotes {
    SR_CSV_QUOTES_BY_CONTENT,
    SR_CSV_QUOTES_DOUBLED,
    SR_CSV_QUOTES_ESCAPED
} sr_csv_quotes;

typedef struct sr_csv_dialect {
    char delimiter;
    bool has_header;
    bool escapes;     /* quotes inside quotes are written \", not "" */
    size_t n_before;  /* bytes before the header row: a title, "sep=;" */
    size_t n_columns; /* without a header: of the widest of the first rows */
    uint8_t
        fields[SR_CSV_MAX_COLUMNS]; /* without a header: an sr_feed_field, or SR_FEED_FIELD_COUNT */
} sr_csv_dialect;

/* Whether a file that is not named so is CSV all the same: a header of short, different names and
 * rows of as many fields, none of them after a blank, as the commas of prose are; or rows that
 * begin with a quote, or are cut by tabs. `delimiter` 0: any. */
bool sr_csv_is_table(sr_str head, char delimiter, const sr_field_map *map);
/* The dialect of what is known to be CSV. `delimiter` 0: by content. `whole`: the file ends behind
 * `head`. */
void sr_csv_sniff(sr_str head, bool whole, char delimiter, sr_csv_header header,
                  const sr_field_map *map, sr_csv_dialect *dialect);

#endif
