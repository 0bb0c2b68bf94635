import {
  type EventBus,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { listAll } from "../paging";
import { type Reader, type Scan, unlessGone } from "./reader";

/** Rules of every bus that target a cluster, disabled ones too. */
export const readRules: Reader = async (scan) => {
  const client = scan.connect.events();
  const buses = await listAll(
    scan.calls,
    "events:ListEventBuses",
    (NextToken) => client.send(new ListEventBusesCommand({ Limit: 100, NextToken })),
    (answer) => answer.EventBuses,
  );
  for (const bus of buses) {
    // A bus or rule that goes meanwhile starts nothing any more.
    const rules = new Set<string>();
    for (const TargetArn of scan.clusters) {
      const input = { TargetArn, EventBusName: bus.Name, Limit: 100 };
      const names = await unlessGone(() =>
        listAll(
          scan.calls,
          "events:ListRuleNamesByTarget",
          (NextToken) => client.send(new ListRuleNamesByTargetCommand({ ...input, NextToken })),
          (answer) => answer.RuleNames,
        ),
      );
      for (const name of names ?? []) rules.add(name);
    }
    for (const rule of rules) await readRule(scan, client, bus, rule);
  }
};

async function readRule(
  scan: Scan,
  client: ReturnType<Scan["connect"]["events"]>,
  { Name, Arn = "" }: EventBus,
  rule: string,
): Promise<void> {
  const targets = await unlessGone(() =>
    listAll(
      scan.calls,
      "events:ListTargetsByRule",
      (NextToken) =>
        client.send(new ListTargetsByRuleCommand({ Rule: rule, EventBusName: Name, Limit: 100, NextToken })),
      (answer) => answer.Targets,
    ),
  );
  // Rules of the default bus leave its name out of their ARN.
  const bus = Arn.replace(":event-bus/", ":rule/");
  const arn = Name === "default" ? bus.replace(/default$/, rule) : `${bus}/${rule}`;
  for (const { EcsParameters } of targets ?? []) {
    if (EcsParameters) scan.refers(arn, EcsParameters.TaskDefinitionArn);
  }
}
