// Mount rules of one server: which path goes to which worker (uriworkermap.md).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/complaint.h"
#include "base/result.h"
#include "route/rule_index.h"
#include "route/rule_options.h"

namespace jk::route {

/// Where a rule comes from; a lower value ranks higher as a tie-breaker (uriworkermap.md 1).
enum class Source : std::uint8_t { uriworkermap, jk_mount, worker_definition };

/// The word of the status for a source: "uriworkermap", "JkMount", "worker definition".
[[nodiscard]] std::string_view to_text(Source source) noexcept;

/// A rule as somebody wrote it.
struct Mount {
    std::string pattern;  ///< may carry the marks ! and - only where `source` is not jk_mount
    std::string target;   ///< worker;extension=value;…
    Source source = Source::jk_mount;
    Place place = {};
    bool is_exclusion = false;  ///< JkUnMount
};

/// One rule. `pattern` is what the status shows: without its marks.
struct Rule {
    std::string pattern;
    RuleTarget target;
    Source source = Source::jk_mount;
    Place place;
    bool is_exclusion = false;
    bool is_disabled = false;
    bool is_wildcard = false;  ///< holds * or ?
    std::string written = {};  ///< the pattern as written, marks and bar included: its key
};

/// A JkMount or JkUnMount line whose place a later one with the same key took.
struct ReplacedRule {
    Rule rule;
    Place by;
};

/// The rule table of one server. Built once, then only read: any number of threads may match.
///
/// Complaints: an error means that a rule was left out, or names no worker. At the start the server
/// starts nevertheless (unless StrictConfig), but for `worker_definition`; a reload keeps the old
/// table.
class UriRules {
public:
    /// Adds the rule (or the two of the `X|Y` shortcut) that `mount` writes. What is wrong goes to
    /// `complaints` with its place, and that rule is skipped; but a map without a worker stays, so
    /// that its requests are refused as those of an unknown worker are, and no files are served.
    void add(const Mount& mount, Complaints& complaints);
    /// Adds the rules of a mount file's text; a later line with the same key replaces the earlier.
    /// `environment` answers $(NAME) in values.
    void add_file(std::string_view text, const std::string& file,
                  const std::function<std::optional<std::string>(std::string_view)>& environment,
                  Complaints& complaints);
    /// Brings the rules into evaluation order. Call once after the last add, before match(). Of
    /// the JkMount rules (and of the JkUnMount rules) written with the same key the last one stays.
    void finish();

    /// Returns the rule that maps `path`, nullptr where none does or an exclusion takes it out
    /// (uriworkermap.md 3.2). Requires: `path` is normalised (uri_text.h). Does not allocate. Its
    /// time hardly grows with the rules whose literal texts are not in the path (rule_index.h).
    [[nodiscard]] const Rule* match(std::string_view path) const noexcept;

    /// Returns whether an exclusion keeps `path` from `worker`. Requires and costs as match().
    [[nodiscard]] bool is_excluded(std::string_view path, std::string_view worker) const noexcept;

    /// All rules in evaluation order: exclusions and disabled ones too, for the status.
    [[nodiscard]] const std::vector<Rule>& all() const noexcept { return rules_; }
    /// What finish() dropped.
    [[nodiscard]] const std::vector<ReplacedRule>& replaced() const noexcept { return replaced_; }
    [[nodiscard]] bool is_empty() const noexcept { return rules_.empty(); }

private:
    void add_one(std::string pattern, const Rule& like, Complaints& complaints);
    void drop_replaced();

    std::vector<Rule> rules_;
    std::vector<ReplacedRule> replaced_;
    RuleIndex maps_;
    RuleIndex exclusions_;
};

}  // namespace jk::route
