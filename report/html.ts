import { problemText } from "../retention/errors";
import type { Mode, Reference, Report, ServiceReport } from "../retention/types";
import { blockingGaps, gapText, notCoveredText, sortedGaps } from "./gaps";
import { type Group, groupRevisions } from "./groups";
import { headline, stoppedText, totalsText } from "./headline";
import { html, Markup } from "./markup";
import { restoreSection } from "./restore";
import { secretsSection } from "./secrets";
import type { Section } from "./sections";
import { becauseText, notAppliedText, number, outcomeWhy, referenceText, resultText, when } from "./sentences";
import { SHADES, type Shade, shade, strip } from "./strip";
import { STYLE } from "./style";
import { onlyReported, totals } from "./totals";

const MOST_ROWS = 60;
const MOST_REFERENCES = 40;
/** With more services than this, only those with something to say stand open. */
const MOST_OPEN = 12;

// Nothing is loaded and nothing runs: the file can be mailed, archived and opened from anywhere.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function tiles(report: Report): Markup {
  const sum = totals(report.services);
  const would = report.services.every(onlyReported);
  const entries: [string, number, Shade?][] = [
    ["Revisions", sum.revisions],
    ["Kept", sum.keep, "keep"],
    [would ? "Would be deregistered" : "To deregister", sum.deregister, "deregister"],
    [would ? "Would be deleted" : "To delete", sum.delete, "delete"],
  ];
  const secrets = secretsSection(report).items.reduce((n, { rows }) => n + rows.length, 0);
  const others: typeof entries = [
    ["Removed", sum.deregistered + sum.deleted],
    ["Failed", sum.failed],
    ["Spared", sum.spared],
    ["Postponed", sum.postponed],
    ["With plaintext secrets", secrets],
  ];
  entries.push(...others.filter(([, value]) => value > 0));
  return html`<dl class="tiles">${entries.map(
    ([title, value, swatch]) =>
      html`<div class="tile"><dt>${swatch && html`<span class="swatch ${swatch}"></span>`}${title}</dt><dd>${number(value)}</dd></div>`,
  )}</dl>`;
}

function banner(report: Report): Markup {
  const sum = totals(report.services);
  const bad = sum.failed > 0 || report.services.some((service) => service.problems.length > 0);
  const blocked = report.stopped !== undefined || blockingGaps(report).length > 0;
  return html`<p class="banner ${bad || blocked ? "bad" : sum.postponed + sum.spared > 0 ? "warn" : "ok"}">${headline(report)}</p>`;
}

function references(list: Reference[]): Markup | undefined {
  if (list.length === 0) return undefined;
  const items = list
    .slice(0, MOST_REFERENCES)
    .map((one) => html`<li title="${one.by}"><code>${referenceText(one)}</code></li>`);
  const more = list.length - items.length;
  const all = html`<ul>${items}${more > 0 ? html`<li>and ${number(more)} more</li>` : undefined}</ul>`;
  return list.length > 3 ? html`<details><summary>${number(list.length)} references</summary>${all}</details>` : all;
}

/** Columns from `numbersFrom` on hold numbers. */
function table(heads: string[], rows: Markup[], numbersFrom = heads.length, kind = "plain"): Markup {
  const cells = heads.map(
    (title, at) => html`<th scope="col" class="${at >= numbersFrom ? "number" : ""}">${title}</th>`,
  );
  return html`<div class="scroll"><table class="${kind}"><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Dates stay on one line. */
function dated(text: string): Markup[] {
  return text
    .split(/(\d{4}-\d\d-\d\d(?: \d\d:\d\d UTC)?)/)
    .map((part, at) => (at % 2 === 1 ? html`<time>${part}</time>` : html`${part}`));
}

function row(group: Group, outcomes: boolean, mode: Mode | undefined): Markup {
  const { action, because, outcome } = group;
  const result = outcome && html`<span class="pill ${outcome.result}">${resultText(outcome)}</span>`;
  return html`<tr><td><code>${group.name}</code></td><td class="number">${number(group.count)}</td><td>${group.status}</td>
<td><span class="pill ${action}">${action}</span></td>
<td>${dated(becauseText({ ...because, references: [] }, group.until, mode))}${references(because.references)}</td>${
    outcomes ? html`<td>${result} ${outcome && dated(outcomeWhy(outcome))}</td>` : undefined
  }</tr>`;
}

function section({ title, advice, items }: Section): Markup | undefined {
  if (items.length === 0) return undefined;
  const list = items.map(
    ({ revisions, text, call }) =>
      html`<li><code>${revisions}</code> ${text}${call && html`<pre><code>${call}</code></pre>`}</li>`,
  );
  return html`<h2>${title}</h2><div class="card"><p class="soft">${advice}</p><ul>${list}</ul></div>`;
}

const LEGEND: Record<Shade, string> = {
  keep: "keep",
  deregister: "deregister",
  delete: "delete",
  going: "being deleted by ECS",
};

function anchor(at: number): string {
  return `service-${at + 1}`;
}

function serviceCard(report: Report, service: ServiceReport, at: number): Markup {
  const picture = strip(service);
  const shades = new Set(service.plan?.revisions.map(shade));
  const used = service.plan?.revisions.some(({ because }) => because.rule === "referenced") || undefined;
  const sum = totals([service]);
  const says = service.problems.length > 0 || sum.deregister + sum.delete > 0;
  const open = report.services.length <= MOST_OPEN || (says && at < MOST_OPEN) ? new Markup(" open") : undefined;
  const outcomes = service.outcomes.length > 0;
  const rows = groupRevisions(service, MOST_ROWS).map((group) => row(group, outcomes, service.plan?.mode));
  const heads = ["Revisions", "Count", "Status", "Verdict", "Why", ...(outcomes ? ["Outcome"] : [])];
  return html`<details class="card" id="${anchor(at)}"${open}><summary><span class="name">${service.service}</span>
${service.plan && html`<span class="pill">mode ${service.plan.mode}</span>`} <code class="soft">${service.registration}</code></summary>
${service.plan && html`<p class="soft">${dated(totalsText(service))}</p>`}
${service.problems.map((problem) => html`<p class="note bad">${problemText(problem)}</p>`)}
${service.notes.map((text) => html`<p class="note warn">${text}</p>`)}
${
  picture &&
  html`<figure><div class="scroll">${picture}</div><figcaption>${SHADES.filter((each) => shades.has(each)).map(
    (each) => html`<span><span class="swatch ${each}"></span>${LEGEND[each]}</span>`,
  )}${used && html`<span><span class="swatch used"></span>in use</span>`}</figcaption></figure>`
}
${rows.length > 0 ? table(heads, rows, heads.length, "rows") : undefined}
</details>`;
}

const NUMBERS = ["Kept", "Deregister", "Delete", "Removed", "Failed", "Spared", "Postponed"];

/** One line a service, for a reader who looks for theirs among many. */
function overview(report: Report): Markup | undefined {
  if (report.services.length < 2) return undefined;
  const rows = report.services.map((service, at) => {
    const sum = totals([service]);
    const numbers = [
      sum.keep,
      sum.deregister,
      sum.delete,
      sum.deregistered + sum.deleted,
      sum.failed,
      sum.spared,
      sum.postponed,
    ];
    return html`<tr><td><a href="#${anchor(at)}">${service.service}</a></td><td><code>${service.plan?.family}</code></td><td>${
      service.problems.length > 0 ? html`<span class="pill failed">problem</span>` : service.plan?.mode
    }</td>${numbers.map((value) => html`<td class="number${value === 0 ? " soft" : ""}">${number(value)}</td>`)}</tr>`;
  });
  return html`<h2>Services</h2><div class="card">${table(["Service", "Family", "Mode", ...NUMBERS], rows, 3)}</div>`;
}

function calls(report: Report): Markup {
  const entries = Object.entries(report.calls).sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = entries.reduce((total, [, n]) => total + n, 0);
  const list = entries.map(([name, n]) => `${name} ${number(n)}`).join(", ");
  return html`<p class="soft">${number(sum)} calls to AWS: ${list}.</p>`;
}

/**
 * A run as one HTML file that loads nothing and runs nothing.
 *
 * Revisions of one verdict, reason and outcome share a row and many share a column of the picture, so that its size
 * grows with the services and hardly with their revisions.
 */
export function htmlReport(report: Report): string {
  const { blocking, others, accepted, notCovered } = sortedGaps(report);
  const notes = (kind: string, texts: (string | undefined)[]) =>
    texts.map((text) => text && html`<p class="note ${kind}">${text}</p>`);
  const seconds = Math.round((report.endedAt - report.startedAt) / 1000);
  const place = `account ${report.account}, ${report.region}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Task definition retention, ${place}, ${when(report.startedAt)}</title><style>${new Markup(STYLE)}</style></head>
<body><main><h1>Task definition retention</h1>
<p class="soft">${place[0]?.toUpperCase()}${place.slice(1)} · ${when(report.startedAt)} · took ${number(seconds)} s · run <code>${report.runId}</code>${report.store && html` · store <code>${report.store}</code>`}</p>
${banner(report)}
${notes("bad", [stoppedText(report), ...blocking.map(gapText)])}${notes("warn", [...others.map(gapText), notAppliedText(report)])}
${accepted.length > 0 ? html`<ul class="soft">${accepted.map((gap) => html`<li>${gapText(gap)}</li>`)}</ul>` : undefined}
${tiles(report)}
${overview(report)}
<h2>${report.services.length === 1 ? "Revisions" : "Revisions by service"}</h2>
${report.services.map((service, at) => serviceCard(report, service, at))}
${section(secretsSection(report))}
${section(restoreSection(report))}
<h2>What was read</h2>
${calls(report)}
<p class="soft">${notCoveredText(notCovered)}</p>
<footer>Times are UTC. Made by ecs-retention from the run's data alone.</footer>
</main></body></html>
`.text;
}
