// What the workers are set to: plain values, checked, with the defaults of workers.md 4 to 6.
// A field and its row in <kind>_properties.cc are written together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jk::conf {

/// Activation of a balancer member (balancing.md 5).
enum class Activation : std::uint8_t { active, disabled, stopped };

/// Balancing method (balancing.md 3.2).
enum class Method : std::uint8_t { request, traffic, busyness, sessions, next };

/// Locking mode: accepted and shown, both share one implementation (balancing.md B24).
enum class Lock : std::uint8_t { optimistic, pessimistic };

/// Who may change things by GET (status.md S1).
enum class GetEdit : std::uint8_t { scripts, on, off };

/// worker.<ajp13 worker>.*; milliseconds and seconds as the names of the properties have them.
struct AjpSettings {
    std::string host = "localhost";
    int port = 8009;
    bool prefer_ipv6 = false;
    std::string source;

    int socket_timeout = 0;              ///< s, 0 = none
    int socket_connect_timeout = 10000;  ///< ms; 0 = the system's limit (workers.md 4.2)
    bool socket_keepalive = false;
    int socket_buffer = 0;  ///< bytes, 0 = the system's

    std::string ping_mode;             ///< letters C P I, A already spelled out
    int ping_timeout = 10000;          ///< ms
    int connect_timeout = 0;           ///< ms, effective: ping_mode C already applied
    int prepost_timeout = 0;           ///< ms, effective: ping_mode P already applied
    int connection_ping_interval = 0;  ///< s, effective: ping_mode I already applied

    int connection_pool_size = 0;          ///< 0 = what a child serves at once
    int connection_pool_minsize = -1;      ///< -1 = (size + 1) / 2
    int connection_pool_timeout = 0;       ///< s, 0 = never
    int connection_acquire_timeout = 200;  ///< ms, default retries * retry_interval

    int reply_timeout = 0;  ///< ms, 0 = none
    int retries = 2;
    int retry_interval = 100;  ///< ms
    unsigned recovery_options = 0;
    bool has_recovery_options = false;  ///< written out: 0 differs from absent (balancing.md 11)
    std::vector<int> fail_on_status;    ///< positive hard, negative soft
    int busy_limit = 0;                 ///< 0 = none
    int max_packet_size = 8192;         ///< bytes, 8192..65536, a multiple of 1024
    std::string secret;                 ///< its own, or the balancer's (worker_set.h)
    std::vector<std::string> mount;

    // As a member of a balancer.
    int lbfactor = 1;
    int distance = 0;
    Activation activation = Activation::active;
    std::string route;   ///< the worker's name where nothing else is said
    std::string domain;  ///< the route's part before its first dot by default
    std::string redirect;
    bool disabled = false;  ///< old names of activation: as written, already applied to it
    bool stopped = false;

    bool operator==(const AjpSettings&) const = default;
};

/// worker.<lb worker>.*
struct LbSettings {
    std::vector<std::string> balance_workers;
    bool sticky_session = true;
    bool sticky_session_force = false;
    Method method = Method::request;
    Lock lock = Lock::optimistic;
    int retries = 2;                 ///< rounds
    int retry_interval = 100;        ///< ms between rounds
    int lb_retries = 2;              ///< members per round that the request was sent to
    int recover_time = 60;           ///< s
    int error_escalation_time = 30;  ///< s, default recover_time / 2
    int max_reply_timeouts = 0;
    std::string session_cookie = "JSESSIONID";
    std::string session_path = ";jsessionid";
    bool set_session_cookie = false;
    std::string session_cookie_path = "/";
    std::string secret;
    std::vector<std::string> mount;

    bool operator==(const LbSettings&) const = default;
};

/// worker.<status worker>.*
struct StatusSettings {
    std::string css;
    bool read_only = false;
    std::vector<std::string> user;
    bool user_case_insensitive = false;
    GetEdit allow_get_edit = GetEdit::scripts;
    std::vector<std::string> good;  ///< rating rules as written; empty = default
    std::vector<std::string> bad;
    std::string prefix = "worker";
    std::string ns = "jk:";  ///< "-…" already turned into empty
    std::string xmlns = "xmlns:jk=\"http://tomcat.apache.org\"";
    std::string doctype;
    std::vector<std::string> mount;
};

}  // namespace jk::conf
