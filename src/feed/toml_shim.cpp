// toml_shim.cpp — see toml_shim.h. toml++ limits the depth of nesting itself.
#include "feed/toml_shim.h"

#include <cstdio>
#include <sstream>
#include <stdexcept>

// toml++ 3.3 asserts what ill-formed documents do not hold ("[" and a line end), and assumes it, as
// undefined behaviour, in a release. Here it is an error like any other.
[[noreturn]] static void refuse()
{
    throw std::logic_error("ill-formed");
}
#undef NDEBUG
#define TOML_ASSERT(holds) ((holds) ? void(0) : refuse())
#define TOML_EXCEPTIONS 1
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wdouble-promotion"
#pragma GCC diagnostic ignored "-Wcast-align"
#endif
#include <toml++/toml.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace
{

constexpr int max_depth = 4;

sr_str view(std::string_view text)
{
    return sr_str{text.data(), text.size()};
}

struct taker {
    sr_toml_fn take;
    void *context;
};

bool walk_value(const taker &to, const std::string &prefix, std::string_view name,
                const toml::node &node, int depth);

bool walk_table(const taker &to, const std::string &prefix, const toml::table &table, int depth)
{
    for (auto &&[key, value] : table) {
        if (!walk_value(to, prefix, key.str(), value, depth)) {
            return false;
        }
    }
    return true;
}

bool walk_value(const taker &to, const std::string &prefix, std::string_view name,
                const toml::node &node, int depth)
{
    if (depth == max_depth) {
        return true;
    }
    if (const auto *table = node.as_table()) {
        std::string path = prefix.empty() ? std::string(name) : prefix + "." + std::string(name);
        return walk_table(to, path, *table, depth + 1);
    }
    if (const auto *array = node.as_array()) {
        for (auto &&element : *array) {
            const auto *inner = element.as_table();
            const toml::node *named = inner ? inner->get("name") : nullptr;
            if (!walk_value(to, prefix, name, named ? *named : element, depth + 1)) {
                return false;
            }
        }
        return true;
    }
    if (const auto *text = node.as_string()) {
        return to.take(to.context, view(prefix), view(name), view(text->get()));
    }
    std::ostringstream out;
    node.visit([&out](const auto &value) {
        if constexpr (toml::is_value<decltype(value)>) {
            out << value.get();
        }
    });
    std::string text = out.str();
    if (const auto *flag = node.as_boolean()) {
        text = flag->get() ? "true" : "false";
    }
    return to.take(to.context, view(prefix), view(name), view(text));
}

} // namespace

bool sr_toml_read(sr_str text, sr_toml_fn take, void *context, char *problem, size_t n_problem)
{
    try {
        toml::table document = toml::parse(std::string_view(text.data, text.n_bytes));
        return walk_table(taker{take, context}, "", document, 0);
    } catch (const toml::parse_error &wrong) {
        std::snprintf(problem, n_problem, "%.*s", static_cast<int>(wrong.description().size()),
                      wrong.description().data());
    } catch (const std::logic_error &wrong) {
        std::snprintf(problem, n_problem, "%s", wrong.what());
    } catch (...) {
        std::snprintf(problem, n_problem, "out of memory");
    }
    return false;
}
