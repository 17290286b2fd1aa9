import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ActsApi;
import org.openapitools.client.api.CasesApi;
import org.openapitools.client.api.SynchronisationApi;
import org.openapitools.client.model.*;

/** Uses the client that openapi-generator makes for Java: NETRAL_URL names the server, BAWASLU and BKN are keys. */
public class Client {
  static ApiClient client(String agency) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("NETRAL_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + System.getenv(agency)));
    return client;
  }

  static void check(boolean holds, String what) {
    if (!holds) throw new IllegalStateException(what);
  }

  static CaseDraft draft(String reference) {
    return new CaseDraft()
        .election("pilkada-2024")
        .region("16.71")
        .institution(new CodeReference("16.71"))
        .subject(
            new CaseDraftSubject()
                .name("Pegawai Contoh")
                .identifierMissing(true)
                .positionLevel(CaseDraftSubject.PositionLevelEnum.PELAKSANA))
        .violation(new CodeReference("DS-06"))
        .act(new CaseDraftAct().occurredOn(LocalDate.of(2024, 10, 2)).narrative("Uraian contoh."))
        .source(
            new CaseDraftSource()
                .kind(CaseDraftSource.KindEnum.TEMUAN)
                .agency("BAWASLU")
                .agencyRef(reference)
                .receivedOn(LocalDate.of(2024, 10, 6)));
  }

  static CasePage list(ApiClient client, String cursor) throws ApiException {
    return new CasesApi(client)
        .listCases(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null, null, null, null, 2L, cursor, cursor == null ? "exact" : null, null,
            null, null, null);
  }

  /** Lines of JSON, which this client does not know: by the HTTP client beneath it. No body: GET. */
  static String[] lines(ApiClient client, String agency, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(client.getBaseUri() + path))
            .header("Authorization", "Bearer " + System.getenv(agency))
            .header("Accept", "application/x-ndjson");
    if (body != null) {
      request.header("Content-Type", "application/x-ndjson").POST(HttpRequest.BodyPublishers.ofString(body));
    }
    HttpResponse<String> answer = client.getHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    check(answer.statusCode() == 200, answer.body());
    return answer.body().split("\n");
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient bawaslu = client("BAWASLU");
    ApiClient bkn = client("BKN");

    CaseRecord created =
        new CasesApi(bawaslu)
            .createCase(UUID.randomUUID().toString(), draft(UUID.randomUUID().toString()), null)
            .getCaseRecord();
    check(created.getStage() == CaseRecord.StageEnum.RECEIVED && created.getDecision() == null, "created");
    System.out.println("created " + created.getNumber());

    CasePage page = list(bkn, null);
    CasePage then = list(bkn, page.getNextCursor());
    check(page.getItems().size() == 2 && then.getItems().size() == 2, "listed");
    check(!page.getItems().get(1).getId().equals(then.getItems().get(0).getId()), "paged");
    System.out.println("listed " + page.getCount());

    String tag =
        new CasesApi(bkn).getCaseWithHttpInfo(created.getId(), null, null).getHeaders().get("etag").get(0);
    VerificationDraft draft =
        new VerificationDraft().occurredOn(LocalDate.now()).outcome(VerificationDraft.OutcomeEnum.ACCEPTED);
    ActsApi acts = new ActsApi(bkn);
    CaseRecord verified =
        acts.recordVerification(created.getId(), tag, draft, null, null).getCaseRecord();
    check(verified.getStage() == CaseRecord.StageEnum.VERIFIED, "acted");
    check(verified.getVersion() == created.getVersion() + 1, "version");
    try {
      acts.recordVerification(created.getId(), tag, draft, null, null);
      check(false, "a stale ETag was taken");
    } catch (ApiException error) {
      Problem problem = bkn.getObjectMapper().readValue(error.getResponseBody(), Problem.class);
      check(error.getCode() == 412 && problem.getCode() == Problem.CodeEnum.VERSION_MISMATCH, "stale");
    }
    System.out.println("acted " + verified.getStage());

    String line =
        "{\"case\":" + bkn.getObjectMapper().writeValueAsString(draft(UUID.randomUUID().toString())) + "}\n{}\n";
    String[] results = lines(bawaslu, "BAWASLU", "/v1/imports", line);
    ImportedLine first = bkn.getObjectMapper().readValue(results[0], ImportedLine.class);
    ImportedLine second = bkn.getObjectMapper().readValue(results[1], ImportedLine.class);
    check(first.getStatus() == ImportedLine.StatusEnum.CREATED, results[0]);
    check(second.getStatus() == ImportedLine.StatusEnum.INVALID, results[1]);
    System.out.println("imported " + first.getId());

    SynchronisationApi feed = new SynchronisationApi(bkn);
    long seen = 0;
    long after = Math.max(verified.getSeq() - 5, 0);
    while (true) {
      ChangePage changes = feed.listChanges(after, 2L, null, null);
      seen += changes.getChanges().size();
      after = changes.getNextAfter();
      if (after == changes.getHead()) break;
    }
    check(seen >= 6 && after >= verified.getSeq(), "followed");
    String[] snapshot = lines(bkn, "BKN", "/v1/exports/cases", null);
    long count =
        bkn.getObjectMapper().readValue(snapshot[0], SnapshotHead.class).getSnapshot().getCount();
    check(count == snapshot.length - 2, "snapshot");
    System.out.println("followed " + seen);
  }
}
