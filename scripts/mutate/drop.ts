/**
 * Loaded before the tests by scripts/mutate.ts: silences one entry of the product's lists, named by `DROP=list/id`. It
 * stays in its list, so that only what it does can be missed.
 */
import { READERS } from "../../aws/references/index";
import { CONTAINER_CHECKS } from "../../checks/index";
import { BATCH_GUARDS, CALL_GUARDS } from "../../cleanup/guards";
import { LIFECYCLE_CHECKS } from "../../lifecycle/checks/index";
import { CONSTRAINTS } from "../../lifecycle/constraints";
import { FIELD_GRANTS } from "../../permissions/grants/fields";
import { REVISION_RULES } from "../../retention/revisions/rules";

const SILENT = {
  rule: REVISION_RULES.map((rule) => [rule.id, () => Object.assign(rule, { answer: () => undefined })] as const),
  "batch-guard": BATCH_GUARDS.map(silencedGuard),
  "call-guard": CALL_GUARDS.map(silencedGuard),
  constraint: CONSTRAINTS.map((each) => [each.id, () => Object.assign(each, { check: () => [] })] as const),
  "lifecycle-check": LIFECYCLE_CHECKS.map((each) => [each.id, () => Object.assign(each, { find: () => [] })] as const),
  check: CONTAINER_CHECKS.map((each) => [each.id, () => Object.assign(each, { check: () => [] })] as const),
  grant: FIELD_GRANTS.map((each) => [each.field, () => Object.assign(each, { grants: () => [] })] as const),
  source: Object.keys(READERS).map((id) => [id, () => Object.assign(READERS, { [id]: async () => {} })] as const),
};

function silencedGuard(guard: { id: string }) {
  return [guard.id, () => Object.assign(guard, { stops: () => undefined })] as const;
}

const silence = new Map<string, () => void>(
  Object.entries(SILENT).flatMap(([list, entries]) =>
    entries.map(([id, silencing]): [string, () => void] => [`${list}/${id}`, silencing]),
  ),
);

/** What can be left out, as `list/id`. */
export const DROPS: string[] = [...silence.keys()];

const { DROP } = process.env;
if (DROP !== undefined) {
  const silencing = silence.get(DROP);
  if (!silencing) throw new Error(`DROP: got "${DROP}", expected one of ${DROPS.join(", ")}`);
  silencing();
}
