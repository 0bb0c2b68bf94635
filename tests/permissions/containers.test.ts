import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readContainer, readContainerDefinitions, readVolumes } from "../../permissions/containers";
import { executionGrants, executionStatements, grantContext } from "../../permissions/execution";
import { policyDocuments } from "../../permissions/split";
import { problemText } from "../../retention/errors";
import type { Problem } from "../../retention/types";
import { loadCases } from "../cases/load";
import { scope } from "./support";

const CORPUS = join(__dirname, "../../../shared/corpus/task-definitions");

describe("reading container definitions", () => {
  it("keeps the fields that need grants, at their places, and nothing else", () => {
    const marker = "hunter2";
    const text = JSON.stringify([
      {
        name: "app",
        image: "nginx",
        memory: 128,
        command: [marker],
        dockerLabels: { a: marker },
        environment: [{ name: "PASSWORD", value: marker }],
        secrets: [null, { name: "TOKEN", valueFrom: "/token", extra: marker }],
        logConfiguration: { logDriver: "splunk", options: { "splunk-token": marker, "awslogs-group": "g" } },
        firelensConfiguration: { type: "fluentbit", options: { "config-file-type": "file", other: marker } },
      },
    ]);
    assert.deepEqual(readContainerDefinitions(text, "containerDefinitions"), {
      containers: [
        {
          name: "app",
          image: "nginx",
          logConfiguration: { logDriver: "splunk", options: { "awslogs-group": "g" } },
          firelensConfiguration: { options: { "config-file-type": "file" } },
          secrets: [{}, { name: "TOKEN", valueFrom: "/token" }],
        },
      ],
    });
  });

  it("names the kind and the fix of what is no list of containers, never a value", () => {
    const problems = (text: string) => readContainerDefinitions(text, "containerDefinitions").problems ?? [];
    const wrong = ["[{ hunter2", "{}", "7", '"hunter2"', '["hunter2"]'].flatMap(problems);
    assert.deepEqual(
      wrong.map(({ path, given }) => `${path}: ${given}`),
      [
        "containerDefinitions: text that is not JSON",
        "containerDefinitions: JSON of an object",
        "containerDefinitions: JSON of a number",
        "containerDefinitions: JSON of a string",
        "containerDefinitions[0]: a string",
      ],
    );
    assert.doesNotMatch(JSON.stringify(wrong), /hunter2/);
    assert.equal(readContainer("x", "containers.app").problems?.[0]?.path, "containers.app");
  });

  it("reads 64 KiB of definitions", () => {
    const secrets = Array.from({ length: 1_000 }, (_, index) => ({ name: `S${index}`, valueFrom: `/shop/${index}` }));
    const text = JSON.stringify([{ name: "app", image: "nginx", secrets, dockerLabels: { a: "x".repeat(24_000) } }]);
    assert.ok(text.length > 60_000);
    assert.equal(readContainerDefinitions(text, "")?.containers?.[0]?.secrets?.length, 1_000);
  });
});

describe("what is wrong with a container is told by container, field and fix, without the value:", () => {
  const cases = loadCases<{ name: string; container: object; problem: string }>("containers").flatMap(
    ({ cases }) => cases,
  );
  for (const { name, container, problem } of cases) {
    it(name, () => {
      const texts = (problems: Problem[] = []) => problems.map(problemText);
      const inList = texts(
        readContainerDefinitions(JSON.stringify([{ name: "app", ...container }]), "definitions").problems,
      );
      assert.equal(inList.length, 1);
      assert.ok(inList[0]?.startsWith(`definitions[0] (app)${problem}, expected `), inList[0]);
      assert.doesNotMatch(inList[0] ?? "", /marker|hunter2/);
      const inMap = texts(readContainer(container, "containers.app").problems);
      assert.ok(inMap[0]?.startsWith(`containers.app${problem}, expected `), inMap[0]);
    });
  }

  it("a volume's credentials by name", () => {
    const volume = {
      name: "share",
      fsxWindowsFileServerVolumeConfiguration: { authorizationConfig: { credentialsParameter: "hunter2" } },
    };
    const [problem] = readVolumes([{}, volume], "volumes").problems ?? [];
    assert.equal(
      problem?.path,
      "volumes[1] (share).fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter",
    );
    assert.equal(problem?.given, "text that is no ARN");
    assert.deepEqual(readVolumes("x", "volumes").problems?.[0]?.given, "a string");
    assert.deepEqual(readVolumes(undefined, "volumes").volumes, []);
  });

  it("a container whose name could be a value, by its place alone", () => {
    const text = JSON.stringify([{ name: "hunter2 secret", image: "" }]);
    assert.equal(readContainerDefinitions(text, "definitions").problems?.[0]?.path, "definitions[0].image");
  });
});

describe("the task definitions of public projects", () => {
  /** Placeholders, skeletons of the CLI, and mistakes. */
  const PROBLEMS: Record<string, string[]> = {
    "034": ["image: an ECR registry without an account of 12 digits"],
    "047": ["image", "credentialsParameter", "valueFrom", "value"].map((field) => `${field}: an empty text`),
    "051": ["image", "credentialsParameter", "valueFrom", "value"].map((field) => `${field}: an empty text`),
    "079": ["image: an empty text"],
    "084": ["image: an empty text"],
    "113": ["image", "credentialsParameter", "valueFrom"].map((field) => `${field}: an empty text`),
    "131": ["image: an empty text"],
    "139": ["image: an empty text"],
    "145": ["image: an ECR registry without an account of 12 digits"],
    "149": ["valueFrom: a name of another form"],
    "180": ["image: text that is no image reference"],
    "194": ["credentialsParameter: an ARN of another form"],
  };

  it("are all derived, but for those whose mistakes are known", function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    const found: Record<string, string[]> = {};
    const derived: string[] = [];
    for (const file of readdirSync(CORPUS).sort()) {
      const parsed = JSON.parse(readFileSync(join(CORPUS, file), "utf8").replace(/^\uFEFF/, ""));
      const body = parsed.data ?? parsed;
      const definition = body.taskDefinition ?? body;
      const definitions = Array.isArray(definition) ? definition : definition.containerDefinitions;
      const { containers, problems = [] } = readContainerDefinitions(
        JSON.stringify(definitions),
        "containerDefinitions",
      );
      const { volumes, problems: ofVolumes = [] } = readVolumes(definition.volumes, "volumes");
      const reasons = [...problems, ...ofVolumes].map(({ path, given }) => `${path.replace(/^.*\./, "")}: ${given}`);
      if (reasons.length > 0) found[file.slice(0, 3)] = [...new Set(reasons)];
      if (!containers || !volumes) continue;
      const statements = executionStatements(executionGrants(containers, volumes, grantContext(scope)));
      assert.equal(policyDocuments(statements).documents?.length, 1, file);
      derived.push(file);
    }
    assert.deepEqual(found, PROBLEMS);
    assert.ok(derived.length >= 135, `${derived.length}`);
  });
});
