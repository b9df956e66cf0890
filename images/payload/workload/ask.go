package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	getTimeout = 60 * time.Second
	maxAnswer  = 64 << 10
)

// get prints what a server answers.
func get(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("expected one URL")
	}
	client := http.Client{Timeout: getTimeout}
	answer, err := client.Get(arguments[0])
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", arguments[0], answer.Status)
	}
	_, err = io.Copy(os.Stdout, io.LimitReader(answer.Body, maxAnswer))
	return err
}
