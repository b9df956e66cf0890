// Command nonewprivs says as whom it runs. In its image it belongs to root and has the setuid bit, which counts unless the
// container was made with no_new_privs.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Printf("Effective uid: %d\n", os.Geteuid())
}
