// A real Bluesky personal data server (PDS) with one account, for the tests in tests/tests/bluesky.rs.
//
// Prints one line of JSON when it is ready: where it is, an account with an app password, and an access token of that
// account which expired long ago. It listens on 127.0.0.1 alone, keeps its files in a folder of its own, and ends, and
// removes them, when its standard input is closed: so it never outlives the test that started it.

import { createHmac } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The packages listen on every address and offer no choice.
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function onLoopback(first, ...rest) {
  if (typeof first === "object" && first !== null) return listen.call(this, { ...first, host: "127.0.0.1" }, ...rest);
  return listen.call(this, { port: first ?? 0, host: "127.0.0.1" }, ...rest.filter((one) => typeof one === "function"));
};

const folder = await mkdtemp(join(tmpdir(), "clientsconnect-pds-"));
process.stdin.resume();
process.stdin.on("end", () => end(0));
process.on("SIGTERM", () => end(0));

async function end(code) {
  await rm(folder, { recursive: true, force: true });
  process.exit(code);
}

async function call(service, method, body, token) {
  const response = await fetch(`${service}/xrpc/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

// An access token as this server signs them, whose time is over.
function expired(secret, audience, did) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { scope: "com.atproto.appPass", aud: audience, sub: did, iat: 1_700_000_000, exp: 1_700_007_200 };
  const signed = `${part({ typ: "at+jwt", alg: "HS256" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

try {
  const { TestNetworkNoAppView } = await import("@atproto/dev-env");
  const dataDirectory = join(folder, "data");
  await mkdir(dataDirectory);
  const { pds } = await TestNetworkNoAppView.create({
    pds: { hostname: "localhost", dataDirectory, blobstoreDiskLocation: join(folder, "blobs") },
  });
  const service = `http://127.0.0.1:${pds.port}`;
  const identifier = "channel.test";
  const account = await call(service, "com.atproto.server.createAccount", {
    handle: identifier,
    email: "channel@example.org",
    password: "example-password",
  });
  const { password } = await call(service, "com.atproto.server.createAppPassword", { name: "tests" }, account.accessJwt);
  const { did } = account;
  const stale = expired(pds.jwtSecretKey().export(), pds.ctx.cfg.service.did, did);
  console.log(JSON.stringify({ service, identifier, password, did, expired: stale }));
} catch (error) {
  console.error(error);
  await end(1);
}
