// Reads what the program's Swift has written with Go's own packages for notes and logs, and writes a log of its own.
//
//	main VECTORS GIVEN
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	At     int64    `json:"at"`
	Size   int64    `json:"size"`
	Hashes []string `json:"hashes"`
}

type cosigner struct {
	Verifier string `json:"verifier"`
	Time     int64  `json:"time"`
}

type vectors struct {
	Leaves        []string          `json:"leaves"`
	Roots         []string          `json:"roots"`
	Inclusions    []proof           `json:"inclusions"`
	Consistencies []proof           `json:"consistencies"`
	Signer        string            `json:"signer"`
	Verifier      string            `json:"verifier"`
	Witnesses     []cosigner        `json:"witnesses"`
	Note          string            `json:"note"`
	Tiles         map[string]string `json:"tiles"`
}

type given struct {
	LeafHashes    []string   `json:"leafHashes"`
	Roots         []string   `json:"roots"`
	Inclusions    []proof    `json:"inclusions"`
	Consistencies []proof    `json:"consistencies"`
	Signer        string     `json:"signer"`
	Verifier      string     `json:"verifier"`
	Witnesses     []cosigner `json:"witnesses"`
	Note          string     `json:"note"`
	Paths         []string   `json:"paths"`
}

// A log in memory: its nodes in Go's order.
type memory struct {
	leaves []tlog.Hash
	nodes  []tlog.Hash
}

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for place, index := range indexes {
		found[place] = m.nodes[index]
	}
	return found, nil
}

func (m *memory) add(data []byte) {
	made, err := tlog.StoredHashes(int64(len(m.leaves)), data, m)
	must(err)
	m.leaves, m.nodes = append(m.leaves, tlog.RecordHash(data)), append(m.nodes, made...)
}

func (m *memory) root(size int64) tlog.Hash {
	if size == 0 {
		// tlog says zeros, where RFC 9162 says the hash of nothing.
		return hash("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
	}
	root, err := tlog.TreeHash(size, m)
	must(err)
	return root
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func hold(fact bool, what string, values ...any) {
	if !fact {
		log.Fatalf("differs: "+what, values...)
	}
}

func hash(text string) tlog.Hash {
	parsed, err := tlog.ParseHash(text)
	must(err)
	return parsed
}

func written(hashes []tlog.Hash) []string {
	texts := []string{}
	for _, one := range hashes {
		texts = append(texts, one.String())
	}
	return texts
}

func checkTree(v vectors) {
	m := &memory{}
	for _, leaf := range v.Leaves {
		data, err := base64.StdEncoding.DecodeString(leaf)
		must(err)
		m.add(data)
	}
	for size, root := range v.Roots {
		hold(m.root(int64(size)) == hash(root), "the root of %d", size)
	}
	for _, p := range v.Inclusions {
		own, err := tlog.ProveRecord(p.Size, p.At, m)
		must(err)
		hold(strings.Join(written(own), " ") == strings.Join(p.Hashes, " "), "inclusion %d of %d", p.At, p.Size)
		must(tlog.CheckRecord(own, p.Size, m.root(p.Size), p.At, m.leaves[p.At]))
	}
	for _, p := range v.Consistencies {
		own, err := tlog.ProveTree(p.Size, p.At, m)
		must(err)
		hold(strings.Join(written(own), " ") == strings.Join(p.Hashes, " "), "consistency %d to %d", p.At, p.Size)
	}
	size := int64(len(v.Leaves))
	for path, text := range v.Tiles {
		tile, err := tlog.ParseTilePath(strings.Replace(path, "tile/", "tile/8/", 1))
		must(err)
		data, err := tlog.ReadTileData(tile, m)
		must(err)
		hold(base64.StdEncoding.EncodeToString(data) == text, "tile %s", path)
	}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		// Go's list has the tiles of all sizes up to this one.
		if tile.W < 256 && tile.W != int(size>>(8*tile.L)&255) {
			continue
		}
		_, there := v.Tiles[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)]
		hold(there, "no tile %s", tile.Path())
	}
	fmt.Printf("Go tlog: %d roots, %d inclusion proofs, %d consistency proofs, %d tiles are the same\n",
		len(v.Roots), len(v.Inclusions), len(v.Consistencies), len(v.Tiles))
}

func checkNote(v vectors) {
	verifier, err := note.NewVerifier(v.Verifier)
	must(err)
	opened, err := note.Open([]byte(v.Note), note.VerifierList(verifier))
	must(err)
	hold(len(opened.Sigs) == 1 && len(opened.UnverifiedSigs) == len(v.Witnesses), "the signatures of the note")
	signer, err := note.NewSigner(v.Signer)
	must(err)
	// Ed25519 has one signature of a text by a key.
	again, err := note.Sign(&note.Note{Text: opened.Text, UnverifiedSigs: opened.UnverifiedSigs}, signer)
	must(err)
	signed := &note.Note{Text: opened.Text}
	alone, err := note.Sign(signed, signer)
	must(err)
	hold(bytes.HasPrefix([]byte(v.Note), alone) && len(again) == len(v.Note), "the signature of Go by the same key")
	_, err = note.Open([]byte(strings.Replace(v.Note, "\n300\n", "\n301\n", 1)), note.VerifierList(verifier))
	hold(err != nil, "Go takes a changed note")
	fmt.Println("Go note: the note opens with its key, and Go signs it alike with the private key")
}

func give(file string) {
	m := &memory{}
	g := given{Witnesses: []cosigner{}}
	for number := 0; number < 277; number++ {
		m.add([]byte(fmt.Sprintf("Go's leaf %d\n", number)))
	}
	for size := int64(0); size <= 277; size++ {
		g.Roots = append(g.Roots, m.root(size).String())
	}
	g.LeafHashes = written(m.leaves)
	for _, size := range []int64{1, 2, 5, 64, 130, 255, 256, 277} {
		for at := int64(0); at < size; at++ {
			inclusion, err := tlog.ProveRecord(size, at, m)
			must(err)
			consistency, err := tlog.ProveTree(size, at+1, m)
			must(err)
			g.Inclusions = append(g.Inclusions, proof{at, size, written(inclusion)})
			g.Consistencies = append(g.Consistencies, proof{at + 1, size, written(consistency)})
		}
	}
	for _, tile := range append(tlog.NewTiles(8, 0, 70_000), tlog.Tile{H: 8, L: 3, N: 1_234_067, W: 9}) {
		g.Paths = append(g.Paths, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, "go.example/log")
	must(err)
	signer, err := note.NewSigner(skey)
	must(err)
	text := fmt.Sprintf("go.example/log\n%d\n%s\nan extension\n", len(m.leaves), m.root(277))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	g.Signer, g.Verifier, g.Note = skey, vkey, string(signed)
	data, err := json.Marshal(g)
	must(err)
	must(os.WriteFile(file, data, 0o600))
}

func main() {
	var v vectors
	data, err := os.ReadFile(os.Args[1])
	must(err)
	must(json.Unmarshal(data, &v))
	checkTree(v)
	checkNote(v)
	give(os.Args[2])
}
