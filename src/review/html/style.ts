/** Colours twice: for light and dark. Print is always light. Each is readable on its ground with a contrast of 4.5 to 1 at least. */
const LIGHT = '--ground:#fff;--panel:#f6f7f9;--ink:#16202b;--quiet:#4c5866;--line:#cfd6de;--link:#0b57a4;--ok:#1d6b35;--note:#1556a8;--warning:#8a5200;--error:#b3191f;--unknown:#5d4a8a;--none:#4c5866';
const DARK = '--ground:#12171d;--panel:#1b222b;--ink:#e8edf2;--quiet:#a9b4c0;--line:#3a4552;--link:#8cc0ff;--ok:#77cf92;--note:#86b8ff;--warning:#f0b35a;--error:#ff8d8a;--unknown:#c3aef5;--none:#a9b4c0';

const PAGE = `:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;margin:0;color:var(--ink);background:var(--ground);overflow-wrap:anywhere}
.page{max-width:82rem;margin:0 auto;padding:1rem}
a{color:var(--link)}a:focus-visible,summary:focus-visible,input:focus-visible,select:focus-visible,button:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.print-only{display:none}.skip{position:absolute;left:-99rem}.skip:focus{position:static}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
h1{font-size:1.75rem;line-height:1.2;margin:.2rem 0}h2{font-size:1.35rem;line-height:1.25;margin:2.75rem 0 .6rem;padding-top:.6rem;border-top:2px solid var(--ink)}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}p{margin:.4rem 0}ul,ol{margin:.4rem 0;padding-left:1.3rem}
.lead{font-size:1.15rem;font-weight:600}.quiet{color:var(--quiet);font-size:.875rem}.quiet a{color:inherit}
code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.875em}
nav ol{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:.5rem 0}
nav{border-block:1px solid var(--line);padding:.2rem 0;font-size:.925rem}
.mark{white-space:nowrap;font-weight:600}.glyph{display:inline-block;min-width:1.25em;text-align:center;border:1.5px solid;border-radius:.25em;line-height:1.2;font-size:.85em;font-weight:700;font-family:system-ui,"DejaVu Sans",sans-serif}
.ok .glyph,.note .glyph{border-radius:1em}.unknown .glyph{border-style:dashed}.error>.glyph{background:currentColor;background-clip:padding-box}
.mark.ok{color:var(--ok)}.mark.note{color:var(--note)}.mark.warning{color:var(--warning)}.mark.error{color:var(--error)}.mark.unknown{color:var(--unknown)}.mark.none{color:var(--none);font-weight:400}
.mark.error .glyph{background:var(--error);color:var(--ground);border-color:var(--error)}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.45rem .6rem .45rem 0;border-bottom:1px solid var(--line)}
thead th,.areas th,.areas td{overflow-wrap:break-word}thead th{font-size:.8rem;color:var(--quiet);border-bottom:2px solid var(--line)}caption{text-align:left;color:var(--quiet);font-size:.875rem;padding-bottom:.4rem}
tbody th{font-weight:600}.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
details{margin:.35rem 0}summary{cursor:pointer;color:var(--link);font-size:.925rem;width:fit-content}
dl{margin:.4rem 0}dl>div{display:grid;grid-template-columns:9rem 1fr;gap:.6rem;padding:.15rem 0}dt{color:var(--quiet);font-size:.875rem}dd{margin:0}
article{margin:.8rem 0;padding:.5rem .9rem;border:1px solid var(--line);border-left-width:.35rem;border-radius:.3rem;background:var(--panel)}
article.error{border-left-color:var(--error)}article.warning{border-left-color:var(--warning);border-left-style:double}article.note{border-left-color:var(--note);border-left-style:dotted}
article:target,tr:target,li:target{outline:3px solid var(--link);outline-offset:2px}
article h3,article h4{margin:.1rem 0;font-size:1rem;line-height:1.4}article>p{margin:.2rem 0}`;

const PARTS = `.bar{display:block;width:100%;height:.6rem}.track{fill:var(--line)}.bar .value{fill:var(--none)}.bar.ok .value{fill:var(--ok)}.bar.warning .value{fill:var(--warning)}.bar.error .value{fill:var(--error)}
.front{display:grid;grid-template-columns:minmax(0,9fr) minmax(0,11fr);gap:0 2.5rem}.front>section>h2{margin-top:1.2rem}
.total{font-size:2.75rem;font-weight:700;line-height:1.1;font-variant-numeric:tabular-nums}.total small{font-size:1rem;font-weight:400;color:var(--quiet)}
.areas td:nth-child(2){min-width:6rem;vertical-align:middle}.areas td,.areas th{padding-block:.25rem}
.first{padding-left:0;list-style:none;counter-reset:first;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.6rem 2.5rem}.first>li{counter-increment:first;padding-left:2.2rem;position:relative}
.first>li::before{content:counter(first);position:absolute;left:0;top:.1rem;width:1.5rem;height:1.5rem;border:2px solid;border-radius:50%;text-align:center;font-weight:700;line-height:1.25rem;font-size:.875rem}
.first strong{display:block}
figure{margin:0}.picture{overflow-x:auto;border:1px solid var(--line);border-radius:.3rem;padding:.5rem}.picture svg{display:block;min-width:56rem;width:100%;height:auto}
.picture text{fill:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}.picture .small{font-size:11px;fill:var(--quiet)}.picture .strong{font-weight:700}
.box{fill:var(--panel);stroke:var(--quiet)}.store{fill:var(--ground);stroke:var(--ink);stroke-width:1.5}
.ink-ok{stroke:var(--ok)}.ink-note{stroke:var(--note)}.ink-warning{stroke:var(--warning)}.ink-error{stroke:var(--error)}.ink-unknown{stroke:var(--unknown)}
.fill-ok{fill:var(--ok)}.fill-note{fill:var(--note)}.fill-warning{fill:var(--warning)}.fill-error{fill:var(--error)}.fill-unknown{fill:var(--unknown)}
.picture .sign{fill:var(--ground);font-weight:700;font-size:11px}
.consumers{table-layout:fixed}.consumers col:nth-child(1){width:19%}.consumers col:nth-child(2){width:14%}.consumers col:nth-child(3){width:15%}.consumers col:nth-child(4){width:13%}.consumers col:nth-child(5){width:16%}.consumers col:nth-child(6){width:11%}.answers{table-layout:fixed}.answers col:nth-child(1){width:28%}.answers col:nth-child(2){width:17%}.answers col:nth-child(3){width:9%}.consumers .mark{white-space:normal}.controls{display:flex;flex-wrap:wrap;gap:.15rem .35rem;list-style:none;margin:0;padding:0;font-size:.8rem}.controls .mark{white-space:nowrap}.controls .wanted{font-weight:700;text-decoration:underline;text-underline-offset:.2em}
.matrix{table-layout:fixed}.matrix td{font-size:.8rem}.matrix td .mark{display:block}
.filter{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;padding:.7rem;background:var(--panel);border:1px solid var(--line);border-radius:.3rem}.filter label{display:grid;font-size:.875rem}.filter input,.filter select,.filter button{font:inherit;padding:.35rem .5rem;color:var(--ink);background:var(--ground);border:1px solid var(--quiet);border-radius:.25rem;max-width:100%}
.filter[hidden],article[hidden],.level-group[hidden]{display:none}
.answers td:first-child{white-space:nowrap}`;

const SIZES = `@media screen and (max-width:48rem){.front{grid-template-columns:minmax(0,1fr)}h1{font-size:1.4rem}.page{padding:.75rem}dl>div{grid-template-columns:minmax(0,1fr);gap:0}
.cards colgroup{display:none}.cards caption{display:block}.areas .number{white-space:normal}.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.cards,.cards tbody,.cards tr,.cards td,.cards th{display:block}.cards tr{border:1px solid var(--line);border-radius:.3rem;padding:.4rem .7rem;margin:.6rem 0}.cards td,.cards tbody th{border:0;padding:.15rem 0}.cards td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet);font-size:.8rem}.matrix td .mark{display:inline}.controls{display:inline-flex}.areas td:nth-child(2){min-width:3rem}}
@media (prefers-contrast:more){:root{--quiet:var(--ink);--line:var(--ink)}}
@media (forced-colors:active){.bar{forced-color-adjust:none}.picture svg{forced-color-adjust:none}}
@page{margin:14mm 13mm}
@media print{:root{color-scheme:light;${LIGHT}}html{font-size:9.5pt}body{line-height:1.35}.page{max-width:none;padding:0}nav,.filter,.skip,.screen-only{display:none!important}.print-only{display:block}.level-group article{font-size:.92rem}.level-group article p{margin:.1rem 0}
a{color:inherit;text-decoration:none}h2{margin-top:7mm;break-after:avoid}h3,h4,caption,thead,h3+p.quiet,h2+p,.key{break-after:avoid}.page details>summary{display:none}
tr,li,dl>div{break-inside:avoid}thead{display:table-header-group}article{break-inside:avoid;padding:2mm 3mm;margin:2mm 0;background:none}
article,.bar,.glyph,.mark,.total,.picture svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.first{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.front{gap:0 7mm;grid-template-columns:minmax(0,11fr) minmax(0,10fr)}.front li{margin:0}.front ul,.first{font-size:.92rem}.first{gap:.25rem 7mm}.first p{margin:.1rem 0}.first .quiet{font-size:.8rem;line-height:1.25}.total{font-size:2.2rem}section>h2#first{margin-top:3mm}.front>section>h2{margin-top:3mm}.new-page{break-before:page}
.matrix td{font-size:.74rem}.matrix td,.matrix th{padding-right:.3rem}.picture{overflow:visible;border:0;padding:0}.picture svg{min-width:0;max-height:225mm}figure{break-inside:avoid}
details:not(.screen-only)::details-content{content-visibility:visible;display:block;height:auto}}`;

/** One constant text, named by its hash in the page's policy: no other style applies, not even one that came in by an attribute. */
export const STYLE = `${PAGE}\n${PARTS}\n${SIZES}`;
