import assert from "node:assert/strict";
import { claimsAfter, contested, vanishedOf } from "../../cleanup/claims";
import { isGood, loadRegistration } from "../../cleanup/registrations";
import type { AccountState } from "../../retention/types";
import { DAY, keyOf, registered } from "./support";

const NOW = Date.UTC(2026, 5, 1);
const checkout = registered("checkout");
const policy = isGood(checkout) ? checkout.registration.policy : assert.fail();
const present = new Set([keyOf("checkout")]);
const unreadable = (key: string) => loadRegistration("{", key);

describe("claims", () => {
  it("of an unreadable registration go on: what can be read of it, else what was read last", () => {
    const last: AccountState["lastClaims"] = { "policies/other.json": { policy } };
    const keys = (other: ReturnType<typeof unreadable>) => [...contested([checkout, other], last).keys()];
    assert.deepEqual(keys(unreadable("policies/other.json")), [keyOf("checkout"), "policies/other.json"]);
    assert.deepEqual(keys(unreadable("policies/new.json")), []);
    // It says something else by now, and that counts.
    const another = JSON.stringify({ policy: { family: "basket", keep: 1 } });
    assert.deepEqual(keys(loadRegistration(another, "policies/other.json")), []);
  });

  it("are remembered of what lies in the store, and not of files", () => {
    assert.deepEqual(claimsAfter([checkout], present, {}, NOW), { [keyOf("checkout")]: { policy } });
    assert.deepEqual(claimsAfter([{ ...checkout, key: "policy.json" }], new Set(), {}, NOW), {});
    const last = { [keyOf("checkout")]: { policy } };
    assert.deepEqual(claimsAfter([unreadable(keyOf("checkout"))], present, last, NOW), last);
  });

  it("of a registration that is gone last 30 days, and are no second claim", () => {
    const last = claimsAfter([checkout], present, {}, NOW);
    const gone = claimsAfter([], new Set(), last, NOW + DAY);
    assert.deepEqual(gone[keyOf("checkout")]?.goneSince, NOW + DAY);
    assert.deepEqual(vanishedOf(gone), [{ key: keyOf("checkout"), policy, until: NOW + 31 * DAY }]);
    assert.deepEqual([...contested([{ ...checkout, key: "policies/moved.json" }], gone)], []);

    const still = claimsAfter([], new Set(), gone, NOW + 31 * DAY - 1);
    assert.deepEqual(still, gone);
    assert.deepEqual(claimsAfter([], new Set(), still, NOW + 31 * DAY), {});
    // Back again, it is as if it had never been away.
    assert.deepEqual(vanishedOf(claimsAfter([checkout], present, gone, NOW + 2 * DAY)), []);
  });
});
