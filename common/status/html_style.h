// How the HTML page looks. The style stands in the page, so that the page is complete wherever the
// status worker is mounted; the security policy allows it by its digest, and no other.
#pragma once

#include <string_view>

namespace jk::status {

inline constexpr std::string_view page_style = R"(
:root { --ink: #1b1f24; --paper: #fff; --quiet: #57606a; --line: #d0d7de; --link: #0550ae;
  --good: #116329; --degraded: #7d4e00; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --quiet: #9198a1;
  --line: #3d444d; --link: #79c0ff; --good: #56d364; --degraded: #e3b341; --bad: #ff7b72; } }
:root { color-scheme: light dark; }
body { margin: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
a { color: var(--link); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.1rem; }
nav p, .switch { margin: .25rem 0; }
nav p > * { margin-right: .5rem; }
.worker { border-top: 1px solid var(--line); margin-top: 1rem; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left;
  vertical-align: top; }
tr > th[scope=col] { vertical-align: bottom; }
.good, .degraded, .bad { font-weight: 600; }
.good { color: var(--good); } .degraded { color: var(--degraded); }
.bad, .error { color: var(--bad); }
small, .quiet, dt { color: var(--quiet); }
dl.facts { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; }
dd { margin: 0 0 .25rem; }
.actions { display: flex; gap: .5rem; align-items: baseline; }
fieldset { border: 1px solid var(--line); margin: 1rem 0; padding: .5rem 1rem; }
legend { font-weight: 600; padding: 0 .25rem; }
.field { display: grid; grid-template-columns: 14rem 14rem auto; gap: 0 1rem; margin: .4rem 0; }
input[type=checkbox] { justify-self: start; }
input, select, button { font: inherit; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
pre { overflow-x: auto; }
footer { border-top: 1px solid var(--line); margin-top: 2rem; }
@media (max-width: 50rem) { .field { grid-template-columns: 1fr; } }
)";

/// SHA-256 of the style in base64, as the policy names it.
inline constexpr std::string_view page_style_digest =
    "Y9YRVqOdVELPo33mTgjvHkpEuJI+cgyUOPD/CI3r4/E=";

}  // namespace jk::status
