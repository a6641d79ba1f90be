// A sync client of an agency, for Node 20 and its standard library alone:
//     conformance testbed --exec "node client.mjs"
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Line, Refused, sleep } from "./line.mjs";
import { Signer, canonical } from "./sign.mjs";
import { Store } from "./store.mjs";

const env = process.env;
const mission = JSON.parse(readFileSync(env.CONFORMANCE_MISSION_FILE, "utf8")).material;
const agency = env.CONFORMANCE_CODE_SPACE;
const signer = new Signer(readFileSync(env.CONFORMANCE_SIGNER_FILE, "utf8"));
const line = new Line({
  base: env.CONFORMANCE_BASE_URL,
  clientId: env.CONFORMANCE_CLIENT_ID,
  clientSecret: env.CONFORMANCE_CLIENT_SECRET,
  caFile: env.CONFORMANCE_CA_FILE,
  clientFile: env.CONFORMANCE_CLIENT_FILE,
});

// `units` and `people` are what the agency holds, by code and by personal id; `state` is `waiting`, `sent`
// (accepted) or `left` (to a person). `outbox` is the one message on its way. Real software keeps one database;
// a mission is a world of its own, and so is its store.
const store = new Store(join(dirname(env.CONFORMANCE_MISSION_FILE), "agency.json"), {
  task: 0,
  units: holdings(mission.units ?? [], "unitCode", (unit) => below(unit.unitCode, agency)),
  people: holdings(mission.people ?? [], "profileId", (profile) => !profile.stateSecret),
  outbox: null,
  cursor: null,
});
const held = store.data;
const corrections = new Map((mission.corrections ?? []).map((one) => [one.profileId ?? one.unitCode, one.fields]));
let metadata;

function holdings(contents, key, sendable) {
  const entries = contents.map((content) => [content[key], { content, state: sendable(content) ? "waiting" : "left" }]);
  return Object.fromEntries(entries);
}

function below(code, root) {
  return code === root || code.startsWith(`${root}.`);
}

const waiting = (all) => Object.entries(all).filter(([, one]) => one.state === "waiting");

// ── messages ────────────────────────────────────────────────────────────────

function header(code) {
  return {
    messageId: randomUUID(),
    messageCode: code,
    sentAt: new Date().toISOString(),
    senderCode: agency,
    receiverCode: metadata.receiverCode,
    keyId: "another-language",
    schemaVersion: metadata.schemaVersion,
    codeListVersion: metadata.codeListVersion,
    environment: metadata.environment,
  };
}

async function ask(code, path, content) {
  const body = JSON.stringify({ header: header(code), ...content });
  return (await line.call("POST", path, { body, code })).json;
}

async function get(path, absent = false) {
  const answer = await line.call("GET", path, { absent });
  return answer.status === 404 ? null : answer.json;
}

async function* walk(path) {
  for (let cursor = null, join = path.includes("?") ? "&" : "?"; ; ) {
    const page = await get(cursor ? `${path}${join}cursor=${encodeURIComponent(cursor)}` : path);
    yield* page.items ?? page.rows;
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}

const readMetadata = async () => (metadata = await get("/v1/metadata"));

// ── push: the tree, then its people; one message at a time, stored before it is sent ──

function parentsFirst(units) {
  const depth = (code) => (code in held.units ? 1 + depth(held.units[code].content.parentCode) : 0);
  return [...units].sort(([one], [other]) => depth(one) - depth(other));
}

function nextMessage() {
  const units = parentsFirst(waiting(held.units)).slice(0, 100);
  if (units.length > 0) {
    return message("M50", "/v1/unit-batches", units, { units: units.map(([, unit]) => unit.content) });
  }
  const batch = mission.channel === "batch";
  const people = waiting(held.people).slice(0, batch ? 1000 : metadata.trialSync.maxRecords);
  if (people.length === 0) return null;
  const records = people.map(([, { content, changedAt, origin }]) => ({
    profile: content,
    signature: signer.sign(content),
    changedAt,
    origin,
  }));
  return batch
    ? message("M52", "/v1/profile-batches", people, { records })
    : message("M51", "/v1/trial-sync", people, { records });
}

function message(code, path, entries, content) {
  const body = JSON.stringify({ header: header(code), ...content });
  return { code, path, body, keys: entries.map(([key]) => key) };
}

async function push() {
  while ((held.outbox ??= nextMessage())) {
    store.save();
    const { code, keys, body } = held.outbox;
    const all = code === "M50" ? held.units : held.people;
    try {
      const receipt = await deliver(held.outbox);
      const { units, records } = JSON.parse(body);
      const sent = units ?? records.map((record) => record.profile);
      for (const result of receipt.results) {
        const key = keys[result.recordNo - 1];
        if (result.status === "ACCEPTED") all[key].state = "sent";
        else await putRight(all[key], sent[result.recordNo - 1], corrections.get(key), result.errors);
      }
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      await newLists(refusal, keys.map((key) => all[key]));
    }
    held.outbox = null;
    store.save();
  }
}

async function deliver(message) {
  if (!message.job) {
    const answer = await line.call("POST", message.path, message);
    if (answer.status !== 202) return answer.json;
    message.job = answer.json.jobId;
    store.save();
    await sleep(answer.retryAfter ?? 1000);
  }
  for (;;) {
    const answer = await line.call("GET", `/v1/jobs/${message.job}`);
    if (answer.json.status === "DONE") return answer.json.receipt;
    await sleep(answer.retryAfter ?? 1000);
  }
}

// A rejected record waits again once it differs from what was sent; else a person has to look.
async function putRight(one, sent, correction, errors) {
  for (const { pointer, rule } of errors) {
    const field = pointer.split("/")[4]; // /records/0/profile/FIELD
    if (rule === "not-owner") delete one.content[field];
    if (rule === "unit-closed" && one.content[field] === sent[field]) await moveAll(field, sent[field]);
  }
  const changed = () => canonical(one.content) !== canonical(sent);
  if (!changed()) Object.assign(one.content, correction);
  one.state = changed() ? "waiting" : "left";
  if (!changed()) console.error("left to a person:", errors.map((error) => `${error.pointer} ${error.rule}`).join(", "));
}

async function moveAll(field, closed) {
  const { successors } = await get(`/v1/units/${closed}/lineage`);
  for (const { content } of Object.values(held.people)) {
    if (successors.length === 1 && content[field] === closed) content[field] = successors[0].unitCode;
  }
}

// A message that declared lists of yesterday is made again in the codes of today; any other refusal is for a person.
async function newLists(refusal, entries) {
  const declared = metadata.codeListVersion;
  await readMetadata();
  if (metadata.codeListVersion === declared) {
    for (const one of entries) one.state = "left";
    throw refusal;
  }
  const went = new Map();
  for await (const row of walk(`/v1/code-lists/province-map?version=${metadata.codeListVersion}`)) {
    went.set(row.code, row.newCode);
  }
  for (const { content } of Object.values(held.units)) {
    content.provinceCode = went.get(content.provinceCode) ?? content.provinceCode;
  }
}

// ── the other tasks ─────────────────────────────────────────────────────────

async function match() {
  const asked = new Set(waiting(held.people).map(([id]) => id));
  while (asked.size > 0) {
    const ids = [...asked].slice(0, 10);
    const persons = ids.map((profileId) => {
      const { birthFullName, birthDate, gender } = held.people[profileId].content;
      return { profileId, birthFullName, birthDate, gender };
    });
    const { results } = await ask("M53", "/v1/population-matches", { persons });
    for (const { recordNo, result } of results) {
      const id = ids[recordNo - 1];
      const fields = result.startsWith("MISMATCH") ? corrections.get(id) : undefined;
      if (fields) Object.assign(held.people[id].content, fields);
      else if (result !== "SOURCE_UNAVAILABLE") {
        asked.delete(id);
        if (result !== "MATCHED") held.people[id].state = "left";
      }
      corrections.delete(id);
    }
    if (asked.size > 0) await sleep(1000);
  }
}

async function askWhatIsHeld() {
  const ids = waiting(held.people).map(([id]) => id);
  for (let first = 0; first < ids.length; first += 10) {
    const some = ids.slice(first, first + 10);
    const persons = some.map((profileId) => ({ profileId }));
    const { results } = await ask("M62", "/v1/held-fields", { persons });
    for (const { recordNo, fields } of results) {
      for (const { pointer } of fields) delete held.people[some[recordNo - 1]].content[pointer.slice(1)];
    }
  }
}

async function change() {
  for (const { profileId, unitCode, fields, changedAt, origin } of mission.changes) {
    const one = profileId ? held.people[profileId] : held.units[unitCode];
    if (Object.keys(fields).every((name) => one.content[name] === fields[name])) continue; // entered before a restart
    Object.assign(one.content, fields);
    Object.assign(one, { changedAt, origin, state: "waiting" });
  }
  await push();
}

async function follow() {
  for (let more = true; more; ) {
    const from = held.cursor ? `?cursor=${encodeURIComponent(held.cursor)}` : "";
    const page = await get(`/v1/changes${from}`);
    for (const { kind, key, change } of page.items) {
      const [all, path] = kind === "UNIT" ? [held.units, "units"] : [held.people, "profiles"];
      const gone = change === "WITHDRAWN" || change === "CLOSED";
      const stored = gone ? null : await get(`/v1/${path}/${key}`, true);
      if (stored) all[key] = { content: stored.profile ?? withoutStatus(stored), state: "sent" };
      else delete all[key];
    }
    held.cursor = page.nextCursor;
    store.save();
    more = page.more;
  }
}

function withoutStatus({ status, ...unit }) {
  return unit; // the server's word, which no client sends
}

async function resolve() {
  for await (const { profileId, pointer, ownerValue } of walk(`/v1/conflicts?agencyCode=${agency}`)) {
    const one = held.people[profileId];
    one.content[pointer.slice(1)] = ownerValue;
    Object.assign(one, { state: "waiting", changedAt: undefined, origin: undefined });
  }
  await push();
}

async function reconcile() {
  const { agencyCode } = mission;
  const profiles = Object.values(held.people)
    .filter(({ state, content }) => state === "sent" && below(content.managingAgencyCode, agencyCode))
    .map(({ content }) => content);
  const row = (one, names) => Object.fromEntries(names.filter((name) => name in one).map((name) => [name, one[name]]));
  const rows = (contents, ...names) => contents.map((one) => row(one, names));
  const sets = {
    people: rows(profiles, "profileId", "birthFullName", "birthDate", "gender", "staffType", "employingUnitCode"),
    positions: rows(profiles.filter((one) => one.jobPositionCode), "profileId", "jobPositionCode"),
    officials: rows(
      profiles.filter((one) => one.currentPositionCode),
      "profileId", "currentPositionCode", "appointmentDate",
    ),
    units: rows(
      Object.values(held.units).map(({ content }) => content).filter((unit) => below(unit.unitCode, agencyCode)),
      "unitCode", "parentCode", "name", "unitType",
    ),
  };
  const { mismatches } = await ask("M63", "/v1/reconciliations", { agencyCode, ...sets });
  for (const { kind, subject, pointer } of mismatches) {
    if (kind === "MISSING_AT_AGENCY") continue; // for a person
    const { unitCode, profileId } = sets[subject][pointer.split("/")[2]];
    (subject === "units" ? held.units[unitCode] : held.people[profileId]).state = "waiting";
  }
  await push();
}

async function withdraw() {
  for (const id of mission.withdraw) {
    await line.call("DELETE", `/v1/profiles/${id}`, { absent: true });
    delete held.people[id];
  }
}

// ── the mission ─────────────────────────────────────────────────────────────

const TASKS = { push, match, "ask-what-is-held": askWhatIsHeld, change, follow, resolve, reconcile, withdraw };

try {
  await readMetadata();
  for (const tasks = mission.tasks ?? ["push"]; held.task < tasks.length; held.task++) {
    await TASKS[tasks[held.task]]();
    store.save();
  }
} catch (refusal) {
  if (!(refusal instanceof Refused)) throw refusal;
  console.error(`refused, for a person to look at: ${refusal.message}`);
  store.save();
  process.exitCode = 1;
}
