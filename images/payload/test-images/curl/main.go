// Command curl fetches one address as the curl in agnhost's image does, with those of its options that Kubernetes' node tests
// use. Debian's busybox has wget, which has other ones.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

type options struct {
	address        string
	output         string
	format         string
	withHead       bool
	isInsecure     bool
	maxTime        float64
	connectTimeout float64
}

func main() {
	given := options{}
	flags := flag.NewFlagSet("curl", flag.ExitOnError)
	flags.StringVar(&given.output, "o", "", "where the body goes")
	flags.StringVar(&given.format, "w", "", "what is printed at the end")
	flags.BoolVar(&given.withHead, "i", false, "print the head as well")
	flags.BoolVar(&given.isInsecure, "k", false, "believe any certificate")
	flags.Float64Var(&given.maxTime, "max-time", 0, "seconds for all of it")
	flags.Float64Var(&given.connectTimeout, "connect-timeout", 0, "seconds for the connection")
	for name, usage := range map[string]string{
		"g": "braces are ordinary characters, which they are here anyway",
		"q": "no configuration file is read, and here never is",
		"s": "no progress is shown, and here never is",
	} {
		flags.Bool(name, false, usage)
	}
	_ = flags.Parse(os.Args[1:]) // ExitOnError
	given.address = flags.Arg(0)
	code, err := fetch(given, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "curl:", err)
	}
	os.Exit(code)
}

// The exit codes are curl's (https://curl.se/docs/manpage.html, EXIT CODES).
const (
	couldNotConnect = 7
	writeError      = 23
	timedOut        = 28
	receiveError    = 56
)

func fetch(given options, stdout io.Writer) (int, error) {
	ctx := context.Background()
	if given.maxTime > 0 {
		limited, cancel := context.WithTimeout(ctx, seconds(given.maxTime))
		defer cancel()
		ctx = limited
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, withScheme(given.address), nil)
	if err != nil {
		return couldNotConnect, err
	}
	request.Header.Set("User-Agent", "curl/8.0")
	dialer := net.Dialer{Timeout: seconds(given.connectTimeout)}
	client := http.Client{
		Transport: &http.Transport{
			DialContext:     dialer.DialContext,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: given.isInsecure},
		},
		// Without -L curl follows none.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return codeOf(err, couldNotConnect), err
	}
	defer response.Body.Close()
	return show(given, response, stdout)
}

func show(given options, response *http.Response, stdout io.Writer) (int, error) {
	body := stdout
	if given.output != "" {
		file, err := os.OpenFile(given.output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return writeError, err
		}
		defer file.Close()
		body = file
	}
	if given.withHead {
		fmt.Fprintf(body, "%s %s\r\n", response.Proto, response.Status)
		_ = response.Header.Write(body)
		fmt.Fprint(body, "\r\n")
	}
	if _, err := io.Copy(body, response.Body); err != nil {
		return codeOf(err, receiveError), err
	}
	fmt.Fprint(stdout, strings.ReplaceAll(given.format, "%{http_code}", fmt.Sprintf("%03d", response.StatusCode)))
	return 0, nil
}

func codeOf(err error, otherwise int) int {
	if timeout, ok := err.(interface{ Timeout() bool }); ok && timeout.Timeout() {
		return timedOut
	}
	return otherwise
}

func withScheme(address string) string {
	if strings.Contains(address, "://") {
		return address
	}
	return "http://" + address
}

func seconds(count float64) time.Duration { return time.Duration(count * float64(time.Second)) }
