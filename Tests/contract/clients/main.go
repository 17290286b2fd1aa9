// Uses the client that openapi-generator makes for Go: NETRAL_URL names the server, BAWASLU and BKN are keys.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	netral "netral/client"
)

func key(agency string) context.Context {
	return context.WithValue(context.Background(), netral.ContextAccessToken, os.Getenv(agency))
}

func check(holds bool, what any) {
	if !holds {
		panic(what)
	}
}

func need[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

func word() string { return rand.Text() }

func text(text string) netral.CodeReference { return netral.CodeReference{String: &text} }

func draft(reference string) netral.CaseDraft {
	subject := netral.NewCaseDraftSubject("Pegawai Contoh", "pelaksana")
	subject.SetIdentifierMissing(true)
	source := netral.NewCaseDraftSource("temuan", reference, "2024-10-06")
	source.SetAgency("BAWASLU")
	act := netral.NewCaseDraftAct("2024-10-02", "Uraian contoh.")
	draft := netral.NewCaseDraft(*act, *source, "pilkada-2024", "16.71", text("16.71"), *subject)
	draft.SetViolation(text("DS-06"))
	return *draft
}

func main() {
	configuration := netral.NewConfiguration()
	configuration.Servers = netral.ServerConfigurations{{URL: os.Getenv("NETRAL_URL")}}
	client := netral.NewAPIClient(configuration)
	bawaslu, bkn := key("BAWASLU"), key("BKN")

	answer, _, err := client.CasesAPI.CreateCase(bawaslu).IdempotencyKey(word()).CaseDraft(draft(word())).Execute()
	created := need(answer, err).CaseRecord
	check(created.Stage == "received" && !created.Decision.IsSet() || created.Decision.Get() == nil, created)
	fmt.Println("created", created.Number)

	page, _, err := client.CasesAPI.ListCases(bkn).Limit(2).Count("exact").Execute()
	need(page, err)
	then, _, err := client.CasesAPI.ListCases(bkn).Limit(2).Cursor(page.GetNextCursor()).Execute()
	need(then, err)
	check(len(page.Items) == 2 && len(then.Items) == 2 && page.Items[1].Id != then.Items[0].Id, "listed")
	fmt.Println("listed", page.GetCount())

	_, response, err := client.CasesAPI.GetCase(bkn, created.Id).Execute()
	tag := need(response, err).Header.Get("ETag")
	verification := netral.NewVerificationDraft(time.Now().UTC().Format(time.DateOnly), "accepted")
	act := client.ActsAPI.RecordVerification(bkn, created.Id).IfMatch(tag).VerificationDraft(*verification)
	after, _, err := act.Execute()
	verified := need(after, err).CaseRecord
	check(verified.Stage == "verified" && verified.Version == created.Version+1, verified)
	_, response, err = act.Execute()
	problem, isProblem := err.(*netral.GenericOpenAPIError)
	check(isProblem && response.StatusCode == 412, err)
	stale := problem.Model().(netral.Problem)
	check(stale.Code == "version_mismatch", stale)
	fmt.Println("acted", verified.Stage)

	line := need(json.Marshal(map[string]any{"case": draft(word())}))
	results, _, err := client.SynchronisationAPI.ImportCases(bawaslu).Body(string(line) + "\n{}\n").Execute()
	var lines []netral.ImportedLine
	for _, line := range strings.Split(strings.TrimSpace(need(results, err)), "\n") {
		var result netral.ImportResult
		need(0, json.Unmarshal([]byte(line), &result))
		lines = append(lines, *result.ImportedLine)
	}
	check(lines[0].Status == "created" && lines[1].Status == "invalid", results)
	fmt.Println("imported", lines[0].GetId())

	seen, cursor := 0, max(verified.Seq-5, 0)
	for {
		changes, _, err := client.SynchronisationAPI.ListChanges(bkn).After(cursor).Limit(2).Execute()
		need(changes, err)
		seen, cursor = seen+len(changes.Changes), changes.NextAfter
		if cursor == changes.Head {
			break
		}
	}
	check(seen >= 6 && cursor >= verified.Seq, seen)
	snapshot, _, err := client.SynchronisationAPI.ExportCases(bkn).Execute()
	rows := strings.Split(strings.TrimSpace(need(snapshot, err)), "\n")
	var head netral.SnapshotHead
	need(0, json.Unmarshal([]byte(rows[0]), &head))
	check(head.Snapshot.Count == int64(len(rows)-2), head)
	fmt.Println("followed", seen)
}
