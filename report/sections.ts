import type { ServiceReport } from "../retention/types";
import { names, type Row, rowsOf } from "./groups";
import { count, number } from "./sentences";

/** What is said about revisions besides their verdicts. */
export interface Section {
  title: string;
  advice: string;
  items: Item[];
}

interface Item {
  /** `checkout:3-17 (15)` */
  revisions: string;
  text: string;
  /** For a shell. */
  call?: string;
  rows: Row[];
}

const MOST_KINDS = 5;
const MOST_FIELDS = 5;

/** One item for all revisions of a service that share these fields; of many kinds the rest is one. */
export function itemsOf(services: ServiceReport[], fields: (row: Row) => string[] | undefined): Item[] {
  return services.flatMap((service) => {
    const rows = rowsOf(service).filter((row) => fields(row) !== undefined);
    const kinds = [...Map.groupBy(rows, (row) => JSON.stringify(fields(row))).values()];
    if (kinds.length > MOST_KINDS) kinds.push(kinds.splice(MOST_KINDS - 1).flat());
    return kinds.map((rows) => {
      const all = [...new Set(rows.flatMap((row) => fields(row) ?? []))];
      const rest = all.length - MOST_FIELDS;
      const more = rest > 0 ? ` and ${count(rest, "more field")}` : "";
      const text = `${all.slice(0, MOST_FIELDS).join(", ")}${more}`;
      return { rows, revisions: `${names(rows)} (${number(rows.length)})`, text };
    });
  });
}
