package probe

import (
	"context"
	"fmt"
)

type remountInput struct {
	Path string `json:"path"`
}

type remountOutput struct {
	Path       string `json:"path"`
	MountPoint string `json:"mountPoint"`
	Fstype     string `json:"fstype"`
	Source     string `json:"source"`
	// Device is the block device behind the mount, where there is one.
	Device         string        `json:"device,omitempty"`
	WritableBefore bool          `json:"writableBefore"`
	Steps          []remountStep `json:"steps"`
	Outcome        Outcome       `json:"outcome"`
	// Step is the first one after which a file could be created.
	Step   string `json:"step,omitempty"`
	Detail string `json:"detail,omitempty"`
}

type remountStep struct {
	Step string `json:"step"`
	// Errno of the call that failed; "" when all calls of the step returned success, which alone proves nothing.
	Errno         string `json:"errno"`
	FailedCall    string `json:"failedCall,omitempty"`
	WritableAfter bool   `json:"writableAfter"`
	// Restored: superblock, mount and device are read-only again where they were before.
	Restored bool `json:"restored"`
}

// runRemount tries to make the mount that holds path writable, in every way root has, and creates a file after each.
// Everything happens in a private mount namespace; a superblock is shared with all, so it is put back after each step.
func runRemount(ctx context.Context, input remountInput) (remountOutput, error) {
	if err := checkAbsolute("path", input.Path); err != nil {
		return remountOutput{}, err
	}
	unlock, err := lockMounts(ctx)
	if err != nil {
		return remountOutput{}, err
	}
	defer unlock()
	output := remountOutput{Path: boundedPath(input.Path), Steps: []remountStep{}, Outcome: Untried}
	err = inPrivateMounts(func() error { return tryRemounts(ctx, input.Path, &output) })
	return output, err
}

func tryRemounts(ctx context.Context, path string, output *remountOutput) error {
	mount, err := mountContaining(path)
	if err != nil {
		output.Detail = fmt.Sprintf("find the mount: %s", errnoName(err))
		return nil
	}
	output.MountPoint, output.Fstype, output.Source = boundedPath(mount.mountPoint), mount.fstype, boundedPath(mount.source)
	var devices []blockDevice
	if number := deviceNumberOfMount(mount); number != "" {
		if devices, err = sysfs("/sys").chain(number); err != nil {
			return err
		}
		output.Device = devices[0].Node
	}
	if canCreateIn(path) == nil {
		output.WritableBefore, output.Outcome = true, Succeeded
		output.Detail = "a file could be created without any remount"
		return nil
	}
	attempt := remountAttempt{mount: mount, path: path, devices: devices}
	for _, way := range attempt.ways() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped before step %s: %w", way.step, err)
		}
		output.add(attempt.try(way))
	}
	if output.Outcome == Untried {
		output.Outcome = Refused
	}
	return nil
}

func (o *remountOutput) add(step remountStep) {
	o.Steps = append(o.Steps, step)
	if step.WritableAfter && o.Outcome != Succeeded {
		o.Outcome, o.Step = Succeeded, step.Step
	}
}
