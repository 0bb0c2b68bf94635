import type { World } from "../world";
import { Functions } from "./functions";
import { Schedules } from "./schedules";

/**
 * Plugs Lambda and the firing of schedules into a new world. Whoever calls it closes it, or processes stay behind;
 * after that nothing fires any more and functions can not be invoked.
 */
export function startLambda(world: World): { close(): Promise<void> } {
  const functions = new Functions(world);
  const schedules = new Schedules(world);
  world.hooks.invoke = (_scope, target, payload) => functions.invoke(target, payload);
  world.hooks.invokeLater = (_scope, target, payload) => functions.invokeLater(target, payload);
  world.hooks.scheduleChanged = (scope, group, name) => schedules.changed(scope, group, name);
  return {
    async close() {
      world.hooks = {};
      schedules.close();
      await functions.close();
    },
  };
}
