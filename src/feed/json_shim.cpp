/* json_shim.cpp — the one C++ file: simdjson's DOM behind C functions.
 *
 * The DOM and not "on demand", because that does not look at values which are skipped: a line with
 * garbage inside must be refused as a whole. A dom::element is two words (document, index on its
 * tape), copied in and out of the C structs. */
#define SIMDJSON_EXCEPTIONS 0
#include "feed/json_shim.h"

#include <cstring>
#include <new>
#include <simdjson.h>

namespace dom = simdjson::dom;

static_assert(SR_JSON_PADDING >= simdjson::SIMDJSON_PADDING, "simdjson reads that far");
static_assert(sizeof(dom::element) == sizeof(sr_json_value), "a value is two words");
static_assert(sizeof(dom::object::iterator) == sizeof(sr_json_value), "an iterator is two words");
static_assert(sizeof(dom::array::iterator) == sizeof(sr_json_value), "an iterator is two words");

struct sr_json {
    dom::parser parser;
    char *padded = nullptr; /* simdjson reads behind the end */
    size_t capacity = 0;

    ~sr_json()
    {
        delete[] padded;
    }
};

template <typename To, typename From> static To copy_as(const From &from)
{
    static_assert(sizeof(To) == sizeof(From), "the same words");
    To to;
    std::memcpy(static_cast<void *>(&to), static_cast<const void *>(&from), sizeof to);
    return to;
}

static bool reserve(sr_json *json, size_t n_bytes)
{
    if (n_bytes <= json->capacity) {
        return true;
    }
    size_t capacity = json->capacity < 4096 ? 4096 : json->capacity;
    while (capacity < n_bytes) {
        capacity *= 2;
    }
    char *padded = new (std::nothrow) char[capacity + simdjson::SIMDJSON_PADDING];
    if (!padded) {
        return false;
    }
    delete[] json->padded;
    json->padded = padded;
    json->capacity = capacity;
    return true;
}

static sr_json_result result_of(simdjson::error_code code)
{
    switch (code) {
    case simdjson::SUCCESS:
        return SR_JSON_OK;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY:
        return SR_JSON_NO_MEMORY;
    case simdjson::UTF8_ERROR:
        return SR_JSON_BAD_UTF8;
    case simdjson::STRING_ERROR:
        return SR_JSON_BAD_STRING;
    case simdjson::NUMBER_ERROR:
        return SR_JSON_BAD_NUMBER;
    default:
        return SR_JSON_BAD_SYNTAX;
    }
}

extern "C" {

sr_json *sr_json_create(void)
{
    return new (std::nothrow) sr_json;
}

void sr_json_free(sr_json *json)
{
    delete json;
}

sr_json_result sr_json_parse_padded(sr_json *json, sr_str bytes, sr_json_value *root,
                                    const char **reason)
{
    if (bytes.n_bytes == 0) {
        *reason = "the document is empty";
        return SR_JSON_BAD_SYNTAX;
    }
    dom::element element;
    simdjson::error_code code = json->parser.parse(bytes.data, bytes.n_bytes, false).get(element);
    *reason = simdjson::error_message(code);
    if (code == simdjson::SUCCESS) {
        *root = copy_as<sr_json_value>(element);
    }
    return result_of(code);
}

sr_json_result sr_json_parse(sr_json *json, sr_str bytes, sr_json_value *root, const char **reason)
{
    *reason = "out of memory";
    if (bytes.n_bytes > SIZE_MAX / 4 || !reserve(json, bytes.n_bytes)) {
        return SR_JSON_NO_MEMORY;
    }
    if (bytes.n_bytes) {
        std::memcpy(json->padded, bytes.data, bytes.n_bytes);
    }
    return sr_json_parse_padded(json, sr_str{json->padded, bytes.n_bytes}, root, reason);
}

sr_json_type sr_json_value_type(sr_json_value value)
{
    switch (copy_as<dom::element>(value).type()) {
    case dom::element_type::ARRAY:
        return SR_JSON_ARRAY;
    case dom::element_type::OBJECT:
        return SR_JSON_OBJECT;
    case dom::element_type::STRING:
        return SR_JSON_STRING;
    case dom::element_type::NULL_VALUE:
        return SR_JSON_NULL;
    default:
        return SR_JSON_SCALAR;
    }
}

sr_str sr_json_value_string(sr_json_value value)
{
    std::string_view text;
    if (copy_as<dom::element>(value).get_string().get(text) != simdjson::SUCCESS) {
        text = {};
    }
    return sr_str{text.data(), text.size()};
}

size_t sr_json_value_scalar(sr_json_value value, char text[SR_JSON_SCALAR_BYTES])
{
    dom::element element = copy_as<dom::element>(value);
    char *end = text;
    switch (element.type()) {
    case dom::element_type::INT64:
    case dom::element_type::UINT64: {
        bool negative = element.is<int64_t>() && element.get_int64().value_unsafe() < 0;
        uint64_t rest = element.is<int64_t>()
                            ? static_cast<uint64_t>(element.get_int64().value_unsafe())
                            : element.get_uint64().value_unsafe();
        rest = negative ? 0 - rest : rest;
        char digits[24];
        size_t n = 0;
        do {
            digits[n++] = static_cast<char>('0' + rest % 10);
            rest /= 10;
        } while (rest);
        if (negative) {
            *end++ = '-';
        }
        while (n) {
            *end++ = digits[--n];
        }
        break;
    }
    case dom::element_type::DOUBLE:
        end = simdjson::internal::to_chars(text, text + SR_JSON_SCALAR_BYTES,
                                           element.get_double().value_unsafe());
        break;
    default: {
        bool is_true = element.get_bool().value_unsafe();
        std::memcpy(text, is_true ? "true" : "false", is_true ? 4 : 5);
        end += is_true ? 4 : 5;
    }
    }
    return static_cast<size_t>(end - text);
}

sr_json_walk sr_json_value_walk(sr_json_value value)
{
    dom::element element = copy_as<dom::element>(value);
    sr_json_walk walk = {};
    dom::object object;
    dom::array array;
    if (element.get_object().get(object) == simdjson::SUCCESS) {
        sr_json_value at = copy_as<sr_json_value>(object.begin());
        sr_json_value end = copy_as<sr_json_value>(object.end());
        std::memcpy(walk.at, at.opaque, sizeof walk.at);
        std::memcpy(walk.end, end.opaque, sizeof walk.end);
        walk.is_object = true;
    } else if (element.get_array().get(array) == simdjson::SUCCESS) {
        sr_json_value at = copy_as<sr_json_value>(array.begin());
        sr_json_value end = copy_as<sr_json_value>(array.end());
        std::memcpy(walk.at, at.opaque, sizeof walk.at);
        std::memcpy(walk.end, end.opaque, sizeof walk.end);
    }
    return walk;
}

bool sr_json_walk_next(sr_json_walk *walk, sr_str *key, sr_json_value *value)
{
    if (std::memcmp(walk->at, walk->end, sizeof walk->at) == 0) {
        return false;
    }
    if (walk->is_object) {
        dom::object::iterator at = copy_as<dom::object::iterator>(walk->at);
        std::string_view name = at.key();
        *key = sr_str{name.data(), name.size()};
        *value = copy_as<sr_json_value>(at.value());
        ++at;
        std::memcpy(walk->at, static_cast<const void *>(&at), sizeof walk->at);
    } else {
        dom::array::iterator at = copy_as<dom::array::iterator>(walk->at);
        *key = sr_str{nullptr, 0};
        *value = copy_as<sr_json_value>(*at);
        ++at;
        std::memcpy(walk->at, static_cast<const void *>(&at), sizeof walk->at);
    }
    return true;
}

bool sr_json_is_utf8(sr_str text)
{
    return text.n_bytes == 0 || simdjson::validate_utf8(text.data, text.n_bytes);
}
}
