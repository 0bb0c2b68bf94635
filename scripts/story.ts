import { DAY, HOUR } from "../retention/duration";
import type { Scope } from "../simulator/operation";
import {
  deregisterTaskDefinition,
  findTaskDefinition,
  registerTaskDefinition,
} from "../simulator/services/ecs-definitions";
import {
  createCluster,
  createService,
  rollBack,
  runTask,
  serviceOf,
  updateService,
} from "../simulator/services/ecs-services";

/** What the story happens to: the service that the deployed program made. */
export interface Setting {
  scope: Scope;
  cluster: string;
  service: string;
  family: string;
}

interface Event {
  day: number;
  /** One line for the reader. */
  what: string;
  happen(): void | Promise<void>;
}

export const DAYS = 60;
const RELEASE_EVERY = 1.5;

/**
 * Two months of a service's life: a release every 36 hours from a pipeline, a bad one that is rolled back, a task
 * started by hand, a second service on an old revision that is scaled to zero, and a neighbour whose family begins with the same name.
 */
function events(setting: Setting): Event[] {
  const { scope, cluster, service, family } = setting;
  const release = () => {
    // What a pipeline does: it registers the definition again, then moves the service to it.
    const definition = findTaskDefinition(scope, family)?.definition;
    if (!definition) throw new Error(`family ${family} has no ACTIVE revision to release from`);
    updateService(scope, { cluster, service, taskDefinition: registerTaskDefinition(scope, definition).arn });
  };
  // A family has at most 255 characters.
  const neighbour = `${family.slice(0, 248)}-worker`;
  const containerDefinitions = [{ name: "worker", image: "public.ecr.aws/docker/library/busybox:1.37", memory: 128 }];

  const releases = Array.from({ length: Math.floor(DAYS / RELEASE_EVERY) - 1 }, (_, index) => ({
    day: (index + 1) * RELEASE_EVERY,
    what: "",
    happen: release,
  }));
  const neighbours = Array.from({ length: DAYS / 3 }, (_, index) => ({
    day: index * 3,
    what: "",
    happen: () => void registerTaskDefinition(scope, { family: neighbour, containerDefinitions }),
  }));
  return [
    ...releases,
    ...neighbours,
    {
      day: 7.2,
      what: `somebody starts a task by hand in cluster tools, on ${family}:3; it keeps running`,
      happen() {
        createCluster(scope, "tools");
        runTask(scope, { cluster: "tools", taskDefinition: `${family}:3`, startedBy: "on-call" });
      },
    },
    {
      day: 10.2,
      what: `service ${service}-nightly is created on ${family}:5 and scaled to zero`,
      happen() {
        createService(scope, {
          cluster,
          service: `${service}-nightly`,
          taskDefinition: `${family}:5`,
          desiredCount: 0,
        });
      },
    },
    {
      day: 20,
      what: "a pipeline of old deregisters two revisions itself",
      happen() {
        deregisterTaskDefinition(scope, `${family}:1`);
        deregisterTaskDefinition(scope, `${family}:2`);
      },
    },
    {
      day: 31.2,
      what: "the release of this morning is bad and is rolled back",
      async happen() {
        // After the deployment has completed, ECS knows it as one to return from.
        await scope.world.clock.advance(HOUR);
        rollBack(scope, { cluster, service });
      },
    },
    {
      day: 40.2,
      what: `service ${service} is scaled to zero over a weekend, and back`,
      async happen() {
        const { desiredCount } = serviceOf(scope, { cluster, service });
        updateService(scope, { cluster, service, desiredCount: 0 });
        await scope.world.clock.advance(2 * DAY);
        updateService(scope, { cluster, service, desiredCount });
      },
    },
    { day: DAYS, what: "two months have passed", happen() {} },
  ].sort((one, other) => one.day - other.day);
}

/** Lets the story happen; schedules of the world fire on the way. `tell` gets what a reader should know, `pass` all days. */
export async function live(
  setting: Setting,
  tell: (day: number, what: string) => void,
  pass: (what: string) => void,
): Promise<void> {
  const { clock } = setting.scope.world;
  const begins = clock.now();
  for (const event of events(setting)) {
    pass(`day ${Math.floor(event.day)} of ${DAYS}`);
    await clock.advance(Math.max(0, begins + event.day * DAY - clock.now()));
    if (event.what) tell(event.day, event.what);
    await event.happen();
  }
}
