// The commands, a row each: what it is called, what it is told, what it does. The only file that
// knows CLI11, which brings the parsing and the help texts. A new command is a row, a function that
// declares its options, and a file of its own that does the work.
// Tested by tests/adapter/jkctl/command_line_test.cc, tests/system/test_jkctl.py and
// test_jkctl_remote.py.
#include "jkctl/command_line.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ostream>
#include <string_view>

#include <CLI/CLI.hpp>

#include "base/nearest_name.h"
#include "base/wording.h"
#include "jkctl/check.h"
#include "jkctl/convert.h"
#include "jkctl/errand.h"
#include "jkctl/explain.h"

namespace jk::ctl {

namespace {

/// What the commands are told.
struct Arguments {
    CheckOptions check;
    ConvertOptions convert;
    ExplainOptions explain;
    Errand errand;
};

struct Command {
    const char* name;
    const char* help;
    void (*declare)(CLI::App& command, Arguments& arguments);
    Exit (*run)(const Arguments& arguments, Console& console);
};

/// An option that may be given several times, one argument each.
void declare_list(CLI::App& command, const char* name, std::vector<std::string>& list,
                  const char* help)
{
    command.add_option(name, list, help)->allow_extra_args(false)->type_name("TEXT");
}

/// What a configuration is read with.
void declare_site(CLI::App& command, SiteOptions& options)
{
    command.add_option("--root", options.root, "ServerRoot; otherwise the file's own folder")
        ->type_name("FOLDER");
    command
        .add_option("--env", options.env_file,
                    "a file of export NAME=value lines; otherwise envvars beside the file")
        ->type_name("FILE");
    declare_list(command, "-D,--define", options.defines, "a name for <IfDefine>, or NAME=value");
}

Kind parse_kind(const std::string& word)
{
    return word == "httpd" ? Kind::httpd : word == "workers" ? Kind::workers : Kind::mounts;
}

void declare_check(CLI::App& command, Arguments& arguments)
{
    CheckOptions& options = arguments.check;
    command
        .add_option("FILE", options.files,
                    "httpd.conf, workers.properties, uriworkermap.properties, in any mixture")
        ->required()
        ->type_name("");
    command
        .add_option_function<std::string>(
            "--as", [&](const std::string& word) { options.kind = parse_kind(word); },
            "what the files are: httpd, workers or mounts; otherwise their content tells")
        ->check(CLI::IsMember({"httpd", "workers", "mounts"}))
        ->type_name("KIND");
    command.add_flag_callback(
        "--strict", [&] { options.site.strictness = Strictness::strict; },
        "warnings refuse the start, as with JkOptions +StrictConfig");
    command.add_flag_callback(
        "--json", [&] { options.format = Format::json; }, "the result as JSON");
    declare_site(command, options.site);
}

void declare_convert(CLI::App& command, Arguments& arguments)
{
    ConvertOptions& options = arguments.convert;
    command.add_option("FILE", options.file, "workers.properties; with --to properties httpd.conf")
        ->required()
        ->type_name("");
    command
        .add_option_function<std::string>(
            "--to",
            [&](const std::string& word) {
                options.form = word == "properties" ? Form::properties : Form::directives;
            },
            "directives (JkWorkerProperty lines, the default) or properties")
        ->check(CLI::IsMember({"directives", "properties"}))
        ->type_name("FORM");
    command.add_option("-o,--output", options.output, "the file to write; otherwise it is printed")
        ->type_name("FILE");
}

void declare_explain(CLI::App& command, Arguments& arguments)
{
    ExplainOptions& options = arguments.explain;
    command.add_option("URL", options.url, "http[s]://host[:port]/path")->required()->type_name("");
    command.add_option("--config", options.site.file, "the main file of httpd's configuration")
        ->required()
        ->type_name("FILE");
    declare_list(command, "--cookie", options.cookies, "a Cookie header: NAME=value; NAME=value");
    command
        .add_option("--address", options.address,
                    "the IP address the request comes to; otherwise any")
        ->type_name("IP");
    command.add_flag_callback(
        "--json", [&] { options.format = Format::json; }, "the result as JSON");
    declare_site(command, options.site);
}

// --- Commands that ask a running server ----------------------------------------------------------

/// How the server is reached, and in which form its answer is told.
void declare_connection(CLI::App& command, Errand& options)
{
    ConnectionOptions& connection = options.connection;
    command
        .add_option("--url", connection.url,
                    "of the status worker; otherwise JKCTL_URL of the environment, or "
                    "http://localhost/jkmanager")
        ->type_name("URL");
    command.add_option("--user", connection.user, "who asks, where the server wants to know")
        ->type_name("NAME");
    command
        .add_option("--password-file", connection.password_file,
                    "its first line is the password; - is the standard input")
        ->type_name("FILE");
    command.add_option("--socket", connection.socket, "the unix socket that the server listens on")
        ->type_name("FILE");
    command.add_option("--ca", connection.authorities, "the certificates to trust, for https")
        ->type_name("FILE");
    command
        .add_option("--timeout", connection.timeout_seconds, "seconds for one answer; otherwise 10")
        ->check(CLI::Range(1, 3600))
        ->type_name("SECONDS");
    command.add_flag_callback(
        "--json", [&] { options.format = Format::json; }, "the answer as JSON");
}

CLI::Option* declare_balancer(CLI::App& command, Errand& options)
{
    return command.add_option("BALANCER", options.place.balancer, "its name, or a direct worker's")
        ->type_name("");
}

CLI::Option* declare_member(CLI::App& command, Errand& options)
{
    return command.add_option("MEMBER", options.place.member, "the member's name")->type_name("");
}

void declare_status(CLI::App& command, Arguments& arguments)
{
    Errand& options = arguments.errand;
    (void)declare_balancer(command, options);
    declare_connection(command, options);
}

void declare_members(CLI::App& command, Arguments& arguments)
{
    Errand& options = arguments.errand;
    (void)declare_balancer(command, options);
    (void)declare_member(command, options);
    declare_connection(command, options);
}

/// One member, of a balancer.
void declare_one_member(CLI::App& command, Arguments& arguments)
{
    Errand& options = arguments.errand;
    declare_balancer(command, options)->required();
    declare_member(command, options)->required();
    declare_connection(command, options);
}

void declare_drain(CLI::App& command, Arguments& arguments)
{
    Errand& options = arguments.errand;
    command.add_flag_callback(
        "--stop", [&] { options.drain.activation = "stopped"; },
        "sessions move to other members too; otherwise they stay");
    command
        .add_flag_function(
            "--wait{300}",
            [&](std::int64_t seconds) { options.drain.limit = std::chrono::seconds{seconds}; },
            "wait until nothing is in flight, --wait=SECONDS at most; otherwise 300")
        ->check(CLI::Range(1, 604800));
    declare_one_member(command, arguments);
}

void declare_edit(CLI::App& command, Arguments& arguments)
{
    Errand& options = arguments.errand;
    declare_balancer(command, options)->required();
    command.add_option("[MEMBER] property=value", options.words, "what is to be changed")
        ->required()
        ->type_name("");
    declare_connection(command, options);
}

void declare_reset(CLI::App& command, Arguments& arguments)
{
    Errand& options = arguments.errand;
    declare_balancer(command, options)->required();
    (void)declare_member(command, options);
    declare_connection(command, options);
}

template <Exit (*run)(const Errand& errand, Console& console)>
Exit run_errand(const Arguments& given, Console& console)
{
    return run(given.errand, console);
}

// name, help, declare, run
constexpr std::array commands{
    Command{"check", "Say what is wrong with configuration files", declare_check,
            [](const Arguments& given, Console& console) { return check(given.check, console); }},
    Command{
        "convert", "Turn workers.properties into JkWorkerProperty lines, or back", declare_convert,
        [](const Arguments& given, Console& console) { return convert(given.convert, console); }},
    Command{
        "explain", "Say which virtual host, rule, worker and member a URL goes to, and why",
        declare_explain,
        [](const Arguments& given, Console& console) { return explain(given.explain, console); }},
    Command{"status", "Show the balancers, members and workers of a running server", declare_status,
            run_errand<run_status>},
    Command{"members", "Show members; of one also its settings", declare_members,
            run_errand<run_members>},
    Command{"drain", "Give a member no new work, and wait until it has none", declare_drain,
            run_errand<run_drain>},
    Command{"enable", "Give a member work again", declare_one_member, run_errand<run_enable>},
    Command{"disable", "Give a member requests of its own sessions only", declare_one_member,
            run_errand<run_disable>},
    Command{"stop", "Give a member no requests at all", declare_one_member, run_errand<run_stop>},
    Command{"edit", "Change settings, until httpd is stopped", declare_edit, run_errand<run_edit>},
    Command{"recover", "Try a member in error again at once", declare_one_member,
            run_errand<run_recover>},
    Command{"reset", "Set counters to zero", declare_reset, run_errand<run_reset>},
};

constexpr const char* about =
    "Looks after the configuration of mod_jk without httpd, and after a running one.\n"
    "Exit status: 0 all is well; 1 httpd would not start, a conversion would lose something, a URL "
    "goes to no worker, or a server does not do what it is asked for; 2 wrong use, or a file that "
    "cannot be read; 3 a member is not drained in time.";

/// "; did you mean check?", or nothing.
std::string suggestion(const CLI::App& application)
{
    const std::vector<std::string> unknown = application.remaining(true);
    if (unknown.empty()) {
        return {};
    }
    const std::vector<CLI::App*> chosen = application.get_subcommands();
    NearestName nearest{unknown.front()};
    if (chosen.empty()) {
        for (const Command& command : commands) {
            nearest.offer(command.name);
        }
    }
    const CLI::App& deepest = chosen.empty() ? application : *chosen.front();
    std::vector<std::string> names;
    for (const CLI::Option* option : deepest.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    for (const std::string& name : names) {
        nearest.offer(name);
    }
    return nearest.best().empty() ? "" : concat({"; did you mean ", nearest.best(), "?"});
}

/// " check convert …"
std::string command_names()
{
    std::string names;
    for (const Command& command : commands) {
        names += concat({" ", command.name});
    }
    return names;
}

/// CLI11's own words, but for what is unknown: it would rather tell that something is missing.
std::string explanation(const CLI::App& application, const CLI::ParseError& error)
{
    const std::vector<std::string> unknown = application.remaining(true);
    const bool is_command_missing = application.get_subcommands().empty();
    if (unknown.empty()) {
        return is_command_missing ? "name a command:" + command_names() : error.what();
    }
    if (unknown.front().starts_with('-')) {
        return concat({"there is no option ", jk::quoted(unknown.front())});
    }
    return concat({is_command_missing ? "there is no command " : "one argument too many, ",
                   jk::quoted(unknown.front())});
}

Exit refuse(const CLI::App& application, const CLI::ParseError& error, Console& console)
{
    const std::vector<CLI::App*> chosen = application.get_subcommands();
    const std::string name = chosen.empty() ? "jkctl" : "jkctl " + chosen.front()->get_name();
    console.err << name << ": " << explanation(application, error) << suggestion(application)
                << "\nTry " << name << " --help\n";
    return Exit::misuse;
}

}  // namespace

Exit run(std::vector<std::string> arguments, Console& console)
{
    CLI::App application{about, "jkctl"};
    application.set_version_flag("--version", "jkctl " YOKE_VERSION, "Print the version and exit");
    application.require_subcommand(1);
    Arguments given;
    for (const Command& command : commands) {
        command.declare(*application.add_subcommand(command.name, command.help), given);
    }
    try {
        std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
        application.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {  // --help, --version
            (void)application.exit(error, console.out, console.err);
            return Exit::fine;
        }
        return refuse(application, error, console);
    }
    const std::string chosen = application.get_subcommands().front()->get_name();
    const auto command = std::find_if(commands.begin(), commands.end(),
                                      [&](const Command& one) { return one.name == chosen; });
    return command->run(given, console);
}

}  // namespace jk::ctl
