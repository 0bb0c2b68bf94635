import { DAY } from "../../retention/duration";
import type { LifecycleVerdict } from "../verdict";
import type { LifecycleCheck, RepositoryContext } from "./check";
import { isShield } from "./claims";

export const signaturesExpire: LifecycleCheck = {
  id: "signatures-expire",
  kind: "in-use",
  question: "Does a rule take signatures or SBOMs before the images that they belong to?",
  why: "Signatures, SBOMs and other referrers have no tag of their own and follow their image when it goes. To a rule for untagged or any images they are images like others; whoever verifies before a start then finds no signature.",
  fix: "Remove the rule, or let it select by tags; referrers go with their images.",
  link: "https://github.com/aws/containers-roadmap/issues/2613",
  find(policy, { evaluated }) {
    if (evaluated === undefined) return [];
    const early = earlyReferrers(evaluated);
    return policy.rules
      .filter(({ selection }) => selection.tagStatus !== "tagged")
      .filter((rule) => !isShield(rule))
      .flatMap((rule) => {
        const [first, ...others] = early.filter((verdict) => verdict.rule === rule.rulePriority);
        if (!first) return [];
        const more = others.length > 0 ? ` and ${others.length} more,` : "";
        const { digest, subject = "" } = first.image;
        const what = `takes ${short(digest)}, a referrer of ${short(subject)},${more} earlier than what it belongs to`;
        return [{ rule: rule.rulePriority, what }];
      });
  },
};

/** AWS acts within a day of the moment from which it may, so that only longer differences have an order. */
function earlyReferrers({ verdicts, at: now }: NonNullable<RepositoryContext["evaluated"]>): LifecycleVerdict[] {
  const byDigest = new Map(verdicts.map((verdict) => [verdict.image.digest, verdict]));
  const leavesAt = ({ action, at = Number.POSITIVE_INFINITY }: LifecycleVerdict) => (action === "keep" ? at : now);
  return verdicts.filter((verdict) => {
    const subject = byDigest.get(verdict.image.subject ?? "");
    if (!subject || (verdict.because !== "taken" && verdict.because !== "not-yet")) return false;
    const indexes = (subject.because === "index" && subject.with) || [];
    const holders = indexes.flatMap((digest) => byDigest.get(digest) ?? []);
    const subjectLeavesAt = Math.max(...(holders.length > 0 ? holders : [subject]).map(leavesAt));
    return leavesAt(verdict) + DAY < subjectLeavesAt;
  });
}

function short(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
