// Puts a function's process on the simulated clock, before any of its own code is loaded.
//
// Time in here stands still while the process works and moves only in its sleeps. A sleep is a request to the
// simulator, which sleeps on the world's clock on behalf of this process and answers with the new time.
//
// The product waits only through timers, but so do parts of the SDK that must not move time: timeouts of connections,
// requests and sockets. They are told apart by what the process is doing, not by who set them: it asks for a sleep only
// when nothing of it is on its way, no HTTP call and no file. While a call is on its way all timers wait with it, and its
// answer clears the timeouts that were set beside it. One that is left behind costs a wake-up and no time: a sleep ends at
// the earliest timer, and what was due later stays due later.
//
// A process that waits for nothing at all ends, as Node.js does: no timer of its own holds it.
//
// Between invocations the process is frozen: timers wait until the next one, as on AWS. `performance` and
// `process.hrtime` stay real; `fetch` and work in the thread pool are not noticed as being on their way.
import { subscribe } from "node:diagnostics_channel";
import { Agent, request } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import timersModule from "node:timers";
import promisesModule from "node:timers/promises";
import { promisify } from "node:util";

const { setImmediate } = globalThis;
const api = process.env.AWS_LAMBDA_RUNTIME_API;
/** Its idle connection keeps no process from ending. */
const agent = new Agent({ keepAlive: true });
let now = Number(process.env.SIMULATOR_NOW);
delete process.env.SIMULATOR_NOW;

let running = true;
let asleep = false;
let looking = false;
const calls = new Set();
const timers = new Map();

/** An invocation starts, at this time. */
export function thaw(time) {
  now = Math.max(now, time);
  running = true;
  look();
}

/** The invocation is over. */
export function freeze() {
  running = false;
}

/** Asks the simulator; such calls are not the function's own. */
export function ask(method, path, body = "") {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${api}${path}`, { method, agent, headers: { "simulator-own": "1" } }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(chunks).toString() }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Writing to a pipe is synchronous: whoever has read the mark on both has read every line before it. */
export function mark() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write("\0\n");
  }
}

// --- what is on its way

function track({ request }) {
  if (!request.getHeader("simulator-own") && !calls.has(request)) {
    calls.add(request);
    request.once("close", () => {
      calls.delete(request);
      look();
    });
  }
}
subscribe("http.client.request.created", track);
subscribe("http.client.request.start", track);
subscribe("http.client.response.finish", ({ request, response }) => {
  request.answer = response;
  now = Math.max(now, Number(response.headers["simulator-now"] ?? 0));
  look();
});

/** A call whose answer's body nobody reads is not waited for. */
function onItsWay(call) {
  const { answer } = call;
  return !answer || (!answer.readableEnded && (answer.readableFlowing || answer.listenerCount("readable") > 0));
}

function busy() {
  return [...calls].some(onItsWay) || process.getActiveResourcesInfo().some((each) => /^FSReq|^GetAddrInfo/.test(each));
}

// --- timers

let lastId = 0;

class Timer {
  constructor(callback, ms, repeat, args) {
    this.id = ++lastId;
    // NaN and what Node calls out of range become one millisecond, as in Node; 0 stays "now".
    this.ms = ms > 0 && ms < 2 ** 31 ? ms : ms === undefined || ms <= 0 ? 0 : 1;
    Object.assign(this, { callback, repeat, args });
    this.refresh();
  }
  refresh() {
    this.due = now + this.ms;
    timers.set(this.id, this);
    look();
    return this;
  }
  fire() {
    timers.delete(this.id);
    if (this.repeat) {
      this.ms ||= 1;
      this.refresh();
    }
    this.callback(...this.args);
  }
  close() {
    timers.delete(this.id);
    return this;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return timers.has(this.id);
  }
  [Symbol.toPrimitive]() {
    return this.id;
  }
  [Symbol.dispose]() {
    this.close();
  }
}

/** After the event loop has gone round twice: promises and streams have run as far as they can. */
function look() {
  if (!looking) {
    looking = true;
    setImmediate(() =>
      setImmediate(() => {
        looking = false;
        advance();
      }),
    );
  }
}

function advance() {
  const next = [...timers.values()].sort((a, b) => a.due - b.due || a.id - b.id)[0];
  if (!running || asleep || !next) return;
  if (next.due <= now) {
    look();
    next.fire();
  } else if (!busy()) {
    sleep(next.due);
  } else if (![...calls].some(onItsWay)) {
    look();
  }
}

async function sleep(until) {
  asleep = true;
  mark();
  const { body } = await ask("POST", "/simulator/sleep", JSON.stringify({ until }));
  asleep = false;
  now = Math.max(now, JSON.parse(body).now);
  look();
}

const set = (callback, ms, ...args) => new Timer(callback, ms, false, args);
const every = (callback, ms, ...args) => new Timer(callback, ms, true, args);
const clear = (timer) => timers.get(Number(timer ?? 0))?.close();

function wait(ms, value, { signal } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = set(() => resolve(value), ms);
    signal?.addEventListener("abort", () => {
      timer.close();
      reject(signal.reason);
    });
  });
}

async function* ticks(ms, value, options) {
  for (;;) {
    yield await wait(ms, value, options);
  }
}

set[promisify.custom] = wait;
const replacements = { setTimeout: set, setInterval: every, clearTimeout: clear, clearInterval: clear };
Object.assign(globalThis, replacements);
Object.assign(timersModule, replacements);
Object.assign(promisesModule, { setTimeout: wait, setInterval: ticks });
promisesModule.scheduler.wait = (ms, options) => wait(ms, undefined, options);
syncBuiltinESMExports();

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now], newTarget),
  apply: (target) => new target(now).toString(),
  get: (target, key) => (key === "now" ? () => now : Reflect.get(target, key)),
});
