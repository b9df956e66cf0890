package request

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	defaultBodyBytes   = 4 << 20
	maxKeptBodyBytes   = 16 << 20
	maxHeaderBytes     = 64 << 10
	defaultLookEveryMs = 250
)

type httpParams struct {
	URL    string            `json:"url"`
	Method string            `json:"method"`
	Header map[string]string `json:"headers"`
	// Socket is the path of a unix socket to connect to in place of the URL's host.
	Socket   string `json:"socket"`
	HasInput bool   `json:"hasInput"`
	// MaxBodyBytes: what is over is left unread.
	MaxBodyBytes int64 `json:"maxBodyBytes"`
	// ChangedFrom is the sha256 of an earlier outcome: it is asked again and again, until the outcome is another.
	ChangedFrom string  `json:"changedFrom"`
	EveryMs     float64 `json:"everyMs"`
}

// httpResult is an answer, or with status 0 the reason why there was none.
type httpResult struct {
	Status      int                 `json:"status"`
	Headers     map[string][]string `json:"headers"`
	Bytes       int64               `json:"bytes"`
	IsTruncated bool                `json:"isTruncated"`
	// Sha256 of status and body, or of the reason.
	Sha256    string  `json:"sha256"`
	ElapsedMs float64 `json:"elapsedMs"`
	Reason    string  `json:"reason"`
	Errno     string  `json:"errno"`
}

// askHTTP asks a server that the guest can reach: the guest's own ports are open to nobody else. That no answer comes is
// an outcome like any other.
func askHTTP(ctx context.Context, call *Call) (any, error) {
	params := httpParams{Method: http.MethodGet, MaxBodyBytes: defaultBodyBytes, EveryMs: defaultLookEveryMs}
	if err := call.parse(&params); err != nil {
		return nil, err
	}
	if err := params.check(); err != nil {
		return nil, err
	}
	transport := params.transport()
	defer transport.CloseIdleConnections()
	body := output{call, streamOutput}
	if params.ChangedFrom == "" {
		var input io.Reader
		if params.HasInput {
			input = call
		}
		result := params.ask(ctx, transport, input, body)
		return result, ctx.Err()
	}
	result, kept, err := params.untilChanged(ctx, transport)
	if err != nil {
		return nil, err
	}
	_, err = body.Write(kept)
	return result, err
}

func (p httpParams) check() error {
	address, err := url.Parse(p.URL)
	switch {
	case err != nil:
		return invalid("url: %v", err)
	case address.Scheme != "http" && address.Scheme != "https" || address.Host == "":
		return invalid("url must be http://… or https://…, got %q", p.URL)
	case p.MaxBodyBytes < 0:
		return invalid("maxBodyBytes must not be negative, got %d", p.MaxBodyBytes)
	case p.ChangedFrom != "" && (p.HasInput || p.Method != http.MethodGet):
		return invalid("only a GET without input can be repeated")
	case p.ChangedFrom != "" && p.MaxBodyBytes > maxKeptBodyBytes:
		return invalid("a body that is compared has at most %d bytes, got maxBodyBytes %d", maxKeptBodyBytes, p.MaxBodyBytes)
	case p.EveryMs < 10:
		return invalid("everyMs must be 10 or more, got %v", p.EveryMs)
	}
	return nil
}

// transport takes any certificate: who answers at a port of the guest is for the checks to find out, and a kubelet signs its own.
func (p httpParams) transport() *http.Transport {
	dial := (&net.Dialer{}).DialContext
	if p.Socket != "" {
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", p.Socket)
		}
	}
	return &http.Transport{
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true,
		// A server that was restarted in between has closed a connection that was kept.
		DisableKeepAlives: true,
	}
}

// untilChanged asks until the outcome is not the known one; it comes with its body.
func (p httpParams) untilChanged(ctx context.Context, transport *http.Transport) (httpResult, []byte, error) {
	again := time.NewTicker(time.Duration(p.EveryMs * float64(time.Millisecond)))
	defer again.Stop()
	for {
		var body bytes.Buffer
		result := p.ask(ctx, transport, nil, &body)
		if ctx.Err() == nil && result.Sha256 != p.ChangedFrom {
			return result, body.Bytes(), nil
		}
		select {
		case <-ctx.Done():
			return httpResult{}, nil, fmt.Errorf("%s still gives the same (status %d): %w", p.URL, result.Status, ctx.Err())
		case <-again.C:
		}
	}
}

func (p httpParams) ask(ctx context.Context, transport *http.Transport, input io.Reader, to io.Writer) httpResult {
	start := time.Now()
	request, err := http.NewRequestWithContext(ctx, p.Method, p.URL, input)
	if err != nil {
		return unanswered(err, start)
	}
	for name, value := range p.Header {
		request.Header.Set(name, value)
	}
	// RoundTrip and not a client: a redirect is an answer.
	response, err := transport.RoundTrip(request)
	if err != nil {
		return unanswered(err, start)
	}
	defer response.Body.Close()
	digest := sha256.New()
	fmt.Fprintf(digest, "%d\n", response.StatusCode)
	limited := io.TeeReader(io.LimitReader(response.Body, p.MaxBodyBytes), digest)
	bytes, err := copyAll(ctx, to, limited)
	if err != nil {
		return unanswered(err, start)
	}
	more, _ := response.Body.Read(make([]byte, 1))
	return httpResult{
		Status: response.StatusCode, Headers: response.Header, Bytes: bytes, IsTruncated: more > 0,
		Sha256: hex.EncodeToString(digest.Sum(nil)), ElapsedMs: ms(time.Since(start)),
	}
}

func unanswered(err error, start time.Time) httpResult {
	reason := strings.ToValidUTF8(err.Error(), "?")
	result := httpResult{Headers: map[string][]string{}, Reason: reason[:min(len(reason), 1000)], ElapsedMs: ms(time.Since(start))}
	var errno unix.Errno
	if errors.As(err, &errno) {
		result.Errno = unix.ErrnoName(errno)
	}
	// The reason may name the port that the kernel gave to this side.
	key := result.Errno
	if key == "" {
		key = fmt.Sprintf("%T", err)
	}
	digest := sha256.Sum256([]byte("no answer\n" + key))
	result.Sha256 = hex.EncodeToString(digest[:])
	return result
}
