// A mail scanner at its worst: it asks for every link with HEAD and GET, and submits every form as it stands, again for
// each page that comes back. It never ticks, chooses or types.

// More pages than a walk from one mail can reach; a walk without end is a fault.
const MOST_REQUESTS = 1_000;

/** Walks from `starts` (addresses) and `pages` ({url, html}, read already) and gives what was requested. */
export async function scan(browser, origin, starts, pages = []) {
  const requests = [];
  const known = new Set();
  const waiting = starts.map((url) => ({ method: "GET", url }));
  const note = (request) => {
    const key = [request.method, request.url, ...(request.body ?? []).filter(([name]) => name !== "form_token").flat()].join("\n");
    if (!known.has(key)) {
      known.add(key);
      waiting.push(request);
    }
  };
  const read = async (url, html) => (await leadsTo(browser.reader, origin, url, html)).forEach(note);
  for (const { url, html } of pages) await read(url, html);
  while (waiting.length > 0) {
    const request = waiting.shift();
    if (requests.length >= MOST_REQUESTS) throw new Error(`the scan does not end: ${request.method} ${request.url}`);
    if (request.method === "GET") await fetch(request.url, { method: "HEAD", redirect: "manual" });
    const answer = await fetch(request.url, {
      method: request.method,
      body: request.body && new URLSearchParams(request.body),
      redirect: "follow",
    });
    requests.push({ ...request, status: answer.status });
    if ((answer.headers.get("content-type") ?? "").startsWith("text/html")) await read(answer.url, await answer.text());
  }
  return requests;
}

// Where a page leads within the channel: its links, and its forms with the values that a browser would send.
function leadsTo(reader, origin, url, html) {
  return reader.evaluate(
    ([origin, url, html]) => {
      const page = new DOMParser().parseFromString(html, "text/html");
      const within = (to) => {
        const resolved = new URL(to ?? "", url);
        resolved.hash = "";
        return resolved.origin === origin && !resolved.pathname.startsWith("/_local") ? resolved.href : undefined;
      };
      const links = [...page.querySelectorAll("[href], [src]")].map((element) => ({
        method: "GET",
        url: within(element.getAttribute("href") ?? element.getAttribute("src")),
      }));
      const forms = [...page.forms].map((form) => {
        const values = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
        const action = within(form.getAttribute("action"));
        if (form.method !== "post") return { method: "GET", url: action && `${action}?${new URLSearchParams(values)}` };
        return { method: "POST", url: action, body: values };
      });
      return [...links, ...forms].filter(({ url }) => url);
    },
    [origin, url, html],
  );
}
