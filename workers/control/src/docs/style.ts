/** Dark where the reader's system is. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#59636e;--line:#d8dee4;--panel:#f6f8fa;--link:#0550ae;--accent:#8250df;
--get:#0550ae;--post:#116329;--put:#7d4e00;--patch:#7d4e00;--delete:#a40e26}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--line:#30363d;--panel:#161b22;--link:#79c0ff;--accent:#d2a8ff;
--get:#79c0ff;--post:#7ee787;--put:#ffd580;--patch:#ffd580;--delete:#ff9d98}}
*{box-sizing:border-box}html{scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,sans-serif}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:not(pre)>code{background:var(--panel);border-radius:4px;padding:.1em .3em;overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;overflow:auto;max-height:26rem;margin:.5rem 0 1rem}
.page{display:grid;grid-template-columns:21rem minmax(0,1fr);max-width:88rem;margin:0 auto}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:14px}
nav h2{font-size:12px;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);margin:1.2rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}nav li a{display:block;padding:.2rem .4rem;border-radius:4px;color:var(--fg)}
nav li a:hover{background:var(--panel);text-decoration:none}nav small{display:block;color:var(--soft);font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
input{width:100%;font:inherit;padding:.4rem .6rem;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--fg)}
main{padding:1rem 2rem 6rem;min-width:0}h1{margin:.5rem 0;font-size:1.8rem;line-height:1.2}
main h2{margin:3rem 0 .25rem;padding-top:1rem;border-top:1px solid var(--line);font-size:1.5rem}h3{margin:0;font-size:1rem}h3 a{color:inherit}
h3 code{font-size:15px;background:none;padding:0}h4{margin:1rem 0 .25rem;font-size:.85rem;color:var(--soft);text-transform:uppercase;letter-spacing:.05em}
article{padding:1.5rem 0;border-bottom:1px solid var(--line)}article p{margin:.4rem 0;max-width:46rem}.summary{font-weight:600}
.method{display:inline-block;min-width:3.6rem;font:700 12px/1 ui-monospace,monospace}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.patch{color:var(--patch)}.delete{color:var(--delete)}
nav .method{min-width:auto;font-size:11px}
.role{display:inline-block;margin-left:.4rem;padding:0 .5rem;border:1px solid var(--accent);border-radius:1rem;color:var(--accent);font:600 12px/1.6 system-ui,sans-serif}
.fields,.errors{list-style:none;margin:.25rem 0 .75rem;padding:0}.fields li{padding:.3rem 0 .3rem .75rem;border-left:2px solid var(--line)}
.fields .fields{margin:.25rem 0 0 .5rem}.fields .name{font-weight:600;background:none;padding:0}.type{color:var(--soft);font-size:14px}
.about{font-size:14px;max-width:46rem}.errors li{font-size:14px;padding:.1rem 0}.media{color:var(--soft);font-size:13px}.variant{color:var(--soft);font-size:13px;margin:.5rem 0 0!important}
details{margin:.25rem 0}summary{cursor:pointer;padding:.2rem 0}[hidden]{display:none!important}
@media (max-width:60rem){.page{display:block}nav{position:static;height:auto;max-height:40vh;border-right:0;border-bottom:1px solid var(--line)}main{padding:1rem}}
@media print{nav{display:none}.page{display:block}}
`
