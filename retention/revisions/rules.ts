import { dateOf } from "../dates";
import type { Answer, Rule } from "../decide";
import { DAY } from "../duration";
import type { Millis, Revision } from "../types";
import type { RevisionFacts } from "./facts";

const KEEP: Answer = { action: "keep" };
const NEVER = -Infinity;

/** In this order. A rule that removes comes after `unread`, so that nothing is removed by what was not read. */
export const REVISION_RULES: Rule<Revision, RevisionFacts>[] = [
  {
    id: "referenced",
    question: "Does something need it? In mode `retire`: does something need any revision of the family?",
    answer(subject, { referencesOf }) {
      const references = referencesOf(subject);
      return references.length > 0 ? { action: "keep", because: { references } } : undefined;
    },
  },
  {
    id: "pinned",
    question: "Does the policy pin it?",
    answer: (subject, { pinned }) => (pinned.has(subject) ? KEEP : undefined),
  },
  {
    id: "newest-active",
    question: "Is it the newest ACTIVE revision, which runs wherever no revision is named?",
    answer: (subject, { newestActive }) => (subject === newestActive ? KEEP : undefined),
  },
  {
    id: "unread",
    question: "Was something not read that the rules below need: its references or its description?",
    answer(subject, facts) {
      if (subject.status === "DELETE_IN_PROGRESS") return undefined;
      const note = whatIsUnread(subject, facts);
      return note === undefined ? undefined : { action: "keep", because: { note } };
    },
  },
  {
    id: "within-24h",
    question: "Was it registered or in use within the last 24 hours?",
    answer(subject, facts) {
      const last = Math.max(dateOf(subject.registeredAt) ?? NEVER, facts.usedAt(subject) ?? NEVER);
      return last + DAY > facts.now ? keepUntilDue(subject, facts) : undefined;
    },
  },
  {
    id: "plaintext-secrets",
    question: "Does it carry plaintext secrets, and does the policy remove them as soon as nothing needs them?",
    answer(subject, facts) {
      const secrets = doomedSecrets(subject, facts);
      if (!secrets) return undefined;
      const note = secrets.join(", ");
      if (subject.status === "ACTIVE") return { action: "deregister", because: { note } };
      const until = deletableAt(subject, facts);
      return until > facts.now ? { action: "keep", because: { note, until } } : { action: "delete", because: { note } };
    },
  },
  {
    id: "among-newest",
    question: "Is it among the newest `keepRevisions` ACTIVE revisions?",
    answer: (subject, { newest }) => (newest.has(subject) ? KEEP : undefined),
  },
  {
    id: "among-successful",
    question: "Is it among the last `keepSuccessful` revisions that a deployment completed on?",
    answer: (subject, { successful }) => (successful.has(subject) ? KEEP : undefined),
  },
  {
    id: "vanished-claim",
    question: "Would the policy of a registration that is gone keep it, for as long as that still counts?",
    answer(subject, { keptByVanished }) {
      const until = subject.status === "DELETE_IN_PROGRESS" ? undefined : keptByVanished(subject);
      return until === undefined ? undefined : { action: "keep", because: { until } };
    },
  },
  {
    id: "too-young",
    question: "Is it younger than `keepFor`?",
    answer(subject, facts) {
      const registeredAt = dateOf(subject.registeredAt) ?? NEVER;
      return registeredAt + facts.keepFor > facts.now ? keepUntilDue(subject, facts) : undefined;
    },
  },
  {
    id: "recently-used",
    question: "Was it in use less than `unusedFor` ago, or, where no use is known, is its ledger younger than that?",
    answer(subject, facts) {
      if ((facts.usedAt(subject) ?? NEVER) + facts.unusedFor <= facts.now) return undefined;
      const note = facts.lastSeen.has(subject)
        ? {}
        : { note: "no use of it is known, and its ledger is younger than unusedFor" };
      return keepUntilDue(subject, facts, note);
    },
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
    answer(subject, facts) {
      if (subject.status !== "INACTIVE") return undefined;
      const until = deletableAt(subject, facts);
      return until > facts.now ? { action: "keep", because: { until } } : undefined;
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
  if (subject.plaintextSecrets === undefined) return "it was not described yet";
  if (dateOf(subject.registeredAt) === undefined) return "its date of registration was not read";
  if (subject.status === "INACTIVE" && dateOf(subject.deregisteredAt) === undefined) {
    return "its date of deregistration was not read";
  }
  return undefined;
}

/** Where it carries plaintext secrets that are to be removed. */
function doomedSecrets(
  { status, plaintextSecrets }: Revision,
  { removesSecrets }: RevisionFacts,
): string[] | undefined {
  const isThere = status === "ACTIVE" || status === "INACTIVE";
  return removesSecrets && plaintextSecrets?.[0] !== undefined && isThere ? plaintextSecrets : undefined;
}

function deletableAt({ registeredAt, deregisteredAt }: Revision, { now, deleteAfter }: RevisionFacts): Millis {
  return Math.max(dateOf(deregisteredAt) ?? now, dateOf(registeredAt) ?? NEVER) + deleteAfter;
}

/** Kept until no rule about age or use keeps it any more, so that one date tells when it goes. */
function keepUntilDue(subject: Revision, facts: RevisionFacts, because: Answer["because"] = {}): Answer {
  const registeredAt = dateOf(subject.registeredAt) ?? NEVER;
  const used = facts.usedAt(subject) ?? NEVER;
  const isShielded = doomedSecrets(subject, facts) === undefined;
  const until = Math.max(
    Math.max(registeredAt, used) + DAY,
    isShielded ? registeredAt + facts.keepFor : NEVER,
    isShielded ? used + facts.unusedFor : NEVER,
    subject.status === "INACTIVE" ? deletableAt(subject, facts) : NEVER,
  );
  return { action: "keep", because: { ...because, until } };
}
