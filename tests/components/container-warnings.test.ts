import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole, type ExecutionRoleArgs, ServiceRetention } from "../../index";
import { PLANTED, PLANTED_URLS, PLANTED_VALUES } from "../support/planted-secrets";
import { ACCOUNT, attemptDeployment, cleanupFunction, image, REGION } from "./support/record-deployment";

const healthCheck = { command: ["CMD", "curl -f localhost || exit 1"] };
const app = { image, user: "1000", readonlyRootFilesystem: true, healthCheck };
const logged = { ...app, logConfiguration: { logDriver: "splunk" } };
const containers = { app: logged };
const containerDefinitions = JSON.stringify([{ name: "app", ...logged }]);

const ofRole = (args: ExecutionRoleArgs) => () => new ExecutionRole("start", args);
const ofService = (executionRole: ExecutionRoleArgs) => () =>
  new ServiceRetention("checkout", { family: "checkout", cleanupFunction, executionRole });

describe("the checks of containers", () => {
  for (const [what, args] of Object.entries<ExecutionRoleArgs>({
    "a map": { containers },
    "the string of a task definition": { containerDefinitions },
    "an output of it": { containerDefinitions: pulumi.output(containerDefinitions) },
    "a secret": { containerDefinitions: pulumi.secret(containerDefinitions) },
  })) {
    it(`warn of a danger once, at the component whose arguments have it, in a preview and an update: ${what}`, async () => {
      for (const preview of [true, false]) {
        for (const [name, program] of Object.entries({ start: ofRole(args), checkout: ofService(args) })) {
          const { warnings, errors } = await attemptDeployment(program, { preview });
          assert.deepEqual([errors, warnings.length], [[], 1], warnings.join("\n"));
          assert.match(
            String(warnings[0]),
            new RegExp(`^${name}: app: healthCheck.command.1.: .+; .+; .+\\. To accept it `),
          );
          assert.match(
            String(warnings[0]),
            /acceptedFindings: \[\{ id: "health-check-shell-expression", reason: "…" \}\]\.$/,
          );
        }
      }
    });
  }

  it("look at the containers as they were given, not at what is kept of them", async () => {
    const probed = { ...logged, healthCheck: { command: ["CMD-SHELL", "curl -f localhost || exit 1"] } };
    const { warnings } = await attemptDeployment(ofService({ containers: { app: probed } }));
    assert.deepEqual(warnings, []);
  });

  it("give all advice in one line", async () => {
    const advised = { image, logConfiguration: { logDriver: "splunk" }, privileged: true };
    const { warnings } = await attemptDeployment(ofService({ containers: { app: advised, worker: logged } }));
    assert.equal(warnings.length, 2, warnings.join("\n"));
    const advice = warnings.find((text) => text.includes("Advice on the containers"));
    assert.match(String(advice), /: .*privileged \(app: privileged\).*\. `ecs-retention check FILE` says why/);
    assert.doesNotMatch(String(advice), /worker/);
  });

  it("say nothing more of what is accepted with a reason, and go on about the rest", async () => {
    const accepted = [{ id: "health-check-shell-expression", reason: "it has such a program" }];
    for (const acceptedFindings of [accepted, pulumi.output(accepted)]) {
      const args = { containers: { app: { ...logged, user: "root", privileged: true } }, acceptedFindings };
      for (const program of [ofRole(args), ofService(args)]) {
        const { warnings, errors } = await attemptDeployment(program);
        assert.deepEqual([errors, warnings.length], [[], 1], warnings.join("\n"));
        assert.match(String(warnings[0]), /root-user \(app: user\), privileged|privileged .*, root-user/);
      }
    }
  });

  it("name what cannot be accepted in the service's own arguments", async () => {
    const { errors } = await attemptDeployment(ofService({ containers, acceptedFindings: [{ id: "x", reason: "y" }] }));
    assert.match(String(errors[0]), /ServiceRetention "checkout":\s+executionRole\.acceptedFindings\[0\]\.id: got "x"/);
  });

  it("wait, and fail nothing, where the containers are not known yet", async () => {
    const program = () => ofRole({ containers: { app: { ...logged, image: new aws.sqs.Queue("later").url } } })();
    const { warnings, errors } = await attemptDeployment(program, { preview: true });
    assert.deepEqual([errors, warnings], [[], []]);
  });
});

describe("values of containers", () => {
  const MARKER = "hunter2-Xk81";
  const valueFrom = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/shop/key`;
  const named = { API_TOKEN: MARKER, plain: MARKER };
  const marked = {
    image,
    privileged: true,
    environment: [
      { name: "API_TOKEN", value: MARKER },
      { name: "MODE", value: MARKER },
    ],
    command: ["serve", "--password", MARKER],
    entryPoint: ["sh", "-c", `TOKEN=${MARKER} run`],
    healthCheck: { command: [`probe --password=${MARKER}`], interval: 1000, retries: 99 },
    secrets: [{ name: "KEY", valueFrom, value: MARKER }],
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": "/shop", ...named },
      secretOptions: [{ name: "a", valueFrom, value: MARKER }],
    },
    firelensConfiguration: { type: "fluentbit", options: { ...named, "config-file-type": "file" } },
    dockerLabels: named,
    dockerSecurityOptions: [`label:user:${MARKER}`],
    systemControls: [{ namespace: MARKER, value: MARKER }],
    linuxParameters: { capabilities: { add: ["SYS_ADMIN"] }, devices: [{ hostPath: MARKER }] },
    extraHosts: [{ hostname: MARKER, ipAddress: MARKER }],
    user: "root",
    workingDirectory: `/${MARKER}`,
    dependsOn: [{ containerName: "app", condition: "START" }],
  };
  const volumes = [{ name: "v", dockerVolumeConfiguration: { driverOpts: { o: MARKER } } }];
  /** Wrong, so that errors have a chance as well. */
  const wrong = { ...marked, image: `${MARKER} ${MARKER}`, secrets: [{ name: "A", valueFrom: `${MARKER} ${MARKER}` }] };

  for (const [what, given] of Object.entries({ right: marked, wrong })) {
    const text = JSON.stringify([{ name: "app", ...given }]);
    const forms: Record<string, () => ExecutionRoleArgs> = {
      "a map": () => ({ containers: { app: given }, volumes }),
      "a map with outputs": () => ({
        containers: { app: { ...given, environment: pulumi.output(given.environment) } },
        volumes: pulumi.output(volumes),
      }),
      text: () => ({ containerDefinitions: text }),
      "an output": () => ({ containerDefinitions: pulumi.output(text) }),
      "a secret": () => ({ containerDefinitions: pulumi.secret(text) }),
      "broken text": () => ({ containerDefinitions: pulumi.output(text.slice(0, -1)) }),
    };
    for (const [form, args] of Object.entries(forms)) {
      for (const [component, make] of Object.entries({ ExecutionRole: ofRole, ServiceRetention: ofService })) {
        it(`enter no input, output, warning or error, as ${form}, ${what}, of a ${component}`, async () => {
          for (const preview of [true, false]) {
            const outputs: unknown[] = [];
            const { result, warnings, errors } = await attemptDeployment(
              () => {
                const made = make(args())();
                if (made instanceof ExecutionRole && what === "right" && form !== "broken text") {
                  pulumi.all([made.grants, made.arn, made.name]).apply((all) => outputs.push(...all));
                }
              },
              { preview },
            );
            const isWrong = what === "wrong" || form === "broken text";
            assert.equal(errors.length > 0, isWrong, String(errors[0]));
            if (!isWrong) assert.ok(warnings.length > 3, warnings.join("\n"));
            const everything = [
              ...result.map(({ sent }) => sent),
              ...warnings,
              ...errors.map((each) => `${each.stack}`),
            ];
            assert.doesNotMatch(`${everything.join("\n")}${JSON.stringify(outputs)}`, /hunter2/);
          }
        });
      }
    }
  }

  it("stand in no warning where they are secrets of any shape that the detector knows", async () => {
    const planted = [...Object.values(PLANTED).flat(), ...PLANTED_URLS, ...PLANTED_VALUES];
    const containers = Object.fromEntries(
      planted.map((secret, index) => [
        `c${index}`,
        {
          image,
          environment: [
            { name: "API_TOKEN", value: secret },
            { name: secret, value: "x" },
          ],
          command: ["--token", secret],
          logConfiguration: { logDriver: "splunk", options: { "splunk-token": secret } },
          dockerLabels: { API_TOKEN: secret },
        },
      ]),
    );
    const { warnings, errors } = await attemptDeployment(ofRole({ containers }));
    assert.deepEqual(errors, []);
    const found = warnings.filter((text) => text.includes('"plaintext-secret"'));
    assert.ok(found.length >= planted.length * 3, `${found.length}`);
    for (const [index, secret] of planted.entries()) {
      assert.ok(!warnings.some((text) => text.includes(secret)), `a warning holds planted secret ${index}`);
    }
  });
});
