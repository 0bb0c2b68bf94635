import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Hit } from "../../checks/check";
import { CHECK_IDS, CONTAINER_CHECKS, findingsOf } from "../../checks/index";
import { loadCases } from "../cases/load";
import { PLANTED, PLANTED_VALUES } from "../support/planted-secrets";

interface Case {
  name: string;
  /** Of a definition that holds nothing else. */
  container?: object;
  definition?: unknown;
  hits: Hit[];
}

const CORPUS = join(__dirname, "../../../shared/corpus");
const SUBJECTS = loadCases<Case>("checks");

const [value = ""] = PLANTED_VALUES;
const [key = ""] = PLANTED.github;
/** So that no file holds what a scanner takes for a leak. */
const planted = (given: unknown): unknown =>
  JSON.parse(JSON.stringify(given).replaceAll("@planted-key", key).replaceAll("@planted", value));

function definitionOf({ container, definition }: Case): unknown {
  return planted(definition ?? { containerDefinitions: [{ name: "app", image: "app:1", ...container }] });
}

describe("checks of container definitions", () => {
  for (const { subject, cases } of SUBJECTS) {
    describe(subject, () => {
      for (const each of cases) {
        it(`${each.hits.length > 0 ? "finds" : "lets pass"}: ${each.name}`, () => {
          const found = findingsOf(definitionOf(each)).filter(({ id }) => id === subject);
          assert.deepEqual(
            found.map(({ where, what }) => ({ where, what })),
            each.hits,
          );
        });
      }
    });
  }

  it("have cases each, of what they find and of what they let pass", () => {
    assert.deepEqual(
      SUBJECTS.map(({ subject }) => subject),
      [...CHECK_IDS].sort(),
    );
    for (const { subject, cases } of SUBJECTS) {
      assert.ok(cases.some(({ hits }) => hits.length > 0) && cases.some(({ hits }) => hits.length === 0), subject);
    }
  });

  it("have ids that stay, each once, and tell why, the fix and a page of AWS", () => {
    assert.equal(new Set(CHECK_IDS).size, CHECK_IDS.length);
    for (const { id, question, why, fix, link } of CONTAINER_CHECKS) {
      assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
      assert.match(question, /\?$/, id);
      assert.match(link, /^https:\/\/docs\.aws\.amazon\.com\//, id);
      for (const sentence of [why, fix]) assert.match(sentence, /^\S.{10,}[^.\s]$/, id);
    }
  });

  it("find what they find in every form of a definition", () => {
    const containerDefinitions = [{ name: "app", image: "app", user: "root", healthCheck: { command: ["true"] } }];
    const resource = {
      Type: "AWS::ECS::TaskDefinition",
      Properties: {
        ContainerDefinitions: [{ Name: "app", Image: "app", User: "root", HealthCheck: { Command: ["true"] } }],
      },
    };
    const expected = findingsOf({ containerDefinitions });
    assert.deepEqual(
      expected.map(({ id }) => id),
      ["health-check-form", "image-tag", "log-configuration-missing", "root-user", "readonly-root-filesystem"],
    );
    for (const form of [
      containerDefinitions,
      { containerDefinitions: JSON.stringify(containerDefinitions) },
      { taskDefinition: { containerDefinitions }, tags: [] },
      { data: { taskDefinition: { containerDefinitions } } },
      resource,
    ]) {
      assert.deepEqual(findingsOf(form), expected);
    }
  });

  it("tell who accepted a finding, and still tell it", () => {
    const findings = findingsOf([{ name: "app", image: "app" }], [{ id: "image-tag", reason: "a demo" }]);
    const accepted = findings.filter((finding) => "accepted" in finding);
    assert.deepEqual(
      accepted.map(({ id, accepted: reason }) => [id, reason]),
      [["image-tag", "a demo"]],
    );
    assert.ok(findings.length > 1);
  });

  it("find nothing in what is no definition", () => {
    for (const other of [
      undefined,
      null,
      1,
      "text",
      [],
      {},
      [1],
      { containerDefinitions: "{" },
      { taskDefinition: 1 },
    ]) {
      assert.deepEqual(findingsOf(other), []);
    }
  });

  it("take any shape, without an error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), definitions(fc.anything())), (given) => {
        findingsOf(given);
      }),
    );
    const names = CONTAINER_CHECKS.flatMap(() => ["image", "name"]);
    let deep: unknown = names;
    for (let depth = 0; depth < 20_000; depth++) deep = [{ image: deep }];
    findingsOf(deep);
  });

  it("never show a value of environment, commands, options or secrets", () => {
    const marker = fc.constantFrom(
      "marker-7Qx",
      "marker-7Qx:a::",
      "arn:aws:ssm:marker-7Qx",
      "marker 7Qx || exit $marker-7Qx",
    );
    const value = fc.oneof(marker, fc.array(marker), fc.tuple(fc.constantFrom("CMD", "CMD-SHELL"), marker, marker));
    fc.assert(
      fc.property(definitions(value), (definition) => {
        assert.ok(!JSON.stringify(findingsOf(definition)).includes("marker"));
      }),
      { numRuns: 500 },
    );
  });

  it("never show a name that looks like a secret", () => {
    const pair = { name: key, value: "1" };
    const container = {
      name: key,
      image: "app",
      environment: [pair, pair],
      secrets: [pair, pair],
      logConfiguration: { logDriver: "awslogs", options: { [key]: true } },
    };
    assert.ok(!JSON.stringify(findingsOf([container, container])).includes(key));
  });

  it("are counted in the corpus of public task definitions: skeletons and true mistakes", function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    assert.deepEqual(inCorpus("task-definitions"), {
      // 047, 051, 061 and 113 are skeletons of the command line, filled in nowhere.
      "health-check-form": "12 in 047 051 061 066 070 071 072 113 140 143 161 162",
      "health-check-range": "11 in 047 051 061 113",
      "plaintext-secret": "10 in 013 018 086 156 157 186",
      "secret-reference": "34 in 047 051 113 149",
      "secret-name-taken": "1 in 061",
      "image-reference": "2 in 193 195",
      "image-tag": "115",
      "awslogs-create-group": "29",
      "log-configuration-missing": "61",
      "memory-missing": "5 in 047 051 060 113 137",
      "network-mode-unsupported": "1 in 039",
      "execution-role-missing": "3 in 047 051 113",
      "container-dependency": "3 in 047 113",
      "misplaced-field": "5 in 104 105 106 154",
      "root-user": "1 in 143",
      "user-not-set": "166",
      privileged: "9 in 047 051 061 079 101 113 125 170",
      "added-capabilities": "1 in 125",
      "host-mode": "11 in 037 044 051 066 113 125 163 170",
      "readonly-root-filesystem": "179",
    });
    const { "image-tag": _, ...templates } = inCorpus("task-definition-templates");
    assert.deepEqual(templates, {
      "health-check-form": "1 in 024",
      "plaintext-secret": "4 in 061 073",
      "secret-reference": "2 in 115",
      "awslogs-create-group": "9 in 008 021 022 047 056 071 096",
      "log-configuration-missing": "29",
      "fargate-unsupported": "1 in 105",
      "network-mode-unsupported": "2 in 047 106",
      "container-dependency": "1 in 026",
      "misplaced-field": "5 in 065 099 122",
      "user-not-set": "139",
      privileged: "1 in 102",
      "host-mode": "2 in 084 102",
      "readonly-root-filesystem": "152",
    });
  });
});

/** How often each check finds something, and in which files where those are few. */
function inCorpus(folder: string): Record<string, string> {
  const files = readdirSync(join(CORPUS, folder)).map((file) => {
    const text = readFileSync(join(CORPUS, folder, file), "utf8").replace(/^\uFEFF/, "");
    return { file: file.slice(0, 3), ids: findingsOf(JSON.parse(text)).map(({ id }) => id) };
  });
  const told = CHECK_IDS.map((id): [string, string] => {
    const hits = files.flatMap(({ file, ids }) => ids.filter((each) => each === id).map(() => file));
    const named = [...new Set(hits)];
    return [id, named.length > 12 ? `${hits.length}` : `${hits.length} in ${named.join(" ")}`];
  });
  return Object.fromEntries(told.filter(([, count]) => !count.startsWith("0")));
}

/** Definitions in which this stands wherever a value of the user's can stand. */
function definitions(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const some = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });
  const pairs = fc.array(some({ name: fc.constantFrom("A", "DB_PASSWORD"), value, valueFrom: value, type: value }), {
    maxLength: 3,
  });
  const options = some({
    mode: value,
    "max-buffer-size": value,
    "awslogs-group": value,
    "awslogs-region": value,
    "awslogs-create-group": value,
    "awslogs-datetime-format": value,
    "awslogs-multiline-pattern": value,
    "splunk-token": value,
  });
  const container = fc.record(
    {
      name: fc.constantFrom("app", "db"),
      image: fc.constantFrom("app", "node:22-alpine", "app:1"),
      environment: fc.oneof(pairs, value),
      environmentFiles: fc.oneof(pairs, value),
      secrets: fc.oneof(pairs, value),
      command: value,
      entryPoint: value,
      healthCheck: some({ command: value, interval: value }),
      logConfiguration: some({ logDriver: fc.constantFrom("awslogs", "splunk"), options, secretOptions: pairs }),
      firelensConfiguration: some({ type: value, options }),
      dockerLabels: some({ a: value, token: value }),
      user: value,
      dependsOn: fc.array(some({ containerName: value, condition: value })),
      mountPoints: fc.array(some({ sourceVolume: value })),
      linuxParameters: some({ capabilities: some({ add: value }) }),
      repositoryCredentials: value,
      memory: value,
      links: value,
    },
    { requiredKeys: ["image"] },
  );
  return some({
    containerDefinitions: fc.array(container, { minLength: 1, maxLength: 3 }),
    family: value,
    cpu: value,
    memory: value,
    networkMode: fc.oneof(value, fc.constant("awsvpc")),
    pidMode: value,
    ipcMode: value,
    executionRoleArn: value,
    volumes: fc.oneof(value, fc.array(some({ name: value, host: value }))),
    requiresCompatibilities: fc.constantFrom(["FARGATE"], ["EC2"], undefined),
  });
}
