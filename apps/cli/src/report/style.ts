import { shadingStyle } from './shading.js';

/** The report's style sheet: system fonts, light and dark, phone and desk, paper. */
export const reportStyle = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5a636e;--page:#fbfbf9;--card:#fff;--line:#e1e3e0;--tint:#f2f3f0;--orange:#b84f00;--blue:#1d6fae;--bar:#d55e0030}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a2abb6;--page:#131619;--card:#1a1e22;--line:#30363d;--tint:#22272c;--orange:#f0883e;--blue:#6cb6f0;--bar:#d55e0055}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:40px 24px 72px}
h1,h2,h3,h4{line-height:1.25;margin:0;text-wrap:balance}
h1{font-size:15px;font-weight:600;color:var(--soft);letter-spacing:.01em}
h2{font-size:24px;margin:0 0 18px}
h3{font-size:20px;margin:0 0 14px}
h4{font-size:16px;margin:0 0 10px}
h4 small{font-weight:400;color:var(--soft);font-size:14px}
.verdict{font-size:clamp(21px,2.7vw,30px);line-height:1.32;font-weight:600;margin:10px 0 14px;max-width:34em;text-wrap:pretty;overflow-wrap:anywhere}
.verdict.long{font-size:clamp(18px,2vw,22px);max-width:46em}
.subject{color:var(--soft);margin:0 0 20px;overflow-wrap:anywhere}
section{margin:44px 0 0;min-width:0}
.card,.look{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px}
.look{margin:18px 0 0}
.lead,.caption,figcaption,.note{color:var(--soft);font-size:14px;line-height:1.5}
.lead{margin:-6px 0 14px;max-width:46em}
.note{border-left:3px solid var(--line);padding-left:12px;margin:14px 0;max-width:52em}
.orange{color:var(--orange)}.blue{color:var(--blue)}
figure{margin:0;min-width:0}
figcaption{margin-top:8px;max-width:52em}
figcaption b{color:var(--ink);font-weight:600}
.plot svg{display:block;max-width:100%;height:auto;overflow:visible}
.plot svg text,.plot svg tspan{white-space:pre}
.narrow{display:none}
.columns{display:grid;gap:28px;margin-top:22px;align-items:start}
.columns.two{grid-template-columns:repeat(2,minmax(0,1fr))}
.columns.three{grid-template-columns:repeat(3,minmax(0,1fr))}
.paintings{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:22px 20px;margin:26px 0 0}
.side-by-side{margin-top:28px}
.finding{font-size:18px;line-height:1.45;margin:0 0 18px;max-width:48em;text-wrap:pretty}.strip{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:22px 20px}
.strip figure{display:grid;gap:12px;align-content:start}
.strip figcaption{margin:0}
.strip svg{display:block;width:100%;height:auto;border-radius:6px;background:var(--tint)}
.strip b{display:block;font-size:15px}.strip .fitted b{color:var(--orange)}.strip .transformer b{color:var(--blue)}
.strip p{margin:0;padding:0;border:0;align-self:start}
.store{position:absolute}
.paintings svg{display:block;width:100%;height:auto;border-radius:6px;background:var(--tint)}
.paintings figcaption b{display:block;font-size:15px}
.paintings figcaption span{font-size:13px}
.tiles{display:flex;flex-wrap:wrap;gap:1px;margin:26px 0 0;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.tiles>div{flex:1 1 140px;background:var(--card);padding:14px 18px}
.tiles dt{font-size:13px;color:var(--soft)}
.tiles dd{margin:2px 0 0}
.tiles b{display:block;font-size:22px;line-height:1.3;font-variant-numeric:tabular-nums}
.tiles small{color:var(--soft);font-size:12.5px;line-height:1.35;display:block}
.beside{display:flex;flex-wrap:wrap;gap:0 36px}
.beside>section{flex:1 1 420px}
.shading{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 22px}
.controls{display:flex;flex-wrap:wrap;gap:12px 24px;align-items:center;justify-content:space-between;font-size:14px}
.controls label{display:flex;gap:8px;align-items:center;min-width:0}
select{font:inherit;color:inherit;background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:5px 8px;max-width:100%;min-width:0}
select:disabled{opacity:1}
.scale{display:flex;gap:8px;align-items:center;font-variant-numeric:tabular-nums}
.scale i{width:110px;height:10px;border-radius:2px;border:1px solid var(--line);background:linear-gradient(90deg,rgba(43,131,196,.78),rgba(43,131,196,0) 50%,rgba(213,94,0,0) 50%,rgba(213,94,0,.78))}
.tokens{font-size:18px;line-height:1.95;margin:16px 0;overflow-wrap:anywhere}
.tokens .place{border-radius:3px;padding:2px 3px;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.patches{margin:18px 0}
.layers{position:relative;max-width:440px;margin:0 auto}.layers svg{display:block;width:100%;height:auto;border-radius:6px}.layers svg+svg{position:absolute;inset:0}.grey{filter:grayscale(1)}
.patches rect{stroke:#fff;stroke-opacity:.16;stroke-width:.02}
.chip{display:inline-block;width:1.1em;height:1.1em;border:1px solid var(--line);border-radius:3px;vertical-align:-.2em}
.tag,em{font-style:normal;font-size:12px;font-weight:600;color:var(--soft);background:var(--tint);border:1px solid var(--line);border-radius:99px;padding:1px 8px}
.scroll{overflow:auto;max-height:70vh;border:1px solid var(--line);border-radius:12px;background:var(--card);-webkit-overflow-scrolling:touch}
.scroll+.scroll{margin-top:20px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:7px 14px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
thead th{position:sticky;top:0;background:var(--tint);z-index:1;vertical-align:bottom;font-weight:600}
thead small{display:block;font-weight:400;color:var(--soft)}
th:first-child{text-align:left}
tbody th{font-weight:600}
td.bar{background:linear-gradient(90deg,var(--bar) var(--share),transparent var(--share))}
th.name,td.name{white-space:normal;overflow-wrap:anywhere;min-width:11em}
.hashes td,.hashes th{text-align:left}
.hash{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
details.plain{margin:14px 0 0;font-size:15px}
summary{cursor:pointer;font-weight:600}
details.plain>summary{color:var(--blue);font-size:14px}
details.how{max-width:52em;margin-top:44px}details.how>summary{font-size:20px;color:var(--ink)}
dl{margin:12px 0}
.plain dt{font-weight:600;margin-top:8px}
.plain dd{margin:0;color:var(--soft)}
.facts-list{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;font-size:15px}
.facts-list dt{color:var(--soft)}.facts-list dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--tint);border:1px solid var(--line);border-radius:12px;padding:14px 18px;margin:0 0 16px;overflow-x:auto;font:13.5px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
a{color:var(--blue)}
.item{margin:20px 0 0;border:1px solid var(--line);border-radius:12px;padding:16px 20px}
.item>summary{font-size:18px;overflow-wrap:anywhere}
.item>summary small{display:block;font-size:14px;font-weight:400;color:var(--soft)}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
@media (max-width:820px){.columns.three{grid-template-columns:minmax(0,1fr);justify-items:center}.columns.three figure{width:100%;max-width:400px}.columns.two{grid-template-columns:minmax(0,1fr)}.paintings{grid-template-columns:repeat(2,minmax(0,1fr));gap:16px 12px}.paintings figure:first-child{order:-2}.paintings figure:nth-child(4){order:-1}}
@media (max-width:600px){.strip{grid-template-columns:minmax(0,1fr)}.strip figure{grid-template-columns:repeat(2,minmax(0,1fr))}.strip figcaption{grid-column:1/-1}main{padding:24px 14px 48px}.wide{display:none}.narrow{display:block}.look,.shading,.item{padding:14px}.beside>section{flex-basis:100%}.tiles>div{flex-basis:42%;padding:12px 14px}.tokens{font-size:17px}section{margin-top:36px}th,td{padding:7px 10px}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--page:#fff;--card:#fff;--line:#ccc;--tint:#f4f4f4;--orange:#b84f00;--blue:#1d6fae;--bar:#d55e0030}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}body{font-size:11pt}main{max-width:none;padding:0}.wide{display:block}.narrow{display:none}.columns.three{grid-template-columns:repeat(3,minmax(0,1fr))}.columns.two{grid-template-columns:repeat(2,minmax(0,1fr))}.paintings{grid-template-columns:repeat(5,minmax(0,1fr));gap:8pt}.paintings figure{order:0!important}.scroll{max-height:none;overflow:visible}table{font-size:8.5pt}th,td{padding:3px 5px;white-space:normal}thead th{position:static}.hash{white-space:normal;overflow-wrap:anywhere}figure,.strip figure,.tiles,.shading,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}section{margin-top:24pt}}
${shadingStyle()}
`;
