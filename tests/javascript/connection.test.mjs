/* When the server counts as away, and what becomes of questions meanwhile. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { BEAT_MS, Connection, newestOf, PATIENCE_MS, QUEUED_MS } from "../../assets/connection.mjs";
import { FakeClock, settled } from "./fake_clock.mjs";

const NOTICED_MS = 3000; // what a reader is promised

/** A server that can be stopped in the ways that servers stop, and a connection to it. */
function setUp() {
  const clock = new FakeClock();
  const server = {
    /** @type {"well" | "gone" | "hangs" | "proxy"} */
    is: /** @type {any} */ ("well"),
    beats: 0,
    watched: true,
    /** @type {string[]} */
    asked: [],
    /** @type {((answer: string) => void)[]} */
    late: [],
  };
  /** @type {string[]} */
  const said = [];
  const connection = new Connection({
    beat: () => {
      server.beats += 1;
      if (server.is === "hangs") return new Promise(() => {});
      return server.is === "gone" ? Promise.reject(new TypeError("refused")) : Promise.resolve(server.is === "well");
    },
    changed: (presence) => said.push(presence),
    watched: () => server.watched,
    timers: clock,
  });
  const ask = (/** @type {string} */ what) => () => {
    server.asked.push(what);
    if (server.is === "gone") return Promise.reject(new TypeError("refused"));
    if (server.is === "proxy") return Promise.resolve("502");
    return new Promise((/** @type {(answer: string) => void} */ resolve) => {
      if (server.is === "hangs") server.late.push(resolve);
      else resolve(`answer to ${what}`);
    });
  };
  const until = (/** @type {string} */ name, /** @type {string} */ what) =>
    connection.until(name, ask(what), (answer) => answer !== "502", "overtaken");
  return { clock, server, said, connection, ask, until };
}

for (const how of /** @type {const} */ (["gone", "hangs", "proxy"])) {
  test(`a server that is ${how} is noticed within three seconds, and so is its return`, async () => {
    const { clock, server, said, connection } = setUp();
    connection.look();
    await settled();
    await clock.pass(10_100);
    server.is = how;
    await clock.pass(NOTICED_MS - 200);
    assert.deepEqual(said, [how === "hangs" ? "silent" : "gone"]);
    server.is = "well";
    await clock.pass(NOTICED_MS);
    assert.equal(said.at(-1), "there");
    assert.equal(said.length, 2);
  });
}

test("no beat is sent while nobody looks", async () => {
  const { clock, server, connection } = setUp();
  server.watched = false;
  connection.look();
  await settled();
  await clock.pass(60_000);
  assert.equal(server.beats, 0);
});

test("a question that takes a minute is no sign of absence while beats are answered", async () => {
  const { clock, said, connection } = setUp();
  /** @type {(answer: string) => void} */
  let answer = () => {};
  const slow = connection.until(
    "a",
    () => new Promise((resolve) => (answer = resolve)),
    () => true,
    "overtaken",
  );
  connection.look();
  await settled();
  await clock.pass(60_000);
  answer("at last");
  assert.equal(await slow, "at last");
  assert.deepEqual(said, []);
});

test("a beat that waits in the browser behind six slow questions is given longer", async () => {
  const { clock, server, said, connection } = setUp();
  for (let i = 0; i < 6; i += 1)
    connection.until(
      `${i}`,
      () => new Promise(() => {}),
      () => true,
      "overtaken",
    );
  server.is = "hangs";
  connection.look();
  await settled();
  await clock.pass(QUEUED_MS - 100);
  assert.deepEqual(said, []);
  await clock.pass(200);
  assert.deepEqual(said, ["silent"]);
});

test("any answer is a sign of life, which a late beat is measured from", async () => {
  const { clock, server, said, connection } = setUp();
  connection.look();
  await settled();
  await clock.pass(BEAT_MS - 1);
  server.is = "hangs";
  await clock.pass(PATIENCE_MS);
  await connection.once(async () => "an answer");
  await clock.pass(PATIENCE_MS - 100);
  assert.deepEqual(said, []);
  await clock.pass(200);
  assert.deepEqual(said, ["silent"]);
});

test("a question that fails is asked again when the server is back, and its asker sees one answer", async () => {
  const { clock, server, connection, until } = setUp();
  connection.look();
  await settled();
  await clock.pass(100);
  server.is = "gone";
  const answer = until("picture", "picture 1");
  await clock.pass(20_000);
  assert.deepEqual(server.asked, ["picture 1"], "nothing is asked of a server that is away");
  server.is = "well";
  await clock.pass(BEAT_MS);
  assert.equal(await answer, "answer to picture 1");
});

test("of the questions for one thing that wait, the newest alone is asked", async () => {
  const { clock, server, connection, until } = setUp();
  connection.look();
  await settled();
  server.is = "gone";
  await clock.pass(BEAT_MS);
  const answers = [until("picture", "1"), until("table", "2"), until("picture", "3")];
  await clock.pass(100);
  server.is = "well";
  await clock.pass(BEAT_MS);
  assert.deepEqual(await Promise.all(answers), ["overtaken", "answer to 2", "answer to 3"]);
  assert.deepEqual(server.asked, ["2", "3"]);
});

test("a question that hung is asked again after the server's return", async () => {
  const { clock, server, connection, until } = setUp();
  connection.look();
  await settled();
  await clock.pass(100);
  server.is = "hangs";
  const answer = until("picture", "1");
  await clock.pass(NOTICED_MS);
  server.is = "well";
  await clock.pass(BEAT_MS + PATIENCE_MS);
  assert.equal(await answer, "answer to 1");
  assert.deepEqual(server.asked, ["1", "1"]);
});

test("a lone worker's late answer is taken, and nothing is asked twice for it", async () => {
  const { clock, server, said, connection, until } = setUp();
  connection.look();
  await settled();
  await clock.pass(100);
  server.is = "hangs"; // one process without threads works on the question, and answers no beat meanwhile
  const answer = until("picture", "1");
  await clock.pass(NOTICED_MS + 2000);
  assert.deepEqual(said, ["silent"]);
  server.late[0]("late");
  assert.equal(await answer, "late");
  assert.deepEqual(server.asked, ["1"]);
});

test("a question that is not asked again fails as soon as the server is away, and before it is sent while it is", async () => {
  const { clock, server, connection, ask } = setUp();
  connection.look();
  await settled();
  await clock.pass(100);
  server.is = "hangs";
  const frame = connection.once(ask("frame")).then(
    () => "came",
    () => "failed",
  );
  await clock.pass(NOTICED_MS);
  assert.equal(await frame, "failed");
  await assert.rejects(connection.once(ask("another")));
  assert.deepEqual(server.asked, ["frame"]);
});

test("what fails while the server is well is given up after three times, with its own error", async () => {
  const { clock, connection } = setUp();
  let asked = 0;
  const broken = () => {
    asked += 1;
    return Promise.reject(new TypeError("this one is blocked"));
  };
  const answer = assert.rejects(
    connection.until("picture", broken, () => true, null),
    /blocked/,
  );
  connection.look();
  await settled();
  await clock.pass(10_000);
  await answer;
  assert.equal(asked, 3);
});

test("what its asker called off is called off", async () => {
  const { connection } = setUp();
  const off = Object.assign(new Error("off"), { name: "AbortError" });
  await assert.rejects(
    connection.until(
      "picture",
      () => Promise.reject(off),
      () => true,
      null,
    ),
    /off/,
  );
  await settled();
});

test("a newer question stops an older one of its name, and no other", async () => {
  /** @type {Record<string, {signal: AbortSignal, answer: (text: string) => void, fail: (error: Error) => void}>} */
  const open = {};
  const ask = (/** @type {string} */ what) => (/** @type {AbortSignal} */ signal) =>
    new Promise((/** @type {(text: string) => void} */ answer, fail) => {
      open[what] = { signal, answer, fail };
      signal.addEventListener("abort", () => fail(new Error("stopped")));
    });
  const older = newestOf("picture", ask("older"), "stopped");
  const other = newestOf("table", ask("other"), "stopped");
  const newer = newestOf("picture", ask("newer"), "stopped");
  assert.equal(await older, "stopped");
  assert.equal(open.other?.signal.aborted, false);
  open.other?.answer("table");
  open.newer?.answer("picture");
  assert.deepEqual(await Promise.all([other, newer]), ["table", "picture"]);
  const failing = newestOf("picture", ask("failing"), "stopped");
  open.failing?.fail(new TypeError("refused"));
  await assert.rejects(failing, TypeError);
});
