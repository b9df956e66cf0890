package probe

// Outcome says what became of an act that a probe tried.
type Outcome string

const (
	// Refused: the kernel was asked and said no.
	Refused Outcome = "refused"
	// Succeeded: the act took place (and was undone).
	Succeeded Outcome = "succeeded"
	// Untried: the act could not be asked for, so nothing is known. Never a proof of anything.
	Untried Outcome = "untried"
)
