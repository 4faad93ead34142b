// A running local mode, as a test sees it: its pages over HTTP, its mailbox, its timeline and its submissions.
// Invariant: whatever a test does, the process is ended and its data folder removed.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const COMMAND = process.env.CLIENTSCONNECT ?? path.resolve(import.meta.dirname, "../../../target/debug/clientsconnect");

// From the start of the process to its address, on a slow machine.
const READY_WITHIN_MS = 60_000;
// A graceful end takes a moment; after that the process is killed.
const ENDS_WITHIN_MS = 10_000;
// How often a state that will come is looked for.
const LOOK_EVERY_MS = 100;

export class Channel {
  #process;
  #folder;

  constructor(process, folder, address) {
    this.#process = process;
    this.#folder = folder;
    this.address = address;
  }

  /** Starts a channel with an empty data folder of its own, on a free port. */
  static async start({ speed }) {
    const folder = await mkdtemp(path.join(tmpdir(), "clientsconnect-browser-"));
    const options = ["local", "--port", "0", "--data", path.join(folder, "data"), "--speed", String(speed)];
    const started = spawn(COMMAND, options, { stdio: ["ignore", "pipe", "pipe"] });
    try {
      return new Channel(started, folder, await printedAddress(started));
    } catch (error) {
      started.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    if (this.#process.exitCode === null) {
      this.#process.kill("SIGTERM");
      const impatient = setTimeout(() => this.#process.kill("SIGKILL"), ENDS_WITHIN_MS);
      await ended;
      clearTimeout(impatient);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Every mail so far: {to, subject, text, html, links, at}. */
  mail() {
    return this.#json("/_local/mail.json");
  }

  /** What was published: {submission, parts, at}. */
  timeline() {
    return this.#json("/_local/timeline.json");
  }

  /** Where everything stands: {id, state, revision, tier}. */
  submissions() {
    return this.#json("/_local/submissions.json");
  }

  /** The links by which therapists review, newest mail last, each with its addressee; `after` skips earlier mails. */
  async reviewLinks(after = 0) {
    const mails = (await this.mail()).sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(after);
    const links = mails.flatMap(({ to, links }) =>
      links.filter((link) => new URL(link).pathname.startsWith("/review/")).map((link) => ({ to, link })),
    );
    return [...new Map(links.map((found) => [found.link, found])).values()];
  }

  async #json(place) {
    const answer = await fetch(new URL(place, this.address));
    if (!answer.ok) throw new Error(`${place} answered ${answer.status}`);
    return answer.json();
  }
}

/** Waits until `look` gives something that is neither false nor empty, and gives that. */
export async function until(what, look, withinMs = 60_000) {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function printedAddress(started) {
  return new Promise((resolve, reject) => {
    let printed = "";
    const tooLong = setTimeout(() => reject(new Error(`no address printed:\n${printed}`)), READY_WITHIN_MS);
    const read = (chunk) => {
      printed += chunk;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
      if (address) {
        clearTimeout(tooLong);
        resolve(address[0]);
      }
    };
    started.stdout.setEncoding("utf8").on("data", read);
    // Kept flowing, so that the process never waits for somebody to read its log.
    started.stderr.resume();
    started.once("error", reject);
    started.once("exit", (code) => reject(new Error(`the local mode ended with ${code}:\n${printed}`)));
  });
}
