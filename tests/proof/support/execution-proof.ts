import type { Evidence } from "../../../scripts/prove/evidence";
import { EXPLAINED } from "../../../scripts/prove/explained";
import { type Explanation, prove } from "../../../scripts/prove/proof";
import { World } from "../../../simulator";
import type { Iam } from "../../../simulator/iam";
import { SingleStatementIam } from "./single-statements";

const bySingleStatement = new SingleStatementIam(new World());
const nameOf = (arn: string) => (arn.includes(":role/") ? `execution role of ${arn.replace(/^.*\//, "")}` : undefined);

const OWN: Explanation[] = [
  {
    title: "Versions of a secret that is also read without one",
    check: "tight",
    of: /^execution role of (versions-of-one-secret|generated)/,
    actions: ["secretsmanager:GetSecretValue"],
    what: /^secret version$/,
    because: "the same secret is read without a version, too, which a condition on versions would refuse",
  },
  {
    title: "Streams of a group that is also written to without a prefix",
    check: "tight",
    of: /^execution role of (one-group-with-and-without|generated)/,
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    what: /^log stream path/,
    because: "another container writes to the same group without a prefix, to streams that Docker names",
  },
];
const OF_ROLES = [nameOf(":role/x") ?? "", `trust of ${nameOf(":role/x")}`];
const explained = [...EXPLAINED.filter(({ of }) => OF_ROLES.some((name) => of.test(name))), ...OWN];

/** Line by line what does not hold, and which explanation nothing needs; empty: roles are exactly what starts need. */
export async function disproved(evidence: Evidence[], iam: Iam = bySingleStatement): Promise<string[]> {
  return (await prove(iam, evidence, { nameOf, explained })).failures;
}

/** Of a part of what the explanations are for. */
export async function disprovedPart(evidence: Evidence[], iam?: Iam): Promise<string[]> {
  return (await disproved(evidence, iam)).filter((line) => !line.startsWith("explained.ts: "));
}
