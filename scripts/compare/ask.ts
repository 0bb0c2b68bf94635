import { World } from "../../simulator";
import { globalContext, Iam } from "../../simulator/iam";
import { accountOf } from "../../simulator/operation";
import { trustsAccounts } from "../../simulator/services/iam";
import type { PolicyStatement } from "./peers";
import { type Question, SCOPE } from "./tasks";

const ROLE = `arn:aws:iam::${SCOPE.account}:role/execution`;
const iam = new Iam(new World());

/** What owners say: other accounts, and keys, must let the account in, and here they do. */
const LETS_THE_ACCOUNT_IN = trustsAccounts(SCOPE, SCOPE.account);

/**
 * Whether a role with these statements may.
 *
 * @throws SimulatorError where the statements are no policy, or the question makes no sense in IAM.
 */
export function allows(statements: PolicyStatement[], question: Question): Promise<boolean> {
  const { action, resource, context } = question;
  const owner = question.owner ?? (accountOf(resource) || SCOPE.account);
  const principal = { arn: ROLE, roleArn: ROLE, account: SCOPE.account, accessKeyId: "", secretAccessKey: "" };
  return iam.decide(
    {
      principal,
      action,
      resource,
      owner,
      context: { ...globalContext({ principal, region: SCOPE.region }, 0), "aws:ResourceAccount": owner, ...context },
      resourcePolicy: owner !== SCOPE.account || action.startsWith("kms:") ? LETS_THE_ACCOUNT_IN : undefined,
    },
    { identity: [["execution", JSON.stringify({ Version: "2012-10-17", Statement: statements })]] },
  );
}
