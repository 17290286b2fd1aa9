// The yardstick of `scripts/bench requests`: what a strong team would write in Go instead. net/http, libsqlite3 through
// mattn/go-sqlite3, kept statements, one writer with group commit (WAL, synchronous=FULL), three tables.
// PEER_DB names the file, PEER_PORT the port.
package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	_ "github.com/mattn/go-sqlite3"
)

type Case struct {
	ID          string `json:"id"`
	Stage       string `json:"stage"`
	NIP         string `json:"nip"`
	Name        string `json:"name"`
	Region      string `json:"region"`
	Institution string `json:"institution"`
	Violation   string `json:"violation"`
	Election    string `json:"election"`
	Narrative   string `json:"narrative"`
	AgencyRef   string `json:"agency_ref"`
	Version     int    `json:"version"`
	CreatedAt   string `json:"created_at"`
}
type job struct {
	c    Case
	body []byte
	done chan error
}

var (
	keyHash = sha256.Sum256([]byte("peer-key"))
	jobs    = make(chan job, 1024)
	reader  *sql.DB
	one     *sql.Stmt
	page    *sql.Stmt
	serial  uint64
)

const columns = "id,stage,nip,name,region,institution,violation,election,narrative,agency_ref,version,created_at"

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
func auth(r *http.Request) bool {
	h := sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
	return subtle.ConstantTimeCompare(h[:], keyHash[:]) == 1
}
func writer(db *sql.DB) {
	for first := range jobs {
		batch := []job{first}
	fill:
		for len(batch) < 256 {
			select {
			case j := <-jobs:
				batch = append(batch, j)
			default:
				break fill
			}
		}
		tx, err := db.Begin()
		must(err)
		a, _ := tx.Prepare("insert into cases values(?,?,?,?,?,?,?,?,?,?,?,?)")
		b, _ := tx.Prepare("insert into events(case_id,kind,body) values(?,?,?)")
		k, _ := tx.Prepare("insert into idem values(?,?)")
		errs := make([]error, len(batch))
		for i, j := range batch {
			c := j.c
			if _, errs[i] = a.Exec(c.ID, c.Stage, c.NIP, c.Name, c.Region, c.Institution, c.Violation, c.Election, c.Narrative, c.AgencyRef, c.Version, c.CreatedAt); errs[i] == nil {
				if _, errs[i] = b.Exec(c.ID, "created", j.body); errs[i] == nil {
					_, errs[i] = k.Exec(c.AgencyRef, c.ID)
				}
			}
		}
		err = tx.Commit()
		for i, j := range batch {
			if err != nil {
				errs[i] = err
			}
			j.done <- errs[i]
		}
	}
}
func scan(rows interface{ Scan(...any) error }) (c Case, err error) {
	err = rows.Scan(&c.ID, &c.Stage, &c.NIP, &c.Name, &c.Region, &c.Institution, &c.Violation, &c.Election, &c.Narrative, &c.AgencyRef, &c.Version, &c.CreatedAt)
	return
}
func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	out, _ := json.Marshal(v)
	w.WriteHeader(status)
	w.Write(out)
}

func main() {
	path := os.Getenv("PEER_DB")
	db, err := sql.Open("sqlite3", path+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	must(err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`create table if not exists cases(id text primary key, stage text, nip text, name text, region text, institution text,
  violation text, election text, narrative text, agency_ref text unique, version integer, created_at text);
create index if not exists cases_stage on cases(stage, id);
create table if not exists events(seq integer primary key autoincrement, case_id text, kind text, body text);
create table if not exists idem(key text primary key, response text);`)
	must(err)
	reader, err = sql.Open("sqlite3", path+"?mode=ro&_query_only=1")
	must(err)
	reader.SetMaxOpenConns(4)
	reader.SetMaxIdleConns(4)
	one, err = reader.Prepare("select " + columns + " from cases where id=?")
	must(err)
	page, err = reader.Prepare("select " + columns + " from cases where stage=? and id>? order by id limit ?")
	must(err)
	go writer(db)
	http.HandleFunc("/v1/cases", func(w http.ResponseWriter, r *http.Request) {
		if !auth(r) {
			http.Error(w, "", 401)
			return
		}
		if r.Method == "POST" {
			var c Case
			d := json.NewDecoder(r.Body)
			if d.Decode(&c) != nil || len(c.NIP) != 18 {
				http.Error(w, "", 422)
				return
			}
			h := sha256.Sum256([]byte(c.AgencyRef))
			c.ID, c.Stage, c.Version, c.CreatedAt = strings.ToLower(strconv.FormatUint(uint64(h[0])<<40|uint64(h[1])<<32|uint64(h[2])<<24|uint64(h[3])<<16|uint64(h[4])<<8|uint64(h[5]), 16))+c.AgencyRef, "RECEIVED", 1, "2020-10-01T00:00:00Z"
			body, _ := json.Marshal(c)
			j := job{c, body, make(chan error, 1)}
			jobs <- j
			if err := <-j.done; err != nil {
				http.Error(w, "", 409)
				return
			}
			send(w, 201, c)
			return
		}
		q := r.URL.Query()
		limit, _ := strconv.Atoi(q.Get("limit"))
		rows, err := page.Query(q.Get("stage"), q.Get("after"), limit)
		if err != nil {
			http.Error(w, "", 500)
			return
		}
		defer rows.Close()
		items := []Case{}
		for rows.Next() {
			c, _ := scan(rows)
			items = append(items, c)
		}
		send(w, 200, map[string]any{"items": items})
	})
	http.HandleFunc("/v1/cases/", func(w http.ResponseWriter, r *http.Request) {
		if !auth(r) {
			http.Error(w, "", 401)
			return
		}
		c, err := scan(one.QueryRow(strings.TrimPrefix(r.URL.Path, "/v1/cases/")))
		if err != nil {
			http.Error(w, "", 404)
			return
		}
		send(w, 200, c)
	})
	must(http.ListenAndServe("127.0.0.1:"+os.Getenv("PEER_PORT"), nil))
}
