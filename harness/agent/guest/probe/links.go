package probe

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

const maxLinkPaths = 256

type linksInput struct {
	Paths []string `json:"paths"`
}

type linksOutput struct {
	Links []linkReport `json:"links"`
}

type linkReport struct {
	Path      string `json:"path"`
	Exists    bool   `json:"exists"`
	IsSymlink bool   `json:"isSymlink"`
	// Target is the link's own text, as readlink(2) gives it.
	Target string `json:"target"`
	// Resolved is the path with every link followed; "" when it leads nowhere.
	Resolved string `json:"resolved"`
	Errno    string `json:"errno"`
}

func runLinks(_ context.Context, input linksInput) (linksOutput, error) {
	if len(input.Paths) == 0 || len(input.Paths) > maxLinkPaths {
		return linksOutput{}, fmt.Errorf("paths must hold 1 to %d paths, got %d", maxLinkPaths, len(input.Paths))
	}
	output := linksOutput{Links: make([]linkReport, 0, len(input.Paths))}
	for _, path := range input.Paths {
		if err := checkAbsolute("paths", path); err != nil {
			return linksOutput{}, err
		}
		output.Links = append(output.Links, reportLink(path))
	}
	return output, nil
}

func reportLink(path string) linkReport {
	report := linkReport{Path: boundedPath(path)}
	info, err := os.Lstat(path)
	if err != nil {
		report.Errno = errnoName(err)
		return report
	}
	report.Exists = true
	if info.Mode()&os.ModeSymlink != 0 {
		report.IsSymlink = true
		target, err := os.Readlink(path)
		report.Target, report.Errno = boundedPath(target), errnoName(err)
	}
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		report.Errno = errnoName(err)
		return report
	}
	report.Resolved = boundedPath(resolved)
	return report
}
