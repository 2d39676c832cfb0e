// The command check. What is complained about is decided in common/site, as for the module; here is
// only who is asked about which file. Tested by tests/adapter/jkctl/check_test.cc and
// tests/system/test_jkctl.py.
#include "jkctl/check.h"

#include <list>
#include <ostream>
#include <string_view>
#include <utility>

#include "conf/properties.h"
#include "jkctl/httpd_variables.h"
#include "jkctl/text_file.h"
#include "route/rule_checks.h"
#include "site/doctor.h"
#include "site/mounts.h"

namespace jk::ctl {

namespace {

struct TextFile {
    std::string path;
    std::string text;
    Kind kind;
};

std::vector<TextFile> read_all(const CheckOptions& options, Complaints& unreadable)
{
    std::vector<TextFile> files;
    for (const std::string& path : options.files) {
        std::optional<std::string> text = read_text_file(path, unreadable);
        if (text.has_value()) {
            const Kind kind = options.kind.value_or(kind_of(*text));
            files.push_back({path, std::move(*text), kind});
        }
    }
    return files;
}

void examine_site(const CheckOptions& options, const TextFile& file, Report& report)
{
    SiteOptions site_options = options.site;
    site_options.file = file.path;
    const Site site = read_site(site_options, report.complaints);
    report.files.insert(report.files.end(), site.files.begin(), site.files.end());
    report.is_refused = report.is_refused || site.is_refused || !site.is_readable;
}

/// The workers of all workers files together; nullopt where there is no such file.
std::optional<conf::WorkerSet> examine_workers(const CheckOptions& options,
                                               const std::vector<TextFile>& files, Report& report,
                                               Complaints& complaints)
{
    conf::Properties properties{process_environment};
    bool is_any = false;
    for (const TextFile& file : files) {
        if (file.kind != Kind::workers) {
            continue;
        }
        if (!std::exchange(is_any, true)) {
            properties.define("ServerRoot",
                              options.site.root.empty() ? folder_of(file.path) : options.site.root);
        }
        properties.add_file(file.text, file.path);
        report.files.push_back(file.path);
    }
    return is_any ? std::optional{site::build_workers(properties, complaints, permissions_of)}
                  : std::nullopt;
}

/// The rules of each mount file are a table of their own, as if each were another server's.
void examine_mounts(const std::vector<TextFile>& files,
                    const std::optional<conf::WorkerSet>& workers, Report& report,
                    Complaints& complaints)
{
    std::list<route::UriRules> rules;  // never moved: others point into them
    std::vector<const route::UriRules*> tables;
    route::TargetWorkers targets = workers ? site::targets_of(*workers) : route::TargetWorkers{};
    for (const TextFile& file : files) {
        if (file.kind != Kind::mounts) {
            continue;
        }
        route::UriRules& table = rules.emplace_back();
        table.add_file(file.text, file.path, process_environment, complaints);
        table.finish();
        tables.push_back(&table);
        report.files.push_back(file.path);
        if (!workers) {
            site::assume_targets(table, targets);
        }
    }
    site::check_mounts(tables, targets, complaints);
}

}  // namespace

Report examine(const CheckOptions& options, Complaints& unreadable)
{
    Report report;
    const std::vector<TextFile> files = read_all(options, unreadable);
    for (const TextFile& file : files) {
        if (file.kind == Kind::httpd) {
            examine_site(options, file, report);
        }
    }
    Complaints of_workers;
    Complaints of_rules;
    const std::optional<conf::WorkerSet> workers =
        examine_workers(options, files, report, of_workers);
    examine_mounts(files, workers, report, of_rules);
    append(report.complaints, of_workers);
    append(report.complaints, of_rules);
    sort_by_place(report.complaints);
    report.is_refused =
        report.is_refused ||
        site::is_refused(strict_options({}, options.site.strictness), of_workers, of_rules);
    return report;
}

Exit check(const CheckOptions& options, Console& console)
{
    Complaints unreadable;
    const Report report = examine(options, unreadable);
    if (!unreadable.empty()) {
        for (const Complaint& one : unreadable) {
            console.err << "jkctl check: " << jk::to_text(one) << '\n';
        }
        return Exit::misuse;
    }
    console.out << (options.format == Format::json ? to_text(to_json(report))
                                                   : to_text(report, console.colour));
    return report.is_refused ? Exit::refused : Exit::fine;
}

}  // namespace jk::ctl
