// Sentences about single statements. Tested by tests/unit/conf/statement_checks_test.cc.
#include "conf/statement_checks.h"

#include "base/wording.h"

namespace jk::conf {

namespace {

constexpr std::string_view worker_prefix = "worker.";

bool is_global(std::string_view last) noexcept
{
    return last == "list" || last == "maintain";
}

}  // namespace

std::string_view last_part(std::string_view name) noexcept
{
    return name.substr(name.rfind('.') + 1);
}

std::string_view owner_of(std::string_view name) noexcept
{
    const std::size_t around = worker_prefix.size() + 1 + last_part(name).size();
    return name.starts_with(worker_prefix) && name.size() > around
               ? name.substr(worker_prefix.size(), name.size() - around)
               : "";
}

std::string unknown_property(std::string_view name)
{
    const std::string_view last = last_part(name);
    const std::string_view near = nearest_known_name(last);
    const std::string begin = concat({escaped(name), ": there is no property ", quoted(last)});
    return near.empty() ? concat({begin, "; remove the line"})
                        : concat({begin, "; did you mean ", near, "?"});
}

std::string misplaced_property(std::string_view name)
{
    const std::string_view last = last_part(name);
    const bool has_owner = !owner_of(name).empty();
    if (has_owner && is_global(last)) {
        return concat(
            {escaped(name), " has no effect: it holds for all workers; write worker.", last});
    }
    if (!has_owner && !is_global(last)) {
        return concat(
            {escaped(name), " has no effect: it names no worker; write worker.NAME.", last});
    }
    return {};
}

std::string ignored_line(std::string_view line)
{
    const bool has_separator = line.find('=') != std::string_view::npos;
    const std::string_view begin = line.substr(0, line.find_first_of("=: \t"));
    return concat({"the line ", begin.size() == line.size() ? "" : "that begins with ",
                   quoted(begin.substr(0, 80)), " is ignored: ",
                   has_separator ? "its name or its value is empty; complete it or remove it"
                                 : "it has no \"=\" between a name and a value; write one"});
}

std::string retired_property(std::string_view name, const KnownName& known,
                             std::string_view successor)
{
    const std::string_view verdict =
        known.use == NameUse::old ? " is an old name" : " has no effect any more";
    if (!successor.empty()) {
        return concat({escaped(name), verdict, ", and ", successor, " is set; remove the line"});
    }
    if (known.instead.empty()) {
        return concat({escaped(name), verdict, "; remove the line"});
    }
    return concat({escaped(name), verdict, "; write ", known.instead, " instead"});
}

bool is_quoted(std::string_view value) noexcept
{
    return value.size() > 1 && value.front() == value.back() &&
           (value.front() == '"' || value.front() == '\'');
}

}  // namespace jk::conf
