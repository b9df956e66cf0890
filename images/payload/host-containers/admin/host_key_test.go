package admin

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// Written by `dropbearkey -t ed25519` of Debian 13 (2025.89).
const fromDropbear = "0000000b7373682d656432353531390000004065721a10d177d12bf8002a2f57fa0a51e4627df1291aea09a420ea34d14cb31e43298790001e900c788aa01cb07eb6c21b8579b5ddb0fe66791713b02272d43c"

func TestAHostKeyHasDropbearsForm(t *testing.T) {
	file, err := hex.DecodeString(fromDropbear)
	if err != nil {
		t.Fatal(err)
	}
	seed := file[len(file)-ed25519.PrivateKeySize:][:ed25519.SeedSize]
	if got := dropbearKey(ed25519.NewKeyFromSeed(seed)); !bytes.Equal(got, file) {
		t.Errorf("got %x", got)
	}
}

func TestAHostKeysHalvesBelongTogether(t *testing.T) {
	private, public, err := newHostKey()
	if err != nil {
		t.Fatal(err)
	}
	wire, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(public, keyType+" "))
	if err != nil {
		t.Fatal(err)
	}
	half := wire[len(wire)-ed25519.PublicKeySize:]
	if !bytes.Equal(half, private[len(private)-ed25519.PublicKeySize:]) {
		t.Errorf("public %x is no half of %x", half, private)
	}
}
