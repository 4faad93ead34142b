// Chromium, as visitors use it (script switched off, since no page needs any), and an auditor that checks every page
// they pass: accessibility, one heading, nothing preselected, no wider than a phone.
// Invariant: an audit looks at a copy of the page and never changes what the visitor sees.

import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
// Everything that WCAG 2.2 AA asks for and a machine can check, and what axe's authors advise beyond it.
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PHONE = { width: 360, height: 780 };
// 320 CSS pixels: WCAG 1.4.10 asks that nothing has to be scrolled sideways there.
const NARROWEST = { width: 320, height: 780 };
const DESKTOP = { width: 1280, height: 900 };
// A page of the local mode answers in milliseconds; a slow machine gets ten seconds.
const ANSWERS_WITHIN_MS = 10_000;

export class Browser {
  #browser;
  #auditor;
  #audited = new Set();

  static async start() {
    const self = new Browser();
    self.#browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    });
    const context = await self.#browser.newContext({ locale: "en-GB" });
    self.#auditor = await context.newPage();
    return self;
  }

  stop() {
    return this.#browser.close();
  }

  /** Somebody with a browser of their own, on a phone, without script. */
  async visitor({ script = false, viewport = PHONE } = {}) {
    const context = await this.#browser.newContext({ javaScriptEnabled: script, viewport, locale: "en-GB" });
    context.setDefaultTimeout(ANSWERS_WITHIN_MS);
    return context.newPage();
  }

  /** A page without content, for reading HTML with a browser's own parser. */
  get reader() {
    return this.#auditor;
  }

  /** Checks the page in front of `page`. `what` names it in a failure; the same page is checked once. */
  async audit(page, what) {
    await this.auditHtml(await page.content(), what);
  }

  async auditHtml(html, what) {
    if (this.#audited.has(html)) return;
    this.#audited.add(html);
    const auditor = this.#auditor;
    await auditor.goto("about:blank");
    const faults = [];
    for (const [viewport, colorScheme] of [[PHONE, "light"], [PHONE, "dark"], [DESKTOP, "light"]]) {
      await auditor.setViewportSize(viewport);
      await auditor.emulateMedia({ colorScheme });
      await auditor.setContent(html);
      await auditor.evaluate(AXE);
      const { violations } = await auditor.evaluate((values) => globalThis.axe.run({ runOnly: values }), STANDARDS);
      for (const { id, help, nodes } of violations) {
        faults.push(`${viewport.width} px, ${colorScheme}: ${id}: ${help}\n    ${nodes.map((node) => node.html).join("\n    ")}`);
      }
    }
    await auditor.setViewportSize(NARROWEST);
    const found = await auditor.evaluate(() => ({
      tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      headings: document.querySelectorAll("h1").length,
      scripts: document.querySelectorAll("script[src], script:not([type]), [onclick], [onload], [onsubmit]").length,
      language: document.documentElement.lang,
    }));
    if (found.tooWide > 0) faults.push(`${NARROWEST.width} px: ${found.tooWide} px too wide`);
    if (found.headings !== 1) faults.push(`${found.headings} first-level headings`);
    if (found.scripts !== 0) faults.push(`${found.scripts} scripts`);
    if (found.language !== "en-GB") faults.push(`its language is "${found.language}"`);
    if (faults.length > 0) assert.fail(`${what} (${await this.#picture(what)}):\n  ${faults.join("\n  ")}`);
  }

  /** How many different pages were checked. */
  get audited() {
    return this.#audited.size;
  }

  async #picture(what) {
    const folder = await mkdtemp(path.join(tmpdir(), "clientsconnect-pictures-"));
    const file = path.join(folder, `${what.replaceAll(/[^a-z0-9]+/gi, "-")}.png`);
    await this.#auditor.screenshot({ path: file, fullPage: true });
    return file;
  }
}
