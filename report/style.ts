/** The HTML report's only style sheet: no font, image or script is loaded from anywhere. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#1b2330;--soft:#5c6675;--line:#dfe3e9;--keep:#3b82c4;--deregister:#e0a21b;--delete:#cf4a1f;--going:#9aa3af;--ok:#1f7a4d;--okbg:#e8f5ee;--warn:#8a5a00;--warnbg:#fdf3dc;--bad:#a8310c;--badbg:#fdeae3}
@media(prefers-color-scheme:dark){:root{--page:#10141a;--card:#181e27;--text:#e6eaf0;--soft:#98a3b3;--line:#2b3442;--keep:#5aa5e6;--deregister:#eeb944;--delete:#ee7448;--going:#727d8c;--ok:#6fd3a0;--okbg:#143024;--warn:#f0c260;--warnbg:#33290f;--bad:#ff9d78;--badbg:#3a1c12}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:36px 0 12px}
p{margin:0 0 8px}
.soft,figcaption,footer{color:var(--soft)}
.soft{font-size:14px}
code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.banner{border-radius:8px;padding:12px 16px;margin:20px 0;font-weight:600}
.ok{background:var(--okbg);color:var(--ok)}.warn{background:var(--warnbg);color:var(--warn)}.bad{background:var(--badbg);color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(106px,1fr));gap:12px;margin:20px 0 8px;padding:0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 16px}
.tile dt{color:var(--soft);font-size:13px}
.tile dd{margin:2px 0 0;font-size:24px;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums}
.tile .swatch{margin-right:6px}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px 20px;margin:0 0 16px}
.card>summary{cursor:pointer;margin:-16px -20px;padding:14px 20px}
.card[open]>summary{margin-bottom:0}
summary .name{font-size:17px;font-weight:650;margin-right:8px}
.pill{display:inline-block;border-radius:99px;padding:0 9px;font-size:12.5px;font-weight:600;line-height:1.7;white-space:nowrap;border:1px solid var(--line);color:var(--soft)}
.pill.deregister{color:var(--warn);background:var(--warnbg);border-color:transparent}
.pill.delete,.pill.failed{color:var(--bad);background:var(--badbg);border-color:transparent}
.pill.done{color:var(--ok);background:var(--okbg);border-color:transparent}
.pill.postponed,.pill.spared{color:var(--warn);background:var(--warnbg);border-color:transparent}
.note{border-left:4px solid;border-radius:4px;padding:8px 14px;margin:0 0 10px;overflow-wrap:anywhere}
figure{margin:14px 0 6px}
figcaption{font-size:13px;margin-top:2px;display:flex;flex-wrap:wrap;gap:4px 18px}
.swatch{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:5px}
.strip{display:block;width:100%;min-width:640px;height:auto}
.date,time{white-space:nowrap}
.strip text{fill:var(--text);font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.strip .date{fill:var(--soft)}
.strip .tick{stroke:var(--soft);fill:none}
.strip .used{fill:var(--text)}
rect.keep{fill:var(--keep)}rect.deregister{fill:var(--deregister)}rect.delete{fill:var(--delete)}rect.going{fill:var(--going)}
.swatch.keep{background:var(--keep)}.swatch.deregister{background:var(--deregister)}.swatch.delete{background:var(--delete)}.swatch.going{background:var(--going)}
.swatch.used{width:7px;height:7px;border-radius:50%;background:var(--text)}
.scroll{overflow-x:auto}
figcaption{margin-bottom:12px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-size:12.5px;font-weight:600;color:var(--soft);padding:6px 14px 6px 0;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:8px 14px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
.plain a,.plain code{white-space:nowrap}
.number{text-align:right;font-variant-numeric:tabular-nums}
.rows th:nth-child(2){text-align:right}.rows td:first-child{min-width:130px}.rows th:nth-child(3),.rows td:nth-child(3){padding-left:10px}.rows td:nth-child(5){min-width:240px}
pre{margin:4px 0 10px;padding:8px 12px;background:var(--page);border-radius:6px;white-space:pre-wrap}
td ul,.card>ul{font-size:14px;margin:0;padding:0;list-style:none}
td details summary{cursor:pointer;color:var(--soft)}
a{color:inherit}
footer{margin-top:36px;font-size:13px}
@media(max-width:640px){main{padding:20px 12px 40px}.rows thead{display:none}.rows tr{display:flex;flex-wrap:wrap;gap:2px 12px;padding:8px 0;border-bottom:1px solid var(--line)}.rows td,.rows td:nth-child(3){border:0;padding:0}.rows td:first-child,.rows td:nth-child(n+5){flex-basis:100%;min-width:0}.rows td:empty{display:none}}
@media print{body{background:#fff;font-size:12px}main{max-width:none;padding:0}.card,.tile{break-inside:avoid-page}details.card{break-inside:auto}tr{break-inside:avoid}thead{display:table-header-group}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}details.card::details-content{content-visibility:visible;block-size:auto}}
`;
