"""How a report looks: light and dark, on a screen and on paper. Nothing is loaded from anywhere."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark; --fg: #1c2024; --bg: #ffffff; --quiet: #5b636b; --line: #d5dae0;
  --card: #f5f7f9; --accent: #0b62b8; --bad: #b3261e; --good: #1d7a3a; --c1: #8da2b5; --c2: #6f8fae;
  --c3: #a8b8c6;
  --c4: #2f6fb5; --c5: #e08a2c; --c6: #7fb08a; --c7: #b7c9a8; --c8: #b26fb8; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6e9ec; --bg: #16191d; --quiet: #a3abb4;
  --line: #3a4148;
  --card: #20252a; --accent: #7db8f5; --bad: #ff9a92; --good: #7fd69a; --c1: #7d92a6; --c2: #54718d;
  --c3: #5d6c7a;
  --c4: #5a9be0; --c5: #e9a55a; --c6: #6f9f7a; --c7: #8ba07b; --c8: #c58acb; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1100px; padding: 24px 20px 60px; background: var(--bg); color: var(--fg);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 8px; } h3 { font-size: 16px;
  margin: 24px 0 6px; }
p { margin: 6px 0; } .quiet { color: var(--quiet); } .bad { color: var(--bad); }
.good { color: var(--good); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; }
th:first-child, td:first-child, td.words, th.words { text-align: left; }
th { font-weight: 600; color: var(--quiet); } td { font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 12px 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
ul.notes { border-left: 4px solid var(--accent); margin: 14px 0; padding: 4px 4px 4px 26px; }
svg { width: 100%; height: auto; display: block; font: 13px system-ui, sans-serif; }
svg text { fill: var(--fg); } svg .end { text-anchor: end; } svg .mark { text-anchor: middle;
  fill: var(--quiet); }
svg text.quiet { fill: var(--quiet); } svg .grid { stroke: var(--line); } svg .dot { fill: var(--accent);
  opacity: .65; }
svg .median { stroke: var(--fg); stroke-width: 2; } svg .middle-half { fill: var(--accent); opacity: .18; }
.part-tail { fill: var(--c1); background: var(--c1); } .part-packet { fill: var(--c2);
  background: var(--c2); }
.part-socket { fill: var(--c3); background: var(--c3); } .part-service { fill: var(--c4);
  background: var(--c4); }
.part-model { fill: var(--c5); background: var(--c5); } .part-prebuffer { fill: var(--c6);
  background: var(--c6); }
.part-device { fill: var(--c7); background: var(--c7); } .part-leading_silence { fill: var(--c8);
  background: var(--c8); }
.part-other { fill: var(--quiet); background: var(--quiet); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; }
.patch { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 2px;
  vertical-align: -1px; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px;
  min-width: 0;
  overflow-wrap: anywhere; break-inside: avoid; }
.card h4 { margin: 0 0 4px; font-size: 14px; } .card p { margin: 4px 0; } .card .said { font-size: 16px; }
.card ul { margin: 4px 0; padding-left: 20px; }
audio { width: 100%; height: 34px; margin: 4px 0; } summary { cursor: pointer; color: var(--accent); }
details table { font-size: 12.5px; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } audio, details { display: none; }
  svg, table, .card { break-inside: avoid; } }
"""
