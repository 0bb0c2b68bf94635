/** Prefixes of everything in the store: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html */
export const STORE = {
  /** `<project>/<stack>/<name>-<hash of URN>.json`: registrations, written by components alone. */
  policies: "policies/",
  /** `<account>-<region>/<registration's key>`: the {@link Ledger} of a registration. */
  ledger: "ledger/",
  /** `<account>-<region>/<number>.jsonl`: {@link RevisionFact}s, one a line, only ever added to. */
  facts: "facts/",
  /** `<account>-<region>/<yyyy-mm-dd>/<run>-<lease number>-<nth>.json`: intents and outcomes of a batch of removals. */
  journal: "journal/",
  /** `<account>-<region>/<family>/<revision>.<full|partial>.json`: what RegisterTaskDefinition takes. */
  archive: "archive/",
  /** `<account>-<region>.json`: the AccountState. */
  state: "state/",
  /** `<account>-<region>.json`: who may write and remove. */
  lease: "lease/",
  /** `STOP` by hand, `PAUSED` by the component: whatever lies here stops removals. Never written by a run. */
  control: "control/",
  /** `<yyyy-mm-dd>/<run>.json` */
  reports: "reports/",
} as const;
