import { ignores, needs, remembers, type SafetyRule } from "./case";
import { claims } from "./claims";

/** Nothing that is needed, or that nobody claims alone, or that the run was not asked for, is removed. */
export const USE_RULES: SafetyRule[] = [
  {
    id: "in-use",
    broken: (given) => {
      const { removal, seen } = given;
      const tolerance = removal.action === "delete" ? 0 : seen.tolerances.reference;
      return needs(given, (revision) => revision === removal.revision, tolerance);
    },
  },
  {
    id: "retire-in-use",
    broken: (given) => {
      if (given.policy.mode !== "retire") return;
      return needs(given, (each) => claims(given.mine, each.split(":")[0] ?? ""), given.seen.tolerances.reference);
    },
  },
  {
    id: "could-be-meant",
    broken: ({ removal: { found }, seen, policy }) => {
      if (ignores(policy, "state-machines")) return;
      for (const [by, { prefix, since }] of seen.riddles) {
        const stood = since <= seen.now - seen.tolerances.reference;
        if (stood && found.family.startsWith(prefix)) return `${by} could mean it`;
      }
    },
  },
  {
    id: "foreign-family",
    broken: ({ removal: { found }, mine, policy }) =>
      !claims(mine, found.family) && `removed by the policy of ${policy.family}`,
  },
  {
    id: "claimed-twice",
    broken: ({ all, removal: { found }, seen }) => {
      const others = all.filter((each) => claims(each, found.family) && !(each.remembered && !remembers(each, seen)));
      return others.length > 1 && `claimed by ${others.map(({ key }) => key).join(" and ")}`;
    },
  },
  { id: "mode", broken: ({ policy }) => policy.mode === "report" && "the policy's mode is report" },
  {
    id: "report-run",
    broken: ({ removal, seen }) => seen.runs.get(removal.runId)?.mode === "report" && "by a run that only reports",
  },
  {
    id: "services",
    broken: ({ removal, seen, mine, policy }) => {
      const { services } = seen.runs.get(removal.runId) ?? {};
      const asked = !services || services.includes(policy.service) || services.includes(mine.key);
      return !asked && `by a run for ${services} only`;
    },
  },
];
