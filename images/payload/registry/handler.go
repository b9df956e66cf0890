package main

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strings"
	"time"
)

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md, "Pull" and "Listing Tags".
var routeForm = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs|tags)/([^/]+)$`)

func (l *layout) handler() http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		writer.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
		if request.Method != http.MethodGet && request.Method != http.MethodHead {
			writer.Header().Set("Allow", "GET, HEAD")
			fail(writer, http.StatusMethodNotAllowed, "UNSUPPORTED", "this registry is only read")
			return
		}
		if request.URL.Path == "/v2/" || request.URL.Path == "/v2" {
			writeJSON(writer, http.StatusOK, map[string]string{})
			return
		}
		route := routeForm.FindStringSubmatch(request.URL.Path)
		switch {
		case route == nil:
			fail(writer, http.StatusNotFound, "UNSUPPORTED", "no such route")
		case route[2] == "manifests":
			l.serveManifest(writer, request, route[1], route[3])
		case route[2] == "blobs":
			l.serveBlob(writer, request, route[3])
		case route[3] == "list":
			l.serveTags(writer, route[1])
		default:
			fail(writer, http.StatusNotFound, "UNSUPPORTED", "no such route")
		}
	})
}

// A digest is served under each repository: it says by itself what it stands for.
func (l *layout) serveManifest(writer http.ResponseWriter, request *http.Request, repository, reference string) {
	digest := reference
	if !digestForm.MatchString(reference) {
		digest = l.names[repository+":"+reference]
	}
	found, known := l.manifests[digest]
	if !known {
		fail(writer, http.StatusNotFound, "MANIFEST_UNKNOWN", "no manifest "+reference+" in "+repository)
		return
	}
	l.serve(writer, request, found)
}

func (l *layout) serveBlob(writer http.ResponseWriter, request *http.Request, digest string) {
	found, known := l.blobs[digest]
	if !known {
		fail(writer, http.StatusNotFound, "BLOB_UNKNOWN", "no blob "+digest)
		return
	}
	l.serve(writer, request, found)
}

// With ranges, for a client that goes on where a download broke off.
func (l *layout) serve(writer http.ResponseWriter, request *http.Request, wanted descriptor) {
	file, err := os.Open(l.pathOf(wanted.Digest))
	if err != nil {
		fail(writer, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	defer file.Close()
	writer.Header().Set("Content-Type", wanted.MediaType)
	writer.Header().Set("Docker-Content-Digest", wanted.Digest)
	writer.Header().Set("Etag", `"`+wanted.Digest+`"`)
	http.ServeContent(writer, request, "", time.Time{}, file)
}

func (l *layout) serveTags(writer http.ResponseWriter, repository string) {
	tags := []string{}
	for name := range l.names {
		if tag, ours := strings.CutPrefix(name, repository+":"); ours {
			tags = append(tags, tag)
		}
	}
	if len(tags) == 0 {
		fail(writer, http.StatusNotFound, "NAME_UNKNOWN", "no repository "+repository)
		return
	}
	sort.Strings(tags)
	writeJSON(writer, http.StatusOK, map[string]any{"name": repository, "tags": tags})
}

func fail(writer http.ResponseWriter, status int, code, message string) {
	writeJSON(writer, status, map[string]any{
		"errors": []map[string]string{{"code": code, "message": message}},
	})
}

func writeJSON(writer http.ResponseWriter, status int, value any) {
	content, err := json.Marshal(value)
	if err != nil {
		status, content = http.StatusInternalServerError, []byte(`{"errors":[{"code":"UNKNOWN"}]}`)
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	writer.Write(content)
}
