import type { Evidence, Held, HeldRole } from "../../scripts/prove/evidence";
import { type Explanation, type Proof, prove } from "../../scripts/prove/proof";
import { type RecordedCall, World } from "../../simulator";
import type { Context } from "../../simulator/operation";

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";
const ROLES = `arn:aws:iam::${ACCOUNT}:role/`;
const STORE = "arn:aws:s3:::store";
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:cleanup`;
export const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:shop/api-AbCdEf`;
export const revision = (family: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:7`;

interface Statement {
  Sid: string;
  Effect?: string;
  Principal?: unknown;
  Action: string[];
  Resource?: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** An account as statements, so that a test can plant a mistake in any of them. */
export interface Small {
  cleaner: { deletes: Statement; lists: Statement; reads: Statement; secret: Statement; trust: Statement };
  runner: { takes: Statement; trust: Statement };
  store: Statement[];
  boundary?: Statement;
  calls: RecordedCall[];
}

export function call(by: string, action: string, resource: string, context: Context = {}): RecordedCall {
  const [service = "", operation = ""] = action.split(":");
  const principal = by.includes(".") ? by : `arn:aws:sts::${ACCOUNT}:assumed-role/${by}/session`;
  const own: Context = by.includes(".") ? {} : { "aws:PrincipalArn": ROLES + by, "aws:PrincipalAccount": ACCOUNT };
  const common = { "aws:RequestedRegion": REGION, "aws:SecureTransport": "true" };
  const decision = "allowed" as const;
  return {
    ...{ at: 0, principal, account: ACCOUNT, region: REGION, service, operation, action, resources: [resource] },
    ...{ context: { ...common, ...own, ...context }, decision },
  };
}

/** A runner, which Lambda runs, takes on a cleaner, which deletes revisions of one family; all is as it should be. */
export function small(): Small {
  const only = (key: string, value: string) => ({ StringEquals: { [key]: value } });
  const inAccount = only("aws:ResourceAccount", ACCOUNT);
  return {
    cleaner: {
      deletes: { Sid: "Delete", Action: ["ecs:DeleteTaskDefinitions"], Resource: [revision("shop").replace("7", "*")] },
      lists: {
        Sid: "List",
        Action: ["ecs:ListClusters"],
        Resource: ["*"],
        Condition: only("aws:RequestedRegion", REGION),
      },
      reads: { Sid: "Read", Action: ["s3:GetObject"], Resource: [`${STORE}/policies/shop.json`], Condition: inAccount },
      secret: { Sid: "Secret", Action: ["secretsmanager:GetSecretValue"], Resource: [SECRET] },
      trust: {
        Sid: "TakenByRunner",
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "aws:PrincipalArn": `${ROLES}runner`, "sts:ExternalId": "right" } },
      },
    },
    runner: {
      takes: { Sid: "Take", Action: ["sts:AssumeRole"], Resource: [`${ROLES}cleaner`] },
      trust: {
        Sid: "TakenByLambda",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: only("aws:SourceArn", FUNCTION),
      },
    },
    store: [
      {
        ...{ Sid: "DenyPlainHttp", Effect: "Deny", Principal: "*", Action: ["s3:GetObject"], Resource: [`${STORE}/*`] },
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
    calls: [
      call("lambda.amazonaws.com", "sts:AssumeRole", `${ROLES}runner`, {
        "aws:SourceArn": FUNCTION,
        "aws:SourceAccount": ACCOUNT,
      }),
      call("runner", "sts:AssumeRole", `${ROLES}cleaner`, { "sts:ExternalId": "right" }),
      call("cleaner", "ecs:DeleteTaskDefinitions", revision("shop")),
      call("cleaner", "ecs:ListClusters", "*"),
      call("cleaner", "s3:GetObject", `${STORE}/policies/shop.json`, { "aws:ResourceAccount": ACCOUNT }),
      call("cleaner", "secretsmanager:GetSecretValue", SECRET),
    ],
  };
}

/** What a real proof would explain, too. */
export const DUE: Explanation = {
  ...{ title: "due", check: "tight", of: /^cleaner$/, what: /^task definition revision$/ },
  because: "it deletes whichever revisions are due",
};

export function proveSmall(
  { cleaner, runner, store, boundary, calls }: Small,
  explained: Explanation[] = [DUE],
): Promise<Proof> {
  const document = (...list: Statement[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: list.map((each) => ({ Effect: "Allow", ...each })) });
  const role = (name: string, trust: Statement, ...own: Statement[]): HeldRole => ({
    ...{ arn: ROLES + name, trust: document(trust), policies: [["own", document(...own)]] },
  });
  const { trust, ...rights } = cleaner;
  const held: Held = {
    roles: [
      { ...role("cleaner", trust, ...Object.values(rights)), boundary: boundary && document(boundary) },
      role("runner", runner.trust, runner.takes),
    ],
    resources: [{ arn: STORE, owner: ACCOUNT, policy: store.length > 0 ? document(...store) : undefined }],
  };
  const evidence: Evidence[] = [{ held, calls }];
  return prove(new World().gate.iam, evidence, { nameOf: (arn) => arn.split(/[:/]/).at(-1), explained });
}
