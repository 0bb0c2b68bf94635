import { World } from "../../simulator";
import { EXPLAINED } from "./explained";
import { byName, nameOf } from "./names";
import { type Proof, prove } from "./proof";
import { accountEvidence } from "./scenarios/account";
import { proofMarkdown } from "./table";

/** Deploys the product into a simulated account, lets it live there, and proves what its roles may do. */
export async function proveProduct(): Promise<Proof> {
  const { rows, failures } = await prove(new World().gate.iam, await accountEvidence(), {
    nameOf,
    explained: EXPLAINED,
  });
  return { rows: rows.sort((one, other) => byName(one.arn, other.arn)), failures };
}

/**
 * The section of docs/permissions.md.
 *
 * @throws Error with every line that does not hold.
 */
export async function proofSection(): Promise<string> {
  const { rows, failures } = await proveProduct();
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return proofMarkdown(rows, EXPLAINED);
}
