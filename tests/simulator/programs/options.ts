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

new Team("team", {
  aliases: has("rename") ? [{ name: "crew" }] : [],
  transforms: has("transform") ? [tagged] : [],
});
if (has("extra")) new aws.sqs.Queue("extra");
if (has("protect")) new aws.sqs.Queue("protected", {}, { protect: true });
if (has("ignore")) new aws.sqs.Queue("ignoring", {}, { ignoreChanges: ["tags"] });
if (has("import")) new aws.sqs.Queue("imported", {}, { import: "by-hand" });

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
