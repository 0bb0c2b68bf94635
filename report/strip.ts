import { dayOf } from "../retention/dates";
import type { Action, Revision, ServiceReport, Verdict } from "../retention/types";
import { html, type Markup } from "./markup";
import { becauseText, count } from "./sentences";

const WIDTH = 1000;
const MOST_COLUMNS = 200;
const WIDEST_COLUMN = 30;
const BAR = { top: 12, height: 34 };
const TICK_DISTANCE = 110;
const TICK_ROOM = 70;

/** In the order in which they stand on each other. `going`: ECS is deleting the revision already. */
export const SHADES = ["keep", "deregister", "delete", "going"] as const;
export type Shade = (typeof SHADES)[number];

export function shade({ action, subject }: Verdict<Revision>): Shade {
  return subject.status === "DELETE_IN_PROGRESS" ? "going" : (action satisfies Action);
}

function title(column: Verdict<Revision>[]): string {
  const [first, last] = [column[0], column.at(-1)];
  if (first === undefined || last === undefined) return "";
  const { family, revision, status, registeredAt } = first.subject;
  if (column.length === 1) {
    const registered = registeredAt === undefined ? "" : `, registered ${dayOf(registeredAt)}`;
    return `${family}:${revision} (${status}${registered}): ${first.action}, ${becauseText(first.because)}`;
  }
  const parts = SHADES.map((each) => [each, column.filter((verdict) => shade(verdict) === each).length] as const);
  const words = parts.flatMap(([each, n]) => (n > 0 ? `${n} ${each}` : []));
  const end =
    last.subject.family === family
      ? `-${last.subject.revision}`
      : ` to ${last.subject.family}:${last.subject.revision}`;
  return `${family}:${revision}${end}: ${words.join(", ")}`;
}

function bar(column: Verdict<Revision>[], at: number, width: number): Markup {
  const gap = width > 3 ? 1 : 0;
  let top = BAR.top;
  const rects = SHADES.flatMap((each) => {
    const height = (BAR.height * column.filter((verdict) => shade(verdict) === each).length) / column.length;
    if (height === 0) return [];
    const y = top;
    top += height;
    return html`<rect class="${each}" x="${round(at * width)}" y="${round(y)}" width="${round(width - gap)}" height="${round(height)}"/>`;
  });
  const referenced = column.some(({ because }) => because.rule === "referenced");
  const dot = referenced
    ? html`<circle class="used" cx="${round((at + 0.5) * width - gap / 2)}" cy="6" r="2.6"/>`
    : undefined;
  return html`<g><title>${title(column)}</title>${rects}${dot}</g>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Revision numbers below the bar, with the day of registration where it was read. */
function ticks(columns: Verdict<Revision>[][], width: number): Markup[] {
  const step = Math.max(1, Math.ceil(TICK_DISTANCE / width));
  const y = BAR.top + BAR.height;
  return columns.flatMap((column, at) => {
    const subject = column[0]?.subject;
    if (at % step !== 0 || subject === undefined) return [];
    const x = round(at * width);
    if (x > WIDTH - TICK_ROOM) return [];
    const date = subject.registeredAt === undefined ? "" : dayOf(subject.registeredAt);
    return html`<path class="tick" d="M${x + 0.5} ${y + 2}v5"/><text x="${x}" y="${y + 18}">:${subject.revision}</text><text class="date" x="${x}" y="${y + 31}">${date}</text>`;
  });
}

/** A service's revisions from oldest to newest, coloured by verdict; many share a column. */
export function strip(service: ServiceReport): Markup | undefined {
  const oldestFirst = [...(service.plan?.revisions ?? [])].reverse();
  if (oldestFirst.length === 0) return undefined;
  const columnCount = Math.min(oldestFirst.length, MOST_COLUMNS);
  const columns = Array.from({ length: columnCount }, (_, at) =>
    oldestFirst.slice(
      Math.floor((at * oldestFirst.length) / columnCount),
      Math.floor(((at + 1) * oldestFirst.length) / columnCount),
    ),
  );
  const width = Math.min(WIDEST_COLUMN, WIDTH / columnCount);
  const label = `${count(oldestFirst.length, "revision")} of ${service.plan?.family}, oldest on the left, coloured by verdict`;
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${BAR.top + BAR.height + 36}" role="img" aria-label="${label}">${columns.map(
    (column, at) => bar(column, at, width),
  )}${ticks(columns, width)}</svg>`;
}
