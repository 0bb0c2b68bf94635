import type { Answer, Rule } from "../decide";
import { DAY } from "../duration";
import type { Gap, Millis, Reference, Revision } from "../types";

/** What the rules know besides the revision itself; made once per plan. */
export interface RevisionFacts {
  now: Millis;
  keepFor: Millis;
  deleteAfter: Millis;
  pinned: ReadonlySet<number>;
  /** By revision number. */
  references: ReadonlyMap<number, Reference[]>;
  /** The number of the newest ACTIVE revision, and of the last one that counts as among the newest. */
  newestActive: number;
  lastOfNewest: number;
  /** Why nothing may be concluded about a revision, as far as that lies outside of its dates. */
  blocked(subject: Revision): Gap | "contradictory" | undefined;
}

// Amazon ECS was announced then: an older date is a misread one, such as seconds taken for milliseconds.
const FIRST_DATE: Millis = Date.UTC(2014, 10, 13);

/** A date that can be true; anything else counts as not read. */
export function dateOf(date: Millis | undefined): Millis | undefined {
  return date !== undefined && Number.isFinite(date) && date >= FIRST_DATE ? date : undefined;
}

/** Whether a revision was registered after a moment; undefined where its dates and bounds do not tell. */
function registeredAfter(subject: Revision, moment: Millis): boolean | undefined {
  const exact = dateOf(subject.registeredAt);
  if (exact !== undefined) return exact > moment;
  if ((dateOf(subject.registeredNotBefore) ?? -Infinity) > moment) return true;
  if ((dateOf(subject.registeredNotAfter) ?? Infinity) <= moment) return false;
  return undefined;
}

/** What was registered after this moment is too young to be touched, by the policy or by the floor of 24 hours. */
export function ageCutoff({ now, keepFor }: Pick<RevisionFacts, "now" | "keepFor">): Millis {
  return now - Math.max(keepFor, DAY);
}

const KEEP: Answer = { action: "keep" };

function keepWhileYoung(subject: Revision, { now }: RevisionFacts, age: Millis): Answer | undefined {
  if (registeredAfter(subject, now - age) !== true) return undefined;
  const earliest = dateOf(subject.registeredAt) ?? dateOf(subject.registeredNotBefore);
  return { action: "keep", because: { until: (earliest as Millis) + age } };
}

/** In this order. What is cheap to know comes first, so that few revisions have to be described for their dates. */
export const REVISION_RULES: Rule<Revision, RevisionFacts>[] = [
  {
    id: "referenced",
    question: "Does a task, a service, a deployment or a task set need it?",
    answer({ revision }, { references }) {
      const found = references.get(revision);
      return found && { action: "keep", because: { references: found } };
    },
  },
  {
    id: "pinned",
    question: "Does the policy pin it?",
    answer: ({ revision }, { pinned }) => (pinned.has(revision) ? KEEP : undefined),
  },
  {
    id: "newest-active",
    question: "Is it the newest ACTIVE revision, which runs wherever no revision is named?",
    answer: ({ status, revision }, { newestActive }) =>
      status === "ACTIVE" && revision >= newestActive ? KEEP : undefined,
  },
  {
    id: "among-newest",
    question: "Is it among the newest `keepRevisions` ACTIVE revisions?",
    answer: ({ status, revision }, { lastOfNewest }) =>
      status === "ACTIVE" && revision >= lastOfNewest ? KEEP : undefined,
  },
  {
    id: "unread",
    question: "Was something not read that the rules below need: its references, its data or its dates?",
    answer(subject, facts) {
      if (subject.status === "DELETE_IN_PROGRESS") return undefined;
      const note = whatIsUnread(subject, facts);
      return note === undefined ? undefined : { action: "keep", because: { note } };
    },
  },
  {
    id: "within-24h",
    question: "Was it registered within the last 24 hours?",
    answer: (subject, facts) => keepWhileYoung(subject, facts, DAY),
  },
  {
    id: "too-young",
    question: "Is it younger than `keepFor`?",
    answer: (subject, facts) => keepWhileYoung(subject, facts, facts.keepFor),
  },
  {
    id: "already-going",
    question: "Is it being deleted already?",
    answer: ({ status }) => (status === "DELETE_IN_PROGRESS" ? KEEP : undefined),
  },
  {
    id: "superseded",
    question: "Is it ACTIVE, and nothing above keeps it?",
    answer: ({ status }) => (status === "ACTIVE" ? { action: "deregister" } : undefined),
  },
  {
    id: "waiting",
    question: "Has it been INACTIVE for less than `deleteAfter`?",
    answer({ status, registeredAt, deregisteredAt }, { now, deleteAfter }) {
      if (status !== "INACTIVE") return undefined;
      const until = Math.max(dateOf(deregisteredAt) ?? now, dateOf(registeredAt) ?? 0) + deleteAfter;
      return until > now ? { action: "keep", because: { until } } : undefined;
    },
  },
  {
    id: "expired",
    question: "Is it INACTIVE, and nothing above keeps it?",
    answer: ({ status }) => (status === "INACTIVE" ? { action: "delete" } : undefined),
  },
];

function whatIsUnread(subject: Revision, facts: RevisionFacts): string | undefined {
  const blocked = facts.blocked(subject);
  if (blocked === "contradictory") return "its ARN, family and revision do not agree";
  if (blocked) return blocked.detail;
  const young = registeredAfter(subject, ageCutoff(facts));
  if (young === undefined) return "its date of registration was not read";
  if (!young && subject.status === "INACTIVE" && dateOf(subject.deregisteredAt) === undefined) {
    return "its date of deregistration was not read";
  }
  return undefined;
}
