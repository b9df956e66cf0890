// Package api serves the admin container on a unix socket, as HTTP with JSON. Whoever may open the socket may ask.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"bootwright/host-containers/admin"
)

const (
	maxBody = 1 << 20
	// Nothing of us runs on a node whose admin container is off and that nobody asks.
	idleTime = 30 * time.Second
	// Requests that are under way have so long when we are told to end: less than systemd gives us.
	endTime = time.Minute
)

// Server answers requests about one admin container.
type Server struct {
	admin    *admin.Admin
	requests atomic.Uint64
	idle     *time.Timer
}

// Serve answers until nobody has asked for a while and the admin container is off, or ctx ends.
func Serve(ctx context.Context, listener net.Listener, container *admin.Admin) error {
	s := &Server{admin: container}
	server := &http.Server{
		Handler:           s.routes(),
		ConnContext:       withCaller,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	server.SetKeepAlivesEnabled(false)
	ended := make(chan error, 1)
	// Once, though both the timer and ctx may ask for it, and a request that begins meanwhile starts the timer again.
	var once sync.Once
	shutdown := func(ctx context.Context) {
		once.Do(func() { ended <- server.Shutdown(ctx) })
	}
	s.idle = time.AfterFunc(idleTime, func() {
		if s.admin.IsRunning() {
			s.idle.Reset(idleTime)
			return
		}
		shutdown(context.Background())
	})
	defer s.idle.Stop()
	stop := context.AfterFunc(ctx, func() {
		inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		shutdown(inTime)
	})
	defer stop()
	err := server.Serve(listener)
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-ended; err != nil {
		return fmt.Errorf("end with requests under way: %w", err)
	}
	return nil
}

func (s *Server) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /containers/admin", s.traced("status", s.status))
	routes.HandleFunc("POST /containers/admin/start", s.traced("start", s.start))
	routes.HandleFunc("POST /containers/admin/stop", s.traced("stop", s.stop))
	routes.HandleFunc("POST /containers/admin/exec", s.traced("exec", s.exec))
	routes.HandleFunc("/", s.traced("unknown", func(r *http.Request) (string, act, error) {
		return "", nil, fmt.Errorf("%w: there is no %s %.100q", admin.ErrInvalid, r.Method, r.URL.Path)
	}))
	return routes
}

// act does what was asked for; its result becomes the answer's body.
type act func(ctx context.Context) (any, error)

// parser says in a few words what is asked for, and gives the act.
type parser func(r *http.Request) (detail string, do act, err error)

func (s *Server) status(*http.Request) (string, act, error) {
	return "", func(context.Context) (any, error) { return s.admin.Status(), nil }, nil
}

func (s *Server) start(r *http.Request) (string, act, error) {
	start := admin.Start{Port: admin.SSHPort}
	err := parse(r, &start)
	detail := fmt.Sprintf("on port %d with %d keys", start.Port, len(start.AuthorizedKeys))
	return detail, func(ctx context.Context) (any, error) { return s.admin.Start(ctx, start) }, err
}

func (s *Server) stop(*http.Request) (string, act, error) {
	return "", func(ctx context.Context) (any, error) {
		if err := s.admin.Stop(ctx); err != nil {
			return nil, err
		}
		return s.admin.Status(), nil
	}, nil
}

func (s *Server) exec(r *http.Request) (string, act, error) {
	var exec admin.Exec
	err := parse(r, &exec)
	return fmt.Sprintf("%.1000q", exec.Argv), func(ctx context.Context) (any, error) { return s.admin.Exec(ctx, exec) }, err
}

// traced does nothing for a caller that the kernel does not name, or that the journal does not take.
func (s *Server) traced(action string, parse parser) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.idle.Reset(idleTime)
		from, isKnown := callerIn(r.Context())
		if !isKnown {
			answer(w, http.StatusForbidden, problem{"the kernel does not say who asks"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		detail, do, err := parse(r)
		entry := trace{
			id:      fmt.Sprintf("%d-%d", os.Getpid(), s.requests.Add(1)),
			action:  action,
			detail:  detail,
			caller:  from,
			started: time.Now(),
		}
		if err := entry.begin(); err != nil {
			answer(w, http.StatusServiceUnavailable, problem{"the request cannot be traced in the journal: " + err.Error()})
			return
		}
		var result any
		if err == nil {
			result, err = do(r.Context())
		}
		if err != nil {
			status, word := verdict(err)
			entry.end(word, err.Error())
			answer(w, status, problem{err.Error()})
			return
		}
		entry.end(done, "")
		answer(w, http.StatusOK, result)
	}
}

type problem struct {
	Error string `json:"error"`
}

func verdict(err error) (status int, word string) {
	switch {
	case errors.Is(err, admin.ErrInvalid):
		return http.StatusBadRequest, refused
	case errors.Is(err, admin.ErrState):
		return http.StatusConflict, refused
	}
	return http.StatusInternalServerError, failed
}

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(strconv.Quote(err.Error()))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// parse refuses fields that it does not know: a misspelt one must not be ignored.
func parse(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", admin.ErrInvalid, err)
	}
	return nil
}
