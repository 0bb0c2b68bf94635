import assert from "node:assert/strict";
import { DeleteTaskDefinitionsCommand, ListClustersCommand, ListServicesCommand } from "@aws-sdk/client-ecs";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Principal, SimulatorError, World } from "../../simulator";
import {
  attachRolePolicy,
  createPolicy,
  createRole,
  deletePolicy,
  deleteRole,
  deleteRolePolicy,
  detachRolePolicy,
  putRolePolicy,
  setPolicyDocument,
  updateTrust,
} from "../../simulator/services/iam";
import { assumeAsService, openSession } from "../../simulator/services/sts";
import { connectTo } from "../../simulator/wire/middleware";

const A = "111111111111";
const B = "222222222222";
const REGION = "eu-central-1";

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource = "*", Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  Condition,
});
const trusts = (Principal: object, Condition?: object) =>
  document({ Effect: "Allow", Action: "sts:AssumeRole", Principal, Condition });

describe("simulated IAM and STS", () => {
  let world: World;
  const scope = (account = A) => world.scope(account, REGION);
  const role = (name: string, policy?: string, trust = trusts({ Service: "lambda.amazonaws.com" }), account = A) => {
    const made = createRole(scope(account), { name, path: "/app/", trust });
    if (policy) {
      putRolePolicy(scope(account), name, "inline", policy);
    }
    return made;
  };
  const session = (name: string, policy?: string): Principal =>
    openSession(scope(), role(name, policy), { name: "run-1" });
  const ecs = (principal: Principal, region = REGION) => connectTo(world, principal, region).ecs();
  const assume = async (
    principal: Principal,
    input: { RoleArn: string; ExternalId?: string; DurationSeconds?: number },
  ) => {
    const sts = connectTo(world, principal, REGION).sts();
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleSessionName: "run-1", ...input }));
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken,
      expires: Credentials?.Expiration?.getTime(),
    };
  };
  const denied = { name: "AccessDenied" };
  const ecsDenied = { name: "AccessDeniedException" };

  beforeEach(() => {
    world = new World();
  });

  it("allows a role what its policies allow, and nothing else", async () => {
    const caller = session("reader", document(allow("ecs:ListClusters")));
    await ecs(caller).send(new ListClustersCommand({}));
    await assert.rejects(ecs(caller).send(new ListServicesCommand({})), ecsDenied);
    assert.equal(world.gate.calls.at(-1)?.decision, "denied");
    putRolePolicy(scope(), "reader", "more", document(allow("ecs:ListServices")));
    await assert.rejects(ecs(caller).send(new ListServicesCommand({})), { name: "ClusterNotFoundException" });
  });

  it("takes a change of policy at once, remembered decisions or not", async () => {
    const caller = session("reader", document(allow("ecs:ListClusters")));
    await ecs(caller).send(new ListClustersCommand({}));
    deleteRolePolicy(scope(), "reader", "inline");
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), ecsDenied);
    deleteRole(scope(), "reader");
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), ecsDenied);
  });

  it("answers a question that it has met the like of as it answers it for the first time", async () => {
    const base = `arn:aws:ecs:${REGION}:${A}:task-definition/`;
    const policies = [
      allow("ecs:DeleteTaskDefinitions", `${base}shop:*`),
      { ...allow("ecs:DeleteTaskDefinitions", `${base}shop:1?`), Effect: "Deny" },
      allow("ecs:DeleteTaskDefinitions", `${base.replace(REGION, "*")}b*-x:1`),
    ];
    const variable = allow("ecs:DeleteTaskDefinitions", `${base}\${aws:RequestedRegion}:*`);
    const families = ["shop", "shop-x", "b-x", "bb-x", REGION];
    const resources = families.flatMap((family) => [1, 2, 12, 122].map((revision) => `${base}${family}:${revision}`));
    for (const statements of [policies, [...policies, variable]]) {
      const ask = (resource: string) => {
        if (!world.services.iam.of(A).roles.has("asker")) session("asker", document(...statements));
        const principal = openSession(scope(), world.services.iam.of(A).roles.get("asker") as never, { name: "s" });
        const context = { "aws:RequestedRegion": REGION };
        return world.gate.iam.allows({ principal, action: "ecs:DeleteTaskDefinitions", resource, owner: A, context });
      };
      const remembered = await Promise.all(resources.map(ask));
      const fresh: boolean[] = [];
      for (const resource of resources) {
        world = new World();
        fresh.push(await ask(resource));
      }
      assert.deepEqual(remembered, fresh);
      assert.deepEqual(fresh.includes(true) && fresh.includes(false), true);
      world = new World();
    }
  });

  it("counts what is attached like what is inline, from the attachment on and as it now reads", async () => {
    const caller = session("reader");
    const policy = createPolicy(scope(), { name: "more", document: document(allow("ecs:ListClusters")) });
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), ecsDenied);
    attachRolePolicy(scope(), "reader", policy.arn);
    await ecs(caller).send(new ListClustersCommand({}));
    setPolicyDocument(policy, document(allow("ecs:ListServices")));
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), ecsDenied);
    setPolicyDocument(policy, document(allow("ecs:ListClusters")));
    detachRolePolicy(scope(), "reader", policy.arn);
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), ecsDenied);
  });

  it("takes 10,240 characters of inline policies, 6,144 of a managed one and ten of these, white space not counted", () => {
    const sized = (size: number) => {
      const room = size - document({ ...allow("ecs:ListClusters"), Sid: "" }).length;
      return document({ ...allow("ecs:ListClusters"), Sid: "s".repeat(room) }).replace("{", "{  \n");
    };
    const tooMuch = { name: "LimitExceeded" };
    role("full");
    putRolePolicy(scope(), "full", "one", sized(5000));
    assert.throws(() => putRolePolicy(scope(), "full", "two", sized(5241)), tooMuch);
    putRolePolicy(scope(), "full", "two", sized(5240));
    putRolePolicy(scope(), "full", "two", sized(5240));
    assert.throws(() => createPolicy(scope(), { name: "wide", document: sized(6145) }), tooMuch);
    const managed = Array.from({ length: 11 }, (_, n) =>
      createPolicy(scope(), { name: `m${n}`, document: sized(6144) }),
    );
    for (const { arn } of managed.slice(1)) attachRolePolicy(scope(), "full", arn);
    assert.throws(() => attachRolePolicy(scope(), "full", managed[0]?.arn ?? ""), tooMuch);
    attachRolePolicy(scope(), "full", managed[1]?.arn ?? "");
  });

  it("confines a role by its permissions boundary", async () => {
    const boundary = createPolicy(scope(), { name: "edge", document: document(allow("s3:*")) });
    const trust = trusts({ Service: "lambda.amazonaws.com" });
    const made = createRole(scope(), { name: "bounded", trust, boundary: boundary.arn });
    putRolePolicy(scope(), "bounded", "inline", document(allow("ecs:*")));
    const caller = openSession(scope(), made, { name: "run-1" });
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), ecsDenied);
    assert.throws(() => deletePolicy(scope(), boundary.arn), { name: "DeleteConflict" });
  });

  it("asks about every ARN of a call: one foreign family refuses the whole batch", async () => {
    const mine = `arn:aws:ecs:${REGION}:${A}:task-definition/shop:*`;
    const client = ecs(session("cleaner", document(allow("ecs:DeleteTaskDefinitions", mine))));
    const remove = (...taskDefinitions: string[]) => client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
    assert.equal((await remove("shop:1")).failures?.length, 1);
    await assert.rejects(remove("shop:1", "shop-worker:1"), ecsDenied);
  });

  it("takes no question with a wildcard in it, which a narrower policy would seem to allow", async () => {
    const narrow = `arn:aws:ecs:${REGION}:${A}:task-definition/shop:1`;
    const client = ecs(session("cleaner", document(allow("ecs:DeleteTaskDefinitions", narrow))));
    const everything = new DeleteTaskDefinitionsCommand({ taskDefinitions: [narrow.replace("shop:1", "*:1")] });
    await assert.rejects(client.send(everything), SimulatorError);
  });

  it("knows Region and time of the call as condition keys", async () => {
    const midnight = new Date(world.clock.now()).toISOString();
    const caller = session(
      "conditional",
      document(
        allow("ecs:ListClusters", "*", { StringEquals: { "aws:RequestedRegion": REGION } }),
        allow("ecs:ListServices", "*", { DateLessThanEquals: { "aws:CurrentTime": midnight } }),
      ),
    );
    await ecs(caller).send(new ListClustersCommand({}));
    await assert.rejects(ecs(caller, "us-east-1").send(new ListClustersCommand({})), ecsDenied);
    await assert.rejects(ecs(caller).send(new ListServicesCommand({})), { name: "ClusterNotFoundException" });
    await world.clock.advance(1000);
    await assert.rejects(ecs(caller).send(new ListServicesCommand({})), ecsDenied);
  });

  it("lets a role be assumed only by the named principal with the right external id", async () => {
    const caller = session("function", document(allow("sts:AssumeRole")));
    const neighbour = session("neighbour", document(allow("sts:AssumeRole")));
    const StringEquals = { "sts:ExternalId": "hash-1", "aws:PrincipalArn": caller.roleArn };
    const target = role(
      "cleanup",
      document(allow("ecs:ListClusters")),
      trusts({ AWS: `arn:aws:iam::${A}:root` }, { StringEquals }),
    );
    const input = { RoleArn: target.arn, ExternalId: "hash-1" };
    const credentials = await assume(caller, input);
    await connectTo(world, caller, REGION).ecs(credentials).send(new ListClustersCommand({}));
    assert.equal(world.gate.calls.at(-1)?.principal, `arn:aws:sts::${A}:assumed-role/cleanup/run-1`);
    await assert.rejects(assume(neighbour, input), denied);
    await assert.rejects(assume(caller, { ...input, ExternalId: "hash-2" }), denied);
    await assert.rejects(assume(caller, { RoleArn: target.arn }), denied);
    updateTrust(
      scope(),
      "cleanup",
      trusts({ AWS: `arn:aws:iam::${A}:root` }, { StringEquals: { "sts:ExternalId": "hash-2" } }),
    );
    await assert.rejects(assume(caller, input), denied);
  });

  it("wants both sides to agree across accounts, and acts in the role's account afterwards", async () => {
    const caller = session("function", document(allow("sts:AssumeRole", `arn:aws:iam::${B}:role/app/*`)));
    const trusting = role("remote", undefined, trusts({ AWS: `arn:aws:iam::${A}:root` }), B);
    const closed = role("closed", undefined, trusts({ AWS: `arn:aws:iam::${B}:root` }), B);
    await assert.rejects(assume(caller, { RoleArn: closed.arn }), denied);
    const credentials = await assume(caller, { RoleArn: trusting.arn });
    const principal = world.principalOf(credentials.accessKeyId) as Principal;
    const { Account } = await connectTo(world, principal, REGION).sts().send(new GetCallerIdentityCommand({}));
    assert.equal(Account, B);
    const unable = session("unable", document(allow("ecs:ListClusters")));
    await assert.rejects(assume(unable, { RoleArn: trusting.arn }), denied);
  });

  it("refuses a role that does not exist like one that does not trust the caller", async () => {
    const caller = session("function", document(allow("sts:AssumeRole")));
    await assert.rejects(assume(caller, { RoleArn: `arn:aws:iam::${A}:role/app/nobody` }), denied);
  });

  it("ends a session on the simulated clock, after at least 15 minutes", async () => {
    const caller = session("function", document(allow("sts:AssumeRole")));
    const target = role("cleanup", document(allow("ecs:ListClusters")), trusts({ AWS: `arn:aws:iam::${A}:root` }));
    await assert.rejects(assume(caller, { RoleArn: target.arn, DurationSeconds: 60 }), { name: "ValidationError" });
    const credentials = await assume(caller, { RoleArn: target.arn, DurationSeconds: 900 });
    assert.equal(credentials.expires, world.clock.now() + 900_000);
    const client = connectTo(world, caller, REGION).ecs(credentials);
    await world.clock.advance(899_999);
    await client.send(new ListClustersCommand({}));
    await world.clock.advance(1);
    await assert.rejects(client.send(new ListClustersCommand({})), { name: "ExpiredTokenException" });
  });

  it("opens a role to an AWS service that its trust names, under the conditions it names", async () => {
    const trust = trusts({ Service: "scheduler.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": A } });
    const { arn: roleArn } = role("schedule", undefined, trust);
    const input = { roleArn, sessionName: "fire", context: { "aws:SourceAccount": A } };
    const principal = await assumeAsService(scope(), "scheduler.amazonaws.com", input);
    assert.equal(principal.roleArn, roleArn);
    await assert.rejects(assumeAsService(scope(), "lambda.amazonaws.com", input), denied);
    const foreign = { ...input, context: { "aws:SourceAccount": B } };
    await assert.rejects(assumeAsService(scope(), "scheduler.amazonaws.com", foreign), denied);
  });

  it("refuses credentials that nobody was given", async () => {
    const credentials = { accessKeyId: "ASIANOBODY", secretAccessKey: "x" };
    const client = connectTo(world, world.admin(A), REGION).ecs(credentials);
    await assert.rejects(client.send(new ListClustersCommand({})), { name: "UnrecognizedClientException" });
  });

  it("refuses a second role of a name whatever its path, and the deletion of one with policies", () => {
    role("taken", document(allow("ecs:*")));
    const again = () => createRole(scope(), { name: "taken", path: "/elsewhere/", trust: trusts({ AWS: "*" }) });
    assert.throws(again, { name: "EntityAlreadyExists", statusCode: 409 });
    assert.throws(() => deleteRole(scope(), "taken"), { name: "DeleteConflict" });
    assert.throws(() => putRolePolicy(scope(), "taken", "broken", "{"), { name: "MalformedPolicyDocument" });
  });

  it("reports a policy that IAM would not take as an error of its own, not as a denial", async () => {
    const caller = session("broken", document({ Effect: "Allow", Action: "ecs:*", Resouce: "*" }));
    await assert.rejects(ecs(caller).send(new ListClustersCommand({})), SimulatorError);
  });
});
