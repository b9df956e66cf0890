package admin

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
)

const keyType = "ssh-ed25519"

// newHostKey makes the key that the container's SSH server proves itself with, new for each start: private in
// dropbear's own form (its ed25519.c: type, then seed and public half as one string), public as a known_hosts file has it.
func newHostKey() (private []byte, public string, err error) {
	key, pair, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, "", err
	}
	var wire bytes.Buffer
	putString(&wire, []byte(keyType))
	putString(&wire, key)
	return dropbearKey(pair), keyType + " " + base64.StdEncoding.EncodeToString(wire.Bytes()), nil
}

func dropbearKey(pair ed25519.PrivateKey) []byte {
	var file bytes.Buffer
	putString(&file, []byte(keyType))
	putString(&file, pair)
	return file.Bytes()
}

// putString writes a string of RFC 4251: its length in four bytes first.
func putString(to *bytes.Buffer, value []byte) {
	_ = binary.Write(to, binary.BigEndian, uint32(len(value)))
	to.Write(value)
}
