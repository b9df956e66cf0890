package probe

import "context"

// writeToDevices tries each device of each chain once.
func (o *writeEverythingOutput) writeToDevices(ctx context.Context, numbers []string) {
	tried := map[string]bool{}
	for _, number := range numbers {
		chain, err := sysfs("/sys").chain(number)
		if err != nil {
			o.truncate("a block device is not in sysfs: " + number)
			continue
		}
		report := blockWriteOutput{Device: chain[0].Node, Attempts: []blockAttempt{}}
		for _, device := range chain {
			if tried[device.MajorMinor] {
				continue
			}
			if ctx.Err() != nil || len(tried) >= maxDevices {
				o.truncate("block devices: " + reasonOf(ctx, "count"))
				return
			}
			tried[device.MajorMinor] = true
			report.Attempts = append(report.Attempts, attemptBlockWrite(device, 0))
		}
		if len(report.Attempts) > 0 {
			report.Outcome = overallOutcome(report.Attempts)
			o.BlockDevices = append(o.BlockDevices, report)
		}
	}
}
