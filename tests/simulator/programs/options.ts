import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

// Resource options, each switched on by one word of `options:with`.
const given = new pulumi.Config("options").get("with") ?? "";
const has = (word: string): boolean => given.split(",").includes(word);

const tagged: pulumi.ResourceTransform = ({ props, opts }) => ({
  props: { ...props, tags: { by: "transform" } },
  opts,
});

class Team extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("options:index:Team", name, {}, opts);
    new aws.sqs.Queue(`${name}-queue`, {}, { parent: this });
  }
}

new Team(has("rename") ? "crew" : "team", {
  aliases: has("rename") ? [{ name: "team" }] : [],
  transforms: has("transform") ? [tagged] : [],
});
new aws.cloudwatch.LogGroup(
  "ignoring",
  { retentionInDays: has("change") ? 30 : 7 },
  { ignoreChanges: ["retentionInDays"] },
);
if (!has("unprotected")) new aws.sqs.Queue("protected", {}, { protect: true });
else new aws.sqs.Queue("protected", {}, { protect: has("protect") });

const london = new aws.Provider("london", { region: "eu-west-2" });
new aws.cloudwatch.LogGroup("london", { name: "london" }, { provider: london });
const neighbour = new aws.Provider("neighbour", {
  region: "eu-west-1",
  assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/deploy" }],
});
new aws.cloudwatch.LogGroup("neighbour", { name: "neighbour" }, { provider: neighbour });
if (has("get")) aws.iam.Role.get("found", "by-hand");
if (has("throw")) throw new Error("the program is wrong");
if (has("reject")) new aws.sqs.Queue("rejected", { name: pulumi.output(Promise.reject(new Error("no such value"))) });
if (has("hang")) new aws.sqs.Queue("waiting", { name: pulumi.output(new Promise<string>(() => {})) });
