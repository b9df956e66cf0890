//go:build requirements

// Package requirements is never built: `go mod tidy` keeps in go.mod what it imports, and what the tests of that need.
package requirements

import _ "k8s.io/kubernetes/test/e2e_node"
