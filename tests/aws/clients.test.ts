import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ListApplicationsCommand } from "@aws-sdk/client-codedeploy";
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import { ListClustersCommand } from "@aws-sdk/client-ecs";
import { ListEventBusesCommand } from "@aws-sdk/client-eventbridge";
import { ListPipesCommand } from "@aws-sdk/client-pipes";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { ListStateMachinesCommand } from "@aws-sdk/client-sfn";
import { connect } from "../../aws/clients";
import { connectEcr } from "../../aws/ecr-client";
import { kindOf } from "../../aws/errors";

const ENVIRONMENT = { AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT", AWS_SECRET_ACCESS_KEY: "secret" };

describe("connect", () => {
  const requests: IncomingMessage[] = [];
  const before_ = { ...process.env };
  let server: Server;

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      response.writeHead(503, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  });

  after(() => {
    server.close();
    process.env = before_;
  });

  beforeEach(() => requests.splice(0));

  it("makes one attempt at the endpoint of the environment, with the credentials of the environment", async () => {
    const client = connect({ region: "eu-west-3" }).ecs();
    await assert.rejects(client.send(new ListClustersCommand({})), (error) => kindOf(error) === "unavailable");
    assert.equal(requests.length, 1);
    assert.match(requests[0]?.headers.authorization ?? "", /Credential=AKIAENVIRONMENT\/\d+\/eu-west-3\/ecs\//);
  });

  const { ecr, events, pipes, scheduler, states, codedeploy } = connectEcr({ region: "eu-west-3" });
  const beside: Record<string, () => Promise<unknown>> = {
    ecr: () => ecr().send(new DescribeRepositoriesCommand({})),
    events: () => events().send(new ListEventBusesCommand({})),
    pipes: () => pipes().send(new ListPipesCommand({})),
    scheduler: () => scheduler().send(new ListSchedulesCommand({})),
    states: () => states().send(new ListStateMachinesCommand({})),
    codedeploy: () => codedeploy().send(new ListApplicationsCommand({})),
  };
  for (const [service, send] of Object.entries(beside)) {
    it(`makes one attempt at ${service}, in the Region that it is given`, async () => {
      await assert.rejects(send(), (error) => kindOf(error) === "unavailable");
      assert.equal(requests.length, 1);
      assert.match(requests[0]?.headers.authorization ?? "", new RegExp(`/eu-west-3/${service}/`));
    });
  }

  it("signs with the credentials that it is given", async () => {
    const session = { accessKeyId: "ASIASESSION", secretAccessKey: "secret", sessionToken: "token" };
    const client = connect({ region: "eu-west-3" }).ecs(session);
    await assert.rejects(client.send(new ListClustersCommand({})));
    assert.match(requests[0]?.headers.authorization ?? "", /Credential=ASIASESSION\//);
    assert.equal(requests[0]?.headers["x-amz-security-token"], "token");
  });

  it("asks a stand-in for S3 by path, since that has no name for each bucket", async () => {
    const client = connect({ region: "eu-west-3" }).s3();
    await assert.rejects(client.send(new ListObjectsV2Command({ Bucket: "store" })));
    assert.match(requests[0]?.url ?? "", /^\/store\/?\?/);
    assert.equal(requests.length, 1);
  });

  it("goes on asking S3 over one connection, however often it is asked for the client", async () => {
    const { s3 } = connect({ region: "eu-west-3" });
    const list = new ListObjectsV2Command({ Bucket: "store" });
    await assert.rejects(s3().send(list));
    await assert.rejects(s3().send(list));
    const [first, second] = requests.map(({ socket }) => socket);
    assert.ok(first);
    assert.equal(first, second);
  });
});
