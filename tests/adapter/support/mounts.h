// A site with workers and mounts, and one with a mount file that changes.
#pragma once

#include <string>
#include <string_view>

#include "config/mount_table.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

/// The worker that a server's rules give a path to; "none", or "no table".
inline std::string worker_of(const server_rec* server, const char* path)
{
    const httpd::MountTable* const table = httpd::config_of(server).table;
    if (table == nullptr) {
        return "no table";
    }
    const route::Rule* const rule = table->rules().match(path);
    return rule == nullptr ? "none" : rule->target.worker;
}

/// A site with workers w1 to w3, and a virtual host.
struct Mounts {
    Site site;
    server_rec* host = site.add_host();

    Mounts()
    {
        site.set_property("worker.list=w1,w2,w3");
        site.set_property("worker.w3.mount=/property/*");
    }
    void mount(server_rec* server, const char* path, const char* worker)
    {
        assert_text_equal(site.set(server, "JkMount", {path, worker}), "");
    }
    /// The file was written so long ago that it is whole.
    void use_file(server_rec* server, const char* name, std::string_view text)
    {
        const char* const path = site.file(name, text);
        apr_file_mtime_set(path, apr_time_now() - apr_time_from_sec(10), site.pool());
        assert_text_equal(site.set(server, "JkMountFile", {name}), "");
    }
    [[nodiscard]] std::string main(const char* path) const { return worker_of(site.main(), path); }
    [[nodiscard]] std::string other(const char* path) const { return worker_of(host, path); }
    /// A request that comes so many seconds from now looks whether the file changed.
    void ask(server_rec* server, int seconds = 100)
    {
        ask_at(server, apr_time_now() + apr_time_from_sec(seconds));
    }
    void ask_at(server_rec* server, apr_time_t when)
    {
        httpd::config_of(server).table->reload_when_changed(site.request("/x", server), when);
    }
};

/// A site whose main server has one rule and this file.
struct Filed : Mounts {
    const char* path = nullptr;

    explicit Filed(std::string_view text = "/old/*=w1\n", const char* reload = "60")
    {
        mount(site.main(), "/m/*", "w3");
        use_file(site.main(), "u.properties", text);
        (void)site.set("JkMountFileReload", {reload});
        path = site.config().mount_file;
        (void)site.build();
    }
    void change(std::string_view text) { (void)site.file("u.properties", text); }
};

}  // namespace jk::test
