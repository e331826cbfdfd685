/** The style of the API reference. Colours have a contrast of at least 4.5 (WCAG 2.2, 1.4.3), in light and dark. */
export const REFERENCE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f6f4, #101113); --surface: light-dark(#fff, #191a1d); --ink: light-dark(#17181a, #ededeb);
  --quiet: light-dark(#575a60, #a6aab1); --line: light-dark(#e2e2de, #2c2e33); --accent: light-dark(#2450c8, #93b2ff);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body {
  display: grid; grid-template-columns: 260px minmax(0, 1fr); margin: 0;
  background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif;
}
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 20px; border-right: 1px solid var(--line); }
nav h2 { margin: 20px 0 4px; font-size: 13px; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: block; padding: 3px 0; color: var(--quiet); text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { color: var(--ink); text-decoration: underline; }
main { max-width: 1080px; padding: 20px 32px 120px; }
h1 { margin: 0; font-size: 22px; }
main > h2 { margin: 40px 0 4px; font-size: 20px; }
h3 { margin: 0; font-size: 16px; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
section {
  margin-top: 14px; padding: 16px 20px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface);
}
section:target { border-color: var(--accent); }
p { margin: 6px 0; }
pre { margin: 12px 0; padding: 12px; border: 1px solid var(--line); border-radius: 7px; overflow: auto; }
table { width: 100%; margin-top: 12px; border-collapse: collapse; table-layout: fixed; }
caption { padding-bottom: 4px; font-weight: 600; text-align: left; }
th, td { padding: 6px 12px 6px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { width: 24%; font-weight: 400; }
td:nth-child(2) { width: 28%; color: var(--quiet); }
.skip { position: fixed; top: 8px; left: 8px; padding: 8px 14px; background: var(--ink); color: var(--paper); transform: translateY(-200%); }
.skip:focus { transform: none; }
@media (max-width: 760px) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 40vh; border: 0; border-bottom: 1px solid var(--line); }
  main { padding: 16px 16px 80px; }
  tr { display: block; padding: 6px 0; border-top: 1px solid var(--line); }
  th, td, td:nth-child(2) { display: block; width: auto; padding: 0; border: 0; }
}
@media print { nav { display: none; } body { display: block; } }
`
