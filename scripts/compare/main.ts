/** `tsx scripts/compare/main.ts` writes docs/permissions-compared.md; a test fails where it is stale. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { page } from "./page";

async function main(): Promise<void> {
  writeFileSync(join(__dirname, "../../docs/permissions-compared.md"), await page());
}

void main();
