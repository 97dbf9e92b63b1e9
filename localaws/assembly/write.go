package assembly

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// write stores a stack's template under a hash of its own. The cdk CLI uploads a template once for each hash that the
// asset manifest states and never looks at the content, so a changed template must bring a changed hash.
func (a Assembly) write(s Stack) error {
	content, err := json.MarshalIndent(s.Template, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(a.Dir, s.templateFile), content, 0o600); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	was, err := a.rehash(s, hex.EncodeToString(sum[:]))
	if err != nil {
		return err
	}
	return a.replaceInManifest(was, hex.EncodeToString(sum[:]))
}

// rehash gives the stack's template asset a new id and object key, and returns the id that it had.
func (a Assembly) rehash(s Stack, hash string) (was string, err error) {
	var assets map[string]any
	file := filepath.Join(a.Dir, s.assetsFile)
	if err := readJSON(file, &assets); err != nil {
		return "", err
	}
	files := object(assets["files"])
	for id, f := range files {
		if text(object(object(f)["source"])["path"]) != s.templateFile {
			continue
		}
		was = id
		for _, d := range object(object(f)["destinations"]) {
			object(d)["objectKey"] = strings.ReplaceAll(text(object(d)["objectKey"]), was, hash)
		}
		delete(files, was)
		files[hash] = f
		return was, writeJSON(file, assets)
	}
	return "", fmt.Errorf("%s: does not list %s, so the cdk CLI would not upload it", s.assetsFile, s.templateFile)
}

// replaceInManifest points the manifest's template URL, the only place that names the hash, to the new one.
func (a Assembly) replaceInManifest(was, hash string) error {
	file := filepath.Join(a.Dir, "manifest.json")
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(content), was, hash)), 0o600)
}

func writeJSON(file string, v any) error {
	content, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}
