package probe

import (
	"context"
	"fmt"
)

const maxActDirectories = 256

type writeActsInput struct {
	Acts        []string `json:"acts"`
	Directories []string `json:"directories"`
}

type writeActsOutput struct {
	Results []writeActOutput `json:"results"`
	// Truncated: the time ran out before all were tried.
	Truncated bool `json:"truncated"`
}

// runWriteActs tries every act in every directory.
func runWriteActs(ctx context.Context, input writeActsInput) (writeActsOutput, error) {
	if len(input.Acts) == 0 || len(input.Acts) > len(writeActs) {
		return writeActsOutput{}, fmt.Errorf("acts must hold 1 to %d acts, got %d", len(writeActs), len(input.Acts))
	}
	if len(input.Directories) == 0 || len(input.Directories) > maxActDirectories {
		return writeActsOutput{}, fmt.Errorf("directories must hold 1 to %d paths, got %d", maxActDirectories, len(input.Directories))
	}
	var trials []writeActInput
	for _, directory := range input.Directories {
		for _, act := range input.Acts {
			trial := writeActInput{Act: act, Directory: directory}
			if err := checkWriteAct(trial); err != nil {
				return writeActsOutput{}, err
			}
			trials = append(trials, trial)
		}
	}
	unlock, err := lockMounts(ctx)
	if err != nil {
		return writeActsOutput{}, err
	}
	defer unlock()
	output := writeActsOutput{Results: make([]writeActOutput, 0, len(trials))}
	for _, trial := range trials {
		result, err := tryWriteAct(ctx, trial)
		if err != nil {
			output.Truncated = true
			break
		}
		output.Results = append(output.Results, result)
	}
	return output, nil
}
