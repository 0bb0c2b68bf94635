import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { findPlaintextSecrets, withoutPlaintextSecrets } from "../../checks/plaintext-secrets";
import { SECRET_SHAPES } from "../../checks/secret-shapes";
import { PLANTED, PLANTED_URLS, PLANTED_VALUES } from "../support/planted-secrets";

const CORPUS = join(__dirname, "../../../shared/corpus");
const DOCUMENT = join(__dirname, "../../docs/plaintext-secrets.md");

type Definition = Record<string, unknown>;
const withContainer = (container: object, rest: object = {}): Definition => ({
  family: "checkout",
  containerDefinitions: [{ name: "app", image: "nginx:1", ...container }],
  ...rest,
});

/** The text in every field that the issue of plaintext secrets knows, and what a finding there is called. */
const FIELDS: Record<string, (text: string) => Definition> = {
  "app: environment DB": (value) => withContainer({ environment: [{ name: "DB", value }] }),
  "app: environment[1]": (name) =>
    withContainer({
      environment: [
        { name: "A", value: "b" },
        { name, value: "c" },
      ],
    }),
  "app: command[2]": (text) => withContainer({ command: ["sh", "-c", text] }),
  "app: entryPoint[0]": (text) => withContainer({ entryPoint: [text] }),
  "app: healthCheck.command[1]": (text) => withContainer({ healthCheck: { command: ["CMD-SHELL", text] } }),
  "app: log option splunk-url": (text) => withContainer({ logConfiguration: { options: { "splunk-url": text } } }),
  "app: log option[0]": (key) => withContainer({ logConfiguration: { options: { [key]: "x" } } }),
  "app: FireLens option x": (x) => withContainer({ firelensConfiguration: { options: { x } } }),
  "app: label x": (x) => withContainer({ dockerLabels: { x } }),
  "app: label[0]": (key) => withContainer({ dockerLabels: { [key]: "x" } }),
  "proxy property y": (value) => withContainer({}, { proxyConfiguration: { properties: [{ name: "y", value }] } }),
  "proxy property[0]": (name) => withContainer({}, { proxyConfiguration: { properties: [{ name, value: "y" }] } }),
  "containerDefinitions[0]: name": (name) => withContainer({ name }),
  "app: hostname": (hostname) => withContainer({ hostname }),
  "tags x": (value) => withContainer({}, { tags: [{ key: "x", value }] }),
  "volumes[0].dockerVolumeConfiguration.driverOpts o": (o) =>
    withContainer({}, { volumes: [{ name: "v", dockerVolumeConfiguration: { driverOpts: { o } } }] }),
};

/** The text as what a telling name names. */
const NAMED: Record<string, (text: string) => Definition> = {
  "app: environment DB_PASSWORD": (value) => withContainer({ environment: [{ name: "DB_PASSWORD", value }] }),
  "app: command[1]": (text) => withContainer({ command: ["--db-password", text] }),
  "app: command[0]": (text) => withContainer({ command: [`--api-key=${text}`] }),
  "app: entryPoint[2]": (text) => withContainer({ entryPoint: ["sh", "-c", `serve --token ${text} --port 80`] }),
  "app: healthCheck.command[1]": (text) => withContainer({ healthCheck: { command: ["CMD", `PGPASSWORD=${text}`] } }),
  "app: log option splunk-token": (text) => withContainer({ logConfiguration: { options: { "splunk-token": text } } }),
  "app: FireLens option Http_Passwd": (text) =>
    withContainer({ firelensConfiguration: { options: { Http_Passwd: text } } }),
  "app: label app.apiKey": (text) => withContainer({ dockerLabels: { "app.apiKey": text } }),
  "proxy property ClientSecret": (value) =>
    withContainer({}, { proxyConfiguration: { properties: [{ name: "ClientSecret", value }] } }),
  "app: environment CONFIG": (text) =>
    withContainer({ environment: [{ name: "CONFIG", value: JSON.stringify({ db: { password: text } }) }] }),
  "app: environment YAML": (text) =>
    withContainer({ environment: [{ name: "YAML", value: `db:\n  password: ${text}` }] }),
  "app: environment JDBC": (text) =>
    withContainer({ environment: [{ name: "JDBC", value: `jdbc:mysql://db/shop?user=a&password=${text}` }] }),
  "app: environment ADO": (text) =>
    withContainer({ environment: [{ name: "ADO", value: `Server=db;User Id=a;Password=${text};Port=1` }] }),
};

function assertFound(place: string, secret: string, definition: Definition): void {
  const before = JSON.stringify(definition);
  assert.deepEqual(findPlaintextSecrets(definition), [place]);
  const { definition: copy, missing } = withoutPlaintextSecrets(definition);
  assert.deepEqual(missing, [place]);
  assert.ok(!JSON.stringify([copy, missing]).includes(JSON.stringify(secret).slice(1, -1)), place);
  assert.equal(JSON.stringify(definition), before);
}

describe("plaintext secrets", () => {
  for (const { id, title } of SECRET_SHAPES) {
    it(`are found by the shape of a ${title}, in every field`, () => {
      for (const secret of PLANTED[id]) {
        for (const [place, plant] of Object.entries(FIELDS)) assertFound(place, secret, plant(secret));
        assert.deepEqual(findPlaintextSecrets(withContainer({ command: [`run ${secret} now`] })), ["app: command[0]"]);
      }
    });
  }

  it("are found as the password of a URL, in every field", () => {
    for (const url of PLANTED_URLS) {
      for (const [place, plant] of Object.entries(FIELDS)) assertFound(place, url, plant(url));
    }
  });

  it("are found by their entropy under a telling name, in every field that names values", () => {
    for (const value of PLANTED_VALUES) {
      for (const [place, plant] of Object.entries(NAMED)) assertFound(place, value, plant(value));
    }
  });

  for (const name of [
    ...[
      "DB_PASSWORD",
      "dbPasswd",
      "PGPASSWORD",
      "MYSQL_PWD",
      "PASSPHRASE",
      "JWT_SECRET_KEY",
      "client.secret",
      "NPM_TOKEN",
    ],
    ...["apiKey", "API-KEY", "PRIVATE_KEY", "AWS_SECRET_ACCESS_KEY", "GOOGLE_CREDENTIALS", "LICENSE_KEY", "MasterKey"],
  ]) {
    it(`tells ${name} as a name of secrets`, () => {
      const [value = ""] = PLANTED_VALUES;
      assert.equal(findPlaintextSecrets(withContainer({ environment: [{ name, value }] })).length, 1);
    });
  }

  for (const name of [
    ...["DB_HOST", "PASSWORD_FILE", "SECRET_ARN", "DB_PASSWORD_SECRET_ID", "TOKEN_URL", "API_KEY_NAME", "TOKENIZER"],
    ...["JWT_ACCESS_TOKEN_TTL", "PASSWORD_MIN_LENGTH", "SECRETS_MANAGER_REGION", "KEYCLOAK_REALM"],
  ]) {
    it(`takes ${name} for a name of something else`, () => {
      const [value = ""] = PLANTED_VALUES;
      assert.deepEqual(findPlaintextSecrets(withContainer({ environment: [{ name, value }] })), []);
    });
  }

  for (const [value, why] of Object.entries({
    "": "nothing",
    true: "a boolean",
    "86400": "a number",
    "900s": "a duration",
    "2027-03-31": "a date",
    "/run/secrets/db": "a path",
    "prod/db/password": "a name with slashes",
    "https://sso.example.org/oauth2": "a URL without a password",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-aWFucj": "an ARN",
    "${DB_PASSWORD}": "a placeholder",
    "{{ .Values.db.password }}": "a placeholder",
    "$(cat /run/secrets/db)": "a placeholder",
    "<the password of db 1>": "a placeholder",
    "%DB_PASSWORD%": "a placeholder",
    $DB_PASSWORD: "a placeholder",
    DATADOG_API_KEY: "a name in capitals",
    changeme123: "a dummy",
    "example-key-1": "a dummy",
    "xxxxxxxx-1234": "a dummy",
    "your-api-key-2": "a dummy",
    password: "a word below the entropy",
    postgres: "a word below the entropy",
  })) {
    it(`take ${JSON.stringify(value)} under a telling name for ${why}`, () => {
      const environment = [
        { name: "API_TOKEN", value },
        { name: "ARGUMENTS", value: `--password ${value} --secret=${value}` },
        { name: "CONFIG", value: JSON.stringify({ password: value, more: { token: value } }) },
      ];
      assert.deepEqual(findPlaintextSecrets(withContainer({ environment, command: ["--token", value] })), []);
    });
  }

  it("take a URL without a password, or with a placeholder for one, for no secret", () => {
    for (const password of ["", ":", ":password", ":changeme", ":<password>", `:$\{PASSWORD}`, ":$PASSWORD", ":***"]) {
      const value = `postgres://shop${password}@db.internal:5432/shop`;
      assert.deepEqual(findPlaintextSecrets(withContainer({ environment: [{ name: "URL", value }] })), [], value);
    }
    for (const value of ["http://db:80/a@b", "https://example.org:8443", "mailto:a@b.example", "user:1@host"]) {
      assert.deepEqual(findPlaintextSecrets(withContainer({ command: [value] })), [], value);
    }
  });

  it("are not what refers to a secret: ARNs and names in `secrets`", () => {
    const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod-db-XyZ123:PASSWORD::";
    const secrets = [arn, "prod/shop:DB_PASSWORD::", "db-password-42"].map((valueFrom) => ({
      name: "SECRET",
      valueFrom,
    }));
    const container = { secrets, command: ["fetch", "--secret-id", arn, `fetch ${arn}, then go`] };
    assert.deepEqual(findPlaintextSecrets(withContainer(container, { taskRoleArn: arn })), []);
    const [key = ""] = PLANTED.github;
    assert.deepEqual(findPlaintextSecrets(withContainer({ secrets: [{ name: "SECRET", valueFrom: key }] })), [
      "app: secrets[0].valueFrom",
    ]);
  });

  it("are never shown where somebody put one in the place of a name", () => {
    const [value = ""] = PLANTED_VALUES;
    const definition = withContainer({
      environment: [{ name: value, value: `password=${value}` }],
      dockerLabels: { [`${value}\n`]: `token=${value}` },
    });
    assert.deepEqual(findPlaintextSecrets(definition), ["app: environment[0]", "app: label[0]"]);
  });

  it("are found in every form of a definition", () => {
    const [key = ""] = PLANTED.github;
    const [container] = withContainer({ command: [key] }).containerDefinitions as object[];
    for (const form of [
      { containerDefinitions: [container] },
      { taskDefinition: { containerDefinitions: [container], registeredAt: new Date(0) }, tags: [] },
      { data: { taskDefinition: { containerDefinitions: [container] } } },
      [container],
    ]) {
      assert.deepEqual(findPlaintextSecrets(form), ["app: command[0]"]);
    }
    assert.deepEqual(findPlaintextSecrets(key), ["definition"]);
  });

  it("leave a definition without any as it was", () => {
    const definition = withContainer({ cpu: 256, essential: true, environment: [{ name: "A", value: "b" }] });
    assert.deepEqual(withoutPlaintextSecrets(definition), { definition, missing: [] });
  });

  it("are replaced by an object, where ECS wants a string", () => {
    const [key = ""] = PLANTED.npm;
    const { definition } = withoutPlaintextSecrets(
      withContainer({ environment: [{ name: "NPM", value: key }], dockerLabels: { [key]: "x" } }),
    );
    const [{ environment, dockerLabels }] = (definition as { containerDefinitions: [Definition] }).containerDefinitions;
    const leftOut = { "ecs-retention": "plaintext secret left out" };
    assert.deepEqual(environment, [{ name: "NPM", value: leftOut }]);
    assert.deepEqual(Object.values(dockerLabels as object), [leftOut]);
  });

  it("are looked for in whatever it is, without an error", () => {
    const shapes = fc.letrec((tie) => ({
      definition: fc.record({ containerDefinitions: fc.oneof(fc.array(tie("container")), fc.anything()) }),
      container: fc.record({ name: fc.anything(), environment: fc.anything(), command: fc.anything() }),
    }));
    fc.assert(fc.property(fc.oneof(fc.anything(), shapes.definition), (given) => void findPlaintextSecrets(given)));
    const [key = ""] = PLANTED.github;
    let deep: unknown = key;
    for (let depth = 0; depth < 20_000; depth++) deep = [{ a: deep }];
    assert.ok(!JSON.stringify(withoutPlaintextSecrets(deep)).includes(key));
    assert.equal(findPlaintextSecrets(deep).length, 1);
  });

  it("are looked for in time that grows with the length alone", () => {
    const parts = [
      "a",
      "aA0/",
      "0",
      "1:",
      "eyJ",
      "eyJaaaaaaaa.",
      "://",
      "://a:",
      ":",
      "=",
      "<",
      "[",
      "\n",
      "😀",
      "-",
      "--token ",
    ];
    const more = [
      "token=",
      "token:x",
      "token=example ",
      "-----BEGIN A ",
      "{{",
      "$A",
      "%A",
      "$(",
      "#{",
      "sk-a",
      "1Q~",
      "arn:",
    ];
    const worst = [...parts, ...more, "SG.aaaaaaaaaaaaaaaa", "arn:a", "authorization: ", "password-", "0123456789:AA"];
    const since = performance.now();
    for (const part of worst) {
      const value = part.repeat(65_536 / part.length);
      const environment = [
        { name: "PASSWORD", value },
        { name: value, value: "x" },
      ];
      findPlaintextSecrets(withContainer({ environment, command: [value], dockerLabels: { [value]: value } }));
    }
    const each = (performance.now() - since) / worst.length;
    assert.ok(each < 300, `${each} ms for five texts of 64 KiB`);
  });

  it("are counted in the corpus of public task definitions: the true ones, and one false positive", function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    const found = (folder: string) =>
      readdirSync(join(CORPUS, folder)).flatMap((file) => {
        const text = readFileSync(join(CORPUS, folder, file), "utf8").replace(/^\uFEFF/, "");
        return findPlaintextSecrets(JSON.parse(text)).map((name) => `${file.slice(0, 3)} ${name}`);
      });
    // Public by purpose: the service hands it out below /.well-known.
    const falsePositives = ["156 olostep-mcp-server: environment OPENAI_APPS_CHALLENGE_TOKEN"];
    assert.deepEqual(found("task-definitions"), [
      "013 core-case: environment TOTP_SECRET_ENCRYPTION_KEY",
      "018 publishing-api: environment EVENT_LOG_AWS_ACCESS_ID",
      "086 sloth-prod: environment nanagong.enc.password",
      ...falsePositives,
      "157 profile: environment ACCESS_KEY",
      "157 profile: environment DB_PASSWORD",
      "157 profile: environment SECRET_KEY",
      "186 tellihealth-medusajs: environment COOKIE_SECRET",
      "186 tellihealth-medusajs: environment DATABASE_URL",
      "186 tellihealth-medusajs: environment JWT_SECRET",
    ]);
    assert.deepEqual(found("task-definition-templates"), [
      "061 amesa-backend-stage: environment ConnectionStrings:DefaultConnection",
      "061 amesa-backend-stage: environment DB_PASSWORD",
      "061 amesa-backend-stage: environment JWT_SECRET_KEY",
      "073 fixfox-api: environment DB_PASSWORD",
    ]);
  });

  it("have each shape in the document that users read", () => {
    const document = readFileSync(DOCUMENT, "utf8");
    for (const { title, looksLike } of SECRET_SHAPES)
      assert.ok(document.includes(`| ${title} | ${looksLike} |`), title);
  });
});
