package admin

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// What no later process of this program could find out.
var statusPath = filepath.Join(runDir, "status.json")

func (s Status) save() error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(statusPath, text, 0o600)
}

func loadStatus() (status Status, err error) {
	text, err := os.ReadFile(statusPath)
	if err != nil {
		return status, err
	}
	return status, json.Unmarshal(text, &status)
}
