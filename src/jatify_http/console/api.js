// The public API: every request of the console goes through here, and every refusal comes out as a `Problem`.

import { ENDED, session } from "./session.js";
import { lasting } from "./words.js";

const TRIES = 3;

/** What the server refused, or that it cannot be reached (status 0). */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || body.title || "The server cannot be reached. Nothing was lost; try again.");
    this.status = status;
    this.type = body.type ?? "";
    this.errors = body.errors ?? [];
    this.retryAfter = null;
  }

  /** What is wrong, in one line, with the first members that are. */
  get words() {
    return this.errors.length ? this.errors.slice(0, 3).map((one) => one.message).join(" ") : this.message;
  }
}

/** Ask, and answer `{status, body, headers}`. *version* is what a change is meant for; *keepalive* outlives the page.
 *
 * Each POST carries a key, so that one whose answer got lost can be sent again and acts once.
 */
export async function ask(method, path, { query, body, version, signal, keepalive = false, headers = {} } = {}) {
  const keyed = method === "POST" && !path.startsWith("/api/auth/") ? { "Idempotency-Key": randomKey() } : {};
  const sent = {
    method,
    signal,
    keepalive,
    cache: "no-store",
    headers: {
      ...authorization(),
      ...(version === undefined ? {} : { "If-Match": `"v${version}"` }),
      ...(body === undefined || body instanceof FormData ? {} : { "Content-Type": "application/json" }),
      ...keyed,
      ...headers,
    },
    body: body === undefined || body instanceof FormData ? body : JSON.stringify(body),
  };
  const again = method === "GET" || method === "PUT" || "Idempotency-Key" in sent.headers;
  const answer = await sentTo(addressed(path, query), sent, again ? TRIES : 1);
  return read(answer);
}

export const get = async (path, query, options = {}) => (await ask("GET", path, { query, ...options })).body;
export const post = async (path, body, options = {}) => (await ask("POST", path, { body, ...options })).body;
export const put = async (path, body, options = {}) => (await ask("PUT", path, { body, ...options })).body;
export const patch = async (path, body, options = {}) => (await ask("PATCH", path, { body, ...options })).body;
export const remove = async (path, options = {}) => (await ask("DELETE", path, options)).body;

/** Every item of a list, page after page, as they come. */
export async function* pages(path, query = {}, options = {}) {
  let cursor = null;
  do {
    const page = await get(path, { limit: 100, ...query, cursor }, options);
    yield page.items;
    cursor = page.next_cursor;
  } while (cursor);
}

/** All items of a list. */
export async function all(path, query, options) {
  const items = [];
  for await (const page of pages(path, query, options)) items.push(...page);
  return items;
}

/** The items of a list's first *wanted* pages, and whether there are more. */
export async function firstPages(path, wanted, options) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < wanted; page += 1) {
    const read = await get(path, { limit: 100, cursor }, options);
    items.push(...read.items);
    cursor = read.next_cursor;
    if (!cursor) break;
  }
  return { items, more: cursor !== null };
}

/** Post a form with files; *progress* hears of the share that is sent, 0 to 1. */
export function upload(path, form, progress = () => {}, signal = undefined) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries({ ...authorization(), "Idempotency-Key": randomKey() })) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => progress(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      const body = parsed(request.responseText);
      if (request.status < 400) resolve(body);
      else reject(refused(request.status, body, request.getResponseHeader("Retry-After")));
    });
    request.addEventListener("error", () => reject(new Problem(0)));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** Fetch a file and hand it to the browser to keep under *name*. */
export async function download(path, name, query = undefined) {
  const answer = await sentTo(addressed(path, query), { headers: authorization(), cache: "no-store" }, TRIES);
  if (!answer.ok) throw refused(answer.status, parsed(await answer.text()), answer.headers.get("Retry-After"));
  const address = URL.createObjectURL(await answer.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The headers that say who asks. */
export function authorization() {
  return session.token ? { Authorization: `Bearer ${session.token}` } : {};
}

function addressed(path, query = {}) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

async function sentTo(address, request, tries) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(address, request);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      if (attempt >= tries) throw new Problem(0);
      await new Promise((wake) => setTimeout(wake, 400 * attempt));
    }
  }
}

async function read(answer) {
  const body = parsed(await answer.text());
  if (answer.ok) return { status: answer.status, body, headers: answer.headers };
  throw refused(answer.status, body, answer.headers.get("Retry-After"));
}

function refused(status, body, retryAfter) {
  if (status === 401 && session.open) session.end(ENDED);
  const problem = new Problem(status, body ?? {});
  problem.retryAfter = retryAfter === null ? null : Number(retryAfter);
  // Who looks at a page sees no header.
  if (problem.retryAfter && problem.message.includes("Retry-After")) {
    problem.message = `Too many attempts. Try again in ${lasting(problem.retryAfter)}.`;
  }
  return problem;
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return text;
  }
}

// Not `randomUUID`, which browsers keep from pages that come over plain HTTP from another machine.
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
