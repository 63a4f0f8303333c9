// The style sheet of the reference page.
#pragma once

#include <string_view>

namespace freshet::net {

inline constexpr std::string_view kDocsStyle = R"css(
:root {
  color-scheme: light dark;
  --ground: #fcfcfa; --text: #1d2327; --quiet: #5c6670; --line: #dfe3e6; --panel: #f2f4f3;
  --accent: #0b6b77; --get: #0b6b77; --post: #2f6b1e; --put: #8a5300; --delete: #a3262a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181b; --text: #e4e8ea; --quiet: #9aa5ad; --line: #2d353a; --panel: #1c2226;
    --accent: #62c4d0; --get: #62c4d0; --post: #8fce76; --put: #e5b266; --delete: #f08a87;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
}
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; }
code, pre { font: .875em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
nav { padding: 1.5rem 1.25rem; border-bottom: 1px solid var(--line); }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .875rem; color: var(--quiet); font-weight: 600; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { margin: .1rem 0; overflow-wrap: anywhere; }
nav li a { display: block; padding: .1rem 0; color: inherit; text-decoration: none; }
nav li a:hover { text-decoration: underline; }
nav code { font-size: .8125rem; }
main { padding: 1.5rem 1.25rem 4rem; max-width: 56rem; }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2; }
main > h2 { margin: 3rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); }
article { margin: 2.25rem 0 0; }
article > h3 { margin: 0; font-size: 1.0625rem; overflow-wrap: anywhere; }
article > h3 a { color: inherit; text-decoration: none; }
article > h3 a:hover { text-decoration: underline; }
h4 { margin: 1.25rem 0 .25rem; font-size: .875rem; color: var(--quiet); }
p { margin: .5rem 0; }
.method { font-weight: 700; color: var(--get); }
.method.post { color: var(--post); }
.method.put, .method.patch { color: var(--put); }
.method.delete { color: var(--delete); }
.facts { color: var(--quiet); font-size: .875rem; }
.deprecated { color: var(--delete); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; }
th { font-size: .8125rem; color: var(--quiet); font-weight: 600; }
tr + tr td, thead + tbody td { border-top: 1px solid var(--line); }
td:first-child { white-space: nowrap; }
.must { color: var(--quiet); font-size: .8125rem; display: block; }
pre {
  margin: .25rem 0 0; padding: .75rem 1rem; background: var(--panel); border-radius: 6px;
  overflow-x: auto;
}
dt { margin-top: .6rem; font-weight: 600; }
dd { margin: 0; }
@media (min-width: 64rem) {
  body { display: grid; grid-template-columns: 20rem minmax(0, 1fr); }
  nav {
    position: sticky; top: 0; height: 100vh; overflow-y: auto; border-bottom: 0;
    border-right: 1px solid var(--line);
  }
  main { padding: 2.5rem 3rem 6rem; }
}
@media print { nav { display: none; } }
)css";

}  // namespace freshet::net
