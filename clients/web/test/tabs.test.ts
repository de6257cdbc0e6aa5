/** Which of several tabs keeps the conversation, and that a deletion reaches all of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Channel, Tabs, newTabName } from "../src/face/tabs";
import { FakeClock } from "./fakes";

/** A browser with its tabs; what one says reaches every other that is open. */
class FakeBrowser {
  readonly clock = new FakeClock();
  private channels: Channel[] = [];

  channel(): Channel {
    const channel: Channel = {
      onmessage: null,
      postMessage: (data) => {
        for (const other of this.channels.filter((one) => one !== channel)) {
          queueMicrotask(() => other.onmessage?.({ data } as MessageEvent));
        }
      },
    };
    this.channels.push(channel);
    return channel;
  }

  /** A tab whose name makes it so old; what happened to it stands in `told`. */
  open(age: string): { tabs: Tabs; told: string[] } {
    const tabs = new Tabs(this.channel(), this.clock, age);
    const told: string[] = [];
    tabs.onYield = () => told.push("yield");
    tabs.onDeleted = () => told.push("deleted");
    void tabs.begin();
    return { tabs, told };
  }

  closeAll(): void {
    this.channels = [];
  }
}

test("a tab alone keeps the conversation, also where tabs cannot talk", async () => {
  const browser = new FakeBrowser();
  const { tabs, told } = browser.open("1");
  assert.ok(!tabs.isKeeping, "somebody may still answer");
  await browser.clock.pass(500);
  assert.ok(tabs.isKeeping);
  assert.deepEqual(told, []);
  assert.ok(await new Tabs(null, browser.clock, "2").begin());
});

test("the tab that keeps it goes on, and the next one is told once", async () => {
  const browser = new FakeBrowser();
  const first = browser.open("5");
  await browser.clock.pass(500);
  for (const age of ["6", "4"]) {
    const next = browser.open(age);
    await browser.clock.pass(500);
    assert.deepEqual([first.tabs.isKeeping, next.tabs.isKeeping, next.told], [true, false, ["yield"]]);
  }
  assert.deepEqual(first.told, []);
  browser.closeAll();
  const later = browser.open("7");
  await browser.clock.pass(500);
  assert.ok(later.tabs.isKeeping, "the others are gone");
});

test("of tabs that begin together the oldest keeps it, in whatever order they ask", async () => {
  for (const ages of ["123", "132", "213", "231", "312", "321"]) {
    const browser = new FakeBrowser();
    const opened = [...ages].map((age) => browser.open(age));
    await browser.clock.pass(500);
    const keeping = [...ages].filter((_, at) => opened[at].tabs.isKeeping);
    assert.deepEqual(keeping, ["1"], ages);
    assert.deepEqual(opened.map(({ told }) => told.length).sort(), [0, 1, 1], ages);
  }
});

test("of two that each believed to be alone the older goes on", async () => {
  const browser = new FakeBrowser();
  const old = browser.open("1");
  await browser.clock.pass(500);
  const channel = browser.channel();
  const said: unknown[] = [];
  channel.onmessage = ({ data }) => said.push(data);
  // A tab that was too busy to be heard before.
  channel.postMessage({ is: "keeping", tab: "2" });
  await browser.clock.pass(1);
  assert.deepEqual(said, [{ is: "keeping", tab: "1" }]);
  assert.ok(old.tabs.isKeeping);
  channel.postMessage({ is: "keeping", tab: "0" });
  await browser.clock.pass(1);
  assert.deepEqual([old.tabs.isKeeping, old.told], [false, ["yield"]]);
});

test("a deletion reaches every other tab, whichever it comes from", async () => {
  const browser = new FakeBrowser();
  const opened = ["1", "2", "3"].map((age) => browser.open(age));
  await browser.clock.pass(500);
  opened[1].tabs.tellDeleted();
  await browser.clock.pass(1);
  const deletions = opened.map(({ told }) => told.filter((what) => what === "deleted").length);
  assert.deepEqual(deletions, [1, 0, 1]);
});

test("names sort by age", () => {
  assert.ok(newTabName(999) < newTabName(1000));
});
