import { STORE } from "../../retention/store-layout";
import type { Store } from "../../retention/types";

/** Keys of what stops every removal, such as `control/STOP`; `undefined`: nothing does. One list call a batch. */
export async function stopOf(store: Store): Promise<string | undefined> {
  const found = await store.list(STORE.control);
  // A folder that somebody made in the console is an object too, and stays when STOP is gone.
  const keys = found.map(({ key }) => key).filter((key) => key !== STORE.control);
  return keys.length > 0 ? keys.join(", ") : undefined;
}
