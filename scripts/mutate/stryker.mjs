import { basename } from "node:path";

/** Used by scripts/mutate.ts alone. */
export default {
  plugins: ["@stryker-mutator/mocha-runner"],
  testRunner: "mocha",
  mochaOptions: { config: ".mocharc.json", spec: JSON.parse(process.env.UNITS ?? "[]") },
  coverageAnalysis: "perTest",
  // What a message says is no behaviour that a removal could hang on.
  mutator: { excludedMutations: ["StringLiteral"] },
  reporters: ["json", "dots"],
  jsonReporter: { fileName: process.env.REPORT },
  tempDirName: basename(process.env.SANDBOX ?? ""),
  // The simulation then runs over what survived.
  cleanTempDir: false,
  ignorePatterns: ["dist", "coverage", "reports", "docs", "examples"],
  concurrency: 2,
};
