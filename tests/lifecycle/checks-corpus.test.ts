import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findingsOf } from "../../lifecycle/checks/index";
import { readLifecycleFile } from "../../lifecycle/file";

const CORPUS = join(__dirname, "../../../shared/corpus/lifecycle-policies");

/** By file: every policy that AWS would accept, and what is found where nothing is known besides. */
const FINDINGS: Record<string, string[]> = {
  "001-23prime-gokabot.json": ["1 count-in-use"],
  "005-AbrahamGyamfi-gitOps.json": ["2 untagged-in-use"],
  "012-aws-aws-cli.json": ["1 untagged-in-use"],
  "013-aws-aws-cli.json": ["1 untagged-in-use"],
  "015-aws-aws-cli.json": ["1 untagged-in-use"],
  "016-aws-aws-cli.json": ["1 untagged-in-use"],
  "018-awsdocs-amazon-ecr-user-guide.json": [],
  "019-awsdocs-amazon-ecr-user-guide.json": [],
  "021-awsdocs-amazon-ecr-user-guide.json": ["1 every-entry"],
  "024-byu-oit-sis-email-utility.json": ["10 untagged-in-use"],
  "026-CMSgov-terraform-aws-cms-ars-saf-rds-mysql-ecr.json": ["10 count-in-use"],
  "028-DaleFederal-QuiosqueFood3000-Order.json": ["1 count-in-use"],
  "029-danilo-drs-url-shortener-api.json": ["2 untagged-in-use", "3 count-in-use", "3 counts-shielded"],
  "030-delazic-art-of-reacting.json": ["1 untagged-in-use"],
  "032-Divyesh4683-AWS-Video-Analytics-Streaming-Dashboard.json": ["2 protects-nothing"],
  "033-Divyesh4683-AWS-Video-Analytics-Streaming-Dashboard.json": ["3 untagged-in-use", "4 age-in-use"],
  "035-exercism-terraform.json": ["2 count-in-use", "2 counts-shielded"],
  "038-ganesha2208-three-tier-ecom.json": ["1 count-in-use"],
  "039-gjorgji-ts-ecr-lifecycle-cleaner.json": [],
  "041-groovy-sky-aws-docs.json": [],
  "042-groovy-sky-aws-docs.json": ["1 pull-time-in-use"],
  "045-groovy-sky-aws-docs.json": [],
  "047-groovy-sky-aws-docs.json": ["1 every-entry"],
  "048-groovy-sky-aws-docs.json": ["2 untagged-in-use", "3 count-in-use", "3 counts-shielded"],
  "050-groovy-sky-aws-docs.json": ["1 age-in-use"],
  "051-hirokihello-ecs-fargate-infra.json": ["10 count-in-use"],
  "053-idanaim-fixfox.json": ["1 count-in-use"],
  "054-idanaim-fixfox.json": ["1 count-in-use"],
  "056-jonas-srd-ai_sports_prediction.json": ["1 count-in-use"],
  "058-kallesiukolaa-webpage.json": ["1 untagged-in-use"],
  "059-kvrhdn-ci-with-actions-and-ecr.json": ["1 count-in-use"],
  "060-LBHackney-IT-lbh-core-pathway-pilot.json": ["1 untagged-in-use"],
  "061-leaf-logistics-public.json": ["20 age-in-use"],
  "062-maxjiang216-fide-glicko.json": ["1 count-in-use"],
  "063-megha1002240-aws-ecr-image-lifecycle-management.json": ["1 count-in-use"],
  "065-pagopa-b2b-portals.json": ["1 count-in-use"],
  "066-patriciaOrtuno28-AWS-DevOps-Automated-Exercise.json": ["2 untagged-in-use"],
  "067-QuiNovas-terraform-aws-ecr.json": [
    "1 untagged-in-use",
    "2 every-entry",
    "3 every-entry",
    "4 every-entry",
    "5 every-entry",
    "6 every-entry",
    "7 every-entry",
  ],
  "068-scttfrdmn-substrate.json": ["1 count-in-use"],
  "069-seek-oss-docker-ecr-cache-buildkite-plugin.json": ["1 count-in-use"],
  "071-Shannkz-lambda-ecr-policies.json": ["2 shadowed", "4 shadowed"],
  "074-turtlesoup0-itnews_sender.json": ["1 count-in-use"],
  "076-voquis-terraform-aws-ecr-repositories.json": ["1 untagged-in-use"],
  "077-vwChumbo-YouTrack.json": ["2 untagged-in-use"],
  "100-index-12989109668.json": ["1 count-in-use"],
  "101-index-28181867653.json": ["3 untagged-in-use"],
  "102-index-29354248794.json": ["1 pull-time-in-use"],
  "104-index-52304956583.json": ["2 never-matches", "5 untagged-in-use"],
  "106-index-60281706586.json": ["1 pull-time-in-use"],
  "107-index-61560463213.json": ["1 every-entry", "2 count-in-use", "2 counts-shielded", "3 untagged-in-use"],
  "108-index-70704514208.json": ["1 untagged-in-use"],
};

describe("findings of public lifecycle policies", () => {
  it("are those that somebody looked at", function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    const found: Record<string, string[]> = {};
    for (const file of readdirSync(CORPUS).toSorted()) {
      const { policy } = readLifecycleFile(readFileSync(join(CORPUS, file), "utf8"), file);
      if (!policy) continue;
      const findings = findingsOf(policy, { sharedWith: [] }, []);
      found[file] = findings.map(({ rule, id }) => `${rule} ${id}`);
    }
    assert.deepEqual(found, FINDINGS);
  });
});
