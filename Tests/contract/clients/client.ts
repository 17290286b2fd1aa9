// Uses the client that openapi-generator makes for TypeScript (typescript-fetch): NETRAL_URL names the server, BAWASLU and
// BKN are keys.
import * as netral from "./client/index";

declare const process: { env: Record<string, string>; exit(code: number): never };
declare const crypto: { randomUUID(): string };

function configuration(agency: string) {
  return new netral.Configuration({ basePath: process.env.NETRAL_URL, accessToken: process.env[agency] });
}

function check(holds: boolean, what: string) {
  if (!holds) throw new Error(what);
}

function draft(reference: string): netral.CaseDraft {
  return {
    election: "pilkada-2024",
    region: "16.71",
    institution: { code: "16.71" },
    subject: { name: "Pegawai Contoh", identifierMissing: true, positionLevel: "pelaksana" },
    violation: { code: "DS-06" },
    act: { occurredOn: new Date("2024-10-02"), narrative: "Uraian contoh." },
    source: { kind: "temuan", agency: "BAWASLU", agencyRef: reference, receivedOn: new Date("2024-10-06") },
  };
}

async function main() {
  const [bawaslu, bkn] = [configuration("BAWASLU"), configuration("BKN")];

  const created = (await new netral.CasesApi(bawaslu).createCase({
    idempotencyKey: crypto.randomUUID(),
    caseDraft: draft(crypto.randomUUID()),
  })) as netral.CaseRecord;
  check(created.stage === "received" && created.decision === null, "created");
  console.log("created", created.number);

  const page = await new netral.CasesApi(bkn).listCases({ limit: 2, count: "exact" });
  const then = await new netral.CasesApi(bkn).listCases({ limit: 2, cursor: page.nextCursor as string });
  check(page.items.length === 2 && then.items.length === 2 && page.items[1].id !== then.items[0].id, "listed");
  console.log("listed", page.count);

  const shown = await new netral.CasesApi(bkn).getCaseRaw({ id: created.id });
  const ifMatch = shown.raw.headers.get("ETag") as string;
  const verificationDraft = { occurredOn: new Date(), outcome: "accepted" as const };
  const acts = new netral.ActsApi(bkn);
  const verified = (await acts.recordVerification({ id: created.id, ifMatch, verificationDraft })) as netral.CaseRecord;
  check(verified.stage === "verified" && verified.version === created.version + 1, "acted");
  try {
    await acts.recordVerification({ id: created.id, ifMatch, verificationDraft });
    check(false, "a stale ETag was taken");
  } catch (error) {
    const response = (error as netral.ResponseError).response;
    if (!response) throw error;
    const problem = netral.ProblemFromJSON(await response.json());
    check(response.status === 412 && problem.code === "version_mismatch", "stale");
  }
  console.log("acted", verified.stage);

  const line = JSON.stringify({ case: netral.CaseDraftToJSON(draft(crypto.randomUUID())) });
  const answer = await new netral.SynchronisationApi(bawaslu).importCases({ body: line + "\n{}\n" });
  const results = answer.trim().split("\n").map((text) => JSON.parse(text));
  check(results[0].status === "created" && results[1].status === "invalid", answer);
  console.log("imported", results[0].id);

  const feed = new netral.SynchronisationApi(bkn);
  let [seen, after] = [0, Math.max(verified.seq - 5, 0)];
  for (;;) {
    const changes = await feed.listChanges({ after, limit: 2 });
    [seen, after] = [seen + changes.changes.length, changes.nextAfter];
    if (after === changes.head) break;
  }
  check(seen >= 6 && after >= verified.seq, "followed");
  const snapshot = (await feed.exportCases()).trim().split("\n").map((text) => JSON.parse(text));
  check(snapshot[0].snapshot.count === snapshot.length - 2, "snapshot");
  console.log("followed", seen);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
