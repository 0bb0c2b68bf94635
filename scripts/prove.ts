/**
 * `npm run prove:least-privilege`: deploys the product into a simulated account, records what its roles call there, and
 * shows statement by statement that this is what they may do: every call is allowed, nothing is granted that no call needs,
 * and a neighbour's calls are refused. Exits with 1, and says line by line what does not hold.
 */
import { proveProduct } from "./prove/product";
import { textTable } from "./prove/table";

async function main(): Promise<void> {
  const { rows, failures } = await proveProduct();
  console.log(textTable(rows));
  for (const failure of failures) console.error(failure);
  console.log(failures.length === 0 ? "\nSufficient, necessary and tight." : `\n${failures.length} lines do not hold.`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

void main();
