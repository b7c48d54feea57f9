/* json_floor.cpp — simdjson's two ways through a .jsonl file, on one thread. */
#define SIMDJSON_EXCEPTIONS 0
#include "json_floor.h"

#include <simdjson.h>

static long parse_dom(const char *bytes, size_t n_bytes, size_t *n_text_bytes)
{
    simdjson::dom::parser parser;
    parser.threaded = false;
    simdjson::dom::document_stream stream;
    if (parser.parse_many(bytes, n_bytes, 1 << 20).get(stream)) {
        return -1;
    }
    long n_documents = 0;
    for (auto document : stream) {
        std::string_view text;
        if (document["text"].get(text)) {
            return -1;
        }
        *n_text_bytes += text.size();
        n_documents++;
    }
    return n_documents;
}

static long parse_on_demand(const char *bytes, size_t n_bytes, size_t *n_text_bytes)
{
    simdjson::ondemand::parser parser;
    parser.threaded = false;
    simdjson::ondemand::document_stream stream;
    if (parser.iterate_many(bytes, n_bytes, 1 << 20).get(stream)) {
        return -1;
    }
    long n_documents = 0;
    for (auto document : stream) {
        std::string_view text;
        if (document["text"].get(text)) {
            return -1;
        }
        *n_text_bytes += text.size();
        n_documents++;
    }
    return n_documents;
}

long json_floor_parse(const char *bytes, size_t n_bytes, int is_on_demand, size_t *n_text_bytes)
{
    *n_text_bytes = 0;
    return is_on_demand ? parse_on_demand(bytes, n_bytes, n_text_bytes)
                        : parse_dom(bytes, n_bytes, n_text_bytes);
}
