// What the people around the channel do on its pages, each step as they would take it. Every page on the way is audited.

import assert from "node:assert/strict";

/** Proposes `text` through the form and gives what the thank-you page says: the reference, the code, the status link. */
export async function propose(browser, channel, text, { role, email } = {}) {
  const page = await browser.visitor();
  await page.goto(channel.address);
  await browser.audit(page, "the form");
  await page.getByLabel("Your words", { exact: true }).fill(text);
  if (role) await page.getByLabel(role).check();
  if (email) await page.getByLabel("Your e-mail address").fill(email);
  for (const consent of ["adult", "consent_publish", "consent_health"]) await page.locator(`#${consent}`).check();
  await page.getByRole("button", { name: "Send your words" }).click();
  await page.getByRole("heading", { level: 1, name: "Thank you" }).waitFor();
  await browser.audit(page, "the thanks");
  return {
    page,
    reference: (await page.locator(".ref .mono").innerText()).trim(),
    returnCode: (await page.locator(".code").innerText()).trim(),
    steps: await page.locator(".steps").innerText(),
    statusLink: await page.locator(".card .button").evaluate((link) => link.href),
    supportComesFirst: await page.locator("main").evaluate((main) => {
      const support = main.querySelector("#support").compareDocumentPosition(main.querySelector(".code"));
      return Boolean(support & Node.DOCUMENT_POSITION_FOLLOWING);
    }),
  };
}

/** Opens a review link and chooses, up to the page that asks for the declaration. */
export async function choose(browser, link, decision, { fields = {} } = {}) {
  const page = await browser.visitor();
  await page.goto(link);
  await browser.audit(page, "the review");
  assert.equal(await page.locator("input:checked").count(), 0, "the review page preselects something");
  await page.locator(`input[name=decision][value=${decision}]`).check();
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
  await page.getByRole("button", { name: "Continue to confirm" }).click();
  await page.getByRole("heading", { level: 1, name: "Confirm your decision" }).waitFor();
  await browser.audit(page, "the confirmation");
  return page;
}

/** Votes, with the declaration. */
export async function vote(browser, link, decision, options) {
  const page = await choose(browser, link, decision, options);
  assert.equal(await page.locator("#declaration").isChecked(), false, "the declaration is ticked already");
  await page.locator("#declaration").check();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("heading", { level: 1 }).and(page.locator(":not(:text('Confirm your decision'))")).waitFor();
  await browser.audit(page, "the thanks for a decision");
  return page;
}
