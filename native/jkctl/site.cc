// Reads a whole configuration: httpd's files give each server's draft, then workers and mounts are
// built from them as the module does. Tested by tests/adapter/jkctl/site_test.cc and
// tests/system/test_jkctl_explain.py.
#include "jkctl/site.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "base/wording.h"
#include "conf/properties.h"
#include "jkctl/httpd_reader.h"
#include "jkctl/jk_directives.h"
#include "jkctl/server_draft.h"
#include "jkctl/server_settings.h"
#include "jkctl/text_file.h"
#include "site/doctor.h"

namespace jk::ctl {

namespace {

std::string unknown_directive(std::string_view name)
{
    const std::string_view nearest = site::nearest_directive(name);
    return nearest.empty()
               ? concat({"Invalid command '", escaped(name), "': mod_jk has no such directive"})
               : concat({"Invalid command '", escaped(name), "', perhaps misspelled; did you mean ",
                         nearest, "?"});
}

/// Sorts directives by server, and collects what httpd would refuse.
class Collector final : public StatementTaker {
public:
    Collector(JkDirectives& jk, Complaints& complaints, const std::string& file)
        : jk_(jk), complaints_(complaints)
    {
        drafts_.emplace_back().server.place = {file, 0};
    }

    void take(const Statement& statement, const std::vector<Section>& sections) override
    {
        if (!starts_with_caseless(statement.name, "Jk")) {
            if (!path_of(sections).has_value()) {
                set_server(statement.name, statement.arguments, current(), listens_);
            }
            return;
        }
        const site::Directive* const known = site::find_directive(statement.name);
        const std::string refusal = known == nullptr
                                        ? unknown_directive(statement.name)
                                        : jk_.take({known, statement.arguments, statement.place},
                                                   context(sections), current());
        if (!refusal.empty()) {
            complaints_.push_back({Severity::error, statement.place, refusal});
        }
    }

    void open(const Section& section) override
    {
        if (section.name != "virtualhost") {
            return;
        }
        ServerDraft& draft = drafts_.emplace_back();
        draft.server.place = section.place;
        draft.server.addresses = host_addresses(section.arguments, drafts_.front().server.port);
        is_in_host_ = true;
    }

    void close(const Section& section) override
    {
        is_in_host_ = is_in_host_ && section.name != "virtualhost";
    }

    [[nodiscard]] std::vector<ServerDraft>& drafts() noexcept { return drafts_; }
    [[nodiscard]] std::vector<Address>& listens() noexcept { return listens_; }

private:
    [[nodiscard]] ServerDraft& current() noexcept
    {
        return is_in_host_ ? drafts_.back() : drafts_.front();
    }

    [[nodiscard]] Context context(const std::vector<Section>& sections) const
    {
        Context context;
        context.kind = is_in_host_ ? ServerKind::virtual_host : ServerKind::main;
        context.path = path_of(sections);
        for (const Section& section : sections) {
            context.section = section.is_condition ? context.section : section.written;
        }
        return context;
    }

    JkDirectives& jk_;
    Complaints& complaints_;
    std::vector<ServerDraft> drafts_;  ///< the main server's first
    std::vector<Address> listens_;
    bool is_in_host_ = false;
};

/// From drafts to servers.
class Finisher {
public:
    Finisher(std::vector<ServerDraft>& drafts, const HttpdVariables& variables)
        : drafts_(drafts), variables_(variables)
    {}

    void build_workers(conf::Properties& properties, const JkDirectives& jk, Site& site)
    {
        const std::string& file = jk.workers_file();
        knows_workers_ = !jk.misses_workers();
        properties.define("ServerRoot", site.server_root);
        if (!file.empty()) {
            if (const auto text = read_text_file(file, of_workers_)) {
                properties.add_file(*text, file);
                site.files.push_back(file);
            } else {
                knows_workers_ = false;
            }
        }
        Complaints unfounded;
        site.workers = site::build_workers(properties, knows_workers_ ? of_workers_ : unfounded,
                                           permissions_of);
    }

    void build_servers(Site& site)
    {
        const site::ServerMounts main = mounts_of(drafts_.front(), drafts_.front());
        site::MountComplaints mounts;
        for (ServerDraft& draft : drafts_) {
            inherit(draft, drafts_.front());
            const site::ServerMounts own = mounts_of(draft, drafts_.front());
            site::Composition made =
                site::compose(&draft == &drafts_.front() ? main : own, main, site.workers, mounts);
            Server& server = site.servers.emplace_back(std::move(draft.server));
            server.copies_main = own.copy == site::MountCopy::on && &draft != &drafts_.front();
            server.mount_file = made.file;
            server.rules = std::move(made.fixed);
            add_mount_file(server, site, mounts.of_rules);
            server.rules.finish();
        }
        check_mounts(site, mounts.of_rules);
        append(of_workers_, mounts.of_workers);
        for (const ServerDraft& draft : drafts_) {
            append(small_, draft.doubts);
        }
        append(small_, mounts.of_rules);
    }

    [[nodiscard]] bool is_refused(site::Options main) const noexcept
    {
        return site::is_refused(main, of_workers_, small_);
    }

    void report(Complaints& complaints) const
    {
        append(complaints, of_workers_);
        append(complaints, small_);
    }

private:
    [[nodiscard]] static site::ServerMounts mounts_of(const ServerDraft& draft,
                                                      const ServerDraft& main)
    {
        const bool is_main = &draft == &main;
        return {draft.lines, is_main ? draft.copy : site::inherited(draft.copy, main.copy),
                draft.mount_file};
    }

    static void inherit(ServerDraft& draft, const ServerDraft& main)
    {
        Server& server = draft.server;
        const site::Options of_main = main.words.with_defaults();
        server.options = &draft == &main ? of_main : draft.words.over(of_main);
        server.encoded_slashes =
            draft.encoded_slashes.value_or(main.encoded_slashes.value_or(EncodedSlashes::refused));
        server.slashes = draft.slashes.value_or(main.slashes.value_or(Slashes::merged));
    }

    void add_mount_file(Server& server, Site& site, Complaints& complaints) const
    {
        if (server.mount_file.empty()) {
            return;
        }
        const auto text = read_text_file(server.mount_file, complaints);
        server.rules.add_file(
            text.value_or(""), server.mount_file,
            [this](std::string_view name) { return variables_.environment(name); }, complaints);
        if (std::find(site.files.begin(), site.files.end(), server.mount_file) ==
            site.files.end()) {
            site.files.push_back(server.mount_file);
        }
    }

    /// Without the workers file nothing can be said of the workers that rules name.
    void check_mounts(const Site& site, Complaints& complaints) const
    {
        std::vector<const route::UriRules*> tables;
        route::TargetWorkers targets =
            knows_workers_ ? site::targets_of(site.workers) : route::TargetWorkers{};
        for (const Server& server : site.servers) {
            tables.push_back(&server.rules);
            if (!knows_workers_) {
                site::assume_targets(server.rules, targets);
            }
        }
        site::check_mounts(tables, targets, complaints);
    }

    std::vector<ServerDraft>& drafts_;
    const HttpdVariables& variables_;
    bool knows_workers_ = true;  ///< their file could be read
    Complaints of_workers_;      ///< an error stops the start
    Complaints small_;           ///< what costs no more than itself
};

HttpdVariables variables_of(const SiteOptions& options, Complaints& complaints)
{
    HttpdVariables variables;
    for (const std::string& one : options.defines) {
        variables.define(one);
    }
    const std::string beside = concat({folder_of(options.file), "/envvars"});
    std::error_code ignored;
    const bool has_beside =
        options.env_file.empty() && std::filesystem::is_regular_file(beside, ignored);
    const std::string& script = has_beside ? beside : options.env_file;
    if (!script.empty()) {
        variables.add_script(read_text_file(script, complaints).value_or(""));
    }
    return variables;
}

}  // namespace

site::Options strict_options(site::Options options, Strictness strictness)
{
    if (strictness == Strictness::strict) {
        (void)options.add("+StrictConfig");
    }
    return options;
}

Site read_site(const SiteOptions& options, Complaints& complaints)
{
    Site site;
    Complaints refusals;
    HttpdVariables variables = variables_of(options, refusals);
    conf::Properties properties{[&](std::string_view name) { return variables.environment(name); }};
    HttpdReader* reading = nullptr;
    JkDirectives jk{properties,
                    [&](std::string_view path) { return reading->from_server_root(path); }};
    Collector collector{jk, refusals, options.file};
    HttpdReader reader{variables, collector, refusals};
    reading = &reader;
    reader.set_server_root(options.root.empty() ? folder_of(options.file) : options.root);
    site.is_readable = reader.read(options.file);
    site.server_root = reader.server_root();
    site.files = reader.files();
    site.listens = std::move(collector.listens());
    append(complaints, refusals);
    if (!site.is_readable) {
        return site;
    }
    Finisher finisher{collector.drafts(), variables};
    finisher.build_workers(properties, jk, site);
    finisher.build_servers(site);
    finisher.report(complaints);
    site.is_refused =
        has_error(refusals) ||
        finisher.is_refused(strict_options(site.servers.front().options, options.strictness));
    return site;
}

}  // namespace jk::ctl
