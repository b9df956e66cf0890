package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// ticksPerSecond is USER_HZ, the unit of /proc/stat; 100 on x86-64 whatever the kernel's own HZ is (proc_stat(5)).
const ticksPerSecond = 100

type cpuIdleInput struct{}

type cpuIdleOutput struct {
	CPUs            int                                `json:"cpus"`
	Ticks           cpuTicks                           `json:"ticks"`
	TicksPerSecond  int                                `json:"ticksPerSecond"`
	UptimeMs        int64                              `json:"uptimeMs"`
	IdleMs          int64                              `json:"idleMs"`
	ContextSwitches uint64                             `json:"contextSwitches"`
	Forks           uint64                             `json:"forks"`
	Running         uint64                             `json:"running"`
	Blocked         uint64                             `json:"blocked"`
	Pressure        map[string]map[string]pressureLine `json:"pressure"`
}

type cpuTicks struct {
	User      uint64 `json:"user"`
	Nice      uint64 `json:"nice"`
	System    uint64 `json:"system"`
	Idle      uint64 `json:"idle"`
	IOWait    uint64 `json:"iowait"`
	IRQ       uint64 `json:"irq"`
	SoftIRQ   uint64 `json:"softirq"`
	Steal     uint64 `json:"steal"`
	Guest     uint64 `json:"guest"`
	GuestNice uint64 `json:"guestNice"`
}

type pressureLine struct {
	Avg10   float64 `json:"avg10"`
	Avg60   float64 `json:"avg60"`
	Avg300  float64 `json:"avg300"`
	TotalUs uint64  `json:"totalUs"`
}

func runCPUIdle(_ context.Context, _ cpuIdleInput) (cpuIdleOutput, error) {
	output := cpuIdleOutput{TicksPerSecond: ticksPerSecond, Pressure: map[string]map[string]pressureLine{}}
	stat, err := readBounded("/proc/stat", 4<<20)
	if err != nil {
		return cpuIdleOutput{}, err
	}
	output.addStat(stat)
	uptime, err := readBounded("/proc/uptime", 256)
	if err != nil {
		return cpuIdleOutput{}, err
	}
	var up, idle float64
	if _, err := fmt.Sscan(uptime, &up, &idle); err != nil {
		return cpuIdleOutput{}, fmt.Errorf("/proc/uptime holds %q, not two numbers: %w", boundedText(uptime, 80), err)
	}
	output.UptimeMs, output.IdleMs = int64(up*1000), int64(idle*1000)
	for _, resource := range []string{"cpu", "io", "memory"} {
		// Absent with psi=0 or CONFIG_PSI unset: then there is nothing to report.
		if text, err := readBounded("/proc/pressure/"+resource, 4096); err == nil {
			output.Pressure[resource] = parsePressure(text)
		}
	}
	return output, nil
}

func (o *cpuIdleOutput) addStat(stat string) {
	scanner := bufio.NewScanner(strings.NewReader(stat))
	scanner.Buffer(nil, 1<<20) // the `intr` line grows with the number of interrupts
	for scanner.Scan() {
		name, rest, _ := strings.Cut(scanner.Text(), " ")
		values := parseCounters(rest)
		switch {
		case name == "cpu":
			o.Ticks = cpuTicks{
				values[0], values[1], values[2], values[3], values[4],
				values[5], values[6], values[7], values[8], values[9],
			}
		case strings.HasPrefix(name, "cpu"):
			o.CPUs++
		case name == "ctxt":
			o.ContextSwitches = values[0]
		case name == "processes":
			o.Forks = values[0]
		case name == "procs_running":
			o.Running = values[0]
		case name == "procs_blocked":
			o.Blocked = values[0]
		}
	}
}

func parseCounters(text string) [10]uint64 {
	var values [10]uint64
	for i, field := range strings.Fields(text) {
		if i == len(values) {
			break
		}
		values[i], _ = strconv.ParseUint(field, 10, 64)
	}
	return values
}

func parsePressure(text string) map[string]pressureLine {
	lines := map[string]pressureLine{}
	for _, row := range strings.Split(strings.TrimSpace(text), "\n") {
		var kind string
		var line pressureLine
		_, err := fmt.Sscanf(row, "%s avg10=%f avg60=%f avg300=%f total=%d",
			&kind, &line.Avg10, &line.Avg60, &line.Avg300, &line.TotalUs)
		if err == nil && (kind == "some" || kind == "full") {
			lines[kind] = line
		}
	}
	return lines
}

func readBounded(path string, maxBytes int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxBytes))
	return string(content), err
}
