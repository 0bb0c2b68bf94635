import type { LifecyclePolicy } from "../lifecycle/types";
import type { LifecycleVerdict } from "../lifecycle/verdict";
import type { TagMutability } from "../retention/images/image";
import type { Millis } from "../retention/types";
import { laterTable, nowTable, sizeText, staysTable } from "./lifecycle-tables";
import { count, number, when } from "./sentences";
import { paragraph, styled, type TableOptions } from "./table";

/** Where one call failed, a hundred indexes were not read. */
const MOST_GAPS = 5;

/** What a policy makes of the images of a repository. */
export interface LifecycleRepository {
  name: string;
  /** Absent: an images file that does not tell. */
  account?: string;
  region?: string;
  /** When it was read; the verdicts are as of then. */
  readAt: Millis;
  mutability: TagMutability;
  /** From `evaluateLifecycle`, newest first. */
  verdicts: LifecycleVerdict[];
  /** What could not be read, as the reader says it. */
  unread: string[];
}

/** The verdicts in the order in which people ask for them: what goes now, what later, what stays. */
export function sortedVerdicts(verdicts: LifecycleVerdict[]): Record<"now" | "later" | "stays", LifecycleVerdict[]> {
  const groups = Map.groupBy(verdicts, ({ action, because }) => {
    if (action !== "keep") return "now";
    return because === "not-yet" ? "later" : "stays";
  });
  return { now: groups.get("now") ?? [], later: groups.get("later") ?? [], stays: groups.get("stays") ?? [] };
}

/** Paragraphs about a repository's images: where they are, what goes now, what later, what stays and why. */
export function imagesSections(
  repository: LifecycleRepository,
  policy: LifecyclePolicy,
  options: TableOptions,
): string[][] {
  const { now, later, stays } = sortedVerdicts(repository.verdicts);
  const part = (title: string, verdicts: LifecycleVerdict[], advice: string, drawn: () => string) =>
    verdicts.length > 0
      ? [styled(title, "bold", options.colour), ...paragraph(advice, "", "dim", options), drawn()]
      : [];
  return [
    headLines(repository, options),
    part(
      "Goes now",
      now,
      "ECR acts within 24 hours of the policy. Neither it nor this table knows which images are in use.",
      () => nowTable(now, options),
    ),
    part("Goes later", later, "Unless pulled, pushed again or restored meanwhile.", () =>
      laterTable(later, policy, options),
    ),
    part(
      "Stays",
      stays,
      "As long as nothing changes: the newest until enough newer ones are pushed, a referrer until its subject goes.",
      () => staysTable(stays, options),
    ),
    totalsLines(repository, options),
  ];
}

function headLines({ name, account, region, readAt, mutability, unread }: LifecycleRepository, options: TableOptions) {
  const parts = [account && `account ${account}`, region, `read ${when(readAt)}`, mutabilityText(mutability)];
  const gap = (text: string) =>
    paragraph(`${text}; images that it names may be shown as going, though ECR keeps them`, "gap: ", "red", options);
  return [
    ...paragraph(`Repository ${name}`, "", "bold", options),
    ...paragraph(parts.filter(Boolean).join(", "), "", "dim", options),
    ...unread.slice(0, MOST_GAPS).flatMap(gap),
    ...(unread.length > MOST_GAPS
      ? paragraph(`${number(unread.length - MOST_GAPS)} more indexes like these`, "gap: ", "red", options)
      : []),
  ];
}

function mutabilityText({ setting, exclusions }: TagMutability): string {
  const these = `those like ${exclusions.join(", ")}`;
  switch (setting) {
    case "MUTABLE":
      return "tags can move";
    case "IMMUTABLE":
      return "tags never move";
    case "MUTABLE_WITH_EXCLUSION":
      return `tags can move, but not ${these}`;
    case "IMMUTABLE_WITH_EXCLUSION":
      return `tags never move, but for ${these}`;
  }
}

/** `120 images (34.5 GB): 12 to expire now (1.2 GB), 3 to archive now, 20 to go later, 85 to stay` */
function totalsLines({ verdicts }: LifecycleRepository, options: TableOptions): string[] {
  const { now, later, stays } = sortedVerdicts(verdicts);
  const sized = (of: LifecycleVerdict[]) => sizeText(of) && ` (${sizeText(of)})`;
  const parts: [LifecycleVerdict[], string][] = [
    [now.filter(({ action }) => action === "expire"), "to expire now"],
    [now.filter(({ action }) => action === "archive"), "to archive now"],
    [later, "to go later"],
    [stays, "to stay"],
  ];
  const words = parts.flatMap(([of, what]) => (of.length > 0 ? `${number(of.length)} ${what}${sized(of)}` : []));
  const text = verdicts.length > 0 ? `: ${words.join(", ")}` : " in the repository";
  const sizes = "Sizes count layers that images share once for each of them: less than that is freed.";
  return [
    ...paragraph(`${count(verdicts.length, "image")}${sized(verdicts)}${text}`, "", "bold", options),
    ...(sizeText(verdicts) ? paragraph(sizes, "", "dim", options) : []),
  ];
}
