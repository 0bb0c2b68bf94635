import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXPLAINED } from "../../scripts/prove/explained";
import { proveProduct } from "../../scripts/prove/product";
import type { Proof } from "../../scripts/prove/proof";
import { proofIn, proofMarkdown } from "../../scripts/prove/table";

const PAGE = join(__dirname, "../../docs/permissions.md");

describe("what the deployed roles may do", function () {
  this.timeout(180_000);
  let proof: Proof;

  before(async () => {
    proof = await proveProduct();
  });

  it("is sufficient, necessary and tight", () => assert.deepEqual(proof.failures, []));

  it("is proved of every kind of role, with calls for each statement and neighbours that each refuses", () => {
    const kinds = new Set(proof.rows.map(({ of }) => of.replace(/(role of ).+$/, "$1a service")));
    assert.deepEqual(
      [...kinds],
      [
        "function's role",
        "trust of function's role",
        "schedule's role",
        "trust of schedule's role",
        "cleanup role of a service",
        "trust of cleanup role of a service",
        "execution role of a service",
        "trust of execution role of a service",
        "store",
      ],
    );
    for (const { of, statement, carries, refused } of proof.rows) {
      assert.ok(carries > 0 && refused > 0, `${of} ${statement}`);
    }
  });

  it("stands in docs/permissions.md as it was found", () => {
    const page = proofIn(readFileSync(PAGE, "utf8"));
    assert.equal(
      page,
      proofMarkdown(proof.rows, EXPLAINED),
      "docs/permissions.md is stale; run npm run docs and commit it",
    );
  });
});
