package request

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

type sysctlParams struct {
	Name  string  `json:"name"`
	Value *string `json:"value"`
}

func sysctlGet(_ context.Context, call *Call) (any, error) {
	path, _, err := sysctlPath(call)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	return map[string]any{"value": strings.TrimRight(string(text), "\n")}, err
}

func sysctlSet(_ context.Context, call *Call) (any, error) {
	path, value, err := sysctlPath(call)
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, invalid("sysctl-set needs a value")
	}
	return struct{}{}, os.WriteFile(path, []byte(*value), 0)
}

// sysctlPath takes the separators of sysctl(8): when the first one is a slash, dots are part of the names.
func sysctlPath(call *Call) (string, *string, error) {
	var params sysctlParams
	if err := call.parse(&params); err != nil {
		return "", nil, err
	}
	name := params.Name
	if dot, slash := strings.Index(name, "."), strings.Index(name, "/"); slash < 0 || dot >= 0 && dot < slash {
		name = strings.NewReplacer(".", "/", "/", ".").Replace(name)
	}
	if name == "" || !filepath.IsLocal(name) {
		return "", nil, invalid("%q is no name of a sysctl", params.Name)
	}
	return filepath.Join("/proc/sys", name), params.Value, nil
}
