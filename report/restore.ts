import type { Archived, Report } from "../retention/types";
import type { Row } from "./groups";
import { itemsOf, type Section } from "./sections";

/** The end of an archive's key: family, revision, and how much of it can be restored. */
const PLACE = /([^/]+)\/(\d+)(\.[a-z]+\.json)$/;

/** The calls that bring deleted revisions back: one for all of a service that lack the same fields. */
export function restoreSection({ services, store, region }: Report): Section {
  const items = itemsOf(services, (row) => archivedOf(row)?.missing).map((item) => ({
    ...item,
    text: item.text && `partial: put back ${item.text} first`,
    call: callOf(commonKey(item.rows.flatMap((row) => archivedOf(row)?.key ?? [])), region, store),
  }));
  return {
    title: "Restore what was deleted",
    advice:
      "Each comes back as a new revision of its family. FAMILY and REVISION stand for those in front of the call.",
    items,
  };
}

function archivedOf({ outcome }: Row): Archived | undefined {
  return outcome?.result === "done" ? outcome.archived : undefined;
}

function commonKey(keys: string[]): string {
  const places = keys.map((key) => PLACE.exec(key) ?? []);
  const common = (at: number, otherwise: string) =>
    places.every((place) => place[at] === places[0]?.[at]) ? places[0]?.[at] : otherwise;
  return (keys[0] ?? "").replace(PLACE, () => `${common(1, "FAMILY")}/${common(2, "REVISION")}${common(3, ".*.json")}`);
}

function callOf(key: string, region: string, store = "STORE"): string {
  const register = `aws ecs register-task-definition --region ${region} --cli-input-json`;
  if (!store.startsWith("s3://")) return `${register} ${quoted(`file://${store}/${key}`)}`;
  return `aws s3 cp ${quoted(`${store}/${key}`)} - > revision.json && ${register} file://revision.json`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}
