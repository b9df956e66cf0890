package probe

import (
	"context"
	"errors"
	"fmt"
)

const (
	maxOffsets      = 8
	offsetAlignment = 4096
)

type blockWriteInput struct {
	// Device or MountPoint: exactly one of them.
	Device     string `json:"device"`
	MountPoint string `json:"mountPoint"`
	// Offsets in bytes, multiples of 4096; default [0].
	Offsets []int64 `json:"offsets"`
}

type blockWriteOutput struct {
	Device     string         `json:"device"`
	MountPoint string         `json:"mountPoint,omitempty"`
	Attempts   []blockAttempt `json:"attempts"`
	Outcome    Outcome        `json:"outcome"`
	Detail     string         `json:"detail,omitempty"`
}

// runBlockWrite writes bytes that are already there back to a device, its whole disk and all devices below it.
func runBlockWrite(ctx context.Context, input blockWriteInput) (blockWriteOutput, error) {
	if err := checkBlockWriteInput(&input); err != nil {
		return blockWriteOutput{}, err
	}
	output := blockWriteOutput{
		Device: boundedPath(input.Device), MountPoint: boundedPath(input.MountPoint),
		Attempts: []blockAttempt{}, Outcome: Untried,
	}
	number, err := deviceNumberOf(input)
	if err != nil {
		return blockWriteOutput{}, err
	}
	if number == "" {
		output.Detail = "no block device is behind this mount"
		return output, nil
	}
	devices, err := sysfs("/sys").chain(number)
	if err != nil {
		return blockWriteOutput{}, err
	}
	if output.Device == "" {
		output.Device = devices[0].Node
	}
	unlock, err := lockMounts(ctx)
	if err != nil {
		return blockWriteOutput{}, err
	}
	defer unlock()
	for _, device := range devices {
		for _, offset := range input.Offsets {
			if err := ctx.Err(); err != nil {
				return blockWriteOutput{}, fmt.Errorf("stopped before device %s: %w", device.Node, err)
			}
			output.Attempts = append(output.Attempts, attemptBlockWrite(device, offset))
		}
	}
	output.Outcome = overallOutcome(output.Attempts)
	return output, nil
}

func checkBlockWriteInput(input *blockWriteInput) error {
	if (input.Device == "") == (input.MountPoint == "") {
		return errors.New("exactly one of device and mountPoint must be given")
	}
	if err := checkAbsolute("device or mountPoint", input.Device+input.MountPoint); err != nil {
		return err
	}
	if len(input.Offsets) == 0 {
		input.Offsets = []int64{0}
	}
	if len(input.Offsets) > maxOffsets {
		return fmt.Errorf("offsets holds %d values; at most %d", len(input.Offsets), maxOffsets)
	}
	for _, offset := range input.Offsets {
		if offset < 0 || offset%offsetAlignment != 0 {
			return fmt.Errorf("offset %d is not a multiple of %d from 0 on", offset, offsetAlignment)
		}
	}
	return nil
}

func deviceNumberOf(input blockWriteInput) (string, error) {
	if input.Device != "" {
		number, err := deviceNumberOfNode(input.Device)
		if err != nil {
			return "", fmt.Errorf("%q is not a usable block device: %w", boundedPath(input.Device), err)
		}
		return number, nil
	}
	mount, err := mountContaining(input.MountPoint)
	if err != nil {
		return "", fmt.Errorf("find the mount of %q: %w", boundedPath(input.MountPoint), err)
	}
	return deviceNumberOfMount(mount), nil
}

func overallOutcome(attempts []blockAttempt) Outcome {
	overall := Untried
	for _, attempt := range attempts {
		overall = overall.and(attempt.Outcome)
	}
	return overall
}
