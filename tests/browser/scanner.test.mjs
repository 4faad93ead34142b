// A mail scanner that follows every link and submits every form as it stands casts no vote and ends nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { Channel, until } from "./lib/channel.mjs";
import { choose, propose, vote } from "./lib/people.mjs";
import { scan } from "./lib/scanner.mjs";

let browser;
let channel;
before(async () => {
  browser = await Browser.start();
  // At the pace of real time, nothing falls due while the scanner walks: what changes, the scanner changed.
  channel = await Channel.start({ speed: 1 });
});
after(async () => {
  await channel?.stop();
  await browser?.stop();
});

const standing = async () => ({ submissions: await channel.submissions(), mails: (await channel.mail()).length });

test("every link followed, every form submitted as it stands: nothing changes", async () => {
  const { statusLink, page } = await propose(browser, channel, "Feeling nervous before a first session is common, and you may say so.");
  const thanks = { url: page.url(), html: await page.content() };
  const invited = await until("a panel's invitations", async () => {
    const links = await channel.reviewLinks();
    return links.length >= 5 && links;
  });
  const [{ link }, { link: other }] = invited;
  // The page that asks for the declaration is a step further than a scanner gets on its own.
  const confirmation = await choose(browser, other, "approve");
  const before = await standing();

  const requests = await scan(
    browser,
    channel.address,
    [channel.address, statusLink, ...invited.map(({ link }) => link)],
    [thanks, { url: confirmation.url(), html: await confirmation.content() }],
  );

  assert.deepEqual(await standing(), before);
  assert.deepEqual(await channel.timeline(), []);
  const failed = requests.filter(({ status }) => status >= 500);
  assert.deepEqual(failed, []);
  // It did reach what it must not move.
  const posted = (ending) => requests.some(({ method, url }) => method === "POST" && ending.test(new URL(url).pathname));
  for (const ending of [/^\/submissions$/, /^\/status$/, /\/withdraw$/, /^\/review\/[^/]+$/, /\/confirm$/]) {
    assert.ok(posted(ending), `it submitted no form to ${ending}`);
  }
  // And a person's decision would have shown: the receipt is one more mail.
  await vote(browser, link, "approve");
  await until("the receipt", async () => (await channel.mail()).length > before.mails);
});
