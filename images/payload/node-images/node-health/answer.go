package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
)

type finding struct {
	Name    string `json:"name"`
	Healthy bool   `json:"healthy"`
	Problem string `json:"problem,omitempty"`
}

type health struct {
	Healthy bool      `json:"healthy"`
	Checks  []finding `json:"checks"`
}

func answer(checks []check) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		found := look(request.Context(), checks)
		writer.Header().Set("Content-Type", "application/json")
		if !found.Healthy {
			writer.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(writer).Encode(found)
	})
}

// All at once, so that one that hangs takes no time from another.
func look(ctx context.Context, checks []check) health {
	found := health{Healthy: true, Checks: make([]finding, len(checks))}
	var all sync.WaitGroup
	for index, each := range checks {
		all.Add(1)
		go func() {
			defer all.Done()
			ctx, cancel := context.WithTimeout(ctx, checkTimeout)
			defer cancel()
			found.Checks[index] = finding{Name: each.name, Healthy: true}
			if err := each.run(ctx); err != nil {
				found.Checks[index] = finding{Name: each.name, Problem: err.Error()}
			}
		}()
	}
	all.Wait()
	for _, each := range found.Checks {
		found.Healthy = found.Healthy && each.Healthy
	}
	return found
}
