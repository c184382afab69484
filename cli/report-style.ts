/** The look of the report: one measure, two palettes, figures of equal width. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf6; --ink: #22252a; --quiet: #6c7178; --rule: #e2ded3; --wash: #f1eee5;
  --raw: #b4611f; --granary: #14705e; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --ink: #e9e7e1; --quiet: #9ba0a8; --rule: #2f3339; --wash: #1e2125;
    --raw: #e39a57; --granary: #55c7ad; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums lining-nums;
}
main { max-width: 1088px; margin: 0 auto; padding: 48px 24px 64px; }
header { border-bottom: 1px solid var(--rule); padding-bottom: 28px; }
.brand { margin: 0; color: var(--granary); font-weight: 600; letter-spacing: .02em; }
h1 { margin: 0 0 4px; font-size: 40px; line-height: 1.15; letter-spacing: -.02em; font-weight: 650; overflow-wrap: anywhere; }
.lead { margin: 0; color: var(--quiet); font-size: 17px; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 24px; margin: 28px 0 0; }
dl div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
dt { color: var(--quiet); font-size: 14px; }
dd { margin: 0; font-size: 30px; line-height: 1.2; font-weight: 600; letter-spacing: -.01em; }
section { margin-top: 44px; }
h2 { margin: 0 0 4px; font-size: 21px; line-height: 1.3; letter-spacing: -.01em; font-weight: 620; }
.legend { margin: 0 0 12px; color: var(--quiet); font-size: 14px; }
.wide { overflow-x: auto; }
.wide > svg { display: block; width: 100%; min-width: 820px; height: auto; }
svg text { font-family: inherit; font-size: 13.5px; fill: var(--ink); }
svg .tick, svg .value { font-size: 12px; fill: var(--quiet); }
svg .value { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
svg .ratio { font-weight: 620; fill: var(--granary); }
svg .quiet, .quiet { fill: var(--quiet); color: var(--quiet); }
.grid { stroke: var(--rule); stroke-width: 1; }
.row { fill: transparent; }
g:hover > .row { fill: var(--wash); fill-opacity: .6; }
.bar { stroke: var(--quiet); stroke-width: 2; stroke-opacity: .45; }
.raw { fill: var(--paper); stroke: var(--raw); stroke-width: 2.25; }
.granary { fill: var(--granary); }
.able { fill: none; stroke: var(--granary); stroke-width: 1.75; }
.shadow { fill: var(--wash); }
.raw-bar { fill: var(--raw); }
.granary-bar { fill: var(--granary); }
.mark { width: 12px; height: 12px; vertical-align: -1px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.4; }
th, td { text-align: left; vertical-align: baseline; padding: 7px 12px 7px 0; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-weight: 500; font-size: 13px; vertical-align: bottom; }
tbody th { font-weight: 400; }
.match { table-layout: fixed; min-width: 820px; }
.match th:first-child { width: 30%; }
.match code { overflow-wrap: anywhere; }
.chosen { color: var(--granary); font-weight: 600; white-space: nowrap; }
.chosen small { display: block; padding-left: 17px; font-weight: 400; color: var(--quiet); white-space: normal; overflow-wrap: anywhere; }
.could { color: var(--quiet); white-space: nowrap; }
.refused { color: var(--quiet); font-size: 12.5px; cursor: help; }
.number { text-align: right; white-space: nowrap; padding-left: 8px; }
.numbers th:first-child { min-width: 220px; }
.equal { color: var(--granary); }
.different { color: var(--bad); font-weight: 600; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
pre { margin: 8px 0; padding: 12px 14px; background: var(--wash); border-radius: 6px; overflow-x: auto; }
summary { cursor: pointer; }
ul { padding-left: 20px; }
li { margin: 6px 0; }
footer { margin-top: 44px; padding-top: 16px; border-top: 1px solid var(--rule); color: var(--quiet); font-size: 13px; }
@media print { .wide { overflow: visible; } }
`;
