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

// and is the outcome of two attempts at one thing: one success is a success; untried attempts prove nothing.
func (o Outcome) and(other Outcome) Outcome {
	for _, outcome := range []Outcome{Succeeded, Refused} {
		if o == outcome || other == outcome {
			return outcome
		}
	}
	return Untried
}
