package masquerade

import "fmt"

// Error is what goes wrong with a file or a value. There is no other error but those of the operating system.
type Error struct {
	// What is wrong, and where.
	Message string
	// Offset in the file, or -1 where there is none.
	Offset int
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return "masquerade: " + e.Message
	}
	return fmt.Sprintf("masquerade: %s (at byte %d)", e.Message, e.Offset)
}

func wrong(format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...), -1}
}

func wrongAt(at int, format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...), at}
}
