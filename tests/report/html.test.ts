import assert from "node:assert/strict";
import { htmlReport } from "../../report/html";
import { html, Markup } from "../../report/markup";
import { strip } from "../../report/strip";
import {
  ACCOUNT_GAP,
  ACKNOWLEDGED,
  checkout,
  DYNAMIC,
  LEFT_OUT,
  NOT_COVERED,
  orders,
  reference,
  report,
  STORE_NAME,
  service,
  verdict,
  web,
} from "./fixtures";

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

describe("html", () => {
  it("escapes every value but markup", () => {
    assert.equal(
      html`<a title="${`"'<&>`}">${["<b>", new Markup("<i>")]}${undefined}</a>`.text,
      '<a title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt;<i></a>',
    );
  });
});

describe("the HTML report", () => {
  const text = htmlReport(report([checkout()], { gaps: [NOT_COVERED, ACCOUNT_GAP] }));

  it("loads nothing and runs nothing, and forbids both", () => {
    assert.match(
      text,
      /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;/,
    );
    assert.doesNotMatch(text, /<script|<link|<img|<iframe|\son\w+=|\sstyle=|url\(|@import|https?:/i);
  });

  it("opens with the headline, what blocks and the totals", () => {
    const order = ['class="banner bad">Blocked', "AWS denied reading tasks", '<dl class="tiles">', "checkout:63"].map(
      (part) => text.indexOf(part),
    );
    assert.ok(
      order.every((at, index) => at > (order[index - 1] ?? 0)),
      String(order),
    );
  });

  it("shows verdicts with reasons, references and outcomes, what is not read, and the calls", () => {
    for (const part of [
      "<code>checkout:38-41</code>",
      "service shop/checkout",
      "arn:aws:ecs:eu-central-1:123456789012:service/shop/checkout",
      '<span class="pill failed">failed</span> ServerException',
      "Lambda functions",
      "ecs:ListTasks 12",
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it("shows what blocks, what was accepted, notes, every outcome, plaintext secrets and how to restore", () => {
    const gaps = [NOT_COVERED, LEFT_OUT, ACKNOWLEDGED, DYNAMIC];
    const page = htmlReport(
      report([checkout(), orders(), web()], { gaps, stopped: "control/STOP", store: STORE_NAME }),
    );
    for (const part of [
      'class="note bad">Removals are stopped for every service: control/STOP',
      'class="note bad">Decided only when it runs',
      "<li>AWS denied reading EventBridge Pipes",
      'class="note warn">its ledger was started anew',
      '<span class="pill spared">spared</span> now in use by task shop/11112222…',
      '<span class="pill postponed">postponed</span> maxRemovals is reached',
      "<dt>With plaintext secrets</dt><dd>2</dd>",
      "<h2>Plaintext secrets</h2>",
      `aws s3 cp ${STORE_NAME}/archive/123456789012-eu-central-1/orders/REVISION.full.json - &gt; revision.json &amp;&amp;`,
      "partial: put back app: environment DB_PASSWORD",
    ]) {
      assert.ok(page.includes(part), part);
    }
  });

  it("counts nothing for a service without a plan, and explains no dot where nothing is in use", () => {
    const broken = { registration: "policies/a.json", service: "a", outcomes: [], problems: [], notes: [] };
    const kept = service("b", [verdict("b", 1, "keep", "newest-active")]);
    const page = htmlReport(report([broken, kept]));
    assert.doesNotMatch(page, /No revision of family|0 revisions|in use/);
    assert.match(text, /<\/span>in use<\/span>/);
  });

  it("escapes names, causes and notes that look like markup", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const wicked = service("checkout", [
      verdict("checkout", 2, "keep", "unread", { note: evil }),
      verdict("checkout", 1, "keep", "referenced", {
        references: [{ ...reference("tasks", "x", "checkout", 1), by: evil }],
      }),
    ]);
    const page = htmlReport(
      report(
        [
          {
            ...wicked,
            service: evil,
            registration: evil,
            problems: [{ path: evil, given: evil, expected: evil, fix: evil }],
          },
        ],
        {
          runId: evil,
          gaps: [{ ...ACCOUNT_GAP, detail: evil, remedy: evil, source: evil }],
        },
      ),
    );
    assert.ok(!page.includes("<img"));
    assert.ok(page.includes("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"));
  });

  it("holds nothing of a task definition but what the types of the report name", () => {
    const leaky = verdict("checkout", 1, "keep", "newest-active");
    Object.assign(leaky.subject, { containerDefinitions: [{ environment: [{ name: "TOKEN", value: "hunter2" }] }] });
    assert.doesNotMatch(htmlReport(report([service("checkout", [leaky])])), /TOKEN|hunter2/);
    Object.assign(leaky.subject, { plaintextSecrets: ["app: environment TOKEN"] });
    const page = htmlReport(report([service("checkout", [leaky])]));
    assert.ok(page.includes("app: environment TOKEN") && !page.includes("hunter2"));
  });

  it("stays small with 100,000 revisions", () => {
    const revisions = Array.from({ length: 100_000 }, (_, at) =>
      verdict("checkout", 100_000 - at, at % 2 === 0 ? "keep" : "delete", at % 2 === 0 ? "unread" : "expired"),
    );
    const page = htmlReport(report([service("checkout", revisions)]));
    assert.ok(page.length < 200_000, `${page.length} characters`);
    assert.ok(page.includes("100,000"));
  });

  it("closes most of many services and lists all of them", () => {
    const services = Array.from({ length: 60 }, (_, at) =>
      service(`s${at}`, [verdict(`s${at}`, 1, "keep", "newest-active")]),
    );
    const page = htmlReport(report(services));
    assert.equal(count(page, /<details class="card" id="service-\d+">/g), 60);
    assert.equal(count(page, /<a href="#service-\d+">/g), 60);
  });
});

describe("the picture of a service", () => {
  it("draws each revision, oldest on the left, in the colour of its verdict, and marks what is in use", () => {
    const picture = strip(checkout())?.text ?? "";
    assert.equal(count(picture, /<rect /g), 61);
    assert.equal(count(picture, /<rect class="delete"/g), 31);
    assert.equal(count(picture, /<rect class="going"/g), 2);
    assert.equal(count(picture, /<circle class="used"/g), 2);
    assert.ok(picture.indexOf("checkout:3 ") < picture.indexOf("checkout:63 "));
  });

  it("lets many revisions share a column in proportion", () => {
    const revisions = Array.from({ length: 1000 }, (_, at) =>
      verdict("checkout", 1000 - at, at % 5 === 0 ? "delete" : "keep", "expired"),
    );
    const picture = strip(service("checkout", revisions))?.text ?? "";
    assert.equal(count(picture, /<title>/g), 200);
    assert.match(picture, /<title>checkout:1-5: 4 keep, 1 delete<\/title>/);
  });

  it("is left out where there is no revision", () => {
    assert.equal(strip(service("checkout", [])), undefined);
  });
});
