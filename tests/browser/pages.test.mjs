// The pages as their people use them, on a phone, without script: propose, review, decide, see it published.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./lib/browser.mjs";
import { Channel, until } from "./lib/channel.mjs";
import { choose, propose, vote } from "./lib/people.mjs";

let browser;
let channel;
before(async () => {
  browser = await Browser.start();
  // A domain hour in a second: the next publishing slot is at most half a minute away.
  channel = await Channel.start({ speed: 3600 });
});
after(async () => {
  await channel?.stop();
  await browser?.stop();
});

const stateOf = async (known) => (await channel.submissions()).find(({ id }) => !known.includes(id));
const ids = async () => (await channel.submissions()).map(({ id }) => id);

test("a text is proposed, approved by a quorum and published once, with its disclaimer", async () => {
  const text = "It is fine to tell your therapist that something they said did not fit.";
  const known = await ids();
  const { statusLink, returnCode, reference } = await propose(browser, channel, text, { role: "Somebody who is or was in therapy" });
  const invited = await until("the invitations", async () => {
    const links = await channel.reviewLinks();
    return links.length >= 4 && links;
  });
  for (const { to, subject, text: body, html } of await channel.mail()) {
    assert.ok(!`${to} ${subject} ${body} ${html}`.includes("did not fit"), "a mail carries words of the submission");
  }

  // The status, by link and by return code, lower case and without hyphens.
  const submitter = await browser.visitor();
  await submitter.goto(statusLink);
  await browser.audit(submitter, "the status");
  assert.ok((await submitter.locator("main").innerText()).includes(text));
  await submitter.goto(new URL("/status", channel.address).href);
  await browser.audit(submitter, "the form for the return code");
  await submitter.getByLabel("Your return code").fill(returnCode.replaceAll("-", "").toLowerCase());
  await submitter.getByRole("button", { name: "Look it up" }).click();
  await submitter.getByRole("heading", { level: 1, name: "How things stand" }).waitFor();
  assert.ok((await submitter.locator("main").innerText()).includes(reference));

  // A therapist who forgets to choose is told so and has decided nothing.
  const hasty = await browser.visitor();
  await hasty.goto(invited[0].link);
  await hasty.getByRole("button", { name: "Continue to confirm" }).click();
  await hasty.getByRole("alert").waitFor();
  await browser.audit(hasty, "the review without a choice");

  for (const { link } of invited) {
    await vote(browser, link, "approve", { fields: { note: "Clear and kind." } });
    if ((await channel.submissions()).some(({ id, state }) => !known.includes(id) && state !== "in_review")) break;
  }

  const posts = await until("the publication", async () => {
    const timeline = await channel.timeline();
    return timeline.length > 0 && timeline;
  });
  assert.equal(posts.length, 1);
  const published = posts[0].parts.join(" ");
  assert.ok(published.includes(text), "the published words are not the approved ones");
  assert.ok(published.length > text.length, "the disclaimer is missing");
  assert.equal((await stateOf(known)).state, "published");

  await submitter.goto(statusLink);
  await browser.audit(submitter, "the status once published");
  await submitter.goto(new URL("/_local/timeline", channel.address).href);
  await browser.audit(submitter, "the timeline with a post");
  assert.ok((await submitter.locator("main").innerText()).includes(text));

  // After the closing the same link has a kind page, which takes nothing but a concern, and none by itself.
  const late = await browser.visitor();
  await late.goto(invited[0].link);
  await late.getByRole("heading", { level: 1, name: "This review has closed" }).waitFor();
  await browser.audit(late, "the review after its closing");
  const choices = late.locator("input[name=decision]");
  assert.deepEqual(await choices.evaluateAll((all) => all.map(({ value, checked }) => ({ value, checked }))), [
    { value: "concern", checked: false },
  ]);
  await late.getByRole("button", { name: "Continue" }).click();
  await late.getByRole("alert").waitFor();
  await browser.audit(late, "the review after its closing, without a choice");
  assert.equal((await stateOf(known)).state, "published");

  // A concern takes down what was published.
  await late.getByLabel("Raise a safeguarding concern").check();
  await late.getByRole("button", { name: "Continue" }).click();
  await late.getByRole("heading", { level: 1, name: "Confirm your decision" }).waitFor();
  await browser.audit(late, "the confirmation of a late concern");
  assert.equal((await stateOf(known)).state, "published");
  await late.locator("#declaration").check();
  await late.getByRole("button", { name: "Confirm" }).click();
  await late.getByRole("heading", { level: 1, name: "Thank you. This is stopped" }).waitFor();
  await browser.audit(late, "the thanks for a concern");
  await until("the post to be taken down", async () => (await channel.timeline()).length === 0);
  assert.notEqual((await stateOf(known)).state, "published");
  await submitter.goto(statusLink);
  await browser.audit(submitter, "the status after a concern");
});

test("a form with nothing filled in lists what is missing, and keeps what was typed", async () => {
  const page = await browser.visitor();
  await page.goto(channel.address);
  await page.getByLabel("Your words", { exact: true }).fill("Words that must not be lost.");
  await page.locator("#adult").check();
  await page.getByRole("button", { name: "Send your words" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  await browser.audit(page, "the form with errors");
  assert.equal(await page.getByLabel("Your words", { exact: true }).inputValue(), "Words that must not be lost.");
  for (const link of await alert.getByRole("link").all()) {
    const target = await link.getAttribute("href");
    assert.equal(await page.locator(target).count(), 1, `${target} leads nowhere`);
  }
});

test("somebody under 18 is refused kindly and shown Childline first", async () => {
  const before = await ids();
  const page = await browser.visitor();
  await page.goto(channel.address);
  await page.getByLabel("Your words", { exact: true }).fill("Exams are hard on everybody.");
  for (const consent of ["consent_publish", "consent_health"]) await page.locator(`#${consent}`).check();
  await page.getByRole("button", { name: "Send your words" }).click();
  await page.locator("#support").waitFor();
  await browser.audit(page, "the refusal for age");
  assert.match(await page.locator("ul.lines li").first().innerText(), /Childline/);
  assert.deepEqual(await ids(), before);
});

test("words that sound like danger: help comes first, and no therapist is asked", async () => {
  const known = await ids();
  const mails = (await channel.mail()).length;
  const { supportComesFirst, page, statusLink } = await propose(browser, channel, "I want to die.");
  assert.ok(supportComesFirst, "the code comes before the help");
  const thanks = await page.locator("main").innerText();
  for (const said of ["A machine read your words first", "It can be wrong", "our safeguarding lead"]) {
    assert.ok(thanks.includes(said), said);
  }
  const status = await browser.visitor();
  await status.goto(statusLink);
  await browser.audit(status, "the status of what is set aside");
  assert.ok((await status.locator("main").innerText()).includes("Your words are set aside"));
  await until("the hold", async () => (await stateOf(known))?.state === "held");
  const lead = await until("the lead's mail", async () => (await channel.mail()).slice(mails).length > 0);
  assert.ok(lead);
  for (const { subject, text, html } of await channel.mail()) {
    assert.ok(!`${subject} ${text} ${html}`.includes("want to die"), "a mail carries the words");
  }
  const links = (await channel.mail()).slice(mails).flatMap((mail) => mail.links);
  assert.ok(!links.some((link) => new URL(link).pathname.startsWith("/review/")), "a therapist was invited");
});

test("what a machine noticed is marked, named and within reach of the keyboard; a note with personal detail comes back", async () => {
  const mails = (await channel.mail()).length;
  await propose(browser, channel, "Years after somebody committed suicide, a family may still look for a reason.");
  const [{ link }] = await until("the invitations", async () => {
    const links = await channel.reviewLinks(mails);
    return links.length >= 4 && links;
  });
  const page = await browser.visitor();
  await page.goto(link);
  await browser.audit(page, "the review with marks");
  const marks = page.locator("mark a.tag");
  assert.ok((await marks.count()) > 0, "nothing is marked");
  assert.match(await marks.first().getAttribute("aria-label"), /^Mark 1, \w+: How suicide is written about$/);
  await marks.first().focus();
  await page.keyboard.press("Enter");
  const note = page.locator("#finding-1");
  await note.and(page.locator(":target")).waitFor();
  assert.match(await note.innerText(), /How suicide is written about/);
  await note.getByRole("link", { name: "Back to the place" }).click();
  await page.locator("#place-1:target").waitFor();

  await page.getByLabel("Approve").check();
  await page.locator("#note").fill("Ask someone.private@example.com about it.");
  await page.getByRole("button", { name: "Continue to confirm" }).click();
  await page.getByRole("alert").waitFor();
  await browser.audit(page, "the review with a note that cannot be given to others");
  assert.match(await page.locator("#note-error").innerText(), /without personal detail/);
  assert.equal(await page.locator("#support").count(), 0, "it is no matter of danger");
  await page.locator("#note").fill("I want to die.");
  await page.getByRole("button", { name: "Continue to confirm" }).click();
  await page.locator("#support").waitFor();
  await browser.audit(page, "the review with a note that tells of danger");
});

test("words that tell too much come back marked, with who reads them meanwhile", async () => {
  const { page: thanks, statusLink, steps } = await propose(
    browser,
    channel,
    "Write to me at someone.private@example.com about your therapy.",
  );
  assert.match(await thanks.getByRole("heading", { level: 1 }).innerText(), /Please change some words/);
  assert.match(steps, /Look at the marked places/);
  const page = await browser.visitor();
  await page.goto(statusLink);
  await browser.audit(page, "the status with marks");
  assert.match(await page.locator("mark").first().innerText(), /someone\.private/);
  const shown = await page.locator("main").innerText();
  for (const sentence of ["A machine marked these places, and it can be wrong.", "A machine reads every text first.", "Personal detail"]) {
    assert.ok(shown.includes(sentence), sentence);
  }
});

test("reworded by its author after two therapists asked for it, it is reviewed again", async () => {
  const known = await ids();
  const mails = (await channel.mail()).length;
  const { statusLink } = await propose(browser, channel, "Therapy always works if you want it enough.");
  const first = await until("the invitations", async () => {
    const links = await channel.reviewLinks(mails);
    return links.length >= 5 && links;
  });
  for (const { link } of first) {
    await vote(browser, link, "reword", { fields: { reword_reason: "It can help a lot; nobody can promise it." } });
    if ((await stateOf(known)).state !== "in_review") break;
  }
  await until("the rewording round", async () => (await stateOf(known)).state === "rewording");
  const invitations = (await channel.mail()).length;
  const submitter = await browser.visitor();
  await submitter.goto(statusLink);
  await browser.audit(submitter, "the status in a rewording round");
  await submitter.getByLabel("Your words, as they should be").fill("Therapy can help a great deal, and it is fair to ask how.");
  await submitter.locator("#confirm").check();
  await submitter.getByRole("button", { name: "Send the changed words" }).click();
  await until("the second revision", async () => (await stateOf(known)).revision === 2);
  const second = await until("the second invitations", async () => {
    const links = await channel.reviewLinks(invitations);
    return links.length >= 4 && links;
  });
  const reviewer = await browser.visitor();
  await reviewer.goto(second[0].link);
  await browser.audit(reviewer, "the review of a second revision");
  assert.ok((await reviewer.locator("ins").count()) > 0, "the difference is not shown");
  assert.equal(await reviewer.locator("input:checked").count(), 0);

  // And its author may end it: a choice, then a confirmation.
  await submitter.goto(statusLink);
  await submitter.locator("#withdraw-yes").check();
  await submitter.getByRole("button", { name: "Continue" }).click();
  await submitter.getByRole("heading", { level: 1, name: "Withdraw your words?" }).waitFor();
  await browser.audit(submitter, "the confirmation of a withdrawal");
  assert.notEqual((await stateOf(known)).state, "withdrawn");
  await submitter.getByLabel("Yes, withdraw it").check();
  await submitter.getByRole("button", { name: "Withdraw" }).click();
  await until("the withdrawal", async () => (await stateOf(known)).state === "withdrawn");
  await browser.audit(submitter, "the withdrawal");
});

test("a dead link has one page, which offers a fresh one and tells nobody who is on the roster", async () => {
  const page = await browser.visitor();
  await page.goto(new URL("/review/v4.local.nothing", channel.address).href);
  await page.getByRole("heading", { level: 1, name: "This link does not work" }).waitFor();
  await browser.audit(page, "the dead link");
  const answers = [];
  const [therapist] = await channel.reviewLinks();
  for (const email of ["stranger@example.org", therapist.to]) {
    await page.goto(new URL("/review/v4.local.nothing", channel.address).href);
    await page.getByLabel("Your e-mail address").fill(email);
    await page.getByRole("button", { name: "Send me a fresh link" }).click();
    await page.getByRole("heading", { level: 1, name: "Please look in your mailbox" }).waitFor();
    await browser.audit(page, "the dead link, after asking");
    answers.push(await page.content());
  }
  assert.equal(answers[0], answers[1]);
});

test("the help page, and pages that do not exist", async () => {
  const page = await browser.visitor();
  await page.goto(new URL("/help", channel.address).href);
  await browser.audit(page, "the help page");
  assert.ok((await page.locator("a[href='tel:116123']").count()) > 0);
  await page.goto(new URL("/nothing/here", channel.address).href);
  await browser.audit(page, "a page that does not exist");
  assert.ok((await page.locator("#support").count()) > 0);
});

test("the style is allowed by the pages' own policy, and the keyboard finds its way", async () => {
  const page = await browser.visitor({ script: true });
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(channel.address);
  assert.deepEqual(complaints, []);
  assert.ok(await page.evaluate(() => document.styleSheets.length > 0 && document.styleSheets[0].cssRules.length > 0));
  await page.keyboard.press("Tab");
  const skip = page.locator(":focus");
  assert.equal(await skip.getAttribute("href"), "#main");
  assert.ok((await skip.boundingBox()).y >= 0, "the skip link stays hidden when focused");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
});

test("mails can be read by everybody", async () => {
  const kinds = new Map((await channel.mail()).map((mail) => [mail.subject.replaceAll(/[0-9A-Z]{4,}/g, ""), mail]));
  assert.ok(kinds.size >= 3, `only ${kinds.size} kinds of mail`);
  for (const [subject, { html, text, links }] of kinds) {
    await browser.auditHtml(html, `the mail "${subject}"`);
    for (const link of links) assert.ok(text.includes(link));
  }
});

test("the local mode's own pages can be used by everybody, and a therapist's part is played from the mailbox", async () => {
  const page = await browser.visitor();
  for (const place of ["/_local/", "/_local/timeline", "/_local/dead-letters", "/_local/mail"]) {
    await page.goto(new URL(place, channel.address).href);
    await browser.audit(page, place);
  }
  const [{ link }] = await channel.reviewLinks();
  await page.locator(`a[href="${link}"]`).first().click();
  await page.getByRole("link", { name: "Leave this page" }).waitFor();
});
