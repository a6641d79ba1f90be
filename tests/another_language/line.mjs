// Calls that survive a bad line. A call ends with a whole answer, or with a refusal that is for a person.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const AGENT = "another-language/1.0";
const PATIENCE = 30_000; // for one answer; the contract asks for five seconds at least
const LONGEST_PAUSE = 15_000;
const COME_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export class Refused extends Error {
  constructor(answer) {
    super(`${answer.status} ${answer.text}`);
    this.status = answer.status;
    this.problem = answer.json;
  }
}

export class Line {
  #base;
  #credentials;
  #tls;
  #token = null;

  constructor({ base, clientId, clientSecret, caFile, clientFile }) {
    this.#base = base.replace(/\/+$/, "");
    this.#credentials = { client_id: clientId, client_secret: clientSecret };
    const client = clientFile && readFileSync(clientFile);
    this.#tls = { ca: caFile && readFileSync(caFile), cert: client, key: client };
  }

  // `body` is text: what was stored is sent as it was stored, however often.
  async call(method, path, { body, code, absent = false } = {}) {
    return this.#until(async () => {
      this.#token ??= await this.#newToken();
      const headers = { Authorization: `Bearer ${this.#token}`, Accept: "application/json" };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      if (code) headers["x-api-code"] = code;
      const answer = await this.#send(method, path, headers, body);
      if (answer.status === 401) this.#token = null;
      if (answer.status === 404 && absent && answer.json) return { ...answer, ok: true };
      return { ...answer, refused: answer.refused && answer.status !== 401 };
    });
  }

  #newToken() {
    const form = new URLSearchParams({ grant_type: "client_credentials", ...this.#credentials });
    const headers = { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" };
    return this.#until(() => this.#send("POST", "/oauth2/token", headers, String(form))).then(
      (answer) => answer.json.access_token,
    );
  }

  async #until(attempt) {
    for (let failures = 0; ; failures++) {
      const answer = await attempt();
      if (answer.ok) return answer;
      if (answer.refused) throw new Refused(answer);
      // A dead token costs no pause, once: the next attempt brings a new one.
      const dead = answer.status === 401 && failures === 0;
      await sleep(answer.retryAfter ?? (dead ? 0 : Math.min(1000 * 2 ** failures, LONGEST_PAUSE)));
    }
  }

  async #send(method, path, headers, body) {
    let answer;
    try {
      answer = await this.#exchange(method, path, headers, body);
    } catch (error) {
      return { failure: error.message }; // reset, cut in the middle, nobody there
    }
    try {
      answer.json = answer.text ? JSON.parse(answer.text) : null;
    } catch {
      return { ...answer, json: undefined }; // a gateway's page, or half an answer
    }
    const good = answer.status >= 200 && answer.status < 300;
    const refused = answer.status >= 400 && answer.json !== null && !COME_AGAIN.has(answer.status);
    return { ...answer, ok: good, refused };
  }

  // Redirects are not followed: they count as an attempt that failed.
  #exchange(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const url = new URL(this.#base + path);
      const { request } = url.protocol === "https:" ? https : http;
      const bytes = body === undefined ? undefined : Buffer.from(body, "utf8");
      const length = bytes && { "Content-Length": bytes.length };
      const call = request(
        url,
        { method, headers: { "User-Agent": AGENT, ...headers, ...length }, timeout: PATIENCE, ...this.#tls },
        (answer) => {
          const parts = [];
          answer.on("data", (part) => parts.push(part));
          answer.on("error", reject);
          answer.on("end", () =>
            resolve({
              status: answer.statusCode,
              text: Buffer.concat(parts).toString("utf8"),
              retryAfter: pause(answer.headers["retry-after"]),
            }),
          );
        },
      );
      call.on("timeout", () => call.destroy(new Error("no answer in time")));
      call.on("error", reject);
      call.end(bytes);
    });
  }
}

// Seconds, or a date of HTTP; undefined where neither is said.
function pause(retryAfter) {
  if (retryAfter === undefined) return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000 + 100;
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? undefined : Math.max(until - Date.now(), 0) + 100;
}
