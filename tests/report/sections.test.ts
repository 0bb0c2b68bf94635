import assert from "node:assert/strict";
import { restoreSection } from "../../report/restore";
import { secretsSection } from "../../report/secrets";
import type { Report } from "../../retention/types";
import {
  archived,
  checkout,
  orders,
  outcome,
  report,
  SECRET_FIELDS,
  STORE_NAME,
  service,
  verdict,
  web,
} from "./fixtures";

describe("the section on plaintext secrets", () => {
  it("names revisions and fields, those with the same fields in one item", () => {
    const items = secretsSection(report([checkout(), orders()])).items;
    assert.deepEqual(
      items.map(({ revisions, text }) => [revisions, text]),
      [["orders:34, 22 (2)", "app: environment DB_PASSWORD, app: environment STRIPE_KEY"]],
    );
  });

  it("advises to rotate them, to move them, and the option that removes old revisions sooner", () => {
    const { advice } = secretsSection(report([orders()]));
    for (const part of [
      /^Rotate/,
      /container.s secrets/,
      /taskDefinitions\.plaintextSecrets "remove-when-unreferenced"/,
    ]) {
      assert.match(advice, part);
    }
  });

  it("stays short where every revision carries them in other fields", () => {
    const revisions = Array.from({ length: 300 }, (_, at) => {
      const one = verdict("checkout", 300 - at, "keep", "among-newest");
      return { ...one, subject: { ...one.subject, plaintextSecrets: [`app: environment SECRET_${at}`] } };
    });
    const { items } = secretsSection(report([service("checkout", revisions)]));
    assert.equal(items.length, 5);
    assert.equal(
      items.reduce((sum, { rows }) => sum + rows.length, 0),
      300,
    );
    assert.match(items.at(-1)?.text ?? "", /SECRET_4, .* and 291 more fields$/);
  });
});

describe("the section on restoring", () => {
  const callsOf = (of: Report) => restoreSection(of).items.map(({ revisions, text, call }) => [revisions, text, call]);
  const one = (missing: string[], rest: Partial<Report>) => {
    const outcomes = [outcome("basket", 7, "delete", "done", { archived: archived("basket", 7, missing) })];
    return report([service("basket", [verdict("basket", 7, "delete", "expired")], { outcomes })], rest);
  };
  const KEY = "archive/123456789012-eu-central-1/basket/7.full.json";

  it("gives the call for a shell, with the Region of the run", () => {
    assert.deepEqual(callsOf(one([], { store: STORE_NAME })), [
      [
        "basket:7 (1)",
        "",
        `aws s3 cp ${STORE_NAME}/${KEY} - > revision.json && ` +
          "aws ecs register-task-definition --region eu-central-1 --cli-input-json file://revision.json",
      ],
    ]);
  });

  it("names the file where the store is a folder, quoted where a shell would break it", () => {
    const call = (store: string) => callsOf(one([], { store }))[0]?.[2] ?? "";
    assert.match(call("/srv/retention"), new RegExp(`--cli-input-json file:///srv/retention/${KEY}$`));
    assert.ok(call("/srv/Bob's store").endsWith(`'file:///srv/Bob'\\''s store/${KEY}'`), call("/srv/Bob's store"));
  });

  it("says what has to be put back first", () => {
    const [[, text, call] = []] = callsOf(one(["app: environment TOKEN"], { store: STORE_NAME }));
    assert.equal(text, "partial: put back app: environment TOKEN first");
    assert.match(call ?? "", /basket\/7\.partial\.json/);
  });

  it("sums up many deletions in one call with a pattern, apart from those that lack something", () => {
    const items = callsOf(report([orders()], { store: STORE_NAME }));
    assert.deepEqual(
      items.map(([revisions, text]) => [revisions, text]),
      [
        ["orders:22 (1)", `partial: put back ${SECRET_FIELDS.join(", ")} first`],
        ["orders:2-21 (20)", ""],
      ],
    );
    assert.match(items[1]?.[2] ?? "", /archive\/123456789012-eu-central-1\/orders\/REVISION\.full\.json /);
  });

  it("stands FAMILY for the families of a line", () => {
    const [[, , call] = []] = callsOf(report([web()], { store: STORE_NAME }));
    assert.match(call ?? "", /archive\/123456789012-eu-central-1\/FAMILY\/1\.full\.json /);
  });

  it("is empty where nothing was deleted", () => {
    const { outcomes: _, ...rest } = orders();
    assert.deepEqual(callsOf(report([{ ...rest, outcomes: [] }], { store: STORE_NAME })), []);
  });
});
