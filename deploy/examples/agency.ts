// What an agency's system does with Tremplin over HTTP, in TypeScript: ask, push one, push a thousand, follow the feed.
//
// Types come from the gateway's own document, so a field or path that does not exist does not compile:
//
//   npm install openapi-fetch openapi-typescript@7 typescript @types/node
//   npx openapi-typescript "$TREMPLIN/openapi.json" --output tremplin.ts
//   npx tsc --strict --target es2022 --module nodenext agency.ts && node agency.js
//
// TREMPLIN is the address ("http://127.0.0.1:7480"), KEY the agency's key, AGENCY the agency ("organizations/ociso"), PROGRAM the
// program ("programs/ottawa-career-mentoring"). CURSOR names a file that keeps the last entry of the feed that was read, so that the
// next run goes on behind it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./tremplin.js";

type ReferralFile = components["schemas"]["referral.v1.ReferralFile"];
// What is sent to a path. "satisfies" has the compiler refuse fields that it does not have.
type Body<Path extends keyof paths> = paths[Path] extends { post: { requestBody?: { content: { "application/json": infer Sent } } } }
  ? Sent
  : never;

const { TREMPLIN = "http://127.0.0.1:7480", KEY = "", AGENCY = "" } = process.env;
const PROGRAM = process.env.PROGRAM ?? "programs/ottawa-career-mentoring";
const CURSOR = process.env.CURSOR ?? "feed-cursor";
const TRIES = 6;

// Sends again while the service is away or at its limit. What creates something carries an Idempotency-Key or a requestId, so
// sending it again has its effect once.
async function persistently(request: Request): Promise<Response> {
  for (let attempt = 0; ; ++attempt) {
    const answer = await fetch(request.clone()).catch(() => undefined);
    if (answer !== undefined && answer.status !== 429 && answer.status !== 503) return answer;
    if (attempt === TRIES - 1) throw new Error(`${request.method} ${request.url}: no answer`);
    const seconds = Number(answer?.headers.get("Retry-After") ?? 2 ** attempt);
    await new Promise((done) => setTimeout(done, seconds * 1000));
  }
}

const tremplin = createClient<paths>({
  baseUrl: TREMPLIN,
  fetch: persistently,
  headers: { Authorization: `Bearer ${KEY}` },
});

// The answer, or an end of the program with what is wrong, in the language of Accept-Language.
function told<Data>(result: { data?: Data; error?: { message: string }; response: Response }): Data {
  if (result.data !== undefined) return result.data;
  throw new Error(`${result.response.url}: ${result.response.status} ${result.error?.message}`);
}

function person(number: number): ReferralFile {
  return {
    givenName: "Sam", familyName: `Example${number}`, birthDate: "1990-02-01", language: "en",
    email: `sam.example${number}@example.org`, referredOn: "2025-09-02",
    facts: [{ name: "noc", values: ["21231"] }],
  };
}

// Would this person be eligible? Nothing is stored, and who they are need not be said.
async function check() {
  const answer = told(await tremplin.POST("/v1/eligibility:check", {
    body: {
      programs: [PROGRAM], file: { facts: [{ name: "noc", values: ["21231"] }] },
    } satisfies Body<"/v1/eligibility:check">,
  }));
  const decision = answer.programs?.[0]?.decision;
  console.log("check:", decision?.verdict, ...(decision?.reasons ?? []));
}

// The key is yours: the same again, after a cut say, is the same referral and the same answer.
async function pushOne() {
  const answer = told(await tremplin.POST("/v1/referrals", {
    params: { header: { "Idempotency-Key": "ts-case-4711" } },
    body: {
      agency: AGENCY, externalId: "TS-4711", programs: [PROGRAM], file: person(14711),
    } satisfies Body<"/v1/referrals">,
  }));
  console.log("pushed:", answer.referral);
}

// A thousand, with a verdict for each. Items at fault spoil no other.
async function pushMany(count = 1000, atOnce = 500) {
  const verdicts: Record<string, number> = {};
  for (let begin = 0; begin < count; begin += atOnce) {
    const items = Array.from({ length: atOnce }, (_, i) => ({
      agency: AGENCY, externalId: `TS-${begin + i}`, file: person(10000 + begin + i),
    }));
    const answer = told(await tremplin.POST("/v1/referrals:batchSubmit", {
      body: {
        programs: [PROGRAM], items, requestId: `ts-season-2025-${begin}`,
      } satisfies Body<"/v1/referrals:batchSubmit">,
    }));
    for (const { verdict = "" } of answer.results ?? []) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  console.log("pushed many:", JSON.stringify(verdicts));
}

// The lines of a stream, for so many seconds.
async function* linesOf(stream: ReadableStream<Uint8Array>, seconds: number) {
  const reader = stream.getReader();
  const timer = setTimeout(() => reader.cancel(), seconds * 1000);
  const decoder = new TextDecoder();
  let rest = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + decoder.decode(piece.value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  clearTimeout(timer);
}

// What became of all of ours. The last id that was read is kept: the next run goes on behind it.
async function follow(seconds: number) {
  const behind = existsSync(CURSOR) ? { "Last-Event-ID": readFileSync(CURSOR, "utf8") } : {};
  const { data, error } = await tremplin.GET("/v1/statusFeed", {
    params: { header: behind }, headers: { Accept: "text/event-stream" }, parseAs: "stream",
  });
  if (!data) throw new Error(error?.message);
  let entries = 0;
  let event: Record<string, string> = {};
  for await (const line of linesOf(data, seconds)) {
    if (line !== "") {
      const colon = line.indexOf(": ");
      event[line.slice(0, colon)] = line.slice(colon + 2);
    } else if (event.data !== undefined) {
      const entry: components["schemas"]["referral.v1.StatusEntry"] = JSON.parse(event.data);
      entries += 1;
      writeFileSync(CURSOR, event.id ?? "");
      if (entries <= 3) console.log("told:", entry.sequence, entry.externalId, entry.milestone);
      event = {};
    }
  }
  console.log("entries:", entries);
}

await check();
await pushOne();
await pushMany();
await follow(5);
