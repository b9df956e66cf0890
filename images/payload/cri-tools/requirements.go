//go:build requirements

// Package requirements is never built: `go mod tidy` keeps in go.mod what it imports. critest is the test of its package, and
// what only tests of other modules need is not kept for them. The list is that of cmd/critest/cri_test.go.
package requirements

import (
	_ "github.com/onsi/ginkgo/v2"
	_ "github.com/onsi/gomega"
	_ "sigs.k8s.io/cri-tools/pkg/benchmark"
	_ "sigs.k8s.io/cri-tools/pkg/common"
	_ "sigs.k8s.io/cri-tools/pkg/framework"
	_ "sigs.k8s.io/cri-tools/pkg/validate"
	_ "sigs.k8s.io/cri-tools/pkg/version"
)
